"""A run is one transaction over everything that is new: all of it or nothing, once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from retailflow.errors import StopError
from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.local.program import program
from retailflow.local.run import run
from retailflow.sql.dialects import DUCKDB
from retailflow.sql.statement import Assert, Execute, Load, Step
from tests.factories import project, table
from tests.integration.run_support import Shop, change, sums, text


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_the_star_the_counts_and_nothing_the_second_time(shop: Shop) -> None:
    shop.write(text([change(1, "a", 1), change(1, "b", 2), change(2, "c", 3), change(2, None, 4), change(1, "b", 2)]))
    report = shop.run()
    assert sums(report) == (4, 4, 0, 0, 0)
    assert report.star == (("dim_customer", 3),)
    before = shop.everything()
    assert sums(shop.run()) == (0, 0, 0, 0, 0)
    assert shop.everything() == before


def test_another_content_at_a_coordinate_stops_the_load_and_changes_nothing(shop: Shop) -> None:
    shop.write(text([change(1, "a", 1)]))
    shop.run()
    before = shop.everything()
    shop.append(text([change(9, "z", 9), change(1, "other", 1)]))
    for _ in range(2):
        with pytest.raises(StopError) as stopped:
            shop.run()
        (finding,) = stopped.value.findings
        assert (finding.code, finding.place and finding.place.path) == ("RF501", "tables/customer.yaml")
        assert "record_offset=1" in finding.message
    assert shop.everything() == before


@pytest.mark.parametrize("at", range(0, 40, 8))
def test_an_error_between_two_statements_changes_nothing(shop: Shop, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write(text([change(1, "a", 1)]))
    shop.run()
    before = shop.everything()
    shop.append(text([change(1, "b", 2), change(2, "c", 3)]))
    seen = 0
    real = DuckDbWarehouse.execute

    def failing(self: DuckDbWarehouse, sql: str) -> None:
        nonlocal seen
        seen += sql.split()[0] not in ("SET", "BEGIN", "ROLLBACK")
        if seen == at + 4:
            raise KeyboardInterrupt
        real(self, sql)

    monkeypatch.setattr(DuckDbWarehouse, "execute", failing)
    with pytest.raises(KeyboardInterrupt):
        shop.run()
    monkeypatch.undo()
    assert shop.everything() == before
    assert sums(shop.run()) == (2, 2, 0, 0, 0)


def test_a_topic_without_a_spec_is_quarantined_until_it_has_one(shop: Shop) -> None:
    orders: list[dict[str, Any]] = [{"value": {"x": n}, "offset": n} for n in range(3)]
    shop.write(text(orders), "supplier_changes.jsonl")
    assert sums(shop.run()) == (3, 0, 0, 0, 3)
    shop.append(text([{"value": {"x": 3}, "offset": 3}]), "supplier_changes.jsonl")
    assert sums(shop.run()) == (1, 0, 0, 0, 1)
    assert shop.rows("SELECT code, COUNT(*) FROM staging.quarantine GROUP BY code") == [("no_spec", 4)]
    shop.model = project(table("customer"), table("supplier"))
    shop.run()
    assert shop.rows("SELECT topic, received, quarantined FROM staging.counts") == [("supplier_changes", 4, 4)]
    assert shop.rows("SELECT DISTINCT table_name FROM staging.quarantine") == [("supplier",)]


def test_heartbeats_are_skipped_and_move_as_of(shop: Shop) -> None:
    beats: list[dict[str, Any]] = [
        {"value": {"ts_ms": 1_700_000_000_000 + n}, "offset": n, "timestamp": 1_700_000_000_500} for n in (0, 5, 3)
    ]
    shop.write(text(beats), "__debezium-heartbeat.erp.jsonl")
    shop.write(text([change(1, "a", 0)]))
    assert sums(shop.run()) == (4, 1, 0, 3, 0)
    assert shop.rows("SELECT source, epoch_ms(as_of) FROM staging.sources") == [("erp", 1_700_000_000_005)]
    shop.write(text(reversed(beats)), "__debezium-heartbeat.erp.jsonl")
    assert sums(shop.run()) == (0, 0, 0, 0, 0)


def test_heartbeats_of_an_unknown_source_belong_to_nobody(shop: Shop) -> None:
    shop.write(text([{"value": {"ts_ms": 1}, "offset": 0}]), "__debezium-heartbeat.nobody.jsonl")
    assert sums(shop.run()) == (1, 0, 0, 0, 1)


def test_the_days_of_another_calendar_replace_those_there(shop: Shop) -> None:
    warehouse = shop.open()
    shop.write(text([change(1, "a", 1)]))
    run(shop.model, warehouse, shop.folders)
    last = shop.model.calendar.last + timedelta(days=3)
    run(replace(shop.model, calendar=replace(shop.model.calendar, last=last)), warehouse, shop.folders)
    days = (last - shop.model.calendar.first).days + 1
    assert warehouse.rows("SELECT COUNT(*), MAX(date) FROM dw.dim_date") == [(days, last)]
    warehouse.close()


def test_a_load_by_hand_runs_after_its_schema_which_runs_once(shop: Shop) -> None:
    made = program(shop.model, DUCKDB)
    own = (Execute("INSERT INTO staging.seen SELECT * FROM raw_customer LIMIT 1"), Assert("RF599", "never", "SELECT 1 WHERE FALSE"))
    plan = replace(made, schema=(*made.schema, "CREATE TABLE staging.seen AS SELECT 1 AS n"), load=Load((Step("own", own[1:]),)))
    shop.write(text([change(1, "a", 1)]))
    warehouse = shop.open()
    run(shop.model, warehouse, shop.folders, plan=plan)
    run(shop.model, warehouse, shop.folders, plan=plan)
    assert warehouse.rows("SELECT n FROM staging.seen") == [(1,)]
    warehouse.close()
