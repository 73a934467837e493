"""A key with very many events among others: no statement of a load looks at pairs of them. Counted by PostgreSQL, which tells also what a
join looked at and left out; nothing is timed."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.hot_key import HOT, OTHERS, Source, prepare
from retailflow.local.folders import Folders
from retailflow.local.postgres_engine import PostgresWarehouse
from retailflow.local.run import run
from retailflow.model.project import Project
from retailflow.sql.statement import Temp
from tests.integration.postgres_server import postgres

pytestmark = pytest.mark.postgres
EVENTS = 1500
ROWS_AN_EVENT = 150  # what one statement may look at; all pairs would be 1,500 an event


class Counting(PostgresWarehouse):
    """Remembers the most rows that one operator of a statement looked at."""

    most = (0, "")

    def temp(self, temp: Temp) -> None:
        (plan,) = self.rows(f"EXPLAIN (ANALYZE, FORMAT JSON) {temp.select}")
        said: Any = plan[0]
        whole = json.loads(said) if isinstance(said, str) else said
        self.most = max(self.most, (max(_flow(whole[0]["Plan"])), temp.name))
        super().temp(temp)


def _flow(node: dict[str, Any]) -> Iterator[int]:
    seen = node["Actual Rows"] + node.get("Rows Removed by Join Filter", 0) + node.get("Rows Removed by Filter", 0)
    yield int(seen * node["Actual Loops"])
    for below in node.get("Plans", ()):
        yield from _flow(below)


@pytest.fixture(scope="module")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres(tmp_path_factory.mktemp("hot")) as uri:
        yield uri


@contextmanager
def empty(dsn: str, project: Project) -> Iterator[Counting]:
    schemas = (project.naming.staging_schema, project.naming.warehouse_schema)
    with closing(Counting(dsn, schemas)) as warehouse:
        warehouse.execute("DROP SCHEMA IF EXISTS staging, dw CASCADE")
    with closing(Counting(dsn, schemas)) as warehouse:
        yield warehouse


@pytest.mark.parametrize("kind", ["plain", "rich", "parent", "fact"])
def test_no_statement_pairs_the_events_of_a_key(kind: str, dsn: str, tmp_path: Path) -> None:
    project = prepare(tmp_path, kind)
    source = Source(tmp_path / "topics", kind == "rich")
    folders = Folders(tmp_path / "topics", tmp_path / "files")
    with empty(dsn, project) as warehouse:
        source.write("Thing", source.things([*range(1, 50), *[HOT] * EVENTS]))
        if kind in OTHERS:
            rows = source.parts(50, EVENTS // 2) if kind == "parent" else source.sales(0, EVENTS)
            source.write(OTHERS[kind][0], rows)
        run(project, warehouse, folders)
        source.write("Thing", source.things([HOT] * 5))
        run(project, warehouse, folders)
        rows_seen, statement = warehouse.most
    assert rows_seen <= EVENTS * ROWS_AN_EVENT, f"{statement} looks at {rows_seen:,} rows for {EVENTS:,} events of one key"


def test_no_statement_pairs_what_a_parent_cuts_one_version_into(dsn: str, tmp_path: Path) -> None:
    """The parent's first row does not know a column that is looked up, so all that its changes cut is asked what to join."""
    project = prepare(tmp_path, "parent")
    source = Source(tmp_path / "topics", rich=True)
    with empty(dsn, project) as warehouse:
        source.write("Part", source.parts(4, 1))
        source.write("Thing", source.things([HOT] * EVENTS))
        run(project, warehouse, Folders(tmp_path / "topics", tmp_path / "files"))
        ((rows, unknown),) = warehouse.rows(
            "SELECT COUNT(*), SUM(CASE WHEN a IS NULL THEN 1 ELSE 0 END) FROM dw.dim_part WHERE thing_id = 0"
        )
        rows_seen, statement = warehouse.most
    assert (rows, unknown) == (EVENTS, 1), "every change cuts, and only the first row does not know `a`"
    assert rows_seen <= EVENTS * ROWS_AN_EVENT, f"{statement} looks at {rows_seen:,} rows for {EVENTS:,} events of one key"
