"""Results as text that loses nothing: decimals with all of their digits, times in ISO 8601."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite

from retailflow.local.engine import Result

_TO_BE_QUOTED = frozenset(',"\r\n')


def as_csv(result: Result) -> Iterator[str]:
    """Lines with a header; NULL is an empty field, an empty text is `""`."""
    yield ",".join(map(_csv_text, result.columns)) + "\n"
    for row in result.rows:
        yield ",".join("" if value is None else _csv_text(plain(value)) for value in row) + "\n"


def as_json(result: Result) -> Iterator[str]:
    """An array of objects, one a line; decimals are numbers with all of their digits. Columns of one name get `_2`, `_3`, …"""
    names = [json.dumps(name, ensure_ascii=False) for name in _distinct(result.columns)]
    rows = ("  {" + ", ".join(f"{name}: {_json(v)}" for name, v in zip(names, row, strict=True)) + "}" for row in result.rows)
    first = next(rows, None)
    if first is None:
        yield "[]\n"
        return
    yield "[\n" + first
    for row in rows:
        yield ",\n" + row
    yield "\n]\n"


def plain(value: object) -> str:
    """A value that is not NULL, as one reads it."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case list() | tuple() | dict():
            return _json(value)
        case _:
            return str(value)


def _json(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool() | int():
            return plain(value)
        case Decimal() if value.is_finite():
            return plain(value)
        case float() if isfinite(value):
            return repr(value)
        case list() | tuple():
            return "[" + ", ".join(map(_json, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{json.dumps(str(k), ensure_ascii=False)}: {_json(v)}" for k, v in value.items()) + "}"
        case _:
            return json.dumps(plain(value), ensure_ascii=False)


def _csv_text(text: str) -> str:
    if text and not _TO_BE_QUOTED.intersection(text):
        return text
    return '"' + text.replace('"', '""') + '"'


def _distinct(columns: tuple[str, ...]) -> Iterator[str]:
    seen: set[str] = set()
    for column in columns:
        name, n = column, 1
        while name in seen:
            n += 1
            name = f"{column}_{n}"
        seen.add(name)
        yield name
