"""Northwind end to end: extracts, the star, then the same tables captured, with changes on top; held against the reference model.

`python -m tests.northwind.run --data DIR`, where DIR holds the CSV files; exit 1 when something is not as it should be.
"""

import argparse
import csv
import io
import os
import re
import shutil
import struct
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from retailflow.compiler import compile as compile_project
from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.local.folders import Folders
from retailflow.local.report import Report
from retailflow.local.run import run
from retailflow.model.project import Project
from retailflow.rules import validate
from retailflow.types import Kind
from tests.northwind.changes import Shop, arrivals, trade
from tests.property.harness import Rows, append, by_text, difference, star
from tests.reference.events import ExtractFile, Record
from tests.reference.model import star as reference
from tests.reference.spec import Specs
from tests.reference.spec import load as read_specs

HERE = Path(__file__).parent
NET_SALES = Decimal("1265793.0395")
LINES = 2155
_EXTRACTED = datetime(1998, 5, 7, 6, tzinfo=UTC)
_KEYS = ("customer_key", "product_key", "employee_key", "shipper_key", "order_date_key")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="northwind", description="Specs of tests/northwind over the data that is given.")
    parser.add_argument("--data", type=Path, required=True, help="folder with Customers.csv, Orders.csv, …")
    data: Path = parser.parse_args(arguments).data
    if not (data / "Orders.csv").is_file():
        print(f"there is no Orders.csv in {data}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="northwind-") as folder:
        return _prove(Path(folder), data)


def _prove(root: Path, data: Path) -> int:
    shutil.copytree(HERE / "tables", root / "tables")
    shutil.copy(HERE / "retailflow.yaml", root)
    folders = Folders(root / "topics", root / "files")
    project = _project(root)
    print(f"{len(project.tables)} specs, nothing wrong; {len(compile_project(project))} files generated")
    _extract(project, data, folders.files)
    wrong = _check("after the extracts", root, project, folders, [], [], is_exact=True)
    _move_to_capture(root)
    project = _project(root)
    print("\nthe tables move to change capture: generation 2, incarnation 2, a snapshot, then")
    shop = Shop(project, data)
    snapshots = shop.snapshot()
    for words in trade(shop):
        print(f"  {words}")
    loads = arrivals(shop, snapshots)
    return int(wrong | _check("after the changes", root, project, folders, loads, _files(project, folders.files)))


def _project(root: Path) -> Project:
    project, findings = validate(root)
    for finding in findings:
        print(f"{finding.severity} {finding.code}: {finding.message} ({finding.place})")
    if project is None:
        sys.exit(1)
    return project


def _extract(project: Project, data: Path, files: Path) -> None:
    """The CSV files as they are, with the time they were taken."""
    files.mkdir()
    for table in project.tables:
        target = files / (table.extract.path if table.extract else "")
        shutil.copy(data / target.name, target)
        os.utime(target, (_EXTRACTED.timestamp(), _EXTRACTED.timestamp()))


def _move_to_capture(root: Path) -> None:
    """What a person writes to move tables from extracts to capture: a line here, two lines there."""
    config = root / "retailflow.yaml"
    config.write_text(config.read_text().replace("    database: northwind\n", "    database: northwind\n    incarnation: 2\n"))
    for path in (root / "tables").glob("*.yaml"):
        moved = "ingest: cdc\ngeneration: 2\nearlier: [{generation: 1, incarnation: 1, ingest: batch}]"
        path.write_text(path.read_text().replace("ingest: batch", moved))


def _check(
    what: str, root: Path, project: Project, folders: Folders, loads: list[list[Record]], files: list[ExtractFile], is_exact: bool = False
) -> bool:
    """Run, look, compare; whether anything is wrong."""
    started, wrong = time.perf_counter(), False
    with closing(DuckDbWarehouse(root / "warehouse.duckdb", ("staging", "dw"))) as warehouse:
        reports = []
        for load in loads or [[]]:
            append(folders.topics, load)
            reports.append(run(project, warehouse, folders))
        net, lines, unknown = warehouse.rows(
            f"SELECT SUM(net_sales), COUNT(*), COUNT(*) FILTER (WHERE LEAST({', '.join(_KEYS)}) <= 0) FROM dw.fact_order_line"
        )[0]
        found = star(project, warehouse)
    print(f"\n{what} ({len(loads) or 1} load{'s' if len(loads) > 1 else ''}, {time.perf_counter() - started:.1f} s)")
    print(_counts(reports))
    for name in sorted(found):
        print(f"  {name:18} {len(found[name]):>6,} rows")
    print(f"  net sales {net:,}; lines {lines:,}; lines without a customer, product, employee, shipper or date {unknown}")
    if unknown or (is_exact and (net, lines) != (NET_SALES, LINES)):
        print(f"  WRONG: expected {NET_SALES:,} and {LINES:,} lines, all of them with their keys")
        wrong = True
    records = [record for load in loads for record in load]
    wanted = reference(_specs(root), records, files or _files(project, folders.files))
    told = difference(_alike(found), _alike(wanted))
    print("  the reference model sees the same" if not told else "  WRONG: the reference model sees otherwise")
    for line in told.splitlines()[:20]:
        print(f"    {line[:1000]}")
    return wrong or bool(told)


def _counts(reports: list[Report]) -> str:
    fates = ("received", "applied", "duplicate", "skipped", "quarantined")
    return "  " + ", ".join(f"{fate} {sum(report.total(fate) for report in reports):,}" for fate in fates)


def _alike(tables: dict[str, Rows]) -> dict[str, Rows]:
    """Values as every engine shows them: binary as hexadecimal digits, `real` with the digits that 32 bits hold."""
    return {name: by_text({k: _shown(v) for k, v in row.items()} for row in rows) for name, rows in tables.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return struct.unpack("f", struct.pack("f", value))[0] if isinstance(value, float) else value


def _specs(root: Path) -> Specs:
    tables = [yaml.safe_load(path.read_text()) for path in sorted((root / "tables").glob("*.yaml"))]
    return read_specs(yaml.safe_load((root / "retailflow.yaml").read_text()), tables)


def _files(project: Project, folder: Path) -> list[ExtractFile]:
    """The extracts for the reference model, which reads dates as ISO 8601 only."""
    found = []
    for table in project.tables:
        path = folder / (table.extract.path if table.extract else "")
        dated = {c.field for c in table.columns if c.type.kind is Kind.TIMESTAMP}
        out = io.StringIO()
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            writer = csv.DictWriter(out, reader.fieldnames or (), lineterminator="\n")
            writer.writeheader()
            writer.writerows({name: _iso(value) if name in dated else value for name, value in row.items()} for row in reader)
        found.append(ExtractFile(path.name, out.getvalue(), _EXTRACTED.replace(tzinfo=None), 1))
    return found


def _iso(value: Any) -> str:
    return re.sub(r"^(\d+)/(\d+)/(\d+)$", lambda m: f"{m[3]}-{int(m[1]):02d}-{int(m[2]):02d}", value or "")


if __name__ == "__main__":
    sys.exit(main())
