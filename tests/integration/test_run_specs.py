"""Specs that change: star, log and counts are then those of a warehouse that never knew the old ones, or nothing has changed."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from retailflow.errors import StopError
from retailflow.local.backfill import backfill
from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.local.report import Report
from retailflow.model.expression import ColumnRef, Comparison, Literal
from retailflow.model.fact import Fact, FactKind, Role
from retailflow.model.project import Project
from retailflow.model.source import Era, Route
from retailflow.model.table import Table
from retailflow.scd import Scd
from retailflow.types import parse_type
from tests.factories import NAMING, column, dimension, project, table
from tests.integration.run_support import TOPIC, Shop, change, text

EVENTS = [change(1, "a", 1), change(1, "bb", 2), change(2, "c", 3), change(2, None, 4), change(1, "a", 5), change(3, "dddd", 6)]
OVERWRITTEN = dimension("customer", "name", scd=Scd.OVERWRITE)
NAME = ColumnRef("name", parse_type("nvarchar(80)"))
NOT_A = Comparison("<>", NAME, Literal("a", NAME.type), parse_type("bit"))


def short(tsql: str) -> tuple[Any, ...]:
    return (column("customer_id", nullable=False), column("name", tsql))


CHANGES = {
    "a version a change no more": {"dimension": OVERWRITTEN},
    "a dimension of another name": {"dimension": dimension("customer", "name", name="dim_person")},
    "no dimension": {"dimension": None},
    "rows that do not count": {"where": NOT_A},
    "names too long, the latest among them": {"columns": short("nvarchar(3)"), "key": ("customer_id",)},
    "a column more": {
        "columns": (*short("nvarchar(80)"), column("city", "nvarchar(20)")),
        "dimension": dimension("customer", "name", "city"),
    },
    "a name that is the key": {"key": ("customer_id", "name"), "dimension": dimension("customer")},
}


def changed(**changes: Any) -> Project:
    return project(replace(table(), **changes))


def fresh(folder: Path, model: Project, events: list[dict[str, Any]]) -> Shop:
    shop = Shop(folder, model)
    shop.write(text(events))
    shop.run()
    return shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return fresh(tmp_path / "one", project(), EVENTS)


def books(shop: Shop) -> dict[str, list[Any]]:
    """Everything but what a removed table left, and how far which file was read."""
    names = ["staging.customer_log", "staging.quarantine", "staging.passed", "staging.counts", "staging.sources"]
    names += [f"dw.{d.name}" for _, d in shop.model.dimensions()]
    return {name: shop.rows(f"SELECT * FROM {name} ORDER BY ALL") for name in names}


@pytest.mark.parametrize("said", CHANGES.values(), ids=CHANGES.keys())
def test_all_is_as_if_the_specs_had_always_said_so(said: dict[str, Any], shop: Shop, tmp_path: Path) -> None:
    before, shop.model = books(shop), changed(**said)
    report = shop.run()
    assert report.taken_anew or report.folded_anew or not shop.model.tables[0].dimension
    assert books(shop) == books(fresh(tmp_path / "fresh", shop.model, EVENTS))
    assert quiet(shop.run())
    shop.model = project()
    shop.run()
    assert books(shop) == before


def test_a_person_is_told_what_was_done_and_why(shop: Shop) -> None:
    shop.model = changed(dimension=OVERWRITTEN)
    report = shop.run()
    assert (report.taken_anew, report.folded_anew) == ((), (("customer", "changed: dim_customer"),))
    shop.model = changed(dimension=OVERWRITTEN, columns=short("nvarchar(90)"))
    assert shop.run().taken_anew == (("customer", "changed: columns"),)


def test_a_star_in_another_schema_is_made_whole(shop: Shop) -> None:
    before = shop.star()
    shop.model = project(naming=replace(NAMING, warehouse_schema="star"))
    assert shop.run().left == ("dw.dim_customer",)
    assert shop.rows("SELECT * FROM star.dim_customer ORDER BY ALL") == before


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_run_that_is_killed_on_the_way_to_other_specs_changes_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    before, dropped = shop.everything(), 0
    shop.model = changed(columns=(*short("nvarchar(80)"), column("city")), dimension=dimension("customer", "name", "city"))
    real = DuckDbWarehouse.execute

    def failing(self: DuckDbWarehouse, sql: str) -> None:
        nonlocal dropped
        real(self, sql)
        dropped += sql.startswith(("DROP TABLE", "INSERT INTO staging.meanings"))
        if dropped == at:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(DuckDbWarehouse, "execute", failing)
        with pytest.raises(KeyboardInterrupt):
            shop.run()
    assert shop.everything() == before
    assert shop.run().taken_anew


def test_what_a_table_quarantines_for_itself_is_no_stray(shop: Shop) -> None:
    other = change(5, "e", 7)
    other["value"]["source"] |= {"schema": "Sales", "table": "Other"}
    shop.append(text([other]))
    shop.run()
    before = shop.everything()
    assert [row for row in before if row[0] == "staging.quarantine"]
    shop.run()
    assert shop.everything() == before


def test_what_nobody_reads_in_a_spec_changes_nothing(shop: Shop) -> None:
    same = replace(
        table(),
        description="People.",
        owner="crm",
        group="sales",
        columns=(column("customer_id"), column("name", "nvarchar(80)", pii="name")),
    )
    shop.model = project(same)
    assert quiet(shop.run())


def quiet(report: Report) -> bool:
    return not (report.taken_anew or report.folded_anew or report.left or report.hops)


@pytest.mark.parametrize("kept", [EVENTS[2:], [], [change(1, "z", 1), *EVENTS[1:]]], ids=["no beginning", "nothing", "another record"])
def test_what_is_not_in_the_topic_any_more_is_not_given_up(kept: list[dict[str, Any]], shop: Shop) -> None:
    before = shop.everything()
    shop.write(text(kept))
    shop.model = changed(columns=short("nvarchar(90)"))
    for _ in range(2):
        with pytest.raises(StopError) as stopped:
            shop.run()
        (finding,) = stopped.value.findings
        assert (finding.code, finding.place and finding.place.path) == ("RF517", "tables/customer.yaml")
        assert f"topic={TOPIC}" in finding.message
        assert shop.everything() == before
    shop.write(text(EVENTS))
    assert shop.run().taken_anew


def test_folding_anew_needs_no_topic(shop: Shop, tmp_path: Path) -> None:
    (shop.folders.topics / f"{TOPIC}.jsonl").unlink()
    shop.model = changed(where=NOT_A)
    shop.run()
    assert shop.star() == fresh(tmp_path / "two", shop.model, EVENTS).star()


def test_a_new_generation_is_no_change_of_the_events_before(shop: Shop) -> None:
    shop.model = changed(eras=(Era(1, 1, Route.CDC), Era(2, 1, Route.CDC)))
    assert quiet(shop.run())


def test_a_removed_table_stays_is_told_once_and_may_come_back(shop: Shop, tmp_path: Path) -> None:
    shop.model = project(table("supplier"))
    assert shop.run().left == ("dw.dim_customer", "staging.customer_log")
    assert shop.run().left == ()
    assert len(shop.star()) == 5
    shop.append(text([change(1, "e", 7)]))
    shop.run()
    shop.model = project()
    assert shop.run().taken_anew == (("customer", "its spec is back"),)
    assert books(shop) == books(fresh(tmp_path / "two", project(), [*EVENTS, change(1, "e", 7)]))


def test_a_star_of_nobody_knows_which_specs_is_taken_anew(shop: Shop) -> None:
    before = shop.everything()
    for statement in ("DELETE FROM staging.notes WHERE name = 'specs'", "DELETE FROM staging.meanings", "DELETE FROM staging.reached"):
        shop.rows(statement)
    assert [name for name, _ in shop.run().taken_anew] == ["customer"]
    assert shop.everything() == before


def referring(*roles: str) -> Table:
    """Orders, whose fact refers to customers in these roles."""
    columns = (column("order_id", nullable=False), column("buyer"), column("payer"))
    keys = tuple(Role(name, "customer", (name,), None, f"{name}_key") for name in roles)
    fact = Fact("fact_order", "order", FactKind.FACTLESS, ("order_id",), None, (), keys, (), (), None, (), (), "")
    return replace(table("order"), columns=columns, dimension=None, facts=(fact,))


def order(payer: int) -> dict[str, Any]:
    record = change(7, "", 8)
    after = {"order_id": 7, "buyer": 1, "payer": payer}
    return record | {"key": {"order_id": 7}, "value": record["value"] | {"before": None, "after": after, "op": "c"}}


def test_facts_follow_a_dimension_whose_keys_are_others_now(shop: Shop) -> None:
    shop.write(text([order(payer=3)]), "order_changes.jsonl")
    for salt in ("", "s"):
        shop.model = project(table(dimension=dimension("customer", "name", salt=salt)), referring("buyer", "payer"))
        shop.run()
        buyer, payer = (f"JOIN dw.dim_customer AS {x} ON {x}.customer_key = f.{x}_key" for x in ("buyer", "payer"))
        assert shop.rows(f"SELECT buyer.customer_id, payer.customer_id FROM dw.fact_order AS f {buyer} {payer}") == [(1, 3)]


def test_members_are_inferred_for_the_roles_there_are_and_for_no_others(shop: Shop, tmp_path: Path) -> None:
    shop.write(text([order(payer=99)]), "order_changes.jsonl")
    for roles, members in (("buyer",), 0), (("buyer", "payer"), 1), (("payer",), 1), ((), 0):
        shop.model = project(table(), referring(*roles)) if roles else project()
        shop.run()
        assert shop.rows("SELECT COUNT(*) FROM dw.dim_customer WHERE is_inferred") == [(members,)]
        if roles:
            (found,) = shop.rows(f"SELECT {', '.join(f'{r}_key' for r in roles)} FROM dw.fact_order")
            assert all(int(str(key)) > 0 for key in found)


def test_a_backfill_of_a_star_by_other_specs_is_refused(shop: Shop) -> None:
    warehouse = shop.open()
    with pytest.raises(StopError) as stopped:
        backfill(changed(where=NOT_A), warehouse, ["customer"])
    assert stopped.value.findings[0].code == "RF519"
    warehouse.close()


def test_a_backfill_mends_rows_and_makes_a_table_that_is_gone(shop: Shop) -> None:
    before = shop.everything()
    for damage, differed in (
        ("DELETE FROM dw.dim_customer WHERE customer_id = 1", 3),
        ("UPDATE dw.dim_customer SET name = 'x', valid_to = valid_from WHERE customer_id = 2", 1),
        ("INSERT INTO dw.dim_customer BY NAME SELECT * REPLACE (77 AS customer_id) FROM dw.dim_customer WHERE customer_id = 3", 1),
        ("INSERT INTO dw.dim_customer SELECT * FROM dw.dim_customer WHERE customer_id = 3", 1),
        ("DROP TABLE dw.dim_customer", 5),
    ):
        shop.rows(damage)
        warehouse = shop.open()
        assert backfill(shop.model, warehouse, ["customer"]).rows == (("dim_customer", differed),), damage
        warehouse.close()
        assert shop.everything() == before


def test_a_backfill_from_a_moment_folds_the_keys_with_events_since(shop: Shop) -> None:
    ((last,),) = shop.rows("SELECT MAX(_commit_ts) FROM staging.customer_log WHERE customer_id = 3")
    assert isinstance(last, datetime)
    shop.rows("DELETE FROM dw.dim_customer WHERE customer_id IN (2, 3)")
    warehouse = shop.open()
    assert backfill(shop.model, warehouse, ["customer"], last).total == 1
    assert backfill(shop.model, warehouse, ["customer"]).total == 1
    warehouse.close()
