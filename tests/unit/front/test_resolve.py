"""From specs to the model: defaults, and what each way of writing a thing comes to."""

from pathlib import Path

import pytest

from retailflow.checks import CheckKind, OnFail
from retailflow.model.fact import Additivity, ChildMilestone, ColumnMilestone, FactKind, Lag, Period, StatusMilestone
from retailflow.model.project import Project
from retailflow.model.source import Era, Route
from retailflow.model.table import Table
from retailflow.render.model import expression_text
from retailflow.scd import Scd
from tests.unit.front.projects import LINE, ORDER, PROJECT, RETAIL, STORE, project_of


def table(root: Path, text: str, *others: str) -> Table:
    files: dict[str, str | bytes] = {f"tables/{_name(t)}.yaml": t for t in (text, *others)}
    return project_of(root, files).table(_name(text))


def _name(text: str) -> str:
    return text.split(":")[1].split()[0]


@pytest.fixture
def retail(tmp_path: Path) -> Project:
    return project_of(tmp_path, dict(RETAIL))


def test_the_least_that_works(tmp_path: Path) -> None:
    found = table(tmp_path, "table: t\nsource: erp.dbo.T\nkey: a\nscd: 2\ncolumns: {a: int, b: nvarchar(80)}\n")
    assert (found.source_schema, found.source_table) == ("dbo", "T")
    assert (found.owner, found.group, found.description, found.path) == ("", "default", "", "tables/t.yaml")
    assert found.eras == (Era(1, 1, Route.CDC),)
    assert (found.topic.name, found.topic.partitions, found.topic.replication_factor, found.topic.config) == ("t_changes", 3, 3, ())
    assert found.warehouse_path == "stream"
    assert [(c.name, c.field, c.nullable, c.time_zone) for c in found.columns] == [
        ("a", "a", False, "Europe/Berlin"),
        ("b", "b", True, "Europe/Berlin"),
    ]
    assert found.dimension is not None
    assert (found.dimension.name, found.dimension.surrogate_key) == ("dim_t", "t_key")
    assert (found.dimension.on_delete, found.dimension.beginning, found.dimension.salt) == ("close", True, "")
    assert [(a.column, a.scd) for a in found.dimension.attributes] == [("b", Scd.VERSION)]


def test_a_project_is_sorted_and_complete(retail: Project) -> None:
    assert [t.name for t in retail.tables] == ["order", "order_line", "store"]
    assert [s.name for s in retail.sources] == ["erp"]
    assert [g.name for g in retail.groups] == ["default"]
    assert (retail.naming.topic, retail.naming.warehouse_schema) == ("{table}_changes", "dw")
    assert (retail.calendar.first.year, retail.calendar.fiscal_start) == (2020, 1)


def test_a_transaction_fact(retail: Project) -> None:
    (fact,) = retail.table("order_line").facts
    assert fact.kind is FactKind.TRANSACTION
    assert (fact.grain, fact.degenerate, fact.time) == (("order_id", "line_no"), ("order_id", "line_no"), "ordered_at")
    assert [(r.name, r.dimension, r.by, r.surrogate_key) for r in fact.roles] == [
        ("store", "store", ("store_id",), "store_key"),
        ("order_date", "date", ("ordered_at",), "order_date_key"),
    ]
    quantity, net = fact.measures
    assert (quantity.type.tsql, quantity.additivity, quantity.over_time) == ("int", Additivity.ADDITIVE, None)
    assert (net.type.tsql, expression_text(net.expression)) == ("decimal(19,4)", "((quantity * unit_price) * (1 - discount))")
    assert fact.parent_of("ordered_at") is fact.parents[0]


def test_type_4_is_the_latest_beside_its_history(tmp_path: Path) -> None:
    text = (
        "table: p\nsource: erp.dbo.P\nkey: a\nscd: 4\ncolumns: {a: int, c: int, d: {type: int, scd: 1}, e: date}\n"
        "dimension: {effective: e, lookups: {order: {by: c, columns: [status], scd: 2}}}\n"
    )
    dimension = table(tmp_path, text, ORDER).dimension
    assert dimension is not None
    assert dimension.history is not None
    assert not dimension.versioned
    assert dimension.history.versioned
    assert [a.scd for a in dimension.attributes] == [Scd.OVERWRITE, Scd.OVERWRITE]
    assert [(a.column, a.scd) for a in dimension.history.attributes] == [("c", Scd.VERSION), ("d", Scd.OVERWRITE)]
    assert (dimension.lookups[0].scd, dimension.history.lookups[0].scd) == (Scd.OVERWRITE, Scd.VERSION)
    assert (dimension.history.name, dimension.history.surrogate_key) == ("dim_p_history", "p_history_key")
    assert (dimension.effective, dimension.history.effective, dimension.history.history) == ("e", "e", None)


def test_a_dimension_without_a_type_keeps_versions(tmp_path: Path) -> None:
    dimension = table(tmp_path, "table: t\nsource: erp.dbo.T\nkey: a\ncolumns: {a: int, b: int}\ndimension: {name: dim_x}\n").dimension
    assert dimension is not None
    assert (dimension.name, dimension.attributes[0].scd) == ("dim_x", Scd.VERSION)


def test_lookups_may_rename(tmp_path: Path) -> None:
    text = (
        STORE.replace("name: nvarchar(80)", "order_id: int")
        + "dimension: {lookups: {order: {by: order_id, columns: [status, {at: ordered_at}]}}}\n"
    )
    dimension = table(tmp_path, text, ORDER).dimension
    assert dimension is not None
    assert [(c.name, c.column) for c in dimension.lookups[0].columns] == [("status", "status"), ("at", "ordered_at")]
    assert dimension.lookups[0].scd is Scd.OVERWRITE


def test_a_periodic_snapshot(tmp_path: Path) -> None:
    text = (
        "table: stock\nsource: erp.dbo.Stock\nkey: [store_id, sku]\ncolumns: {store_id: int, sku: varchar(8), on_hand: int}\n"
        "facts: {fact_stock: {type: periodic_snapshot, grain: [sku, store_id], measures: {on_hand: {additivity: semi_additive}}}}\n"
    )
    (fact,) = table(tmp_path, text).facts
    assert (fact.period, fact.grain) == (Period.DAY, ("store_id", "sku"))
    assert fact.measures[0].over_time == "last"


def test_milestones_of_every_form(tmp_path: Path) -> None:
    shipment = "table: shipment\nsource: erp.dbo.S\nkey: id\ncolumns: {id: int, order_id: int, sent: datetime}\n"
    text = ORDER + (
        "facts:\n  f:\n    type: accumulating_snapshot\n    grain: order_id\n    milestones:\n      ordered: ordered_at\n"
        "      paid: {status: status, at: paid, order: [placed, paid]}\n      sent: {from: shipment, by: order_id, last: sent}\n"
        "    lags: {to_pay: [ordered, paid], to_send: {from: ordered, to: sent, unit: hour}}\n"
    )
    (fact,) = table(tmp_path, text, shipment).facts
    assert fact.milestones == (
        ColumnMilestone("ordered", "ordered_at"),
        StatusMilestone("paid", "status", "paid", ("placed", "paid")),
        ChildMilestone("sent", "shipment", ("order_id",), "sent", False),
    )
    assert fact.lags == (Lag("to_pay", "ordered", "paid", "day"), Lag("to_send", "ordered", "sent", "hour"))


def test_plain_events_are_a_source_by_themselves_and_known_by_their_id(tmp_path: Path) -> None:
    found = table(tmp_path, "table: click\ningest: stream\nevent_id: id\ntime: at\ncolumns: {id: uniqueidentifier, at: datetime2(3)}\n")
    assert (found.source.name, found.source.time_zone, found.source.incarnation, found.source.case_insensitive) == ("click", "UTC", 1, True)
    assert (found.key, found.source_table, found.route) == (("id",), None, Route.STREAM)
    assert not found.column("id").nullable


def test_plain_events_without_an_id_have_no_key(tmp_path: Path) -> None:
    assert table(tmp_path, "table: click\ningest: stream\nsource: erp\ncolumns: {at: datetime2(3)}\n").key == ()


def test_extracts(tmp_path: Path) -> None:
    files = "{path: 'p/*.csv', mode: full, min_rows: 10, date_format: '%d.%m.%Y'}"
    text = f"table: price\ningest: batch\nkey: sku\nfiles: {files}\ncolumns: {{sku: varchar(20)}}\n"
    extract = table(tmp_path, text).extract
    assert extract is not None
    assert (extract.path, extract.format, extract.mode, extract.min_rows, extract.date_format) == ("p/*.csv", "csv", "full", 10, "%d.%m.%Y")


def test_generations_end_with_the_current_one(tmp_path: Path) -> None:
    project = PROJECT.replace("Europe/Berlin}", "Europe/Berlin, incarnation: 2}")
    text = STORE + "generation: 3\nearlier: [{generation: 1, ingest: batch}, {generation: 2, incarnation: 2}]\n"
    found = project_of(tmp_path, {"retailflow.yaml": project, "tables/store.yaml": text}).table("store")
    assert found.eras == (Era(1, 1, Route.BATCH), Era(2, 2, Route.CDC), Era(3, 2, Route.CDC))


def test_topics_inherit_word_by_word(tmp_path: Path) -> None:
    project = (
        PROJECT + "naming: {topic: 'cdc.{table}'}\ndefaults: {kafka: {partitions: 6, config: {retention.ms: 1000, preallocate: true}}}\n"
    )
    text = STORE + "kafka: {replication_factor: 2, config: {retention.ms: 2000}}\n"
    topic = project_of(tmp_path, {"retailflow.yaml": project, "tables/store.yaml": text}).table("store").topic
    assert (topic.name, topic.partitions, topic.replication_factor) == ("cdc.store", 6, 2)
    assert topic.config == (("preallocate", "true"), ("retention.ms", "2000"))


def test_groups_inherit_and_take_what_their_tables_say(tmp_path: Path) -> None:
    project = PROJECT + "defaults: {group: g, glue: {timeout: 60, worker_type: G.1X}}\ngroups: {g: {timeout: 90}, other: {}}\n"
    text = STORE + "glue: {number_of_workers: 4}\n"
    groups = project_of(tmp_path, {"retailflow.yaml": project, "tables/store.yaml": text}).groups
    assert {g.name: dict(g.settings) for g in groups} == {
        "g": {"timeout": "90", "worker_type": "G.1X", "number_of_workers": "4"},
        "other": {"timeout": "60", "worker_type": "G.1X"},
    }


def test_checks_hold_canonical_values(tmp_path: Path) -> None:
    text = STORE.replace("name: nvarchar(80)", "tier: {type: varchar(10), checks: {in: [gold, 007, no], on_fail: quarantine}}") + (
        "  stars: {type: 'decimal(3,1)', checks: {between: [0.50, 5], not_null: true}}\n"
        "  since: {type: datetime2(0), checks: {between: [2024-07-01, 2024-12-31]}}\n"
        "checks: {unique: [tier, [tier, stars]], relationship: {store_id: store}, on_fail: block}\n"
    )
    checks = table(tmp_path, text).checks
    assert [(c.kind, c.columns, c.on_fail, c.values) for c in checks] == [
        (CheckKind.IN, ("tier",), OnFail.QUARANTINE, ("gold", "007", "no")),
        (CheckKind.NOT_NULL, ("stars",), OnFail.WARN, ()),
        (CheckKind.BETWEEN, ("stars",), OnFail.WARN, ("0.5", "5")),
        (CheckKind.BETWEEN, ("since",), OnFail.WARN, ("2024-06-30 22:00:00", "2024-12-30 23:00:00")),
        (CheckKind.UNIQUE, ("tier",), OnFail.BLOCK, ()),
        (CheckKind.UNIQUE, ("tier", "stars"), OnFail.BLOCK, ()),
        (CheckKind.RELATIONSHIP, ("store_id",), OnFail.BLOCK, ("store",)),
    ]


def test_derived_columns_stand_on_read_ones(tmp_path: Path) -> None:
    derived = "  later: {expr: 'iif(twice > 2, opened_at, null)'}\n  twice: {expr: store_id * 2, type: 'decimal(20,0)'}\n"
    text = STORE + derived + "where: twice > 1 and name <> 'later'\n"
    found = table(tmp_path, text)
    twice, later = found.column("twice"), found.column("later")
    assert twice.expression is not None
    assert later.expression is not None
    assert found.where is not None
    assert expression_text(twice.expression) == "cast((store_id * 2) as decimal(20,0))"
    assert "cast((store_id * 2)" in expression_text(later.expression)
    assert later.time_zone == "Europe/Berlin"
    assert "cast((store_id * 2)" in expression_text(found.where)


def test_a_name_that_only_occurs_in_a_text_is_no_reference(tmp_path: Path) -> None:
    found = table(tmp_path, STORE + "  is_open: {expr: \"iif(name = 'is_open', 1, 0)\"}\n")
    assert found.column("is_open").type.tsql == "int"


def test_a_float_measure_may_be_stored_as_a_decimal(tmp_path: Path) -> None:
    measure = "{m: {expr: r * 2, type: money}}"
    facts = f"{{f: {{type: transaction, grain: a, measures: {measure}}}}}"
    text = f"table: t\nsource: erp.dbo.T\nkey: a\ncolumns: {{a: int, r: real}}\nfacts: {facts}\n"
    (fact,) = table(tmp_path, text).facts
    assert (fact.measures[0].type.tsql, fact.measures[0].expression.type.tsql) == ("money", "float")


def test_holidays_come_from_their_file(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "retailflow.yaml": PROJECT + "calendar: {first: 2024-01-01, last: 2024-12-31, fiscal_start: 2, holidays: days.yaml}\n",
        "days.yaml": "2024-12-25: Christmas Day\n2024-01-01: New Year\n",
    }
    calendar = project_of(tmp_path, files).calendar
    assert [(h.day.isoformat(), h.name) for h in calendar.holidays] == [("2024-01-01", "New Year"), ("2024-12-25", "Christmas Day")]


def test_environments_keep_their_settings(tmp_path: Path) -> None:
    project = (
        PROJECT + "environments: {prod: {account: '111111111111', region: eu-central-1, settings: {size: 4, arn: 'arn:aws:x', on: true}}}\n"
    )
    (environment,) = project_of(tmp_path, {"retailflow.yaml": project}).environments
    assert environment.settings == (("arn", "arn:aws:x"), ("on", True), ("size", 4))


def test_the_same_specs_give_the_same_model(tmp_path: Path) -> None:
    assert project_of(tmp_path / "a", dict(RETAIL)) == project_of(tmp_path / "b", dict(reversed(RETAIL.items())))


def test_the_line_of_a_fact_may_name_its_parent_by_a_table_called_like_a_reserved_word(tmp_path: Path) -> None:
    assert table(tmp_path, LINE, ORDER, STORE).facts[0].parents[0].table == "order"
