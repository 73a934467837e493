"""What is generated for Redshift, as far as a PostgreSQL can run it: the schemas as they are, the load's procedures in its words.

A table per topic stands for the streaming view, and two views over it for those that Redshift gets; the procedures are the same text, but
for the words of the dialect, cut into many small ones, since limits that are never met are never tested.
"""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from retailflow.compiler import compile
from retailflow.local.engine import RAW_COLUMNS, Intake
from retailflow.local.postgres_engine import PostgresWarehouse
from retailflow.local.topics.inventory import readers
from retailflow.local.topics.portion import new_portion
from retailflow.model.project import Project
from retailflow.rules import validate
from retailflow.sql.audit import AuditSeverity
from retailflow.sql.audits import audits
from retailflow.sql.dialects.postgres import Postgres
from retailflow.sql.schema import create
from retailflow.targets.redshift.backfills import Backfill, result_ddl
from retailflow.targets.redshift.loads import Loads
from tests.integration.postgres_server import postgres
from tests.property import harness
from tests.reference.events import Record
from tests.reference.histories import BASIC, TRANSACTIONS, projects
from tests.reference.histories import Project as History
from tests.reference.log import Conflict
from tests.reference.model import star

pytestmark = pytest.mark.postgres
psycopg = pytest.importorskip("psycopg", reason="pip install 'psycopg[binary]'")
ROOT = Path(__file__).parents[2]
PROJECTS = [ROOT, *sorted(path.parent for path in (ROOT / "tests/golden").glob("*/project/retailflow.yaml"))]


class Stand(Postgres):
    """PostgreSQL in the place of Redshift."""

    holds_arrivals = False
    longest = 3000


STAND = Stand()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres(tmp_path_factory.mktemp("pg")) as address:
        yield address


@pytest.fixture
def empty(server: str) -> Iterator[str]:
    yield server
    with closing(PostgresWarehouse(server, ("staging", "dw"))) as warehouse:
        warehouse.execute("DROP SCHEMA IF EXISTS staging, dw CASCADE")


@pytest.mark.parametrize("root", PROJECTS, ids=lambda p: p.parent.name if p != ROOT else "example")
def test_the_schemas_run_by_plain_psql_again_and_again(root: Path, empty: str, tmp_path: Path) -> None:
    psql = shutil.which("psql")
    if psql is None:
        pytest.skip("install psql, a client of PostgreSQL")
    project, _ = validate(root)
    assert project is not None
    files = [a for a in compile(project) if a.path.startswith("redshift/schemas/") and a.path.count("/") == 2]
    for _ in range(2):
        for artifact in sorted(files, key=lambda a: a.path):
            path = tmp_path / artifact.path.rpartition("/")[2]
            path.write_text(artifact.content)
            done = subprocess.run(
                [psql, empty, "-q", "-v", "ON_ERROR_STOP=1", "-f", str(path)], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{artifact.path}: {done.stderr}"
    with closing(PostgresWarehouse(empty, ("staging", "dw"))) as warehouse:
        days = (project.calendar.last - project.calendar.first).days + 1
        assert warehouse.rows("SELECT COUNT(*) FROM dw.dim_date") == [(days,)]
        made = {
            name for (name,) in warehouse.rows("SELECT table_name FROM information_schema.tables WHERE table_schema IN ('staging', 'dw')")
        }
        assert {f"{t.name}_log" for t in project.tables} | {d.name for _, d in project.dimensions()} <= made


class Topics:
    """The topics of a project as a warehouse sees them, and its load."""

    def __init__(self, project: Project, address: str) -> None:
        self.project, self.loads = project, Loads(project, STAND, limit=40_000)
        self.warehouse = PostgresWarehouse(address, ("staging", "dw"))
        self.warehouse.execute("DROP SCHEMA IF EXISTS staging, dw CASCADE")
        lock = self.loads.names.load_lock
        stand_in = [statement for table in project.tables for statement in self._topic(table.name)]
        beats = "CREATE VIEW staging.raw_heartbeats AS SELECT source, as_of AS commit_ts FROM staging.sources WHERE FALSE"
        made = [sql for part in self.loads.parts() for sql in self.loads.procedures(part)]
        lock_table = (f"CREATE TABLE {lock} (loads BIGINT)", f"INSERT INTO {lock} VALUES (0)")
        backfill = Backfill(self.loads)
        made += [result_ddl(project), *backfill.procedures()]
        for statement in (*create(project, STAND), *lock_table, *stand_in, beats, *made, self.loads.main()):
            self.warehouse.execute(statement)

    def _topic(self, table: str) -> Iterator[str]:
        if self.project.table(table).is_copied:
            yield from self._copied(table)
            return
        relation = f"staging.topic_{table}"
        on = "w.topic = s.topic AND w.generation = s.generation AND w.partition_no = s.partition_no"
        self.warehouse.load_raw("arrived", [])
        yield f"CREATE TABLE IF NOT EXISTS {relation} AS SELECT * FROM arrived"
        watermarks = f"LEFT JOIN staging.watermarks AS w ON {on} WHERE s.record_offset"
        yield f"CREATE VIEW staging.raw_{table} AS SELECT s.* FROM {relation} AS s {watermarks} > COALESCE(w.last_offset, -1)"
        yield f"CREATE VIEW staging.last_{table} AS SELECT s.* FROM {relation} AS s {watermarks} = w.last_offset"

    def _copied(self, table: str) -> Iterator[str]:
        """What COPY fills: here its rows are inserted, with the columns that `raw_<table>` makes of those of the files."""
        self.warehouse.load_raw("arrived", [])
        yield f"CREATE TABLE staging.copied_{table} AS SELECT * FROM arrived"
        yield f"CREATE VIEW staging.raw_{table} AS SELECT * FROM staging.copied_{table}"

    def append(self, folder: Path, records: Sequence[Record]) -> None:
        harness.append(folder, records)
        known = readers(self.project)
        for path in sorted(folder.glob("*.jsonl")):
            reader = known[path.stem]
            portion = new_portion(path, None)
            if reader.table and portion is not None:
                generation = self.project.table(reader.table).era.generation
                self.warehouse.load_raw("arrived", [Intake(path.stem, generation, (portion,))])
                columns = ", ".join(RAW_COLUMNS)
                way = "copied" if self.project.table(reader.table).is_copied else "topic"
                self.warehouse.execute(f"INSERT INTO staging.{way}_{reader.table} ({columns}) SELECT {columns} FROM arrived")

    def load(self) -> None:
        self.warehouse.execute("CALL staging.load()")

    def backfill(self, arguments: str) -> int:
        """How many rows differed."""
        self.warehouse.execute(f"CALL staging.backfill({arguments})")
        (found,) = self.warehouse.rows("SELECT SUM(differed) FROM staging.backfilled")
        return int(str(found[0]))


def in_order(records: Sequence[Record], cuts: Sequence[int]) -> list[list[Record]]:
    """As Kafka delivers them: offsets of a partition rise, each once; cut into loads."""
    seen: dict[tuple[str, int, int], Record] = {}
    for record in records:
        seen.setdefault((record.topic, record.partition, record.offset), record)
    ordered = [seen[at] for at in sorted(seen, key=lambda at: (at[2], at[0], at[1]))]
    bounds = [0, *sorted({min(cut, len(ordered)) for cut in cuts}), len(ordered)]
    return [ordered[a:b] for a, b in pairwise(bounds)]


FEATURES = {
    "dimensions": BASIC | {"scd3", "scd6", "scd4", "flag", "snapshots", "ci_keys"},
    "facts": TRANSACTIONS | {"accumulating", "periodic", "zones", "parents", "quarantine", "stream"},
}


@pytest.mark.parametrize("features", FEATURES.values(), ids=FEATURES)
def test_the_procedures_make_the_star_of_the_reference(features: frozenset[str], server: str, tmp_path: Path) -> None:
    folders = iter(range(10_000))

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(projects(frozenset(features)), st.lists(st.integers(1, 60), max_size=3))
    def law(history: History, cuts: list[int]) -> None:
        assume(not history.files)
        loads = in_order(history.records, cuts)
        records = [record for load in loads for record in load]
        try:
            want = star(history.specs, records, history.files)
        except Conflict:
            assume(False)
        root = tmp_path / str(next(folders))
        project = harness.write_project(root, history.config, history.tables)
        topics = Topics(project, server)
        with closing(topics.warehouse):
            for number, load in enumerate(loads):
                topics.append(root / f"topics{number}", load)
                topics.load()
                topics.load()  # nothing new: returns at once, changes nothing
            difference = harness.difference(harness.star(project, topics.warehouse), harness.expected(want, project))
            assert not difference, difference
            asked = [a for a in audits(project, topics.warehouse.dialect) if a.severity is AuditSeverity.BLOCK]
            broken = [a.name for a in asked if topics.warehouse.rows(a.select)]
            assert not broken
            sound = harness.star(project, topics.warehouse)
            assert (topics.backfill("NULL, NULL"), topics.backfill("'product', '2024-01-01'")) == (0, 0)
            topics.warehouse.execute("UPDATE dw.dim_product SET valid_to = valid_from")
            damaged = harness.star(project, topics.warehouse)
            assert (topics.backfill("'product', NULL") > 0) == (damaged != sound)
            assert harness.star(project, topics.warehouse) == sound

    law()


@pytest.mark.parametrize("features", FEATURES.values(), ids=FEATURES)
def test_rows_that_are_copied_in_any_order_and_again_make_the_same_star(features: frozenset[str], server: str, tmp_path: Path) -> None:
    folders = iter(range(10_000))

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(projects(frozenset(features)), st.lists(st.integers(1, 60), max_size=2), st.randoms(use_true_random=False))
    def law(history: History, cuts: list[int], chance: Random) -> None:
        assume(not history.files)
        records = list(history.records)
        try:
            want = star(history.specs, records, history.files)
        except Conflict:
            assume(False)
        chance.shuffle(records)
        bounds = [0, *sorted({min(cut, len(records)) for cut in cuts}), len(records)]
        root = tmp_path / str(next(folders))
        tables = [{**table, "warehouse_path": "copy"} for table in history.tables]
        project = harness.write_project(root, history.config, tables)
        topics = Topics(project, server)
        with closing(topics.warehouse):
            for number, (a, b) in enumerate(pairwise(bounds)):
                topics.append(root / f"files{number}", [*records[a:b], *records[: a // 2]])  # some of them once more
                topics.load()
            difference = harness.difference(harness.star(project, topics.warehouse), harness.expected(want, project))
            assert not difference, difference
            left = [name for name in (t.name for t in project.tables) if topics.warehouse.rows(f"SELECT 1 FROM staging.copied_{name}")]
            assert not left

    law()


def shop(tmp_path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    columns = {"customer_id": "int", "name": {"type": "nvarchar(80)", "checks": {"not_null": True, "on_fail": "block"}}}
    table = {"table": "customer", "source": "erp.dbo.Customer", "key": "customer_id", "scd": 2, "columns": columns}
    return {"sources": {"erp": {}}}, [table]


def event(offset: int, name: str | None, at: int | None = None) -> Record:
    at = offset if at is None else at
    source = {"ts_ms": 1_700_000_000_000 + at * 1000, "commit_lsn": f"00000027:{at:08x}:0001", "change_lsn": f"00000027:{at:08x}:0001"}
    value = {"before": None, "after": {"customer_id": 1, "name": name}, "op": "u", "source": {**source, "event_serial_no": 1}}
    return Record("customer_changes", offset, value, {"customer_id": 1})


@pytest.fixture
def topics(server: str, tmp_path: Path) -> Iterator[Topics]:
    made = Topics(harness.write_project(tmp_path / "project", *shop(tmp_path)), server)
    with closing(made.warehouse):
        made.append(tmp_path / "first", [event(0, "Ann"), event(1, "Anna")])
        made.load()
        yield made


def test_a_load_counts_itself_only_when_something_was_new(topics: Topics) -> None:
    topics.load()
    assert topics.warehouse.rows("SELECT loads FROM staging.load_lock") == [(1,)]
    assert topics.warehouse.rows("SELECT received, applied FROM staging.counts") == [(2, 2)]


def test_another_content_at_the_watermark_stops_the_load(topics: Topics, tmp_path: Path) -> None:
    topics.warehouse.execute("UPDATE staging.topic_customer SET content = content + 1 WHERE record_offset = 1")
    topics.append(tmp_path / "second", [event(2, "Anne")])
    with pytest.raises(psycopg.errors.RaiseException, match=r"RF501: .*\(1 rows\)"):
        topics.load()
    assert topics.warehouse.rows("SELECT COUNT(*) FROM staging.customer_log") == [(2,)]


def test_two_contents_of_one_event_stop_the_load(topics: Topics, tmp_path: Path) -> None:
    topics.append(tmp_path / "second", [event(2, "Anton", at=1)])
    with pytest.raises(psycopg.errors.RaiseException, match="RF502"):
        topics.load()


def test_a_backfill_of_an_unknown_table_is_refused(topics: Topics) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="RF120"):
        topics.backfill("'nope', NULL")


def test_a_check_that_blocks_stops_the_load_and_keeps_nothing(topics: Topics, tmp_path: Path) -> None:
    topics.append(tmp_path / "second", [event(2, None)])
    with pytest.raises(psycopg.errors.RaiseException, match="RF527"):
        topics.load()
    assert topics.warehouse.rows("SELECT COUNT(*) FROM staging.customer_log") == [(2,)]


def test_a_second_session_waits_for_the_first(topics: Topics, server: str, tmp_path: Path) -> None:
    topics.append(tmp_path / "second", [event(2, "Anne")])
    topics.warehouse.execute("BEGIN")
    topics.load()
    with closing(PostgresWarehouse(server, ("staging", "dw"))) as other:
        other.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("CALL staging.load()")
        topics.warehouse.execute("COMMIT")
        other.execute("CALL staging.load()")
        assert other.rows("SELECT loads FROM staging.load_lock") == [(2,)]
        assert other.rows("SELECT name FROM dw.dim_customer WHERE is_current") == [("Anne",)]


def test_what_came_by_the_stream_is_passed_over_when_it_is_copied(topics: Topics, tmp_path: Path) -> None:
    """The table moves from one way to the other: the log, the counts and the star go on as they were."""
    config, [table] = shop(tmp_path)
    moved = harness.write_project(tmp_path / "moved", config, [{**table, "warehouse_path": "copy"}])
    topics.project, topics.loads = moved, Loads(moved, STAND)
    topics.warehouse.execute("DROP VIEW staging.raw_customer")
    for statement in topics._copied("customer"):
        topics.warehouse.execute(statement)
    for part in topics.loads.parts():
        for sql in topics.loads.procedures(part):
            topics.warehouse.execute(sql)
    topics.warehouse.execute(topics.loads.main())
    before = topics.warehouse.rows("SELECT * FROM dw.dim_customer ORDER BY valid_from")
    topics.append(tmp_path / "again", [event(1, "Anna"), event(0, "Ann")])
    topics.load()
    assert topics.warehouse.rows("SELECT * FROM dw.dim_customer ORDER BY valid_from") == before
    assert topics.warehouse.rows("SELECT received, applied FROM staging.counts") == [(2, 2)]
    topics.append(tmp_path / "new", [event(2, "Anne"), event(0, "Ann")])
    topics.load()
    assert topics.warehouse.rows("SELECT received, applied FROM staging.counts") == [(3, 3)]
    topics.append(tmp_path / "other", [event(1, "Somebody else")])
    with pytest.raises(psycopg.errors.RaiseException, match="RF501"):
        topics.load()
