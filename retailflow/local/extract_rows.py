"""The rows of one extract file, CSV or JSON lines, each as it was received and as an object of fields."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

_FIELD_LIMIT = 64 * 1024 * 1024  # an image in hexadecimal digits is one field

_NO_TEXT = re.compile("[\x00\udc80-\udcff]")
_NUL = re.compile(r"(?<!\\)(\\\\)*\\u0000")

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RawRow:
    """`raw`: the text received (a good CSV row as the JSON object it stands for); `fields`: None where it is no row."""

    raw: str
    fields: Fields | None


def read_rows(path: Path, file_format: str) -> Iterator[RawRow]:
    """Every row of a file, malformed ones included. Raises OSError."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        yield from _csv(file) if file_format == "csv" else _json_lines(file)


def header_of(path: Path) -> tuple[str, ...] | None:
    """The fields a CSV file names in its first line, None when there is none, or one name twice."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        csv.field_size_limit(_FIELD_LIMIT)
        try:
            names = tuple(next(csv.reader(file, strict=True)))
        except (csv.Error, StopIteration):
            return None
    return names if names and len(set(names)) == len(names) else None


class _Lines:
    """Lines of a file, and those taken since last asked: the text of the row they make."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._file)
        self._taken.append(line)
        return line

    def taken(self) -> str:
        text = "".join(self._taken)
        self._taken.clear()
        return text.rstrip("\r\n")


def _csv(file: TextIO) -> Iterator[RawRow]:
    csv.field_size_limit(_FIELD_LIMIT)
    lines = _Lines(file)
    reader = csv.reader(lines, strict=True)
    names: list[str] | None = None
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield RawRow(_readable(lines.taken()), None)
            continue
        text = lines.taken()
        if names is None:
            names = cells
        elif cells:
            yield _csv_row(names, cells, text)


def _csv_row(names: list[str], cells: list[str], text: str) -> RawRow:
    if len(cells) != len(names) or len(set(names)) != len(names) or not _is_text(text):
        return RawRow(_readable(text), None)
    fields = {name: cell or None for name, cell in zip(names, cells, strict=True)}
    return RawRow(json.dumps(fields, ensure_ascii=False), fields)


def _json_lines(file: TextIO) -> Iterator[RawRow]:
    for line in file:
        text = line.rstrip("\r\n")
        if text.strip():
            yield RawRow(_readable(text), _object(text))


def _object(text: str) -> Fields | None:
    """The JSON object a line is; NaN and infinities are no JSON."""
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=str) if _is_text(text) and not _NUL.search(text) else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _is_text(text: str) -> bool:
    """Whether the bytes were UTF-8 and hold no U+0000, which not every engine can keep."""
    return _NO_TEXT.search(text) is None


def _readable(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
