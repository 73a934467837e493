"""How each engine declares a column of a type: one row a kind, one column an engine."""

from retailflow.types.column_type import ColumnType, Kind

REDSHIFT_MAX_BYTES = 65535


def redshift(t: ColumnType) -> str:
    """DDL for Redshift, where `varchar(n)` counts bytes (facts: Redshift types, character types)."""
    match t.kind:
        case Kind.BOOLEAN:
            return "BOOLEAN"
        case Kind.INTEGER:
            return {8: "SMALLINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT"}[t.bits]
        case Kind.DECIMAL:
            return f"DECIMAL({t.precision},{t.scale})"
        case Kind.FLOAT:
            return "REAL" if t.bits == 32 else "DOUBLE PRECISION"
        case Kind.DATE:
            return "DATE"
        case Kind.TIME:
            return "TIME"
        case Kind.TIMESTAMP | Kind.INSTANT:
            return "TIMESTAMP"
        case Kind.TEXT:
            return f"VARCHAR({text_bytes(t)})"
        case Kind.UUID:
            return "CHAR(36)"
        case Kind.BINARY:
            return f"VARCHAR({REDSHIFT_MAX_BYTES if t.length is None else min(2 * t.length, REDSHIFT_MAX_BYTES)})"


def text_bytes(t: ColumnType) -> int:
    """UTF-8 bytes that hold any value: 4 for each UTF-16 unit, 3 for each byte of a code page, at most 65,535."""
    if t.length is None:
        return REDSHIFT_MAX_BYTES
    return min(t.length * (4 if t.national else 3), REDSHIFT_MAX_BYTES)


def postgres(t: ColumnType) -> str:
    """PostgreSQL stands for Redshift; texts compare by code point there only with this collation."""
    ddl = redshift(t)
    return f'{ddl} COLLATE "C"' if t.kind in (Kind.TEXT, Kind.UUID, Kind.BINARY) else ddl


def duckdb(t: ColumnType) -> str:
    match t.kind:
        case Kind.TEXT | Kind.UUID | Kind.BINARY:
            return "VARCHAR"
        case Kind.FLOAT:
            return "REAL" if t.bits == 32 else "DOUBLE"
        case _:
            return redshift(t)


def spark(t: ColumnType) -> str:
    match t.kind:
        case Kind.TEXT | Kind.UUID | Kind.BINARY | Kind.TIME:
            return "STRING"
        case Kind.FLOAT:
            return "FLOAT" if t.bits == 32 else "DOUBLE"
        case Kind.TIMESTAMP | Kind.INSTANT:
            return "TIMESTAMP_NTZ"
        case Kind.INTEGER:
            return {8: "SMALLINT", 16: "SMALLINT", 32: "INT", 64: "BIGINT"}[t.bits]
        case _:
            return redshift(t)
