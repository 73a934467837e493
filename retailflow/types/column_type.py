"""The value a column holds, in our own words; every engine's name for it is a column of `engines`."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"  # zoneless at the source, UTC from typing on
    INSTANT = "instant"  # with an offset at the source, UTC from typing on
    TEXT = "text"
    UUID = "uuid"
    BINARY = "binary"  # kept as lower-case hexadecimal text


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A T-SQL type, taken apart.

    `tsql` is the canonical spelling (`decimal(19,4)`). `bits`: 8 (tinyint, unsigned), 16, 32, 64 of integers, 32 or 64 of floats.
    `precision` and `scale`: of decimals. `length`: characters (bytes of binary) or None for max. `fraction`: fractional digits of
    seconds, 0 to 7. `fixed`: blank-padded (`char`, `nchar`). `national`: counts UTF-16 units (`nvarchar`), else bytes of a code page.
    """

    kind: Kind
    tsql: str
    bits: int = 0
    precision: int = 0
    scale: int = 0
    length: int | None = None
    fraction: int = 0
    fixed: bool = False
    national: bool = False
