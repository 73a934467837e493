"""Findings as people, programs and GitHub see them."""

import json

import pytest

from retailflow.errors import Finding, Place, Severity
from retailflow.render.findings import as_github, as_json, as_text, summary

FILE = ["table: order_line", "source: erp.Sales.OrderLine", "key: [order_idd, line_no]", "\tx: 1", "wide: " + "ä" * 400, "esc: \x1b[31m"]
KEY = Finding(
    "RF101", "key column `order_idd` is not a column of `order_line`", Place("tables/order_line.yaml", 3, 7, 9), "did you mean `order_id`?"
)


def text(*findings: Finding, colour: bool = False) -> str:
    return as_text(findings, lambda path: FILE, colour)


def test_text_is_that_of_the_design() -> None:
    assert text(KEY) == (
        "error[RF101]: key column `order_idd` is not a column of `order_line`\n"
        " --> tables/order_line.yaml:3:7\n"
        "  |\n"
        "3 | key: [order_idd, line_no]\n"
        "  |       ^^^^^^^^^\n"
        "hint: did you mean `order_id`?\n"
    )


def test_a_blank_line_stands_between_findings() -> None:
    warning = Finding("RF016", "say", None, None, Severity.WARNING)
    assert text(KEY, warning).split("\n\n")[1] == "warning[RF016]: say\n"
    assert text() == ""


def test_a_tab_keeps_the_carets_below_what_they_mean() -> None:
    lines = text(Finding("RF005", "m", Place("x", 4, 2, 1))).splitlines()
    assert lines[-2:] == ["4 |     x: 1", "  |     ^"]


def test_a_long_line_is_cut_around_what_is_meant() -> None:
    lines = text(Finding("RF005", "m", Place("x", 5, 300, 500))).splitlines()
    assert all(len(line) < 200 for line in lines)
    assert lines[-1].count("^") > 1


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in text(Finding("RF002", "m", Place("x", 6, 6, 1)))


@pytest.mark.parametrize("place", [Place("x", 99, 1), Place("x", 1, 500, 9), Place("x", 0, 0, 0)])
def test_a_place_outside_of_the_file_is_no_fault(place: Place) -> None:
    assert "error[RF001]" in text(Finding("RF001", "m", place))


def test_a_file_that_cannot_be_read_has_no_excerpt() -> None:
    assert as_text([KEY], lambda path: ()).splitlines()[1:] == [" --> tables/order_line.yaml:3:7", "hint: did you mean `order_id`?"]


def test_colour_changes_no_character() -> None:
    import re

    assert "\033[" in text(KEY, colour=True)
    assert re.sub(r"\033\[[0-9;]*m", "", text(KEY, colour=True)) == text(KEY)


def test_json() -> None:
    assert json.loads(as_json([KEY, Finding("RF016", "say", None, None, Severity.WARNING)])) == [
        {
            "code": "RF101",
            "severity": "error",
            "message": "key column `order_idd` is not a column of `order_line`",
            "hint": "did you mean `order_id`?",
            "path": "tables/order_line.yaml",
            "line": 3,
            "column": 7,
            "length": 9,
        },
        {
            "code": "RF016",
            "severity": "warning",
            "message": "say",
            "hint": None,
            "path": None,
            "line": None,
            "column": None,
            "length": None,
        },
    ]
    assert json.loads(as_json([])) == []


def test_github_annotations_cannot_be_broken_out_of() -> None:
    hostile = Finding("RF102", "50% of\n::error::x", Place("a,b:c.yaml", 1, 2, 3), "try\rthis")
    assert (
        as_github([hostile])
        == "::error file=a%2Cb%3Ac.yaml,line=1,col=2,endColumn=4,title=RF102::50%25 of%0A::error::x%0Ahint: try%0Dthis\n"
    )
    assert as_github([Finding("RF016", "say", None, None, Severity.WARNING)]) == "::warning title=RF016::say\n"


def test_summary() -> None:
    warning = Finding("RF016", "say", None, None, Severity.WARNING)
    assert [summary(f) for f in ([], [KEY], [KEY, KEY, warning])] == ["", "1 error", "2 errors, 1 warning"]
