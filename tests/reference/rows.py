"""From the fields of a record to keys and typed rows, or the reason why not (SEMANTICS 2, 4)."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeGuard

from tests.reference.events import Row
from tests.reference.expressions import compute
from tests.reference.keys import Key, canonical
from tests.reference.spec import Check, Column, Table
from tests.reference.values import Untypable, Value, convert, read

UNKNOWN = "__debezium_unavailable_value"
Fields = Mapping[str, Any]


class Refused(Exception):  # noqa: N818 - it is a verdict on a record, not an error of the program
    """The record goes to quarantine."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


def parse_json(text: str) -> Any:
    """Numbers keep every digit; NaN and infinities are not JSON."""

    def refuse(constant: str) -> Any:
        raise ValueError(constant)

    return json.loads(text, parse_float=Decimal, parse_constant=refuse)


def read_lsn(table: Table, raw: Any) -> tuple[int, ...]:
    """An LSN as numbers, which compare as fixed-width hexadecimal does, however it was padded."""
    if table.source.kind == "postgresql":
        number = int(raw) if isinstance(raw, str) and re.fullmatch(r"\d{1,20}", raw, re.ASCII) else raw
        if isinstance(number, int) and not isinstance(number, bool):
            return (number,)
    elif isinstance(raw, str) and (match := re.fullmatch(r"([0-9a-f]{1,8}):([0-9a-f]{1,8}):([0-9a-f]{1,4})", raw, re.I | re.A)):
        return (int(match[1], 16), int(match[2], 16), int(match[3], 16))
    raise Refused("unorderable", f"not an LSN: {raw!r}")


def read_row(table: Table, fields: Fields) -> Row:
    """The typed image of a row; what is absent from it is unknown and stays absent."""
    row: dict[str, Value] = {}
    for column in table.columns:
        if column.derived is None and column.field in fields and fields[column.field] != UNKNOWN:
            raw = fields[column.field]
            try:
                row[column.name] = None if raw is None else read(column.type, raw, column.zone)
            except Untypable as error:
                raise Refused("untypable", f"{column.name}: {error}") from None
    return with_derived(table.derived, row)


def with_derived(derived: Sequence[Column], row: Row) -> Row:
    """The row with the derived columns all of whose inputs it knows, and without the others."""
    made: dict[str, Value] = {name: value for name, value in row.items() if all(name != column.name for column in derived)}
    for column in derived:
        if column.derived is not None and column.derived.columns <= made.keys():
            made[column.name] = convert(column.type, compute(column.derived, made))
    return made


def read_key(table: Table, fields: Fields) -> Key:
    """The canonical key in a row of source fields."""
    names = [column for column in table.columns if column.name in table.key]
    typed = {column.name: value for column in names for value in [fields.get(column.field)]}
    for column in names:
        if typed[column.name] is None or typed[column.name] == UNKNOWN:
            raise Refused("null_key", column.name)
        try:
            typed[column.name] = read(column.type, typed[column.name], column.zone)
        except Untypable as error:
            raise Refused("untypable", f"{column.name}: {error}") from None
    return tuple(canonical(typed[name], table.source.case_insensitive) for name in table.key)


def has_key(fields: Any, table: Table) -> TypeGuard[Fields]:
    return isinstance(fields, Mapping) and all(table.by_name[name].field in fields for name in table.key)


def check_row(table: Table, row: Row) -> None:
    """Row checks with `on_fail: quarantine`. An unknown value cannot fail; NULL fails only `not_null`."""
    for column in table.columns:
        for check in column.checks if column.name in row else ():
            if _fails(check, row[column.name]):
                raise Refused("check", f"{column.name}: {check.kind}")


def _fails(check: Check, value: Any) -> bool:
    match check.kind:
        case "not_null":
            return bool(check.value) and value is None
        case _ if value is None:
            return False
        case "in":
            return value not in check.value
        case "matches":
            return re.search(check.value, value) is None
        case "between":
            low, high = check.value
            return not low <= value <= high
        case "min":
            return bool(value < check.value)
        case "max":
            return bool(value > check.value)
        case _:
            raise ValueError(f"unknown check {check.kind}")


def image(table: Table, row: Row) -> Row | None:
    """A row that fails `where` (is not true, as in SQL) is a deletion."""
    return row if table.where is None or table.where.evaluate(row) is True else None
