"""Keys: their canonical form and text, and the surrogate keys made of it. The algorithm is frozen; tests pin values."""

from collections.abc import Sequence

from retailflow.model.table import Column, Table
from retailflow.sql.dialects.base import Dialect
from retailflow.types import ColumnType, Kind


def canonical(d: Dialect, x: str, t: ColumnType, *, case_insensitive: bool) -> str:
    """A typed value in the form keys are compared in; typed texts have lost their trailing blanks already."""
    if t.kind is Kind.TEXT and case_insensitive:
        return d.fold(x)
    return x


def reference(d: Dialect, x: str, column: Column, parent: Table, key: str) -> str:
    """A column of another table as a reference to `key` of `parent`, compared by the parent's rule."""
    folds = parent.folds(key) and column.type.kind is Kind.TEXT
    return d.fold(x) if folds else x


def key_text(d: Dialect, columns: Sequence[tuple[str, ColumnType]], salt: str = "") -> str:
    """`<salt><length>:<text>` for each key column, in the spec's order."""
    parts: list[str] = []
    for x, t in columns:
        text = canonical_text(d, x, t)
        prefix = d.literal(salt + "") if salt else None
        length = d.text(d.length(text))
        parts += [*([prefix] if prefix else []), length, d.literal(":"), text]
    return d.concat(parts)


def canonical_text(d: Dialect, x: str, t: ColumnType) -> str:
    """Integers as digits, decimals plain without trailing zeros, uuid upper case, binary lower-case hex, bit 0 or 1, times as UTC
    epoch microseconds."""
    match t.kind:
        case Kind.TEXT | Kind.UUID | Kind.BINARY:
            return x
        case Kind.BOOLEAN:
            return f"CASE WHEN {x} THEN '1' ELSE '0' END"
        case Kind.INTEGER | Kind.FLOAT:
            return d.text(x)
        case Kind.DECIMAL:
            return d.text(x) if t.scale == 0 else d.rtrim(d.rtrim(d.text(x), "0"), ".")
        case Kind.TIMESTAMP | Kind.INSTANT:
            return d.text(d.epoch_us(x))
        case Kind.DATE:
            return d.text(d.epoch_us(d.cast(x, d.timestamp_type)))
        case Kind.TIME:
            return d.text(d.time_us(x))


def surrogate(d: Dialect, text: str) -> str:
    """63 bits of MD5: (first 8 hex digits mod 2^31) * 2^32 + next 8 hex digits."""
    digest = f"MD5({text})"
    high, low = d.hex32(f"SUBSTRING({digest}, 1, 8)"), d.hex32(f"SUBSTRING({digest}, 9, 8)")
    return f"(MOD({high}, 2147483648) * 4294967296 + {low})"
