"""Findings as text for people, JSON for programs, and annotations for GitHub."""

import json
from collections.abc import Callable, Sequence

from retailflow.errors import Finding, Place, Severity

Lines = Callable[[str], Sequence[str]]  # the lines of a file, by the path a place names; empty where it cannot be read

_TAB = 4
_WIDEST = 160
_RED, _YELLOW, _BLUE, _BOLD, _RESET = "\033[1;31m", "\033[1;33m", "\033[1;34m", "\033[1m", "\033[0m"


def as_text(findings: Sequence[Finding], lines: Lines, colour: bool = False) -> str:
    """One block a finding, with the source line and what is meant in it underlined."""
    return "\n\n".join(_block(finding, lines, colour) for finding in findings) + "\n" if findings else ""


def _block(finding: Finding, lines: Lines, colour: bool) -> str:
    paint = _paint if colour else _plain
    head = f"{finding.severity}[{finding.code}]"
    block = [f"{paint(head, _RED if finding.severity is Severity.ERROR else _YELLOW)}: {paint(finding.message, _BOLD)}"]
    if finding.place is not None:
        block += _excerpt(finding.place, lines(finding.place.path), paint)
    if finding.hint is not None:
        block.append(f"{paint('hint', _BLUE)}: {finding.hint}")
    return "\n".join(block)


def _excerpt(place: Place, lines: Sequence[str], paint: Callable[[str, str], str]) -> list[str]:
    gutter = " " * len(str(place.line))
    shown = [f"{gutter}{paint('-->', _BLUE)} {place.path}:{place.line}:{place.column}"]
    if not 0 < place.line <= len(lines):
        return shown
    line, start, length = _window(lines[place.line - 1], place.column - 1, place.length)
    bar = paint("|", _BLUE)
    indent = " " * len(line[:start].expandtabs(_TAB))
    carets = "^" * max(1, len(line[: start + length].expandtabs(_TAB)) - len(indent))
    text = line.expandtabs(_TAB)
    return [
        *shown,
        f"{gutter} {bar}",
        f"{paint(str(place.line), _BLUE)} {bar} {text}".rstrip(),
        f"{gutter} {bar} {indent}{paint(carets, _RED)}",
    ]


def _window(line: str, start: int, length: int) -> tuple[str, int, int]:
    """A line too long for a screen, cut around what is meant; control characters become visible."""
    line = "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in line)
    if len(line) <= _WIDEST:
        return line, start, min(length, max(1, len(line) - start))
    left = max(0, start - _WIDEST // 3)
    cut = line[left : left + _WIDEST]
    return cut, start - left, max(1, min(length, len(cut) - (start - left)))


def _plain(text: str, _: str) -> str:
    return text


def _paint(text: str, colour: str) -> str:
    return f"{colour}{text}{_RESET}"


def as_json(findings: Sequence[Finding]) -> str:
    """A list of objects; `line` and `column` count from 1, all of the place is null where there is none."""
    return json.dumps([_object(finding) for finding in findings], indent=2, ensure_ascii=False) + "\n"


def _object(finding: Finding) -> dict[str, str | int | None]:
    place = finding.place
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "hint": finding.hint,
        "path": place.path if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "length": place.length if place else None,
    }


def as_github(findings: Sequence[Finding]) -> str:
    """One workflow command a finding, which GitHub shows beside the line."""
    return "".join(f"{_command(finding)}\n" for finding in findings)


def _command(finding: Finding) -> str:
    place = finding.place
    properties = {"title": finding.code}
    if place is not None:
        end = place.column + place.length - 1
        properties = {"file": place.path, "line": str(place.line), "col": str(place.column), "endColumn": str(end), **properties}
    message = finding.message if finding.hint is None else f"{finding.message}\nhint: {finding.hint}"
    written = ",".join(f"{key}={_escaped(value, ',:')}" for key, value in properties.items())
    return f"::{finding.severity} {written}::{_escaped(message)}"


def _escaped(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def summary(findings: Sequence[Finding]) -> str:
    """How many of each: `2 errors, 1 warning`; empty when there are none."""
    errors = sum(f.severity is Severity.ERROR for f in findings)
    warnings = len(findings) - errors
    parts = [_count(errors, "error"), _count(warnings, "warning")]
    return ", ".join(part for part in parts if part)


def _count(number: int, noun: str) -> str:
    return "" if number == 0 else f"1 {noun}" if number == 1 else f"{number:,} {noun}s"
