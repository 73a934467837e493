"""Regular expressions that all engines read alike, and globs that stay where extracts lie."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retailflow.resolve.patterns import path_mistake, regex_mistake, time_mistake


@pytest.mark.parametrize(
    "pattern",
    [
        ".+@.+",
        "[A-Z]{2}[0-9]{4,6}",
        "^(a|b)*$",
        r"\d+\.\d{2}",
        r"\(\+\d{1,3}\) \d+",
        "[^,]*",
        "[a-z-]+",
        "(ab)+c?",
        "a{0,255}",
        "ä+",
        "a b",
        "((a|b)|c)",
    ],
)
def test_common_patterns_pass(pattern: str) -> None:
    assert regex_mistake(pattern) is None
    re.compile(pattern)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("", "empty"),
        ("(?i)a", "`(?`"),
        ("(?=a)b", "`(?`"),
        ("(?:a)", "`(?`"),
        ("(?P<n>a)", "`(?`"),
        (r"(a)\1", "back references"),
        ("a.*?", "lazy"),
        ("a++", "possessive"),
        ("a{2}?", "lazy"),
        ("a**", "lazy and possessive"),
        (r"\bword\b", r"`\b`"),
        (r"\p{L}", r"`\p`"),
        (r"a\n", r"`\n`"),
        ("a\\", "only"),
        ("(a", "not closed"),
        ("a)", "opens nowhere"),
        ("[a", "not closed"),
        ("[]", "empty class"),
        ("[^]", "empty class"),
        (r"[\d]", "inside a class"),
        ("[[:alpha:]]", "inside a class"),
        ("[a&&b]", "inside a class"),
        ("[z-a]", "backwards"),
        ("a||b", "empty alternative"),
        ("|a", "empty alternative"),
        ("a|", "empty alternative"),
        ("()", "empty alternative"),
        ("*a", "nothing before"),
        ("(*a)", "nothing before"),
        ("^*", "nothing before"),
        ("a{", "counts nothing"),
        ("a{1,2", "counts nothing"),
        ("a{,3}", "counts nothing"),
        ("a{3,2}", "counts go up"),
        ("a{256}", "counts go up"),
        ("a}", "opens nowhere"),
        ("a]", "opens nowhere"),
        ("a\tb", "does not print"),
    ],
)
def test_others_are_refused(pattern: str, words: str) -> None:
    assert words in (regex_mistake(pattern) or "")


@given(st.text(alphabet="ab.*+?{}()[]|^$\\1d,-&:", max_size=12))
def test_whatever_passes_is_a_pattern(pattern: str) -> None:
    if regex_mistake(pattern) is None:
        re.compile(pattern)


@pytest.mark.parametrize("path", ["a.csv", "suppliers/*.csv", "x/{time:%Y%m%d}/p-*.json", "a b/c.csv"])
def test_paths_below_the_files_folder_pass(path: str) -> None:
    assert path_mistake(path) is None


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "~/x", "../x", "a/../../b", "a\\b", "c:/x", "{time:%Y}/{time:%m}", "{day}", "{time:}", "{time:x}", "a{", "a\nb"],
)
def test_other_paths_are_refused(path: str) -> None:
    assert path_mistake(path) is not None


@pytest.mark.parametrize(
    ("form", "right"), [("%d.%m.%Y", True), ("%Y%m%d", True), ("dd.mm", False), ("%Q", False), ("%Y%Y", False), ("%", False)]
)
def test_formats_are_those_of_strptime(form: str, right: bool) -> None:
    assert (time_mistake(form) is None) == right
