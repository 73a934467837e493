"""Quoting: whatever a name, a description or a value holds, it stays a value."""

import ast
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retailflow.render.quote import code, hcl, md, py, sh
from retailflow.render.templates import Templates, UnquotedError

HOSTILE = [
    "plain",
    "it's",
    'say "x"',
    """both ' and " """,
    '"""',
    "'''",
    "a\nb",
    "a\r\nb",
    "a\tb",
    "\\",
    "\\n",
    '\\"',
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{# x #}",
    "${x}",
    "$${x}",
    "%{ if true }",
    "$(id)",
    "`id`",
    "; rm -rf /",
    "*/ DROP",
    "-- x",
    "' OR 1=1 --",
    "\x00",
    "\x1b[31m",
    "\u202e",
    "\u2028",
    "é€😀",
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_python_literal_is_the_text_again_on_one_line(text: str) -> None:
    assert ast.literal_eval(py(text)) == text
    assert len(py(text).splitlines()) == 1


@given(st.text())
def test_any_text_is_a_python_literal(text: str) -> None:
    assert ast.literal_eval(py(text)) == text
    assert all(c.isprintable() for c in py(text))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner).map(tuple)))
def test_tuples_of_values_are_python_literals(value: object) -> None:
    assert ast.literal_eval(py(value)) == value


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_is_one_shell_word(text: str) -> None:
    assert shlex.split(sh(text)) == [text]


@pytest.mark.parametrize("text", [t for t in HOSTILE if "\0" not in t])
def test_the_shell_itself_gives_the_text_back(text: str) -> None:
    done = subprocess.run(["sh", "-c", f"printf %s {sh(text)}"], capture_output=True, check=True)
    assert done.stdout == text.encode()


def test_a_shell_word_with_nul_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        sh("a\0b")


@pytest.mark.parametrize("text", HOSTILE)
def test_hcl_takes_nothing_for_a_template_or_the_end_of_the_text(text: str) -> None:
    literal = hcl(text)
    assert literal.startswith('"')
    assert literal.endswith('"')
    inner = literal[1:-1]
    assert len(literal.splitlines()) == 1
    assert '"' not in inner.replace("\\\\", "").replace('\\"', "")
    assert "${" not in inner.replace("$${", "")
    assert "%{" not in inner.replace("%%{", "")


def test_hcl_has_no_hexadecimal_escapes() -> None:
    assert hcl("\x07\x7f") == '"\\u0007\\u007f"'


def test_other_values_are_literals_of_the_language() -> None:
    assert [hcl(v) for v in (None, True, False, 3)] == ["null", "true", "false", "3"]
    assert [py(v) for v in (None, True, 3, ("a",), ())] == ["None", "True", "3", '("a",)', "()"]


@pytest.mark.parametrize("quote", [py, hcl])
def test_what_has_no_literal_is_refused(quote: Callable[[object], str]) -> None:
    with pytest.raises(TypeError):
        quote(object())


@pytest.mark.parametrize(
    "text", [*HOSTILE, "<script>", "[x](y)", "| a | b |", "# x", "- x", "1. x", "2) x", "+ x", "=== ", "a_b_c", "&lt;"]
)
def test_markdown_text_is_one_line_without_markup(text: str) -> None:
    line = md(text)
    assert len(line.splitlines()) <= 1
    unescaped = line.replace("\\\\", "")
    for mark in "`*_{}[]<>#|~&$":
        assert mark not in unescaped.replace(f"\\{mark}", "")
    assert not line.startswith(("-", "+", "=", "#", "1.", "2)"))


@pytest.mark.parametrize("text", [*HOSTILE, "``", "a`b", "`", "a | b"])
def test_a_code_span_ends_where_it_should(text: str) -> None:
    span = code(text)
    fence = span[: len(span) - len(span.lstrip("`"))]
    assert span.endswith(fence)
    assert fence not in span[len(fence) : -len(fence)].replace("`" * (len(fence) + 1), "")
    assert len(span.splitlines()) == 1


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path


def template(folder: Path, text: str) -> Templates:
    (folder / "t.j2").write_text(text)
    return Templates(folder)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_value_is_never_taken_for_a_template(own: Path, text: str) -> None:
    assert ast.literal_eval(template(own, "{{ x | py }}").render("t.j2", x=text)) == text


@pytest.mark.parametrize("source", ["{{ x }}", "{{ x ~ 'a' }}", "{{ 'a' }}", "{% for c in x %}{{ c }}{% endfor %}"])
def test_a_template_that_prints_without_quoting_is_a_fault(own: Path, source: str) -> None:
    with pytest.raises(UnquotedError):
        template(own, source).render("t.j2", x="a")


def test_numbers_need_no_quoting_but_booleans_do(own: Path) -> None:
    assert template(own, "{{ x }}").render("t.j2", x=3) == "3"
    with pytest.raises(UnquotedError):
        template(own, "{{ x }}").render("t.j2", x=True)


def test_a_name_the_template_does_not_know_is_a_fault(own: Path) -> None:
    with pytest.raises(Exception, match="ndefined"):
        template(own, "{{ y | py }}").render("t.j2", x=1)


@pytest.mark.parametrize("source", ["{{ x | upper | py }}", "{{ x | length }}", "{{ range(3) | py }}", "{{ lipsum() | py }}"])
def test_a_template_cannot_compute(own: Path, source: str) -> None:
    with pytest.raises(Exception, match=r"No filter|undefined"):
        template(own, source).render("t.j2", x="a")
