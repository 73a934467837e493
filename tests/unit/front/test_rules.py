"""Rules over names, topics and limits, and that they know of every column the warehouse gets."""

from pathlib import Path

import pytest

from retailflow.errors import Severity
from retailflow.model.dimension import Dimension
from retailflow.rules.reserved import OWN_COLUMNS, REDSHIFT_WORDS
from retailflow.rules.shown import dimension_names, fact_names
from retailflow.sql.shape import dimension_columns, fact_columns
from tests.unit.front.projects import LINE, ORDER, PROJECT, STORE, found, project_of, said


def _with_column(name: str) -> str:
    return f"table: t\nsource: erp.dbo.T\nkey: a\ncolumns:\n  a: int\n  {name}: int\n"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Name", "RF102"),
        ("first name", "RF102"),
        ("first-name", "RF102"),
        ("1st", "RF102"),
        ("größe", "RF102"),
        ("'a\"; drop table x; --'", "RF102"),
        ("order", "RF103"),
        ("timestamp", "RF103"),
        ("tag", "RF103"),
        ("oid", "RF103"),
        ("ctid", "RF103"),
        ("valid_from", "RF105"),
        ("is_current", "RF105"),
        ("period_start", "RF105"),
        ("_since", "RF105"),
        ("_op", "RF105"),
        ("a" * 119, "RF104"),
    ],
)
def test_names_of_columns(tmp_path: Path, name: str, code: str) -> None:
    (finding,) = found(tmp_path, t=_with_column(name))
    assert finding.code == code
    assert finding.place is not None
    assert (finding.place.line, finding.place.column) == (6, 3)


@pytest.mark.parametrize("name", ["date", "type", "name", "value", "key", "status", "start", "language", "connect", "a" * 118])
def test_names_that_are_fine(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, t=_with_column(name)) == ()


@pytest.mark.parametrize(
    ("name", "codes"),
    [("Order", ["RF102"]), ("date", ["RF105"]), ("_t", ["RF105"]), ("select", []), ("t" * 112, ["RF104"])],
)
def test_names_of_tables(tmp_path: Path, name: str, codes: list[str]) -> None:
    findings = found(tmp_path, **{name: f"table: {name}\nsource: erp.dbo.T\nkey: a\ncolumns: {{a: int}}\n"})
    assert [f.code for f in findings] == codes


def test_a_hint_offers_the_plain_name(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, t=_with_column("OrderDate"))
    assert finding.hint == "write `order_date`, with `from` for the name at the source"


def test_names_inside_facts_and_dimensions(tmp_path: Path) -> None:
    line = (
        LINE.replace("fact_sales", "Sales")
        .replace("net:", "percent:")
        .replace("store: store_id", "Store: {dimension: store, by: store_id}")
    )
    store = STORE + "dimension: {name: user, lookups: {order: {by: store_id, columns: [{end: status}]}}}\n"
    codes = sorted((f.code, f.message.split("`")[1]) for f in found(tmp_path, order_line=line, order=ORDER, store=store))
    assert codes == [("RF102", "Sales"), ("RF102", "Store"), ("RF103", "end"), ("RF103", "percent"), ("RF103", "user")]


def test_the_calendar_keeps_its_name(tmp_path: Path) -> None:
    findings = found(tmp_path, store=STORE + "dimension: {name: dim_date}\n")
    assert [(f.code, f.message) for f in findings] == [("RF108", "`dim_date` is already the name of the calendar")]


def test_a_history_takes_a_name_too(tmp_path: Path) -> None:
    store = STORE.replace("scd: 2", "scd: 4")
    fact = LINE.replace("fact_sales", "dim_store_history")
    assert [f.code for f in found(tmp_path, store=store, order=ORDER, order_line=fact)] == ["RF108"]


def test_topics_that_differ_in_dots_only_are_one(tmp_path: Path) -> None:
    order = ORDER + "kafka: {topic: store.changes}\n"
    assert said(found(tmp_path, order=order, store=STORE)) == [
        ("RF109", "tables/store.yaml:1:8+5", "topic `store_changes` is also that of table `order`")
    ]


@pytest.mark.parametrize(
    ("kafka", "codes"),
    [
        ("{config: {retention.ms: 604800000, cleanup.policy: delete}}", []),
        ("{config: {cleanup.policy: 'compact, delete'}}", ["RF404"]),
        ("{config: {cleanup.policy: compress}}", ["RF402"]),
        ("{config: {compression.type: gz}}", ["RF402"]),
        ("{config: {retention.ms: forever}}", ["RF402"]),
        ("{config: {retention.ms: -1}}", []),
        ("{config: {preallocate: yes}}", ["RF402"]),
        ("{config: {min.cleanable.dirty.ratio: 0.5}}", []),
        ("{replication_factor: 1, config: {min.insync.replicas: 2}}", ["RF402"]),
        ("{config: {retention_ms: 1}}", ["RF401"]),
        ("{topic: a/b}", ["RF403"]),
        ("{topic: '{table}'}", ["RF403"]),
        ("{topic: ..}", ["RF403"]),
        (f"{{topic: {'t' * 129}}}", ["RF403"]),
        ("{topic: Erp.dbo.Store}", ["RF403"]),
    ],
)
def test_topics(tmp_path: Path, kafka: str, codes: list[str]) -> None:
    findings = found(tmp_path, store=f"{STORE}kafka: {kafka}\n")
    assert [f.code for f in findings] == codes
    upper = "Erp" in kafka
    assert all((f.severity is Severity.WARNING) == upper for f in findings)


def test_too_many_columns(tmp_path: Path) -> None:
    columns = "".join(f"  c{n}: int\n" for n in range(1600))
    (finding,) = found(tmp_path, t=f"table: t\nsource: erp.dbo.T\nkey: a\ncolumns:\n  a: int\n{columns}")
    assert (finding.code, finding.place.line if finding.place else 0) == ("RF405", 4)


def test_the_reserved_words_are_those_of_the_developer_guide() -> None:
    assert len(REDSHIFT_WORDS) == 156
    assert {"tag", "open", "user", "timestamp", "az64"} <= REDSHIFT_WORDS


_ALL_KINDS: dict[str, str | bytes] = {
    "tables/store.yaml": """\
table: store
source: erp.dbo.Store
key: store_id
scd: 2
columns: {store_id: int, name: {type: nvarchar(80), scd: 3}, kind: {type: int, scd: 6}, opened_at: datetime2(3)}
dimension: {effective: opened_at, lookups: {order: {by: kind, columns: [status, {at: ordered_at}]}}}
""",
    "tables/site.yaml": """\
table: site
source: erp.dbo.Site
key: code
scd: 4
columns: {code: varchar(9), name: nvarchar(9), size: {type: int, scd: 1}}
""",
    "tables/order_line.yaml": LINE,
    "tables/order.yaml": ORDER
    + """\
facts:
  filled:
    type: accumulating_snapshot
    grain: order_id
    time: ordered_at
    dimensions: {store: store_id}
    milestones: {ordered_at: ordered_at, paid: {status: status, at: b, order: [a, b]}}
    lags: {to_pay: [ordered_at, paid]}
  daily: {type: periodic_snapshot, grain: order_id, dimensions: {store: store_id}, degenerate: [status]}
""",
}


def test_the_rules_know_every_column_the_warehouse_gets(tmp_path: Path) -> None:
    """One list for rules, which know where each name was written, and one for SQL: the same names."""
    project = project_of(tmp_path, {"retailflow.yaml": PROJECT, **_ALL_KINDS})
    for table, dimension in project.dimensions():
        for one in (dimension, dimension.history):
            if isinstance(one, Dimension):
                ours, theirs = {name for name, _ in dimension_names(table, one)}, {c.name for c in dimension_columns(project, table, one)}
                assert ours == theirs
    for table, fact in project.facts():
        theirs = {c.name for c in fact_columns(project, table, fact) if not c.name.startswith("_")}
        assert {name for name, _ in fact_names(fact)} == theirs
        assert {name for name in theirs if name.startswith(("valid_", "is_", "period_"))} <= OWN_COLUMNS
