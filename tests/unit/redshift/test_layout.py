"""How tables lie: the stated rules, and what a spec says instead."""

from dataclasses import replace
from typing import Any

import pytest

from retailflow.model.fact import Fact, FactKind, Period
from retailflow.model.table import Columnar, Table
from retailflow.sql import layout
from retailflow.sql.dialects import DUCKDB, REDSHIFT
from retailflow.sql.schema import table_ddl
from retailflow.targets.redshift import layouts
from tests.factories import column, dimension, project, table


def composite(first: str, second: str, **changes: Any) -> Table:
    columns = (column("a", first, nullable=False), column("b", second, nullable=False), column("seen_on", "datetime2(3)"))
    fact = Fact("fact_t", "t", FactKind.TRANSACTION, ("a", "b"), "seen_on", (), (), (), (), None, (), (), "")
    made = table("t", columns=columns, key=("a", "b"), dimension=dimension("t", "seen_on"), facts=(fact,))
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("first", "second", "column_name"),
    [("int", "int", "a"), ("smallint", "int", "b"), ("bit", "nvarchar(20)", "b"), ("tinyint", "smallint", "a"), ("varchar(5)", "int", "a")],
)
def test_rows_are_spread_by_the_first_wide_column_of_the_key(first: str, second: str, column_name: str) -> None:
    t = composite(first, second)
    assert layout.distribution_column(t) == column_name


def test_each_kind_of_table_is_sorted_by_what_it_is_asked_for() -> None:
    t = table(facts=(Fact("f", "customer", FactKind.FACTLESS, ("customer_id",), None, (), (), (), (), None, (), (), ""),))
    p = project(t)
    assert t.dimension is not None
    assert layout.log(t).sortkey == ("_commit_ts",)
    assert layout.dimension(p, t, t.dimension).sortkey == ("customer_id", "valid_from")
    assert layout.fact(p, t, t.facts[0]).sortkey == ("customer_id",)
    periodic = replace(t.facts[0], kind=FactKind.PERIODIC_SNAPSHOT, period=Period.DAY)
    assert layout.fact(p, t, periodic).sortkey == ("period_start", "customer_id")


def test_a_table_without_a_key_is_spread_evenly() -> None:
    t = table(key=(), dimension=None)
    assert (layout.log(t).style, layout.log(t).distkey) == ("even", None)


def test_a_spec_decides_over_what_people_query_and_not_over_the_log() -> None:
    t = composite("int", "int", columnar=Columnar(distkey="b", sortkey=("seen_on",)))
    p = project(t)
    [text] = [a.content for a in layouts.emit(p) if a.path.endswith("100_t.sql")]
    assert "ALTER TABLE staging.t_log ALTER DISTSTYLE KEY DISTKEY a;" in text
    assert "dw.dim_t: spread by b, as the spec says; sorted as the spec says." in text
    assert "ALTER TABLE dw.fact_t ALTER DISTSTYLE KEY DISTKEY b;" in text
    assert "ALTER TABLE dw.fact_t ALTER COMPOUND SORTKEY (seen_on);" in text


@pytest.mark.parametrize("style", ["all", "even", "auto"])
def test_a_style_takes_the_place_of_the_key(style: str) -> None:
    p = project(table(columnar=Columnar(diststyle=style)))
    [text] = [a.content for a in layouts.emit(p) if a.path.endswith("100_customer.sql")]
    assert f"ALTER TABLE dw.dim_customer ALTER DISTSTYLE {style.upper()};" in text


def test_every_choice_has_a_reason_beside_it() -> None:
    for artifact in layouts.emit(project(table(), table("order"))):
        lines = artifact.content.splitlines()
        tables = {line.split()[2] for line in lines if line.startswith("ALTER TABLE")}
        explained = {line.split()[1].rstrip(":") for line in lines if line.startswith("-- ") and ": " in line}
        assert tables <= explained


def test_a_primary_key_is_told_where_loads_guarantee_it_and_nothing_need_be_widened() -> None:
    fact = Fact("f", "customer", FactKind.FACTLESS, ("customer_id",), None, (), (), (), (), None, (), (), "")
    text = "\n".join(table_ddl(project(), table(facts=(fact,)), REDSHIFT))
    assert "PRIMARY KEY (customer_key)" in text
    assert "PRIMARY KEY (customer_id)" in text
    named = table(columns=(column("customer_id", "varchar(10)", nullable=False), column("name", "nvarchar(80)")), facts=(fact,))
    assert "PRIMARY KEY (customer_id)" not in "\n".join(table_ddl(project(named), named, REDSHIFT))
    assert "PRIMARY KEY" not in "\n".join(table_ddl(project(), table(facts=(fact,)), DUCKDB))
    assert "REFERENCES" not in text
    assert "ENCODE" not in text
