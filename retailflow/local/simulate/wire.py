"""How values are written on the wire, by T-SQL type: the forms of the connector, or plain text for files of route batch."""

import base64
import json
from collections.abc import Callable

from retailflow.types import ColumnType, Kind

DAY_MS = 86_400_000
_EPOCH_SHIFT = 719_468  # days from 0000-03-01 to 1970-01-01
_INT_LIMITS = {8: (0, 255), 16: (-(2**15), 2**15 - 1), 32: (-(2**31), 2**31 - 1), 64: (-(2**63), 2**63 - 1)}


def quoted(text: str) -> str:
    """JSON text of a string, non-ASCII characters as they are."""
    return json.dumps(text, ensure_ascii=False)


def fitted(text: str, type_: ColumnType) -> str:
    """`text` cut to what the column holds, without trailing blanks."""
    return text if type_.length is None else text[: type_.length].rstrip()


def integer_limits(type_: ColumnType) -> tuple[int, int]:
    return _INT_LIMITS[type_.bits]


def scaled(units: int, scale: int) -> str:
    """JSON text of a decimal given in units of its last digit: `"12.50"`."""
    if scale == 0:
        return f'"{units}"'
    sign, digits = ("-" if units < 0 else ""), f"{abs(units):0{scale + 1}d}"
    return f'"{sign}{digits[:-scale]}.{digits[-scale:]}"'


def binary(raw: bytes, plain: bool) -> str:
    return f'"0x{raw.hex()}"' if plain else f'"{base64.b64encode(raw).decode()}"'


def civil(days: int) -> str:
    """`YYYY-MM-DD` of a number of days since 1970-01-01 (quicker than datetime in a loop)."""
    shifted = days + _EPOCH_SHIFT
    era, day_of_era = divmod(shifted, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month + 2) // 5 + 1
    return f"{year_of_era + era * 400 + (month > 9):04d}-{month + 3 if month < 10 else month - 9:02d}-{day:02d}"


def wall_text(wall_ms: int) -> str:
    """`YYYY-MM-DDTHH:MM:SS.fff` of wall-clock milliseconds."""
    days, rest = divmod(wall_ms, DAY_MS)
    seconds, milli = divmod(rest, 1000)
    return f"{civil(days)}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{milli:03d}"


def moment_writer(type_: ColumnType, plain: bool) -> Callable[[int], str]:
    """JSON text of a date, time, timestamp or instant given as wall-clock milliseconds (an instant is written as UTC)."""
    if type_.kind is Kind.DATE:
        return (lambda ms: f'"{civil(ms // DAY_MS)}"') if plain else (lambda ms: str(ms // DAY_MS))
    step = _step(type_)
    if type_.kind is Kind.INSTANT:
        return lambda ms: f'"{wall_text(ms - ms % step)}+00:00"'
    if type_.kind is Kind.TIME:
        if plain:
            return lambda ms: f'"{wall_text(ms - ms % step)[11:]}"'
        factor = _factor(type_)
        return lambda ms: str((ms - ms % step) % DAY_MS * factor)
    if plain:
        return lambda ms: f'"{wall_text(ms - ms % step)}"'
    factor = _factor(type_)
    if factor == 1 and step == 1:
        return str
    return lambda ms: str((ms - ms % step) * factor)


def _step(type_: ColumnType) -> int:
    if type_.tsql == "smalldatetime":
        return 60_000
    if type_.tsql == "datetime":
        return 10  # a multiple of both its 1/300 s and of milliseconds
    return int(10 ** (3 - min(type_.fraction, 3)))


def _factor(type_: ColumnType) -> int:
    """Milliseconds, microseconds or nanoseconds, as the connector's adaptive mode chooses by precision."""
    return 1 if type_.fraction <= 3 else 1000 if type_.fraction <= 6 else 1_000_000
