"""YAML as people mistype it, and as somebody with bad intentions writes it."""

from collections.abc import Callable

import pytest

from retailflow.errors import Finding
from retailflow.source import compose, decode
from retailflow.source.compose import MAX_DEPTH


def one(text: str) -> Finding:
    _, findings = compose(text, "t.yaml")
    assert len(findings) == 1, findings
    return findings[0]


def data(text: str) -> object:
    document, findings = compose(text, "t.yaml")
    assert document is not None
    assert not findings
    return document.data


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("off", "off"),
        ("010", "010"),
        ("0o10", 8),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01 10:00:00", "2024-01-01 10:00:00"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("-7", -7),
        ("+7", 7),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("1.2.3", "1.2.3"),
        ("'1'", "1"),
        ('"true"', "true"),
        ("=", "="),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_scalars_follow_yaml_1_2(written: str, value: object) -> None:
    found = data(f"a: {written}")
    assert found == {"a": value}
    assert type(found["a"]) is type(value)


def test_infinities_are_floats() -> None:
    assert data("[.inf, -.inf]") == [float("inf"), float("-inf")]


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        ("a: 1\nb: 2\na: 3", "RF007", (3, 1), "line 1"),
        ("a: {x: 1, x: 2}", "RF007", (1, 11), "`x`"),
        ("1: a\n'1': b", "RF007", (2, 1), "`1`"),
        ("a: 1\nb: !!str 2", "RF008", (2, 4), "!!str"),
        ("a: !python/object:os.system x", "RF008", (1, 4), "tags"),
        ("x: &x {a: 1}\ny: {<<: *x}", "RF008", (2, 5), "merge"),
        ("? [a, b]\n: 1", "RF008", (1, 3), "key"),
        ("%TAG ! tag:example.com,2000:\n---\na: 1", "RF008", (1, 1), "%TAG"),
        ("a: *nowhere", "RF009", (1, 4), "nowhere"),
        ("a: &a [*a]", "RF009", (1, 8), "`*a`"),
        ("", "RF010", (1, 1), "empty"),
        ("# only a comment\n", "RF010", (1, 1), "empty"),
        ("a: 1\n---\nb: 2", "RF010", (2, 1), "second"),
        ("a:\n\tb: 1", "RF005", (2, 1), "tab"),
        ("a:\n  b: 1\n \tc: 2", "RF005", (3, 2), "tab"),
        ("\ta: 1", "RF005", (1, 1), "tab"),
        ("a: b: c", "RF006", (1, 5), "`:`"),
        ("a: [1, 2", "RF006", (1, 8), "`[`"),
        ("a: {b: 1", "RF006", (1, 8), "`{`"),
        ("a: 'b", "RF006", (1, 6), "quote"),
        ("a: @b", "RF006", (1, 4), "`@`"),
        ("a: `b`", "RF006", (1, 4), "begin"),
        ("a: %b", "RF006", (1, 4), "`%`"),
        ('a: "\\q"', "RF006", (1, 5), "escape"),
        ("a: 1\n  b: 2", "RF006", (2, 4), "`:`"),
        ("a: 1\nb\nc: 2", "RF006", (2, 1), "`:`"),
        ("- a\nb: 1", "RF006", (2, 1), "indentation"),
        ("a: - b", "RF006", (1, 4), "list"),
    ],
)
def test_a_mistake_is_one_finding_where_it_is(text: str, code: str, place: tuple[int, int], words: str) -> None:
    finding = one(text)
    assert finding.code == code
    assert finding.place is not None
    assert (finding.place.line, finding.place.column) == place
    assert words in finding.message


@pytest.mark.parametrize(
    "text", ["[" * 5000, "{" * 5000, "- " * 400, "a: [" + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1) + "]", "{a: " * 100]
)
def test_deep_nesting_is_refused(text: str) -> None:
    assert one(text).code in ("RF006", "RF009")


def test_an_alias_bomb_is_refused_before_it_is_unfolded() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10))
    assert one(f"l0: &l0 [a, a, a, a, a, a, a, a, a, a]\n{levels}").code == "RF009"


def test_anchors_are_fine() -> None:
    assert data("a: &t nvarchar(80)\nb: *t\nc: [*t, *t]") == {"a": "nvarchar(80)", "b": "nvarchar(80)", "c": ["nvarchar(80)"] * 2}


def test_all_duplicates_and_tags_of_a_file_are_found_at_once() -> None:
    _, findings = compose("a: 1\na: 2\nb: !!int '3'\nc: {<<: 1, d: 4, d: 5}", "t.yaml")
    assert [f.code for f in findings] == ["RF007", "RF008", "RF008", "RF007"]


def test_a_byte_order_mark_and_windows_lines_change_nothing() -> None:
    text = decode(b"\xef\xbb\xbfa: 1\r\nb:\r\n  c: 2\r\n", "t.yaml")
    assert isinstance(text, str)
    document, findings = compose(text, "t.yaml")
    assert not findings
    assert document is not None
    assert document.data == {"a": 1, "b": {"c": 2}}
    assert (document.place("b", "c").line, document.place("b", "c").column) == (3, 6)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfea\x00:\x00 \x001\x00", "0xff"),
        (b"a: \xe4\n", "0xe4"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "0x89"),
        (b"a: 1\x00", "U+0000"),
        (b"a: \x1b[31m\n", "U+001B"),
        (b"a: b\nc: \xed\xa0\x80", "0xed"),
        (b"PK\x03\x04", "U+0003"),
    ],
)
def test_what_is_not_text_is_refused(content: bytes, words: str) -> None:
    finding = decode(content, "t.yaml")
    assert isinstance(finding, Finding)
    assert finding.code == "RF002"
    assert words in finding.message


def test_the_place_of_a_wrong_byte_counts_characters() -> None:
    finding = decode("a: 1\nb: ä".encode() + b"\xff", "t.yaml")
    assert isinstance(finding, Finding)
    assert finding.place is not None
    assert (finding.place.line, finding.place.column) == (2, 5)


def test_a_merge_conflict_is_named() -> None:
    finding = decode(b"a: 1\n<<<<<<< ours\nb: 1\n=======\nb: 2\n>>>>>>> theirs\n", "t.yaml")
    assert isinstance(finding, Finding)
    assert finding.code == "RF004"
    assert finding.place is not None
    assert finding.place.line == 2


@pytest.mark.parametrize("text", ["a: '======='\n", "a: |\n  text\n  <<<<<<<\n", "# ==========\na: 1\n"])
def test_what_only_looks_like_a_conflict_is_none(text: str) -> None:
    assert decode(text.encode(), "t.yaml") == text


def _places(text: str) -> Callable[..., tuple[int, int, int]]:
    document, _ = compose(text, "t.yaml")
    assert document is not None

    def at(*steps: str | int) -> tuple[int, int, int]:
        place = document.place(*steps)
        return place.line, place.column, place.length

    return at


def test_every_value_knows_where_it_stands() -> None:
    at = _places("key: [order_id, line_no]\ncolumns:\n  a: int\n  b: {type: 'x', from: ü}\nempty:\n")
    assert at("key") == (1, 6, 19)
    assert at("key", 1) == (1, 17, 7)
    assert at("columns", "a") == (3, 6, 3)
    assert at("columns", "b", "type") == (4, 13, 3)
    assert at("columns", "b", "from") == (4, 24, 1)
    assert at("columns") == (3, 3, 1)
    assert at("empty") == (5, 1, 5)


def test_a_shorthand_stands_for_the_levels_it_leaves_out() -> None:
    at = _places("columns: {a: int}\nkey: a")
    assert at("columns", "a", "type") == (1, 14, 3)
    assert at("key", 0) == (2, 6, 1)
    assert at("nowhere") == (1, 1, 7)


def test_a_part_of_a_text_is_found_inside_its_quotes() -> None:
    document, _ = compose("a: 'x + yy'\nb: >-\n  x +\n  yy", "t.yaml")
    assert document is not None
    assert document.within(("a",), "x + yy", 4, 2).column == 9
    assert document.within(("b",), "x + yy", 4, 2).line == 2  # folded: the whole of it
