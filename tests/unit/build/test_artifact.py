"""Artifacts: paths that stay inside, text that is the same everywhere, headers that stay comments."""

import json

import pytest
import yaml

from retailflow.artifact import Artifact, UnsafePathError, dump_json, dump_yaml, header

HOSTILE = [
    "it's",
    'say "x"',
    "a\nb",
    "{{ x }}",
    "${x}",
    "%{x}",
    "*/",
    "--",
    "-->",
    "`",
    "\\",
    "#",
    "- a",
    "a: b",
    "\t",
    "é€😀",
    "",
    " ",
    "~",
    "&a",
    "*a",
    "!x",
]


@pytest.mark.parametrize(
    "path", ["", "/a", "a/", "a//b", "../a", "a/../b", "./a", "a/.", "a\\b", "a:b", "a\nb", "a ", "a./b", "c*", "\x00"]
)
def test_a_path_that_leaves_its_folder_or_that_windows_cannot_hold_is_refused(path: str) -> None:
    with pytest.raises(UnsafePathError):
        Artifact(path, "")


@pytest.mark.parametrize("path", ["a", "a/b.sql", "kafka/topics/__debezium-heartbeat.erp.yaml", "__init__.py", ".gitkeep"])
def test_ordinary_paths_are_accepted(path: str) -> None:
    assert Artifact(path, "").path == path


def test_dumps_do_not_depend_on_the_order_of_keys_and_end_in_one_newline() -> None:
    for dump in (dump_json, dump_yaml):
        assert dump({"b": 1, "a": {"d": 2, "c": 3}}) == dump({"a": {"c": 3, "d": 2}, "b": 1})
        assert dump({"a": 1}).endswith("\n")
        assert not dump({"a": 1}).endswith("\n\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_comes_back_from_json_and_yaml(text: str) -> None:
    data = {"key": text, f"k{text}": [text]}
    assert json.loads(dump_json(data)) == data
    assert yaml.safe_load(dump_yaml(data)) == data


@pytest.mark.parametrize(
    "text", ["yes", "no", "on", "null", "~", "010", "0o17", "1e3", "0x1F", ".5", "1_000", "2024-01-01", "12:30:45", "604800000"]
)
def test_a_text_that_some_yaml_reader_takes_for_something_else_is_quoted(text: str) -> None:
    assert dump_yaml({"a": text}) in (f"a: '{text}'\n", f'a: "{text}"\n')


def test_yaml_has_no_anchors_and_no_wrapped_lines() -> None:
    shared = {"x": "word " * 100}
    text = dump_yaml({"a": shared, "b": shared})
    assert "&" not in text
    assert len(text.splitlines()) == 4


def test_tuples_are_lists() -> None:
    assert dump_yaml({"a": ("x", "y")}) == "a:\n- x\n- y\n"


@pytest.mark.parametrize(
    ("path", "start"), [("a.sql", "-- "), ("a.py", "# "), ("a.yaml", "# "), ("a.tf", "# "), ("a.sh", "# "), ("a.md", "<!-- ")]
)
def test_the_header_is_a_comment_of_the_syntax(path: str, start: str) -> None:
    text = header(path, "tables/customer.yaml")
    assert text.startswith(start)
    assert "tables/customer.yaml" in text
    assert text.count("\n") == 1


def test_json_has_no_comments() -> None:
    assert header("a.json", "tables/customer.yaml") == ""


@pytest.mark.parametrize("name", ["a\nDROP TABLE x", "a\r\nimport os", "a\u2028b", "a\x0bb"])
def test_the_name_of_a_spec_cannot_end_the_comment(name: str) -> None:
    for path in ("a.sql", "a.py", "a.yaml"):
        assert len(header(path, name).splitlines()) == 1


def test_the_name_of_a_spec_cannot_end_a_markdown_comment() -> None:
    assert header("a.md", "x--> <script>").count("-->") == 1
