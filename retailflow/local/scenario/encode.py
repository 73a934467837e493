"""Values as a person writes them, in the forms of the wire or of a file, by T-SQL type."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from retailflow.local.scenario.scenario import Json
from retailflow.source.node import Node, Scalar
from retailflow.types import ColumnType, Kind

_EPOCH = datetime(1970, 1, 1)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.(\d{1,9}))?)?\s?(Z|[-+]\d\d:?\d\d)?", re.ASCII)
_CLOCK = re.compile(r"(\d\d:\d\d)(:\d\d)?(?:\.(\d{1,9}))?", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUMBER = re.compile(r"[-+]?(\d{1,60}(\.\d{0,60})?|\.\d{1,60})([eE][-+]?\d{1,3})?", re.ASCII)
_INT64 = 2**63


class NoValueError(ValueError):
    """The text is no value of the type; the message says what would be."""


def moment(text: str) -> tuple[datetime, int, timedelta | None]:
    """A time as written: the wall clock, the nanoseconds below its microsecond, and the offset if one is given. NoValueError."""
    match = _MOMENT.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        clock, rest = _clock(match[2] or "00:00", match[3], match[4])
        return datetime.combine(date.fromisoformat(match[1]), clock), rest, _offset(match[5])
    except ValueError:
        raise NoValueError("is not a time such as `2024-03-01 10:00`") from None


def utc(text: str) -> datetime:
    """A time as written, UTC unless an offset says otherwise. NoValueError."""
    wall, _, offset = moment(text)
    try:
        return wall - (offset or timedelta())
    except OverflowError:
        raise NoValueError("is a time that no calendar holds") from None


def milliseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)


def microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def on_wire(type_: ColumnType, node: Node) -> Json:
    """What the connector sends for a value; NULL is None. NoValueError."""
    text = _text(node)
    return None if text is None else _WIRE[type_.kind](type_, text)


def in_file(type_: ColumnType, node: Node, date_format: str) -> str | None:
    """What a file of extracts says for a value; NULL is None. NoValueError."""
    text = _text(node)
    if text is None:
        return None
    if type_.kind in (Kind.DATE, Kind.TIMESTAMP):
        wall, rest, _ = moment(text)
        if date_format:
            return wall.strftime(date_format)
        return wall.date().isoformat() if type_.kind is Kind.DATE else wall.isoformat() + (f"{rest:03d}" if rest else "")
    wire = _WIRE[type_.kind](type_, text)
    return wire if isinstance(wire, str) else json.dumps(wire)


def _text(node: Node) -> str | None:
    """A scalar as it was written; None is NULL."""
    if not isinstance(node, Scalar):
        raise NoValueError("must be one value")
    return None if node.value is None and not node.quoted else node.raw


def _clock(minutes: str, seconds: str | None, fraction: str | None) -> tuple[time, int]:
    digits = (fraction or "").ljust(9, "0")
    clock = time.fromisoformat(minutes + (seconds or ":00"))
    return clock.replace(microsecond=int(digits[:6])), int(digits[6:])


def _offset(text: str | None) -> timedelta | None:
    if text is None or text == "Z":
        return None if text is None else timedelta()
    sign = -1 if text[0] == "-" else 1
    return sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))


def _boolean(type_: ColumnType, text: str) -> Json:
    known = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in known:
        raise NoValueError("is neither `true` nor `false`")
    return known[text.lower()]


def _integer(type_: ColumnType, text: str) -> Json:
    if not re.fullmatch(r"[-+]?\d{1,40}", text, re.ASCII):
        raise NoValueError("is not a whole number")
    return int(text)


def decimal(text: str) -> Decimal:
    """NoValueError."""
    if not _NUMBER.fullmatch(text):
        raise NoValueError("is not a number")
    return Decimal(text)


def _decimal(type_: ColumnType, text: str) -> Json:
    return f"{decimal(text):f}"


def _float(type_: ColumnType, text: str) -> Json:
    return float(decimal(text))


def _date(type_: ColumnType, text: str) -> Json:
    wall, rest, offset = moment(text)
    if wall.time() != time() or rest or offset is not None:
        raise NoValueError("is not a date such as `2024-03-01`")
    return (wall - _EPOCH).days


def clock(text: str) -> tuple[time, int]:
    """A time of day, and the nanoseconds below its microsecond. NoValueError."""
    match = _CLOCK.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        return _clock(match[1], match[2], match[3])
    except ValueError:
        raise NoValueError("is not a time of day such as `10:00:30`") from None


def _time(type_: ColumnType, text: str) -> Json:
    at, rest = clock(text)
    return _counted(type_, microseconds(datetime.combine(_EPOCH, at)), rest)


def _timestamp(type_: ColumnType, text: str) -> Json:
    wall, rest, offset = moment(text)
    if offset is not None:
        raise NoValueError("has an offset, and the column has none: write the wall clock of the source")
    number = _counted(type_, microseconds(wall), rest)
    return number if -_INT64 <= number < _INT64 else wall.isoformat()


def _counted(type_: ColumnType, us: int, rest: int) -> int:
    """Milliseconds, microseconds or nanoseconds, as the connector's adaptive mode chooses by precision."""
    return us // 1000 if type_.fraction <= 3 else us if type_.fraction <= 6 else us * 1000 + rest


def _instant(type_: ColumnType, text: str) -> Json:
    wall, rest, offset = moment(text)
    if offset is None:
        raise NoValueError("needs an offset, such as `2024-03-01 10:00 +01:00`")
    at = wall.replace(tzinfo=UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
    minutes = int(offset.total_seconds()) // 60
    return f"{at}{rest:03d}{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _as_text(type_: ColumnType, text: str) -> Json:
    return text


def _uuid(type_: ColumnType, text: str) -> Json:
    if not _UUID.fullmatch(text):
        raise NoValueError("is not a uniqueidentifier")
    return text


def _binary(type_: ColumnType, text: str) -> Json:
    if not re.fullmatch(r"0x([0-9a-fA-F]{2})*", text):
        raise NoValueError("is not binary: write `0x` and hexadecimal digits")
    return text


_WIRE: dict[Kind, Callable[[ColumnType, str], Json]] = {
    Kind.BOOLEAN: _boolean,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.FLOAT: _float,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.TIMESTAMP: _timestamp,
    Kind.INSTANT: _instant,
    Kind.TEXT: _as_text,
    Kind.UUID: _uuid,
    Kind.BINARY: _binary,
}
