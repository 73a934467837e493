"""What a YAML parser trips over, in words for the person who typed it."""

import yaml

from retailflow.errors import Finding, Place
from retailflow.source.text import lines_of

_INDENT = "indent it like its neighbours, with spaces"
# Words of the parser, our words, what to do.
_KNOWN = (
    (
        "mapping values are not allowed",
        "a `:` is not expected here",
        "quote a value that has a colon in it, or check the indentation",
    ),
    ("could not find expected ':'", "a `:` is missing after this key", "write `key: value`"),
    ("did not find expected key", "the indentation of this line fits nothing above it", _INDENT),
    ("did not find expected ',' or '}'", "a `{` is not closed, or a `,` is missing", None),
    ("did not find expected ',' or ']'", "a `[` is not closed, or a `,` is missing", None),
    (
        "did not find expected '-' indicator",
        "the indentation of this line fits nothing above it",
        _INDENT,
    ),
    ("did not find expected node content", "a value is expected here", None),
    ("block sequence entries are not allowed", "a list item (`- `) is not expected here", "put the list on lines of its own"),
    ("unexpected end of stream", "a quote is not closed", "close it, or double a quote that belongs to the text"),
    ("unknown escape character", "this escape is unknown", "use single quotes: a backslash is plain text in them"),
    ("did not find expected hexdecimal number", "this escape is unknown", "use single quotes: a backslash is plain text in them"),
    ("found incompatible YAML document", "this YAML version is unknown", "delete the `%YAML` line"),
)
_START = {
    "@": "quote a value that begins with `@`",
    "`": "quote a value that begins with a backtick",
    "%": "quote a value that begins with `%`",
}


def explain(error: yaml.YAMLError, text: str, path: str) -> Finding:
    """The finding for what the parser raised."""
    problem = str(getattr(error, "problem", None) or error).split("\n")[0]
    mark = getattr(error, "problem_mark", None)
    if "could not find expected ':'" in problem:  # noticed a line late
        mark = getattr(error, "context_mark", None) or mark
    lines = lines_of(text)
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    here = lines[line] if line < len(lines) else ""
    tab = _tab(lines, line)
    if tab is not None:
        return Finding("RF005", "a tab cannot indent YAML", tab_place(path, *tab), hint="use spaces")
    place = Place(path, line + 1, column + 1)
    character = here[column] if column < len(here) else ""
    if "cannot start any token" in problem and character in _START:
        return Finding("RF006", f"a value cannot begin with `{character}`", place, hint=_START[character])
    if "maximum nesting depth" in problem:
        return Finding("RF009", "values are nested too deep", _visible(place, lines))
    for words, message, hint in _KNOWN:
        if words in problem:
            return Finding("RF006", message, _visible(place, lines), hint=hint)
    return Finding("RF006", f"this is not YAML: {problem}", _visible(place, lines))


def _tab(lines: list[str], line: int) -> tuple[int, int] | None:
    """Line and column of a tab in the indentation of a line the parser stopped at (or the one before, where it began to wonder)."""
    for number in (line, line - 1):
        if 0 <= number < len(lines):
            indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
            if "\t" in indent:
                return number, indent.index("\t")
    return None


def tab_place(path: str, line: int, column: int) -> Place:
    return Place(path, line + 1, column + 1)


def _visible(place: Place, lines: list[str]) -> Place:
    """A parser that reached the end of the file points behind it; point at the last line that says something."""
    line = min(place.line, len(lines))
    while line > 1 and not lines[line - 1].strip():
        line -= 1
    if line == place.line:
        return place
    return Place(place.path, line, len(lines[line - 1]) or 1)
