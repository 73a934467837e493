"""The shape of specs: every complaint of pydantic comes out in our words, at the place it is about."""

import pytest

from retailflow.errors import Finding
from retailflow.source import compose
from retailflow.spec import json_schema, read_project, read_table

TABLE = "table: t\nsource: erp.dbo.T\nkey: a\ncolumns: {a: int}\n"
FACT = TABLE + "facts:\n  f:\n    type: transaction\n    grain: a\n"


def findings(text: str) -> tuple[Finding, ...]:
    document, found = compose(text, "t.yaml")
    assert document is not None, found
    return read_table(document)[1]


def one(text: str) -> Finding:
    (finding,) = findings(text)
    return finding


@pytest.mark.parametrize(
    ("more", "code", "message", "place", "hint"),
    [
        ("colums: {}\n", "RF011", "unknown key `colums`", (5, 1, 6), "did you mean `columns`?"),
        ("zzz: {}\n", "RF011", "unknown key `zzz`", (5, 1, 3), "known here: `table`, `description`"),
        ("scd: 7\n", "RF014", "`scd` cannot be `7`", (5, 6, 1), "one of `0`, `1`, `2`, `3`, `4`, `6`"),
        ("scd: '2'\n", "RF014", "`scd` cannot be `2`", (5, 6, 3), "did you mean `2`?"),
        ("ingest: steam\n", "RF014", "`ingest` cannot be `steam`", (5, 9, 5), "did you mean `stream`?"),
        ("group: 12\n", "RF013", "`group` must be text, not `12`", (5, 8, 2), "quote it: `'12'`"),
        ("group: [a]\n", "RF013", "`group` must be text, not a list", (5, 8, 3), None),
        ("owner:\n", "RF013", "`owner` has no value", (5, 1, 5), "write one, or delete the key"),
        ("generation: 0\n", "RF013", "`generation` must be at least 1", (5, 13, 1), None),
        ("generation: 1.5\n", "RF013", "`generation` must be a whole number, not `1.5`", (5, 13, 3), None),
        ("generation: true\n", "RF013", "`generation` must be a whole number, not `true`", (5, 13, 4), None),
        ("files: x\n", "RF013", "`files` must be a mapping (`key: value`), not `x`", (5, 8, 1), None),
        ("files: {path: a, mode: ful}\n", "RF014", "`mode` cannot be `ful`", (5, 24, 3), "did you mean `full`?"),
        ("files: {path: a}\n", "RF012", "`mode` is missing", (5, 1, 5), None),
        ("earlier: x\n", "RF013", "`earlier` must be a list (`[a, b]`), not `x`", (5, 10, 1), None),
        ("earlier: [{}]\n", "RF012", "`generation` is missing", (5, 11, 2), None),
        ("checks: {unique: [[]]}\n", "RF013", "the item needs at least 1 item", (5, 19, 2), None),
        ("kafka: {config: {a: [1]}}\n", "RF013", "`a` must be text, a number, `true` or `false`", (5, 21, 3), None),
        ("kafka: {config: {a: }}\n", "RF013", "`a` must be text, a number, `true` or `false`", (5, 18, 1), None),
        ("dimension: close\n", "RF013", "`dimension` must be a mapping (`key: value`), not `close`", (5, 12, 5), None),
        ("dimension: {on_delete: keep}\n", "RF014", "`on_delete` cannot be `keep`", (5, 24, 4), "one of `close`, `flag`, `ignore`"),
        (
            "dimension: {lookups: {p: {by: a, columns: [1]}}}\n",
            "RF013",
            "the item must be a mapping (`key: value`), not `1`",
            (5, 44, 1),
            None,
        ),
    ],
)
def test_in_our_words(more: str, code: str, message: str, place: tuple[int, int, int], hint: str | None) -> None:
    finding = one(TABLE + more)
    assert (finding.code, finding.message) == (code, message)
    assert finding.place is not None
    assert (finding.place.line, finding.place.column, finding.place.length) == place
    assert (finding.hint is None) if hint is None else (finding.hint or "").startswith(hint)


@pytest.mark.parametrize(
    ("columns", "code", "message"),
    [
        ("{a: {tpye: int}}", "RF011", "unknown key `tpye`"),
        ("{a: [int]}", "RF013", "`type` must be text, not a list"),
        ("{a: 5}", "RF013", "`type` must be text, not `5`"),
        ("{a: }", "RF013", "`type` has no value"),
        ("{}", "RF013", "`columns` needs at least 1 item"),
        ("[a]", "RF013", "`columns` must be a mapping (`key: value`), not a list"),
        ("{a: {type: int, scd: 4}}", "RF014", "`scd` cannot be `4`"),
        ("{a: {type: int, checks: {in: []}}}", "RF013", "`in` needs at least 1 item"),
        ("{a: {type: int, checks: {in: x}}}", "RF013", "`in` must be a list (`[a, b]`), not `x`"),
        ("{a: {type: int, checks: {in: [[1]]}}}", "RF013", "the item must be text, a number, `true` or `false`"),
        ("{a: {type: int, checks: {between: [1]}}}", "RF013", "`between` needs at least 2 items"),
        ("{a: {type: int, checks: {between: [1, 2, 3]}}}", "RF013", "`between` takes at most 2 items"),
        ("{a: {type: int, checks: {on_fail: quarantin}}}", "RF014", "`on_fail` cannot be `quarantin`"),
    ],
)
def test_columns_in_our_words(columns: str, code: str, message: str) -> None:
    finding = one(f"table: t\nsource: erp.dbo.T\nkey: a\ncolumns: {columns}\n")
    assert (finding.code, finding.message) == (code, message)


@pytest.mark.parametrize(
    ("fact", "code", "message"),
    [
        ("dimensions: {d: {dimention: x, by: a}}", "RF011", "unknown key `dimention`"),
        ("dimensions: {d: {dimension: x}}", "RF012", "`by` is missing"),
        ("dimensions: {d: 5}", "RF013", "`by` must be a list (`[a, b]`), not `5`"),
        ("measures: {m: {expr: 5}}", "RF013", "`expr` must be text, not `5`"),
        ("measures: {m: {additivity: semi}}", "RF014", "`additivity` cannot be `semi`"),
        ("lags: {l: [a]}", "RF013", "`l` must be two milestones"),
        ("lags: {l: {from: a}}", "RF012", "`to` is missing"),
        ("milestones: {m: [a]}", "RF013", "`column` must be text, not a list"),
        ("parent: {p: {by: a}}", "RF012", "`columns` is missing"),
    ],
)
def test_facts_in_our_words(fact: str, code: str, message: str) -> None:
    finding = one(f"{FACT}    {fact}\n")
    assert (finding.code, finding.message) == (code, message)


def test_no_tag_of_a_union_and_no_word_of_pydantic_leaks() -> None:
    text = "table: 1\nkey: {a: 1}\nscd: x\ncolumns: {a: [1], b: {type: {x: 1}, checks: 5}}\nfacts: {f: 5, g: {type: 1}}\nfiles: []\n"
    messages = " ".join(f.message for f in findings(text))
    for word in ("Input", "input", "valid", "Extra", "Field required", "function-", "instance", "dictionary"):
        assert word not in messages


def test_unknown_keys_do_not_hide_what_comes_after_them() -> None:
    document, _ = compose(TABLE + "zzz: 1\n", "t.yaml")
    assert document is not None
    spec, found = read_table(document)
    assert spec is not None
    assert [f.code for f in found] == ["RF011"]


def test_all_findings_of_a_file_at_once() -> None:
    found = findings("table: t\nky: a\nscd: 9\ncolumns: {a: {typ: int}, b: 5}\n")
    assert sorted(f.code for f in found) == ["RF011", "RF011", "RF013", "RF014"]


def test_a_list_is_no_spec() -> None:
    assert one("[a, b]").code == "RF010"
    assert one("just text").code == "RF010"


def test_short_forms_mean_the_long_ones() -> None:
    document, _ = compose(
        FACT + "    dimensions: {d: a, e: [a, b], f: {by: a}}\n    measures: {m: , n: m * 2}\n    milestones: {s: a}\n"
        "    lags: {l: [s, s], k: [s, s, hour]}\n",
        "t.yaml",
    )
    assert document is not None
    spec, found = read_table(document)
    assert not found
    assert spec is not None
    fact = spec.facts["f"]
    assert spec.key == ["a"]
    assert [fact.dimensions[d].by for d in "def"] == [["a"], ["a", "b"], ["a"]]
    assert (fact.measures["m"].expr, fact.measures["n"].expr) == (None, "m * 2")
    assert fact.milestones["s"].column == "a"
    assert (fact.lags["l"].unit, fact.lags["k"].unit) == ("day", "hour")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version: 2\nname: x\n", "`version` cannot be `2`"),
        ("name: x\n", "`version` is missing"),
        ("version: 1\nname: x\nenvironments: {dev: {region: r}}\n", "`account` is missing"),
        ("version: 1\nname: x\nenvironments: {dev: {account: 111111111111, region: r}}\n", "`account` must be text, not `111111111111`"),
        (
            "version: 1\nname: x\nenvironments: {dev: {account: 'a', region: r, settings: {x: 0.5}}}\n",
            "`x` must be text, a whole number, `true` or `false`",
        ),
        ("version: 1\nname: x\ncalendar: {fiscal_start: 13}\n", "`fiscal_start` must be at most 12"),
    ],
)
def test_the_project_file_in_our_words(text: str, message: str) -> None:
    document, _ = compose(text, "retailflow.yaml")
    assert document is not None
    (finding,) = read_project(document)[1]
    assert finding.message == message


def test_the_schema_allows_what_people_write_short() -> None:
    schema = json_schema("table")
    assert {"type": "string"} in schema["$defs"]["ColumnSpec"]["anyOf"]
    assert {"type": "null"} in schema["$defs"]["MeasureSpec"]["anyOf"]
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == {"table", "columns"}
    assert "in" in schema["$defs"]["ColumnChecksSpec"]["properties"]
    assert json_schema("project")["properties"]["version"]["const"] == 1
