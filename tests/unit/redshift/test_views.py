"""Views: members lose no fact, roles show the dimension under their own name, and no name is given twice."""

from dataclasses import replace
from datetime import date

import pytest

from retailflow.model.fact import Fact, FactKind, Role
from retailflow.model.project import Holiday, Project
from retailflow.model.table import Table
from retailflow.sql import seed, views
from retailflow.sql.dialects import DUCKDB, POSTGRES, REDSHIFT
from retailflow.sql.schema import create
from tests.factories import column, project, table

duckdb = pytest.importorskip("duckdb", reason="install retailflow[local]")


def sale(name: str = "sale", *roles: Role) -> Table:
    fact = Fact(f"fact_{name}", name, FactKind.TRANSACTION, (f"{name}_id",), None, (), roles, (), (), None, (), (), "")
    columns = (column(f"{name}_id", nullable=False), column("buyer_id"), column("sold_on", "date"))
    return table(name, columns=columns, dimension=None, facts=(fact,))


BUYER = Role("buyer", "customer", ("buyer_id",), None, "buyer_key")
SOLD_ON = Role("sale_date", "date", ("sold_on",), None, "sale_date_key")


def names(p: Project) -> set[str]:
    return {view.name for view in (*views.members(p, REDSHIFT), *views.roles(p, REDSHIFT))}


def test_a_dimension_has_two_members_more_and_roles_have_views_of_their_own() -> None:
    p = project(table(), sale("sale", BUYER, SOLD_ON))
    members = {"dim_date_members", "dim_customer_members"}
    roles = {"dim_buyer", "dim_buyer_members", "dim_sale_date", "dim_sale_date_members"}
    assert names(p) == members | roles
    with duckdb.connect() as warehouse:
        for statement in create(p, DUCKDB):
            warehouse.execute(statement)
        warehouse.execute("INSERT INTO dw.dim_customer VALUES (77, 1, 'Ann', '2024-01-01', '9999-12-31', true, false, false)")
        facts = "(77, 20240131, 1, 1, '2024-01-31', NULL), (-1, -1, 2, NULL, NULL, NULL), (-2, -2, 3, 9, NULL, NULL)"
        warehouse.execute(f"INSERT INTO dw.fact_sale VALUES {facts}")
        joined = (
            "SELECT f.sale_id, b.name, d.month_name FROM dw.fact_sale AS f JOIN dw.dim_buyer_members AS b USING (buyer_key) "
            "JOIN dw.dim_sale_date_members AS d USING (sale_date_key) ORDER BY 1"
        )
        assert warehouse.execute(joined).fetchall() == [(1, "Ann", "January"), (2, None, None), (3, None, None)]
        assert warehouse.execute("SELECT COUNT(*) FROM dw.dim_buyer").fetchall() == [(1,)]


def test_one_role_of_two_dimensions_is_named_after_its_facts() -> None:
    other = Role("buyer", "supplier", ("buyer_id",), None, "buyer_key")
    p = project(table(), table("supplier"), sale("sale", BUYER), sale("purchase", other))
    assert {n for n in names(p) if "buyer" in n and not n.endswith("_members")} == {"dim_buyer_of_fact_sale", "dim_buyer_of_fact_purchase"}


def test_a_role_does_not_take_the_name_of_a_table() -> None:
    p = project(table(), table("supplier"), sale("sale", replace(BUYER, name="supplier", surrogate_key="supplier_key")))
    assert {n for n in names(p) if "supplier" in n and not n.endswith("_members")} == {"dim_supplier_of_fact_sale"}
    made = [view for view in views.roles(p, REDSHIFT) if view.name == "dim_supplier_of_fact_sale"]
    assert "v.customer_key AS supplier_key" in made[0].statement


def test_a_seed_has_the_fingerprint_of_its_rows_whatever_the_engine() -> None:
    p = project()
    here, there = seed.seeds(p, DUCKDB), seed.seeds(p, POSTGRES)
    assert [(s.name, s.fingerprint) for s in here] == [(s.name, s.fingerprint) for s in there]
    assert [s.name for s in here] == ["numbers", "zone Europe/Berlin", "dim_date"]
    longer = replace(p, calendar=replace(p.calendar, fiscal_start=7))
    assert seed.dates(longer, DUCKDB).fingerprint != here[-1].fingerprint


def test_seeds_of_other_rows_have_another_origin() -> None:
    """Else a warehouse would keep the days it has."""
    p = project()
    holiday = Holiday(date(2024, 5, 1), "Labour Day")
    others = [
        replace(p, calendar=replace(p.calendar, fiscal_start=7)),
        replace(p, calendar=replace(p.calendar, last=date(2031, 12, 31))),
        replace(p, calendar=replace(p.calendar, holidays=(holiday,))),
        replace(p, calendar=replace(p.calendar, holidays=(replace(holiday, name="May Day"),))),
        project(replace(table(), source=replace(table().source, time_zone="America/New_York"))),
    ]
    assert len({seed.origin(x, DUCKDB) for x in (p, *others)}) == 1 + len(others)


def test_a_seed_can_be_planted_again_and_again() -> None:
    p = project()
    with duckdb.connect() as warehouse:
        for _ in range(2):
            for statement in create(p, DUCKDB):
                warehouse.execute(statement)
        assert warehouse.execute("SELECT COUNT(*), MIN(date), MAX(date_key) FROM dw.dim_date").fetchall()[0][2] == 20241231
        assert warehouse.execute("SELECT COUNT(*) FROM staging.seeds").fetchall() == [(3,)]
        assert warehouse.execute("SELECT COUNT(*), MAX(n) FROM staging.numbers").fetchall() == [(100_000, 99_999)]


def test_no_statement_of_a_seed_is_more_than_the_data_api_takes() -> None:
    for planted in seed.seeds(project(), REDSHIFT):
        assert max(len(s.encode()) for s in planted.statements) < 200_000
