"""Text as it was on the wire, read as a value of a column type: NULL when it is none, by patterns every engine reads alike."""

from retailflow.sql.dialects.base import Dialect
from retailflow.types import ColumnType, Kind, engines

_US = 1_000_000
_YEAR_1_US, _YEAR_9999_US = -62_135_596_800 * _US, 253_402_300_800 * _US - 1
_YEAR_1_DAYS, _YEAR_9999_DAYS = -719_162, 2_932_896
_DATE = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?"
_PLAIN = "^[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)$"
_TO_307, _TO_246 = "([0-9]|[1-9][0-9]|[12][0-9][0-9]|30[0-7])", "([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-3][0-9]|24[0-6])"
_SCIENTIFIC = f"^[-+]?([1-9](\\.[0-9]{{0,60}})?[eE][-+]?0{{0,9}}{_TO_307}|([0-9]{{1,30}}(\\.[0-9]{{0,60}})?|\\.[0-9]{{1,60}})[eE][-+]?0{{0,9}}{_TO_246})$"


def typed(d: Dialect, x: str, t: ColumnType) -> str:
    """A SQL expression of the declared type; x is text and not NULL where the result matters."""
    match t.kind:
        case Kind.BOOLEAN:
            return f"CASE LOWER({x}) WHEN 'true' THEN TRUE WHEN '1' THEN TRUE WHEN 'false' THEN FALSE WHEN '0' THEN FALSE END"
        case Kind.INTEGER:
            return _integer(d, x, t)
        case Kind.DECIMAL:
            return _decimal(d, x, t)
        case Kind.FLOAT:
            return _float(d, x, t)
        case Kind.DATE:
            return _date(d, x)
        case Kind.TIME:
            return _time(d, x, t)
        case Kind.TIMESTAMP:
            return _timestamp(d, x, t)
        case Kind.INSTANT:
            return _instant(d, x)
        case Kind.UUID:
            return f"CASE WHEN {d.matches(x, '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')} THEN UPPER({x}) END"
        case Kind.BINARY:
            return _binary(d, x, t)
        case Kind.TEXT:
            trimmed = d.rtrim(x)
            if t.length is None:
                return f"CASE WHEN {d.bytes(trimmed)} <= {engines.REDSHIFT_MAX_BYTES} THEN {trimmed} END"
            return f"CASE WHEN {d.length(trimmed)} <= {t.length} THEN {trimmed} END"


def _integer(d: Dialect, x: str, t: ColumnType) -> str:
    low, high = (0, 255) if t.bits == 8 else (-(2 ** (t.bits - 1)), 2 ** (t.bits - 1) - 1)
    wide = d.try_cast(x, "DECIMAL(38,0)")
    inner = f"CASE WHEN {wide} BETWEEN {low} AND {high} THEN {d.try_cast(x, d.type(t))} END"
    return f"CASE WHEN {d.matches(x, '^-?[0-9]{1,30}$')} THEN {inner} END"


def _decimal(d: Dialect, x: str, t: ColumnType) -> str:
    whole, scale = t.precision - t.scale, t.scale
    pattern = f"^-?0*[0-9]{{0,{whole}}}(\\.[0-9]{{0,{scale}}}0*)?$" if scale else f"^-?0*[0-9]{{0,{whole}}}(\\.0*)?$"
    return f"CASE WHEN {d.matches(x, pattern)} AND {d.matches(x, '[0-9]')} THEN {d.try_cast(x, f'DECIMAL({t.precision},{t.scale})')} END"


def _float(d: Dialect, x: str, t: ColumnType) -> str:
    value, held = d.try_cast(x, d.double), _held(d, x)
    if t.bits == 64:
        return f"CASE WHEN {held} THEN {value} + CAST(0 AS {d.double}) END"
    fits = f"ABS({value}) BETWEEN 1.1754944e-38 AND 3.4028234e38 OR {value} = 0"
    return f"CASE WHEN {held} THEN CASE WHEN {fits} THEN CAST({value} + CAST(0 AS {d.double}) AS REAL) END END"


def _held(d: Dialect, x: str) -> str:
    """A number that every engine holds: 0, or of a size from 1e-307 to below 1e308. A text beyond that is an error to some and infinite to
    others; as a JSON number it comes with an exponent from one engine and with all its digits from another."""
    whole, fraction = d.split_part(x, ".", 1), d.split_part(x, ".", 2)
    digits = f"REPLACE(REPLACE({whole}, '-', ''), '+', '')"
    small = f"{d.length(digits)} <= 308"
    big = f"{d.matches(whole, '[1-9]')} OR {d.matches(f'SUBSTRING({fraction}, 1, 307)', '[1-9]')} OR NOT ({d.matches(x, '[1-9]')})"
    return f"({d.matches(x, _SCIENTIFIC)}) OR (({d.matches(x, _PLAIN)}) AND {small} AND ({big}))"


def _date(d: Dialect, x: str) -> str:
    days = d.try_cast(x, d.bigint)
    number = f"CASE WHEN {days} BETWEEN {_YEAR_1_DAYS} AND {_YEAR_9999_DAYS} THEN {d.from_epoch_days(days)} END"
    return f"CASE WHEN {d.matches(x, '^-?[0-9]{1,7}$')} THEN {number} WHEN {d.matches(x, f'^{_DATE}$')} THEN {_calendar_date(d, x)} END"


def _calendar_date(d: Dialect, x: str) -> str:
    """`YYYY-MM-DD…` of digits in range: NULL when the month has no such day or the year is 0000."""
    if d.reads_calendars:
        return f"CASE WHEN SUBSTRING({x}, 1, 4) <> '0000' THEN {d.try_cast(f'SUBSTRING({x}, 1, 10)', 'DATE')} END"
    first = d.try_cast(f"SUBSTRING({x}, 1, 8) || '01'", "DATE")
    day = d.add_days(first, f"CAST(SUBSTRING({x}, 9, 2) AS INTEGER) - 1")
    same = f"EXTRACT(MONTH FROM {day}) = CAST(SUBSTRING({x}, 6, 2) AS INTEGER)"
    return f"CASE WHEN SUBSTRING({x}, 1, 4) <> '0000' THEN CASE WHEN {same} THEN {day} END END"


def _clock_us(d: Dialect, x: str, start: int) -> str:
    """Microseconds of the day of `HH:MM:SS[.f]` at a position, further digits cut."""
    h, m, s = (f"CAST(SUBSTRING({x}, {start + o}, 2) AS {d.bigint})" for o in (0, 3, 6))
    fraction = f"CASE WHEN SUBSTRING({x}, {start + 8}, 1) = '.' THEN {_fraction_us(d, x, start + 9)} ELSE 0 END"
    return f"(({h} * 3600 + {m} * 60 + {s}) * {_US} + {fraction})"


def _fraction_us(d: Dialect, x: str, start: int) -> str:
    digits = d.split_part(_until_zone(d, f"SUBSTRING({x}, {start}, 9)"), "Z", 1)
    return f"CAST(SUBSTRING({digits} || '000000', 1, 6) AS {d.bigint})"


def _until_zone(d: Dialect, x: str) -> str:
    return d.split_part(d.split_part(x, "+", 1), "-", 1)


def _time(d: Dialect, x: str, t: ColumnType) -> str:
    number = d.try_cast(x, d.bigint)
    us = f"{number} * 1000" if t.fraction <= 3 else number if t.fraction <= 6 else d.floor_div(number, 1000)
    in_day = f"CASE WHEN {us} BETWEEN 0 AND {86_400 * _US - 1} THEN {d.time_from_us(us)} END"
    text = d.try_cast(f"SUBSTRING({x}, 1, 15)", "TIME") if d.reads_calendars else d.time_from_us(_clock_us(d, x, 1))
    return f"CASE WHEN {d.matches(x, '^[0-9]{1,14}$')} THEN {in_day} WHEN {d.matches(x, f'^{_CLOCK}$')} THEN {text} END"


def _timestamp(d: Dialect, x: str, t: ColumnType) -> str:
    number = d.try_cast(x, d.bigint)
    if t.fraction <= 3:
        us, limit = f"{number} * 1000", 15
    elif t.fraction <= 6:
        us, limit = number, 18
    else:
        us, limit = d.floor_div(number, 1000), 18
    in_range = f"CASE WHEN {us} BETWEEN {_YEAR_1_US} AND {_YEAR_9999_US} THEN {d.from_epoch_us(us)} END"
    nines = f"WHEN {d.matches(x, '^-?[0-9]{19}$')} THEN {_nanoseconds(d, x)} " if t.fraction == 7 else ""
    return (
        f"CASE WHEN {d.matches(x, f'^-?[0-9]{{1,{limit}}}$')} THEN {in_range} {nines}"
        f"WHEN {d.matches(x, f'^{_DATE}([T ]{_CLOCK}Z?)?$')} THEN {_wall_clock(d, x)} END"
    )


def _nanoseconds(d: Dialect, x: str) -> str:
    """Nineteen digits may be more than a bigint holds; the last three are below a microsecond, so they are cut before the cast."""
    us = d.floor_div(f"CAST({d.try_cast(x, 'DECIMAL(38,0)')} AS DECIMAL(38,0))", 1000) if d.name != "duckdb" else None
    if us is None:
        wide = d.try_cast(x, "HUGEINT")
        us = f"CAST({d.floor_div(wide, 1000)} AS BIGINT)"
    return d.from_epoch_us(us)


def _wall_clock(d: Dialect, x: str) -> str:
    if d.reads_calendars:
        clock = f"SUBSTRING({d.split_part(_until_zone(d, f'SUBSTRING({x}, 12, 40)'), 'Z', 1)}, 1, 15)"
        text = d.rtrim(d.concat([f"SUBSTRING({x}, 1, 10)", d.literal(" "), clock]))
        return f"CASE WHEN SUBSTRING({x}, 1, 4) <> '0000' THEN {d.try_cast(text, d.timestamp_type)} END"
    day_us = d.epoch_us(d.cast(_calendar_date(d, x), d.timestamp_type))
    return d.from_epoch_us(f"{day_us} + CASE WHEN {d.length(x)} > 10 THEN {_clock_us(d, x, 12)} ELSE 0 END")


def _instant(d: Dialect, x: str) -> str:
    zone = "(Z|[-+](0[0-9]|1[0-4]):?[0-5][0-9])"
    local = _wall_clock(d, x)
    tail = f"REPLACE(SUBSTRING({x}, 20, 30), ':', '')"
    digits = f"SUBSTRING({tail}, {d.length(tail)} - 3, 4)"
    minutes = f"(CAST(SUBSTRING({digits}, 1, 2) AS INTEGER) * 60 + CAST(SUBSTRING({digits}, 3, 2) AS INTEGER))"
    sign = f"CASE WHEN {d.contains(tail, '+')} THEN -60 ELSE 60 END"
    shifted = d.add_seconds(local, f"{sign} * {minutes}")
    return f"CASE WHEN {d.matches(x, f'^{_DATE}[T ]{_CLOCK}{zone}$')} THEN CASE WHEN {d.contains(tail, 'Z')} THEN {local} ELSE {shifted} END END"


def _binary(d: Dialect, x: str, t: ColumnType) -> str:
    most = engines.REDSHIFT_MAX_BYTES // 2 if t.length is None else t.length
    hexadecimal = f"LOWER(SUBSTRING({x}, 3, {2 * most + 1}))"
    plain = d.base64_to_hex(x)
    fits = f"{d.length(x)} <= {2 * most + 2}"
    return (
        f"CASE WHEN {d.matches(x, '^0x([0-9a-fA-F]{2})*$')} THEN CASE WHEN {fits} THEN {hexadecimal} END "
        f"WHEN {d.matches(x, '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$')} "
        f"THEN CASE WHEN {d.length(d.rtrim(x, '='))} <= {(4 * most + 2) // 3} THEN {plain} END END"
    )
