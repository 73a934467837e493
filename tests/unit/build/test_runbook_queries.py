"""Every query of a runbook runs on the warehouse it is for."""

import shlex
from pathlib import Path

import pytest

from retailflow.render.templates import Templates
from retailflow.rules import validate
from retailflow.sql.dialects.duckdb import DuckDb
from retailflow.sql.schema import create
from retailflow.targets import runbooks

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.mark.parametrize("feature", sorted(path.parent.name for path in GOLDEN.glob("*/project")))
def test_the_queries_run(feature: str) -> None:
    duckdb = pytest.importorskip("duckdb", reason="install retailflow[local]")
    project, _ = validate(GOLDEN / feature / "project")
    assert project is not None
    with duckdb.connect() as warehouse:
        for statement in create(project, DuckDb()):
            warehouse.execute(statement)
        lines = [line for page in runbooks.emit(project, Templates()) for line in page.content.splitlines()]
        queries = [shlex.split(line)[2] for line in lines if line.startswith("retailflow query ")]
        assert len(queries) >= 5
        for query in queries:
            warehouse.execute(query).fetchall()
