"""T-SQL type names, as the source declares them, read into `ColumnType`."""

import re

from retailflow.types.column_type import ColumnType, Kind

_FORM = re.compile(r"^\s*([a-z_][a-z0-9_]*(?:\s+precision)?)\s*(?:\(\s*(max|\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*$", re.IGNORECASE)
_INTEGERS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}
_ALIASES = {
    "integer": "int",
    "dec": "decimal",
    "numeric": "decimal",
    "character": "char",
    "double precision": "float",
    "sysname": "nvarchar",
    "timestamp": "rowversion",
    "boolean": "bit",
}
_NEVER = {
    "sql_variant": "has no single type; cast it in a view at the source, or leave the column out",
    "geometry": "is not converted by Debezium; send `ToString()` from the source, or leave the column out",
    "geography": "is not converted by Debezium; send `ToString()` from the source, or leave the column out",
    "hierarchyid": "is not documented for Debezium; send `ToString()` from the source, or leave the column out",
    "cursor": "is not a column type",
    "table": "is not a column type",
}


class UnknownTypeError(ValueError):
    """Not a T-SQL column type that can be carried; the message says why."""


def parse_type(text: str) -> ColumnType:
    """Read `nvarchar(80)`, `decimal(5,4)`, `datetime2(3)`, …; raises UnknownTypeError."""
    match = _FORM.match(text)
    if not match:
        raise UnknownTypeError(f"`{text}` is not a T-SQL type")
    name = re.sub(r"\s+", " ", match[1].lower())
    name = _ALIASES.get(name, name)
    first, second = match[2] and match[2].lower(), match[3]
    if name in _NEVER:
        raise UnknownTypeError(f"`{name}` {_NEVER[name]}")
    arguments = tuple(a for a in (first, second) if a is not None)
    if name == "nvarchar" and match[1].lower() == "sysname":
        arguments = ("128",)
    return _build(name, arguments, text)


def _build(name: str, arguments: tuple[str, ...], text: str) -> ColumnType:
    if name in _INTEGERS:
        _no_arguments(arguments, text)
        return ColumnType(Kind.INTEGER, name, bits=_INTEGERS[name])
    if name in ("decimal", "money", "smallmoney"):
        return _decimal(name, arguments, text)
    if name in ("datetime2", "time", "datetimeoffset"):
        return _fractional(name, arguments, text)
    if name in ("char", "varchar", "nchar", "nvarchar", "binary", "varbinary"):
        return _sized(name, arguments, text)
    if name in ("float", "real"):
        return _float(name, arguments, text)
    _no_arguments(arguments, text)
    plain = {
        "bit": ColumnType(Kind.BOOLEAN, "bit"),
        "date": ColumnType(Kind.DATE, "date"),
        "datetime": ColumnType(Kind.TIMESTAMP, "datetime", fraction=3),
        "smalldatetime": ColumnType(Kind.TIMESTAMP, "smalldatetime", fraction=0),
        "text": ColumnType(Kind.TEXT, "text"),
        "ntext": ColumnType(Kind.TEXT, "ntext", national=True),
        "xml": ColumnType(Kind.TEXT, "xml", national=True),
        "image": ColumnType(Kind.BINARY, "image"),
        "rowversion": ColumnType(Kind.BINARY, "rowversion", length=8, fixed=True),
        "uniqueidentifier": ColumnType(Kind.UUID, "uniqueidentifier"),
    }
    if name not in plain:
        raise UnknownTypeError(f"`{text}` is not a T-SQL type")
    return plain[name]


def _no_arguments(arguments: tuple[str, ...], text: str) -> None:
    if arguments:
        raise UnknownTypeError(f"`{text}`: this type takes no arguments")


def _decimal(name: str, arguments: tuple[str, ...], text: str) -> ColumnType:
    if name != "decimal":
        _no_arguments(arguments, text)
        return ColumnType(Kind.DECIMAL, name, precision=19 if name == "money" else 10, scale=4)
    if "max" in arguments:
        raise UnknownTypeError(f"`{text}`: precision must be a number")
    precision = int(arguments[0]) if arguments else 18
    scale = int(arguments[1]) if len(arguments) > 1 else 0
    if not 1 <= precision <= 38 or not 0 <= scale <= min(37, precision):
        raise UnknownTypeError(f"`{text}`: precision must be 1 to 38, scale 0 to 37 and at most the precision")
    return ColumnType(Kind.DECIMAL, f"decimal({precision},{scale})", precision=precision, scale=scale)


def _fractional(name: str, arguments: tuple[str, ...], text: str) -> ColumnType:
    if len(arguments) > 1 or "max" in arguments or (arguments and int(arguments[0]) > 7):
        raise UnknownTypeError(f"`{text}`: fractional seconds must be 0 to 7")
    fraction = int(arguments[0]) if arguments else 7
    kind = {"datetime2": Kind.TIMESTAMP, "time": Kind.TIME, "datetimeoffset": Kind.INSTANT}[name]
    return ColumnType(kind, f"{name}({fraction})", fraction=fraction)


def _sized(name: str, arguments: tuple[str, ...], text: str) -> ColumnType:
    if len(arguments) > 1:
        raise UnknownTypeError(f"`{text}`: one length is enough")
    national, fixed = name.startswith("n"), name in ("char", "nchar", "binary")
    kind = Kind.BINARY if name.endswith("binary") else Kind.TEXT
    if arguments and arguments[0] == "max":
        if fixed:
            raise UnknownTypeError(f"`{text}`: only variable lengths can be max")
        return ColumnType(kind, f"{name}(max)", national=national)
    length = int(arguments[0]) if arguments else 1
    limit = 4000 if national else 8000
    if not 1 <= length <= limit:
        raise UnknownTypeError(f"`{text}`: the length must be 1 to {limit}, or max")
    return ColumnType(kind, f"{name}({length})", length=length, fixed=fixed, national=national)


def _float(name: str, arguments: tuple[str, ...], text: str) -> ColumnType:
    if name == "real":
        _no_arguments(arguments, text)
        return ColumnType(Kind.FLOAT, "real", bits=32)
    if len(arguments) > 1 or "max" in arguments or (arguments and not 1 <= int(arguments[0]) <= 53):
        raise UnknownTypeError(f"`{text}`: the mantissa must be 1 to 53 bits")
    bits = 32 if arguments and int(arguments[0]) <= 24 else 64
    return ColumnType(Kind.FLOAT, "real" if bits == 32 else "float", bits=bits)
