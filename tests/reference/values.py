"""Values: T-SQL types, time zones, and how a JSON value becomes a typed one (SEMANTICS 3 and 4, `docs/reference/topics.md`).

Datetimes are naive and in UTC once typed; uuids are upper-case text; `bit` is a bool.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

Value = int | Decimal | float | str | bytes | date | time | datetime | None  # bool is an int, datetime a date

EPOCH = datetime(1970, 1, 1)
BEGINNING = datetime(1900, 1, 1)
LAST_START = datetime(9999, 12, 30)
OPEN = datetime(9999, 12, 31)
MICROSECOND = timedelta(microseconds=1)
EXACT = Context(prec=120)  # wide enough that no intermediate result is ever rounded


class Untypable(ValueError):  # noqa: N818 - a verdict on a value, not an error of the program
    """A JSON value that its T-SQL type does not accept."""


# --- time zones ---------------------------------------------------------------------------------------------------------------------


def is_sentinel(at: datetime) -> bool:
    """Values that mean 'never' or 'always' and are not shifted, either way."""
    return at.year in (1, 9999) or at == BEGINNING


def to_utc(wall: datetime, zone: str) -> datetime:
    """The instant of a wall clock. `fold=0` is the earlier instant of an overlap and, in a gap, the offset before it (PEP 495)."""
    if is_sentinel(wall):
        return wall
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).replace(tzinfo=None)


def to_local(instant: datetime, zone: str) -> datetime:
    if is_sentinel(instant):
        return instant
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def local_date(value: date, zone: str) -> date:
    """The source's local date of a datetime; a plain date is one already."""
    return to_local(value, zone).date() if isinstance(value, datetime) else value


def instant(value: date) -> datetime:
    """A point in time to compare with; a plain date is its midnight in UTC."""
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def microseconds(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def from_epoch(number: int, per_second: int) -> datetime:
    """A datetime from a count of milli-, micro- or nanoseconds, truncated to microseconds."""
    try:
        return EPOCH + timedelta(microseconds=number * 1_000_000 // per_second)
    except OverflowError:
        raise Untypable(f"{number} is out of the range of datetimes") from None


# --- types --------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Type:
    """A T-SQL type: its name and its arguments, `max` being none."""

    name: str
    args: tuple[int, ...] = ()

    @property
    def is_text(self) -> bool:
        return self.name in TEXTS

    @property
    def is_float(self) -> bool:
        return self.name in ("real", "float")

    @property
    def is_integer(self) -> bool:
        return self.name in INTEGERS or self.name == "bit"


INTEGERS = {"tinyint": (0, 255), "smallint": (-(2**15), 2**15 - 1), "int": (-(2**31), 2**31 - 1), "bigint": (-(2**63), 2**63 - 1)}
DECIMALS = {"decimal": (18, 0), "numeric": (18, 0), "money": (19, 4), "smallmoney": (10, 4)}
TEXTS = {"char": 1, "varchar": 1, "nchar": 1, "nvarchar": 1, "text": None, "ntext": None, "xml": None}
BINARIES = ("binary", "varbinary", "rowversion", "image")


def parse_type(text: str) -> Type:
    match = re.fullmatch(r"\s*(\w+)\s*(?:\(\s*([\w\s,]+)\))?\s*", text)
    if match is None:
        raise ValueError(f"not a type: {text}")
    arguments = [part.strip() for part in (match[2] or "").split(",") if part.strip()]
    if arguments == ["max"]:
        return Type(match[1].lower(), (-1,))
    return Type(match[1].lower(), tuple(int(part) for part in arguments))


def read(kind: Type, raw: Any, zone: str) -> Value:
    """The typed value of a JSON value (never NULL); raises `Untypable`."""
    reader = _READERS.get(kind.name)
    if reader is None:
        raise Untypable(f"unknown type {kind.name}")
    return reader(kind, raw, zone)


def _text_of(raw: Any) -> str | None:
    return raw if isinstance(raw, str) else None


def _whole(raw: Any) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def _number(raw: Any) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal | str):
        raise Untypable(f"not a number: {raw!r}")
    if isinstance(raw, str) and not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", raw, re.ASCII):
        raise Untypable(f"not a number: {raw!r}")
    number = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    if not number.is_finite():
        raise Untypable(f"not finite: {raw!r}")
    return number


def _read_bit(kind: Type, raw: Any, zone: str) -> Value:
    if raw in (True, 1, "1", "true"):
        return True
    if raw in (False, 0, "0", "false"):
        return False
    raise Untypable(f"not a bit: {raw!r}")


def _read_integer(kind: Type, raw: Any, zone: str) -> Value:
    text = _text_of(raw)
    number = int(text) if text is not None and re.fullmatch(r"-?\d{1,40}", text, re.ASCII) else _whole(raw)
    low, high = INTEGERS[kind.name]
    if number is None or not low <= number <= high:
        raise Untypable(f"not a {kind.name}: {raw!r}")
    return number


def _read_decimal(kind: Type, raw: Any, zone: str) -> Value:
    number = _number(raw)
    precision, scale = precision_and_scale(kind)
    try:
        exact = number.quantize(Decimal(1).scaleb(-scale), context=EXACT)
    except InvalidOperation:
        raise Untypable(f"out of range: {raw!r}") from None
    if exact != number:
        raise Untypable(f"more than {scale} fractional digits: {raw!r}")
    if exact.copy_abs() >= Decimal(10) ** (precision - scale):
        raise Untypable(f"out of range: {raw!r}")
    return exact if exact else exact.copy_abs()  # no negative zero


def _read_float(kind: Type, raw: Any, zone: str) -> Value:
    number = _number(raw)
    if number and not Decimal("1e-307") <= abs(number) < Decimal("1e308"):
        raise Untypable(f"not what every engine holds: {raw!r}")
    return float(number) + 0.0  # -0.0 becomes 0.0


def _read_text(kind: Type, raw: Any, zone: str) -> Value:
    if not isinstance(raw, str):
        raise Untypable(f"not text: {raw!r}")
    text = raw.rstrip(" ")
    limit = kind.args[0] if kind.args else TEXTS[kind.name]
    if limit is not None and limit >= 0 and len(text) > limit:
        raise Untypable(f"longer than {limit} characters")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Untypable("not Unicode text")
    return text


def _read_date(kind: Type, raw: Any, zone: str) -> Value:
    days = _whole(raw)
    try:
        if days is not None:
            return date(1970, 1, 1) + timedelta(days=days)
        if isinstance(raw, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", raw, re.ASCII):
            return date.fromisoformat(raw)
    except (OverflowError, ValueError):
        pass
    raise Untypable(f"not a date: {raw!r}")


def _units(kind: Type) -> int:
    """Units per second in which Debezium sends a time of this type."""
    if kind.name in ("datetime", "smalldatetime"):
        return 1_000
    fraction = kind.args[0] if kind.args else 7
    return 1_000 if fraction <= 3 else 1_000_000 if fraction <= 6 else 1_000_000_000


def _clock(text: str) -> time:
    match = re.fullmatch(r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?", text, re.ASCII)
    if match is None:
        raise Untypable(f"not a time: {text!r}")
    try:
        return time(int(match[1]), int(match[2]), int(match[3]), int((match[4] or "")[:6].ljust(6, "0")))
    except ValueError:
        raise Untypable(f"not a time: {text!r}") from None


def _read_time(kind: Type, raw: Any, zone: str) -> Value:
    if isinstance(raw, str):
        return _clock(raw)
    number = _whole(raw)
    if number is None or not 0 <= number < 86_400 * _units(kind):
        raise Untypable(f"not a time: {raw!r}")
    return from_epoch(number, _units(kind)).time()


def _wall_clock(text: str) -> datetime:
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:[T ](\S+))?", text, re.ASCII)
    if match is None:
        raise Untypable(f"not a datetime: {text!r}")
    try:
        return datetime.combine(date.fromisoformat(match[1]), _clock(match[2]) if match[2] else time())
    except ValueError:
        raise Untypable(f"not a datetime: {text!r}") from None


def _read_datetime(kind: Type, raw: Any, zone: str) -> Value:
    number = _whole(raw)
    if number is not None:
        return to_utc(from_epoch(number, _units(kind)), zone)
    if not isinstance(raw, str):
        raise Untypable(f"not a datetime: {raw!r}")
    # The type has no zone, so a trailing Z is how a connector writes a wall clock, not an offset.
    return to_utc(_wall_clock(raw.removesuffix("Z") if ":" in raw else raw), zone)


def _read_offset(kind: Type, raw: Any, zone: str) -> Value:
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d[T ][\d:.]+)\s?(?:Z|([-+])(\d\d):?(\d\d))", raw, re.ASCII) if isinstance(raw, str) else None
    if match is None:
        raise Untypable(f"not a datetime with an offset: {raw!r}")
    wall = _wall_clock(match[1])
    if is_sentinel(wall) or match[2] is None:
        return wall
    offset = timedelta(hours=int(match[3]), minutes=int(match[4]))
    return wall - offset if match[2] == "+" else wall + offset


def _read_uuid(kind: Type, raw: Any, zone: str) -> Value:
    if isinstance(raw, str) and re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", raw):
        return raw.upper()
    raise Untypable(f"not a uniqueidentifier: {raw!r}")


def _read_binary(kind: Type, raw: Any, zone: str) -> Value:
    try:
        if isinstance(raw, str) and raw.startswith("0x"):
            return binascii.unhexlify(raw[2:])
        if isinstance(raw, str):
            return base64.b64decode(raw, validate=True)
    except ValueError:
        pass
    raise Untypable(f"not binary: {raw!r}")


_READERS: dict[str, Callable[[Type, Any, str], Value]] = {
    "bit": _read_bit,
    **dict.fromkeys(INTEGERS, _read_integer),
    **dict.fromkeys(DECIMALS, _read_decimal),
    **dict.fromkeys(("real", "float"), _read_float),
    **dict.fromkeys(TEXTS, _read_text),
    "date": _read_date,
    "time": _read_time,
    **dict.fromkeys(("datetime", "smalldatetime", "datetime2"), _read_datetime),
    "datetimeoffset": _read_offset,
    "uniqueidentifier": _read_uuid,
    **dict.fromkeys(BINARIES, _read_binary),
}


# --- results of expressions ---------------------------------------------------------------------------------------------------------


def precision_and_scale(kind: Type) -> tuple[int, int]:
    precision, scale = DECIMALS[kind.name]
    if kind.args:
        precision, scale = kind.args[0], kind.args[1] if len(kind.args) > 1 else 0
    return precision, scale


def convert(kind: Type, result: Value) -> Value:
    """The result of an expression in its declared type, rounded half away from zero; NULL if that cannot hold it."""
    if result is None:
        return None
    if kind.is_float:
        real = float(str(result)) + 0.0
        if kind.name == "real" and not 1.1754944e-38 <= abs(real) <= 3.4028234e38:
            return 0.0 if abs(real) < 1 else None
        return real
    number = Decimal(str(result))
    if kind.name in DECIMALS:
        precision, scale = precision_and_scale(kind)
        if number.copy_abs() > Decimal(10) ** (precision - scale):
            return None
        rounded = number.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP, context=EXACT)
        if rounded.copy_abs() >= Decimal(10) ** (precision - scale):
            return None
        return rounded if rounded else rounded.copy_abs()
    if kind.name in INTEGERS:
        whole = int(number.quantize(Decimal(1), rounding=ROUND_HALF_UP, context=EXACT))
        low, high = INTEGERS[kind.name]
        return whole if low <= whole <= high else None
    raise ValueError(f"an expression cannot be of type {kind.name}")
