"""Audits: silent over what a load has made, and each of them speaks up when somebody breaks what it watches over."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from retailflow.checks import Check, CheckKind, OnFail
from retailflow.errors import StopError
from retailflow.local.engine import Warehouse
from retailflow.local.postgres_engine import PostgresWarehouse
from retailflow.local.run import run
from retailflow.model.dimension import OnDelete
from retailflow.model.fact import Fact, FactKind, Role
from retailflow.model.project import Project
from retailflow.sql.audit import Audit, AuditSeverity, example, look_up
from retailflow.sql.audits import audits
from retailflow.sql.dialects import DUCKDB
from tests.factories import column, dimension, project, table
from tests.integration.postgres_server import postgres
from tests.integration.run_support import Shop, change, text

Open = Callable[[Shop], Warehouse]
CHECKS = (
    Check(CheckKind.NOT_NULL, ("name",), OnFail.WARN),
    Check(CheckKind.UNIQUE, ("name",), OnFail.WARN),
    Check(CheckKind.RELATIONSHIP, ("friend_id",), OnFail.WARN, ("customer",)),
)


def shop() -> Project:
    """Customers with checks, and a fact of theirs."""
    roles = (Role("customer", "customer", ("friend_id",), None, "customer_key"), Role("day", "date", ("born",), None, "day_key"))
    fact = Fact("fact_friend", "customer", FactKind.FACTLESS, ("customer_id",), None, (), roles, (), (), None, (), (), "")
    columns = (column("customer_id", nullable=False), column("name", "nvarchar(80)"), column("friend_id"), column("born", "date"))
    return project(table(columns=columns, checks=CHECKS, facts=(fact,), dimension=dimension("customer", "name", "friend_id", "born")))


def event(key: int, at: int, **row: object) -> dict[str, object]:
    made = change(key, "x" if row else None, at)
    if row:
        made["value"]["after"] = {"customer_id": key, "name": None, "friend_id": None, "born": "2024-02-01", **row}
    return made


EVENTS = [
    event(1, 1, name="Ann"),
    event(2, 2, name="Bob", friend_id=1),
    event(1, 3, name="Anna", friend_id=2),
    event(3, 4, name="Cy", friend_id=1),
    event(3, 5),
    event(3, 6, name="Cyd", friend_id=2),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres(tmp_path_factory.mktemp("pg")) as address:
        yield address


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    made = Shop(tmp_path, shop())
    made.write(text(EVENTS))
    warehouse: Warehouse = made.open()
    if request.param == "postgres":
        warehouse.close()
        warehouse = PostgresWarehouse(request.getfixturevalue("server"), ("staging", "dw"))
    with closing(warehouse):
        run(made.model, warehouse, made.folders)
        yield warehouse
        if request.param == "postgres":
            warehouse.execute("DROP SCHEMA staging, dw CASCADE")


def failing(warehouse: Warehouse) -> dict[str, Audit]:
    return {a.name: a for a in audits(shop(), warehouse.dialect) if warehouse.rows(a.select)}


def test_audits_are_silent_over_what_a_load_made(opened: Warehouse) -> None:
    assert not failing(opened)


def test_each_speaks_up_when_somebody_breaks_what_it_watches(opened: Warehouse) -> None:
    versions = "dw.dim_customer"
    broken = {
        "UPDATE staging.counts SET received = 9": {"RF525", "RF526"},
        "DELETE FROM staging.counts": {"RF526"},
        "DELETE FROM staging.customer_log WHERE _offset = 1": {"RF526"},
        "INSERT INTO staging.customer_log SELECT * FROM staging.customer_log WHERE _offset = 4": {"RF528"},
        f"INSERT INTO {versions} SELECT * FROM {versions} WHERE customer_id = 2": {"RF520", "RF503", "RF521", "RF522"},
        f"UPDATE {versions} SET customer_key = 5 WHERE customer_id IN (1, 2)": {"RF503", "RF524"},
        f"UPDATE {versions} SET is_current = TRUE WHERE customer_id = 1": {"RF521"},
        f"DELETE FROM {versions} WHERE customer_id = 2": {"RF521", "RF524"},
        f"UPDATE {versions} SET valid_to = '9999-12-31' WHERE customer_id = 1": {"RF522"},
        f"UPDATE {versions} SET valid_to = '2023-11-16' WHERE customer_id = 1 AND NOT is_current": {"RF523"},
        "INSERT INTO dw.fact_friend SELECT * FROM dw.fact_friend WHERE customer_id = 2": {"RF520"},
        "UPDATE dw.fact_friend SET customer_key = 5 WHERE customer_id = 2": {"RF524"},
        "UPDATE dw.fact_friend SET customer_key = -1 WHERE customer_id = 2": set(),
        "UPDATE dw.fact_friend SET day_key = 20250101 WHERE customer_id = 2": {"RF529"},
        "UPDATE staging.customer_log SET name = NULL WHERE _offset = 2": {"RF527"},
        "UPDATE staging.customer_log SET name = 'Anna' WHERE _offset = 2": {"RF527"},
        "UPDATE staging.customer_log SET friend_id = 99 WHERE _offset = 2": {"RF527"},
        "UPDATE staging.customer_log SET _commit_ts = '2020-01-01' WHERE _offset = 4": {"RF504"},
        "UPDATE staging.customer_log SET _commit_ts = '2023-11-17' WHERE _offset = 4": set(),
    }
    for statement, codes in broken.items():
        opened.begin()
        opened.execute(statement)
        found = failing(opened)
        assert {a.code for a in found.values()} == codes, statement
        for audit in found.values():
            shown = opened.result(audit.select, limit=1)
            history = look_up(audit, dict(zip(shown.columns, shown.rows[0], strict=True)), opened.dialect)
            assert history is not None
            opened.rows(history)
        opened.rollback()


def test_policies_decide_what_blocks() -> None:
    severities = {a.code: a.severity for a in audits(shop(), DUCKDB)}
    warns = {code for code, severity in severities.items() if severity is AuditSeverity.WARN}
    assert warns == {"RF504", "RF527", "RF529"}
    names = [a.name for a in audits(shop(), DUCKDB)]
    assert len(names) == len(set(names))


def test_an_audit_tells_a_person_how_to_look_a_row_up() -> None:
    [audit] = [a for a in audits(shop(), DUCKDB) if a.code == "RF503"]
    assert example(audit) == "SELECT * FROM staging.customer_log WHERE customer_id = <customer_id> ORDER BY _incarnation, _sequence"


@pytest.mark.parametrize(
    ("check", "bad"),
    [
        (Check(CheckKind.NOT_NULL, ("name",), OnFail.BLOCK), [event(4, 7, born=None)]),
        (Check(CheckKind.UNIQUE, ("name",), OnFail.BLOCK), [event(4, 7, name="Bob")]),
        (Check(CheckKind.RELATIONSHIP, ("friend_id",), OnFail.BLOCK, ("customer",)), [event(4, 7, friend_id=8)]),
    ],
    ids=lambda x: str(x.kind) if isinstance(x, Check) else "",
)
def test_a_check_that_blocks_stops_the_load_and_keeps_nothing(tmp_path: Path, check: Check, bad: list[dict[str, object]]) -> None:
    p = shop()
    made = Shop(tmp_path, replace(p, tables=(replace(p.tables[0], checks=(check,)),)))
    made.write(text(EVENTS))
    made.run()
    made.append(text(bad))
    with pytest.raises(StopError) as stopped:
        made.run()
    assert [f.code for f in stopped.value.findings] == ["RF527"]
    with closing(made.open()) as warehouse:
        assert warehouse.rows("SELECT COUNT(*) FROM staging.customer_log") == [(len(EVENTS),)]


def test_two_versions_of_one_surrogate_key_stop_the_load(tmp_path: Path) -> None:
    made = Shop(tmp_path, shop())
    made.write(text(EVENTS))
    made.run()
    with closing(made.open()) as warehouse:
        new = warehouse.rows("SELECT customer_key FROM dw.dim_customer WHERE customer_id = 2")[0][0]
        warehouse.execute("DELETE FROM dw.dim_customer WHERE customer_id = 2")
        warehouse.execute(f"UPDATE dw.dim_customer SET customer_key = {new} WHERE customer_id = 1 AND is_current")
    made.append(text([event(2, 7, name="Bobby"), event(2, 8, name="Bob")]))  # two: the key is folded in full
    with pytest.raises(StopError, match="RF503"):
        made.run()


def test_under_flag_and_ignore_a_gap_is_never_right() -> None:
    for on_delete in (OnDelete.FLAG, OnDelete.IGNORE):
        p = project(table(dimension=dimension("customer", "name", on_delete=on_delete)))
        [gap] = [a for a in audits(p, DUCKDB) if a.code == "RF523"]
        assert "_op" not in gap.select
