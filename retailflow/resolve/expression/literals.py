"""Literals: what a person writes, to the canonical text of a type (dates and times as ISO text, zoneless datetimes in UTC)."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from retailflow.types import ColumnType, Kind

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = re.compile(r"(\d{2}:\d{2})(?:(:\d{2})(?:\.(\d{1,9}))?)?", re.ASCII)
_MOMENT = re.compile(rf"({_DAY.pattern})(?:[T ]{_CLOCK.pattern}(Z|[+-]\d{{2}}:\d{{2}})?)?", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_INTEGER = re.compile(r"[+-]?\d{1,40}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})", re.ASCII)
_HEX = re.compile(r"0x((?:[0-9a-fA-F]{2})*)")
_BITS = {"1": "1", "0": "0", "true": "1", "false": "0"}


class LiteralError(ValueError):
    """The text is no value of the type; the message says what would be."""


def canonical(value: str, t: ColumnType, zone: str) -> str:
    """The canonical text of a value of a type; `zone` is that of zoneless datetimes. Raises LiteralError."""
    match t.kind:
        case Kind.TEXT:
            return _text(value, t)
        case Kind.INTEGER:
            return _integer(value, t)
        case Kind.DECIMAL:
            return _decimal(value, t)
        case Kind.BOOLEAN:
            if value.lower() not in _BITS:
                raise LiteralError("must be `1` or `0`")
            return _BITS[value.lower()]
        case Kind.FLOAT:
            return _float(value)
        case Kind.UUID:
            return _uuid(value)
        case Kind.BINARY:
            if not (match := _HEX.fullmatch(value)):
                raise LiteralError("must be `0x` and hexadecimal digits")
            return match[1].lower()
        case Kind.DATE | Kind.TIME | Kind.TIMESTAMP | Kind.INSTANT:
            return _temporal(value, t, zone)


def _text(value: str, t: ColumnType) -> str:
    """Values lose trailing blanks when they are typed, so what they are compared with does too."""
    trimmed = value.rstrip(" ")
    if t.length is not None and len(trimmed) > t.length:
        raise LiteralError(f"is longer than {t.length} characters")
    return trimmed


def _integer(value: str, t: ColumnType) -> str:
    if not _INTEGER.fullmatch(value):
        raise LiteralError("must be a whole number")
    low, high = (0, 255) if t.bits == 8 else (-(2 ** (t.bits - 1)), 2 ** (t.bits - 1) - 1)
    if not low <= int(value) <= high:
        raise LiteralError(f"must be {low} to {high}")
    return str(int(value))


def _decimal(value: str, t: ColumnType) -> str:
    if not _DECIMAL.fullmatch(value):
        raise LiteralError("must be a decimal number such as `1.5`")
    text = plain(Decimal(value))
    whole, _, fraction = text.lstrip("-").partition(".")
    if len(fraction) > t.scale or len(whole.lstrip("0")) > t.precision - t.scale:
        raise LiteralError(f"must have at most {t.precision - t.scale} whole and {t.scale} fractional digits")
    return text


def plain(number: Decimal) -> str:
    """A decimal without exponent and trailing zeros."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _float(value: str) -> str:
    try:
        number = float(Decimal(value))
    except (InvalidOperation, ValueError, OverflowError):
        raise LiteralError("must be a number") from None
    if number - number != 0:
        raise LiteralError("must be a finite number")
    return repr(number + 0.0)


def _uuid(value: str) -> str:
    if not _UUID.fullmatch(value):
        raise LiteralError("must be 8-4-4-4-12 hexadecimal digits")
    return value.upper()


def _temporal(value: str, t: ColumnType, zone: str) -> str:
    form = {Kind.DATE: "YYYY-MM-DD", Kind.TIME: "HH:MM:SS"}.get(t.kind, "YYYY-MM-DD HH:MM:SS")
    pattern = {Kind.DATE: _DAY, Kind.TIME: _CLOCK}.get(t.kind, _MOMENT)
    match = pattern.fullmatch(value)
    try:
        if match is None:
            raise ValueError(value)
        match t.kind:
            case Kind.DATE:
                return date.fromisoformat(value).isoformat()
            case Kind.TIME:
                clock = time.fromisoformat(match[1] + (match[2] or ":00"))
                return _with_fraction(clock.strftime("%H:%M:%S"), match[3])
            case _:
                return _moment(match, "UTC" if t.kind is Kind.INSTANT else zone)
    except (ValueError, OverflowError):
        raise LiteralError(f"must be written `{form}`") from None


def _moment(match: re.Match[str], zone: str) -> str:
    day, clock, seconds, fraction, offset = match.groups()
    local = datetime.fromisoformat(f"{day} {clock or '00:00'}{seconds or ':00'}")
    if offset:
        utc = datetime.fromisoformat(local.isoformat() + offset.replace("Z", "+00:00")).astimezone(UTC)
    elif zone == "UTC" or _is_sentinel(local):
        utc = local
    else:
        utc = local.replace(tzinfo=ZoneInfo(zone)).astimezone(
            UTC
        )  # fold 0: in an overlap the earlier instant, in a gap the offset before it
    return _with_fraction(f"{utc.year:04d}-{utc.strftime('%m-%d %H:%M:%S')}", fraction)


def _is_sentinel(local: datetime) -> bool:
    return local.year in (1, 9999) or local == datetime(1900, 1, 1)


def _with_fraction(text: str, digits: str | None) -> str:
    fraction = (digits or "")[:6].rstrip("0")
    return f"{text}.{fraction}" if fraction else text
