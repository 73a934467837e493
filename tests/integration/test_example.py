"""The example project, a small trading day of it: the star that runs here is the one the reference model makes of the same files."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.local.folders import Folders
from retailflow.local.run import run
from retailflow.local.simulate import Options, simulate
from retailflow.rules import validate
from tests.property.harness import difference, expected, star
from tests.reference.events import ExtractFile, Record
from tests.reference.model import star as reference
from tests.reference.spec import load

ROOT = Path(__file__).parents[2]


def records(topics: Path) -> Iterator[Record]:
    for file in sorted(topics.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
            yield Record.of(file.stem, json.loads(line), number)


def extracts(files: Path) -> Iterator[ExtractFile]:
    for file in sorted(files.rglob("*.csv")):
        modified = datetime.fromtimestamp(file.stat().st_mtime, UTC).replace(tzinfo=None)
        yield ExtractFile(file.relative_to(files).as_posix(), file.read_text(encoding="utf-8"), modified)


def bounded(table: dict[str, Any]) -> dict[str, Any]:
    """The table with `between` as the reference has it, in two checks."""
    for column in table["columns"].values():
        checks = column.get("checks", {}) if isinstance(column, dict) else {}
        if "between" in checks:
            checks["min"], checks["max"] = checks.pop("between")
    return table


def test_the_example_runs_to_the_star_of_the_reference(tmp_path: Path) -> None:
    project, findings = validate(ROOT)
    assert project is not None, findings
    assert findings == ()
    folders = Folders(tmp_path / "topics", tmp_path / "files")
    simulate(project, Options(events=4000, malformed=0.01), folders.topics, folders.files)
    schemas = (project.naming.staging_schema, project.naming.warehouse_schema)
    with closing(DuckDbWarehouse(tmp_path / "warehouse.duckdb", schemas)) as warehouse:
        run(project, warehouse, folders)
        got = star(project, warehouse)
    config = yaml.safe_load((ROOT / "retailflow.yaml").read_text(encoding="utf-8"))
    tables = [bounded(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in sorted((ROOT / "tables").glob("*.yaml"))]
    want = expected(reference(load(config, tables), records(folders.topics), tuple(extracts(folders.files))), project)
    assert not difference(got, want), difference(got, want)[:3000]
    assert all(want.values()), "every dimension and fact has rows"


def test_the_scenarios_of_the_example_hold() -> None:
    run = subprocess.run([sys.executable, "-m", "retailflow", "test"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
