"""Findings about references, types, dimensions and facts: the place, and that one mistake is told once."""

from pathlib import Path

import pytest

from retailflow.errors import Severity
from retailflow.rules import validate
from tests.unit.front.projects import LINE, ORDER, PROJECT, RETAIL, STORE, found, said, write


def test_the_example_of_the_design(tmp_path: Path) -> None:
    line = LINE.replace("key: [order_id, line_no]", "key: [order_idd, line_no]")
    findings = found(tmp_path, order_line=line, order=ORDER, store=STORE)
    assert said(findings)[0] == ("RF101", "tables/order_line.yaml:3:7+9", "key column `order_idd` is not a column of `order_line`")
    assert findings[0].hint == "did you mean `order_id`?"


def test_findings_of_all_files_come_at_once_sorted_by_place(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "retailflow.yaml": PROJECT.replace("Europe/Berlin", "Europe/Atlantis") + "zzz: 1\n",
        "tables/a.yaml": "table: a\nsource: nope.dbo.A\nkey: x\ncolumns: {x: float, y: strng}\n",
        "tables/b.yaml": "table: b\nsource: erp.dbo.B\nkey: x\ncolumns: {x: int\n",
        "tables/c.yaml": b"\xff\xff",
        "tables/d.yaml": "table: d\nsource: erp.dbo.D\nkey: x\ncolumns: {x: int, open: int}\nscd: 9\n",
    }
    findings = validate(write(tmp_path, files))[1]
    assert [f.code for f in findings] == ["RF118", "RF011", "RF110", "RF202", "RF201", "RF006", "RF002", "RF014"]
    places = [f.place for f in findings]
    assert places == sorted(p for p in places if p is not None)


def test_a_broken_file_is_told_once_and_not_again_by_those_who_refer_to_it(tmp_path: Path) -> None:
    for broken in (b"\x00", "table: [order\n", "table: order\ncolumns: 5\nkey: order_id\nsource: erp.a.b\n"):
        findings = found(tmp_path, order=broken, order_line=LINE, store=STORE)
        assert {f.place.path for f in findings if f.place} == {"tables/order.yaml"}


def test_a_broken_column_is_told_once(tmp_path: Path) -> None:
    order = ORDER.replace("ordered_at: datetime2(3)", "ordered_at: datetime9")
    assert [f.code for f in found(tmp_path, order=order, order_line=LINE, store=STORE)] == ["RF201"]


def test_rules_see_the_tables_that_are_whole(tmp_path: Path) -> None:
    topic = "kafka: {config: {retention.hours: 1}}\n"
    findings = found(tmp_path, store=STORE + topic, order=ORDER.replace("order_id\n", "order_idd\n"))
    assert [f.code for f in findings] == ["RF101", "RF401"]


def _fact(body: str) -> str:
    head = "table: t\nsource: erp.dbo.T\nkey: a\ncolumns: {a: int, b: int, s: varchar(9), at: datetime2(0), f: float}\nfacts:\n  fact_t:\n"
    return head + f"    {body}\n"


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        ("{type: transaction, grain: b}", "RF302", "7:32+1"),
        ("{type: transaction, grain: [a, b]}", "RF302", "7:32+6"),
        ("{type: transaction, grain: a, time: bt}", "RF112", "7:41+2"),
        ("{type: transaction, grain: a, time: s}", "RF207", "7:41+1"),
        ("{type: transaction, grain: a, dimensions: {shop: b}}", "RF113", "7:48+4"),
        ("{type: transaction, grain: a, dimensions: {shop: {dimension: stor, by: b}}}", "RF113", "7:66+4"),
        ("{type: transaction, grain: a, dimensions: {order: b}}", "RF113", "7:48+5"),
        ("{type: transaction, grain: a, dimensions: {store: c}}", "RF112", "7:55+1"),
        ("{type: transaction, grain: a, dimensions: {store: s}}", "RF206", "7:55+1"),
        ("{type: transaction, grain: a, dimensions: {store: [a, b]}}", "RF114", "7:55+6"),
        ("{type: transaction, grain: a, dimensions: {date: b}}", "RF207", "7:54+1"),
        ("{type: transaction, grain: a, dimensions: {date: [at, at]}}", "RF114", "7:54+8"),
        ("{type: transaction, grain: a, dimensions: {date: {by: at, time: at}}}", "RF307", "7:63+4"),
        ("{type: transaction, grain: a, dimensions: {store: {by: b, time: s}}}", "RF207", "7:69+1"),
        ("{type: transaction, grain: a, parent: {orders: {by: b, columns: [status]}}}", "RF111", "7:44+6"),
        ("{type: transaction, grain: a, parent: {order: {by: c, columns: [status]}}}", "RF112", "7:56+1"),
        ("{type: transaction, grain: a, parent: {order: {by: b, columns: [statsu]}}}", "RF112", "7:69+6"),
        ("{type: transaction, grain: a, parent: {order: {by: b, columns: [status, status]}}}", "RF115", "7:77+6"),
        ("{type: transaction, grain: a, measures: {c: }}", "RF112", "7:46+1"),
        ("{type: transaction, grain: a, measures: {s: }}", "RF222", "7:46+1"),
        ("{type: transaction, grain: a, measures: {m: b * cc}}", "RF211", "7:53+2"),
        ("{type: transaction, grain: a, measures: {m: 'b / a'}}", "RF212", "7:50+5"),
        ("{type: transaction, grain: a, measures: {m: {expr: b, type: strng}}}", "RF201", "7:65+5"),
        ("{type: transaction, grain: a, measures: {m: {expr: f, type: int}}}", "RF221", "7:65+3"),
        ("{type: transaction, grain: a, measures: {b: {over_time: last}}}", "RF308", "7:61+4"),
        ("{type: transaction, grain: a, degenerate: [s, c]}", "RF112", "7:51+1"),
        ("{type: transaction, grain: a, period: day}", "RF307", "7:35+6"),
        ("{type: transaction, grain: a, milestones: {at: at}}", "RF307", "7:35+10"),
        ("{type: factless, grain: a, measures: {b: }}", "RF307", "7:32+8"),
        ("{type: periodic_snapshot, grain: a, time: at}", "RF307", "7:41+4"),
        ("{type: periodic_snapshot, grain: a, parent: {order: {by: b, columns: [status]}}}", "RF307", "7:41+6"),
        ("{type: periodic_snapshot, grain: a, dimensions: {store: {by: b, time: at}}}", "RF307", "7:69+4"),
        ("{type: accumulating_snapshot, grain: a}", "RF307", "6:3+6"),
        ("{type: accumulating_snapshot, grain: a, milestones: {m: b}}", "RF207", "7:61+1"),
        ("{type: accumulating_snapshot, grain: a, milestones: {m: {column: at, from: x}}}", "RF309", "7:58+1"),
        ("{type: accumulating_snapshot, grain: a, milestones: {m: {from: order, by: order_id}}}", "RF309", "7:58+1"),
        ("{type: accumulating_snapshot, grain: a, milestones: {m: {from: ordr, by: order_id, first: ordered_at}}}", "RF111", "7:68+4"),
        ("{type: accumulating_snapshot, grain: a, milestones: {m: {from: order, by: x, first: ordered_at}}}", "RF112", "7:79+1"),
        (
            "{type: accumulating_snapshot, grain: a, milestones: {m: {from: order, by: [order_id, store_id], last: ordered_at}}}",
            "RF114",
            "7:79+20",
        ),
        ("{type: accumulating_snapshot, grain: a, milestones: {m: {from: order, by: status, first: ordered_at}}}", "RF206", "7:79+6"),
        ("{type: accumulating_snapshot, grain: a, milestones: {m: {from: order, by: order_id, first: status}}}", "RF207", "7:96+6"),
        ("{type: accumulating_snapshot, grain: a, milestones: {m: {status: s, at: z, order: [x, y]}}}", "RF309", "7:77+1"),
        ("{type: accumulating_snapshot, grain: a, milestones: {m: {status: s, at: x, order: [x, x]}}}", "RF309", "7:91+1"),
        ("{type: accumulating_snapshot, grain: a, milestones: {m: {status: s, at: x, order: [x, much_too_long]}}}", "RF208", "7:91+13"),
        ("{type: accumulating_snapshot, grain: a, milestones: {m: at}, lags: {l: [m, n]}}", "RF309", "7:80+1"),
        ("{type: accumulating_snapshot, grain: a, milestones: {m: at}, lags: {l: {from: n, to: m}}}", "RF309", "7:83+1"),
        ("{type: transaction, grain: a, measures: {a: }}", "RF116", "7:46+1"),
        ("{type: transaction, grain: a, dimensions: {store: b}, measures: {store_key: b}}", "RF116", "7:70+9"),
        ("{type: accumulating_snapshot, grain: a, milestones: {a: at}}", "RF116", "7:58+1"),
    ],
)
def test_facts(tmp_path: Path, body: str, code: str, place: str) -> None:
    findings = found(tmp_path, t=_fact(body), order=ORDER, store=STORE)
    assert [(f.code, f"{f.place.line}:{f.place.column}+{f.place.length}") for f in findings if f.place] == [(code, place)]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("key: a\ncolumns: {a: int, b: {type: int, scd: 1}}", ["RF303"]),
        ("key: a\nscd: 2\ncolumns: {a: {type: int, scd: 1}}", ["RF304"]),
        ("key: a\nscd: 2\ncolumns: {a: int, b: {type: date, scd: 2}, c: int}\ndimension: {effective: b}", ["RF304"]),
        ("key: a\nscd: 1\ncolumns: {a: int, b: date}\ndimension: {effective: b}", ["RF305"]),
        ("key: [a, b]\nscd: 2\ncolumns: {a: int, b: date, c: int}\ndimension: {effective: b}", ["RF305"]),
        ("key: a\nscd: 2\ncolumns: {a: int, b: int}\ndimension: {effective: b}", ["RF207", "RF305"]),
        ("key: a\nscd: 2\ncolumns: {a: int, b: int}\ndimension: {effective: c}", ["RF112"]),
        ("key: a\nscd: 4\ncolumns: {a: int, b: {type: int, scd: 3}}", ["RF303"]),
        ("key: a\nscd: 1\ncolumns: {a: int, b: int}\ndimension: {lookups: {order: {by: b, columns: [status], scd: 2}}}", ["RF306"]),
        ("key: a\nscd: 2\ncolumns: {a: int, b: int}\ndimension: {lookups: {order: {by: b, columns: [status], scd: 2}}}", []),
        ("key: a\nscd: 1\ncolumns: {a: int, b: int}\ndimension: {lookups: {order: {by: a, columns: [status], scd: 2}}}", []),
        ("key: a\nscd: 1\ncolumns: {a: int, b: int}\ndimension: {lookups: {order: {by: b, columns: [b: status]}}}", ["RF116"]),
        ("key: a\nscd: 1\ncolumns: {a: int, b: int}\ndimension: {lookups: {order: {by: b, columns: [valid_to: status]}}}", ["RF105"]),
        ("key: a\nscd: 2\ncolumns: {a: varchar(9), a_source: int}", ["RF116"]),
        ("key: a\nscd: 3\ncolumns: {a: int, b: int, previous_b: int}", ["RF116"]),
        ("key: a\nscd: 1\ncolumns: {a: int, t_key: int}", ["RF116"]),
        ("key: [a, a]\ncolumns: {a: int}", ["RF101"]),
        ("key: a\ncolumns: {a: nvarchar(max)}", ["RF202"]),
        ("key: a\ncolumns: {a: xml}", ["RF202"]),
        ("key: a\ncolumns: {a: real}", ["RF202"]),
        ("key: a\ncolumns: {a: {type: int, nullable: true}}", ["RF203"]),
        ("key: a\ncolumns: {a: {type: int, nullable: false}}", []),
        ("key: a\ncolumns: {a: int, b: {}}", ["RF012"]),
        ("key: a\ncolumns: {a: int, b: {type: int, from: A}}", ["RF106"]),
        ("key: a\ncolumns: {a: int, b: {type: datetime, time_zone: CET+1}}", ["RF118"]),
        ("key: a\ncolumns: {a: int, b: {type: datetime, time_zone: localtime}}", ["RF118"]),
        ("key: a\ncolumns: {a: int, b: {type: datetime, time_zone: ../../etc/passwd}}", ["RF118"]),
        ("key: a\ncolumns: {a: int, b: {type: datetime, time_zone: Europe}}", ["RF118"]),
        ("key: a\ncolumns: {a: int, b: {type: date, time_zone: UTC}}", ["RF205"]),
        ("key: a\ncolumns: {a: int, b: {expr: a, from: x}}", ["RF220"]),
        ("key: a\ncolumns: {a: {expr: b}, b: int}", ["RF220"]),
        ("key: a\ncolumns: {a: int, b: {expr: c}, c: {expr: b}}", ["RF219"]),
        ("key: a\ncolumns: {a: int, b: {expr: a, type: date}}", ["RF221"]),
        ("key: a\ncolumns: {a: int, b: strng, c: {expr: b}}", ["RF201"]),
        ("key: a\ncolumns: {a: int}\nwhere: a", ["RF218"]),
        ("key: a\ncolumns: {a: int}\nwhere: b > 1", ["RF211"]),
        ("key: a\ncolumns: {a: int}\nevent_id: a", ["RF131", "RF131"]),
        ("key: a\ncolumns: {a: int, b: datetime}\ntime: b", ["RF131"]),
        ("key: a\ncolumns: {a: int}\ningest: batch", ["RF132"]),
        ("key: a\ncolumns: {a: int}\nfiles: {path: x, mode: full}", ["RF132"]),
        ("key: a\ncolumns: {a: int}\ningest: batch\nfiles: {path: ../x, mode: full}", ["RF134"]),
        ("key: a\ncolumns: {a: int}\ngeneration: 2\nearlier: [{generation: 1, ingest: batch}]", ["RF133"]),
        ("key: a\ncolumns: {a: int}\ngeneration: 2\nearlier: [{generation: 1, incarnation: 2}]", ["RF133"]),
        ("key: a\ncolumns: {a: int}\nearlier: [{generation: 1}]", ["RF133"]),
        ("key: a\ncolumns: {a: int, b: {type: int, checks: {matches: x}}}", ["RF223"]),
        ("key: a\ncolumns: {a: int, b: {type: bit, checks: {between: [0, 1]}}}", ["RF223"]),
        ("key: a\ncolumns: {a: int, b: {type: varchar(9), checks: {matches: 'a+?'}}}", ["RF209"]),
        ("key: a\ncolumns: {a: int, b: {type: tinyint, checks: {in: [1, 300, 1]}}}", ["RF208", "RF208"]),
        ("key: a\ncolumns: {a: int, b: {type: int, checks: {between: [10, 9]}}}", ["RF208"]),
        ("key: a\ncolumns: {a: int}\nchecks: {unique: [a, b]}", ["RF112"]),
        ("key: a\ncolumns: {a: int}\nchecks: {relationship: {b: order}}", ["RF112"]),
        ("key: a\ncolumns: {a: int}\nchecks: {relationship: {a: ordr}}", ["RF111"]),
        ("key: a\ncolumns: {a: date}\nchecks: {relationship: {a: order}}", ["RF206"]),
        ("key: a\ncolumns: {a: int}\nredshift: {distkey: b, sortkey: [a, c]}", ["RF112", "RF112"]),
        ("key: a\ncolumns: {a: int}\nredshift: {diststyle: key}", ["RF407"]),
    ],
)
def test_tables(tmp_path: Path, text: str, codes: list[str]) -> None:
    findings = found(tmp_path, t=f"table: t\nsource: erp.dbo.T\n{text}\n", order=ORDER)
    assert [f.code for f in findings] == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ingest: stream\nscd: 1\ncolumns: {a: int}", ["RF301"]),
        ("ingest: stream\nevent_id: a\ntime: b\ncolumns: {a: int, b: date}", ["RF207"]),
        ("ingest: stream\nevent_id: a\ntime: b\ncolumns: {a: float, b: datetime}", ["RF202"]),
        ("ingest: stream\nevent_id: x\ntime: b\ncolumns: {a: float, b: datetime}", ["RF112"]),
        ("ingest: stream\nevent_id: a\ntime: c\ncolumns: {a: int, b: datetime, c: {expr: b}}", ["RF220"]),
        ("ingest: stream\nsource: erp.x\ncolumns: {a: int}", ["RF117"]),
        ("ingest: stream\nsource: epr\ncolumns: {a: int}", ["RF110"]),
        ("key: a\ncolumns: {a: int}", ["RF012"]),
        ("source: erp\nkey: a\ncolumns: {a: int}", ["RF117"]),
        ("source: erp..T\nkey: a\ncolumns: {a: int}", ["RF117"]),
        ("source: erp.dbo.T\ncolumns: {a: int}", ["RF012"]),
        ("source: erp.dbo.Order Details\nkey: a\ncolumns: {a: int}", []),
    ],
)
def test_routes(tmp_path: Path, text: str, codes: list[str]) -> None:
    assert [f.code for f in found(tmp_path, t=f"table: t\n{text}\n")] == codes


def test_a_stream_cannot_be_called_like_a_source(tmp_path: Path) -> None:
    assert [f.code for f in found(tmp_path, erp="table: erp\ningest: stream\ncolumns: {a: int}\n")] == ["RF110"]


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ("requires: '>=0.1,<99'", []),
        ("requires: '>=99'", ["RF015"]),
        ("requires: latest", ["RF015"]),
        ("environments: {dev: {account: '1234', region: eu-central-1}}", ["RF135"]),
        ("environments: {dev: {account: '111111111111', region: Frankfurt}}", ["RF135"]),
        ("environments: {Dev: {account: '111111111111', region: eu-central-1}}", ["RF135"]),
        ("naming: {topic: changes}", ["RF135"]),
        ("naming: {topic: '{table}_{stage}'}", ["RF135"]),
        ("naming: {bucket: 'lake-{table}'}", ["RF135"]),
        ("naming: {bucket: 'Lake-{env}'}", ["RF135"]),
        ("naming: {landing: '{table'}", ["RF135"] * 2),
        ("naming: {landing: '/{table}/'}", ["RF135"]),
        ("naming: {landing: '../{table}/'}", ["RF135"]),
        ("naming: {landing: '{env}/raw/{table}/'}", []),
        ("groups: {../../etc: {}}", ["RF102"]),
        ("groups: {Sales: {}}", ["RF102"]),
        ("defaults: {group: a b}", ["RF102"]),
        ("naming: {staging_schema: dw}", ["RF135"]),
        ("naming: {staging_schema: Order}", ["RF135"]),
        ("naming: {warehouse_schema: select}", ["RF135"]),
        ("calendar: {first: 2020-13-01}", ["RF137"]),
        ("calendar: {first: 2021-01-01, last: 2020-01-01}", ["RF137"]),
        ("calendar: {holidays: nowhere.yaml}", ["RF137"]),
        ("calendar: {holidays: ../retailflow.yaml}", ["RF137"]),
        ("calendar: {holidays: tables/store.yaml}", ["RF137"] * 5),
        ("defaults: {kafka: {config: {retention.hours: 1}}}", ["RF401"]),
    ],
)
def test_the_project(tmp_path: Path, more: str, codes: list[str]) -> None:
    findings = validate(write(tmp_path, {"retailflow.yaml": f"{PROJECT}{more}\n", "tables/store.yaml": STORE}))[1]
    assert [f.code for f in findings] == codes


def test_a_project_name_is_plain(tmp_path: Path) -> None:
    findings = validate(write(tmp_path, {"retailflow.yaml": "version: 1\nname: My Shop\n"}))[1]
    assert said(findings) == [("RF135", "retailflow.yaml:2:7+7", "`My Shop` is not a project name")]


def test_a_project_without_tables_is_one(tmp_path: Path) -> None:
    project, findings = validate(write(tmp_path, {}))
    assert project is not None
    assert project.tables == ()
    assert findings == ()


def test_no_project_is_a_finding(tmp_path: Path) -> None:
    project, findings = validate(tmp_path)
    assert project is None
    assert [f.code for f in findings] == ["RF001"]


def test_tables_are_checked_even_where_the_project_file_is_broken(tmp_path: Path) -> None:
    findings = validate(write(tmp_path, {"retailflow.yaml": "version: [", "tables/t.yaml": "table: t\nkeys: a\n"}))[1]
    assert [f.code for f in findings] == ["RF006", "RF012", "RF011"]


def test_both_suffixes_and_folders_are_read(tmp_path: Path) -> None:
    text = "table: {}\nsource: erp.dbo.T\nkey: a\ncolumns: {{a: int}}\n"
    files: dict[str, str | bytes] = {"tables/a.yml": text.format("a"), "tables/sub/b.yaml": text.format("b"), "tables/c.yaml.bak": "x"}
    project, findings = validate(write(tmp_path, files))
    assert findings == ()
    assert project is not None
    assert [t.name for t in project.tables] == ["a", "b"]


def test_a_folder_called_like_a_file_a_dead_link_and_a_huge_file_are_findings(tmp_path: Path) -> None:
    write(tmp_path, {"tables/store.yaml": STORE, "tables/big.yaml": b"#" * 1_000_001})
    (tmp_path / "tables/folder.yaml").mkdir()
    (tmp_path / "tables/link.yaml").symlink_to(tmp_path / "nowhere")
    findings = validate(tmp_path)[1]
    assert [f.code for f in findings] == ["RF003", "RF003", "RF003"]


def test_warnings_do_not_stop(tmp_path: Path) -> None:
    project, findings = validate(write(tmp_path, {"tables/shop.yaml": STORE}))
    assert project is not None
    assert [(f.code, f.severity) for f in findings] == [("RF016", Severity.WARNING)]


def test_the_retail_project_is_clean(tmp_path: Path) -> None:
    assert validate(write(tmp_path, dict(RETAIL)))[1] == ()
