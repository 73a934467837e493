"""Types: those Redshift has, how large they may be, and what they mean without a length."""

from collections.abc import Iterator

from sqlglot import exp

from retailflow.verify.catalog import Catalog
from retailflow.verify.rule import Problem, Rule, warning
from retailflow.verify.statement import Statement

_T = exp.DataType.Type
_MISSING = {
    _T.JSON: "SUPER",
    _T.JSONB: "SUPER",
    _T.UUID: "CHAR(36)",
    _T.MONEY: "DECIMAL(19,4)",
    _T.SMALLMONEY: "DECIMAL(10,4)",
    _T.XML: "VARCHAR(65535)",
    _T.ARRAY: "SUPER",
    _T.MAP: "SUPER",
    _T.STRUCT: "SUPER",
    _T.TINYINT: "SMALLINT",
    _T.BIT: "BOOLEAN",
    _T.SERIAL: "INTEGER IDENTITY(1,1)",
    _T.BIGSERIAL: "BIGINT IDENTITY(1,1)",
    _T.SMALLSERIAL: "INTEGER IDENTITY(1,1)",
    _T.INET: "VARCHAR(45)",
    _T.INT4RANGE: "two columns",
    _T.DATETIME2: "TIMESTAMP",
}
# Names that sqlglot reads as other types, or as types of a user.
_MISSING_WORDS = {"BYTEA": "VARBYTE", "BLOB": "VARBYTE", "STRING": "VARCHAR(n)", "DATETIME2": "TIMESTAMP", "DATETIMEOFFSET": "TIMESTAMPTZ"}
_MOST_BYTES = {_T.VARCHAR: 65535, _T.NVARCHAR: 65535, _T.CHAR: 4096, _T.NCHAR: 4096, _T.VARBINARY: 16_777_216}
_TIMES = (_T.TIMESTAMP, _T.TIMESTAMPTZ, _T.TIME, _T.TIMETZ, _T.DATETIME, _T.TIMESTAMPNTZ)


def _types(statement: Statement) -> Iterator[exp.DataType]:
    """Types that are written, in casts and in definitions of columns."""
    for kind in statement.all(exp.DataType):
        if isinstance(kind.parent, exp.Cast | exp.TryCast | exp.ColumnDef | exp.AlterColumn | exp.DataType):
            yield kind


def _at(kind: exp.DataType) -> exp.Expr:
    """Something near it that has a place."""
    return kind.parent if kind.parent is not None else kind


def missing(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """Types Redshift does not have. Source: dg c_unsupported-postgresql-datatypes, c_Supported_data_types."""
    for kind in _types(statement):
        instead = _MISSING.get(kind.this)
        if instead is not None and not isinstance(kind.parent, exp.DataType):
            yield Problem(f"Redshift has no type {kind.this.value}", _at(kind), f"use {instead}")
    if not isinstance(statement.tree, exp.Create | exp.Alter | exp.Select | exp.Insert):
        return
    for word, other in _MISSING_WORDS.items():
        for i in statement.every(word):
            if i and ((statement.words[i - 1] == "AS" and statement.has("CAST")) or _in_definition(statement, i)):
                yield Problem(f"Redshift has no type {word}", statement.tokens[i], f"use {other}")


def _in_definition(statement: Statement, i: int) -> bool:
    """Whether the token is the type of a column that is defined: it follows the name."""
    if not isinstance(statement.tree, exp.Create | exp.Alter):
        return False
    starts = {d.this.meta.get("end", -2) for d in statement.tree.find_all(exp.ColumnDef)}
    return statement.tokens[i - 1].end in starts


def precision(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """TIMESTAMP and TIME take no precision: they always count microseconds. Source: dg r_Datetime_types."""
    for kind in _types(statement):
        if kind.this in _TIMES and kind.expressions:
            yield Problem(f"{kind.this.value} takes no precision", _at(kind), "leave it out: microseconds are kept")


def too_large(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """VARCHAR has at most 65,535 bytes, CHAR 4,096, VARBYTE 16,777,216; DECIMAL 38 digits, 37 of them behind the point.

    Source: dg r_Character_types, r_VARBYTE_type, r_Numeric_types201.
    """
    for kind in _types(statement):
        sizes = [int(p.name) for p in kind.expressions if p.name.isdigit()]
        most = _MOST_BYTES.get(kind.this)
        if most is not None and sizes and sizes[0] > most:
            yield Problem(f"{kind.this.value} has at most {most:,} bytes", _at(kind))
        if kind.this is _T.DECIMAL and sizes and (sizes[0] > 38 or any(scale > min(37, sizes[0]) for scale in sizes[1:])):
            yield Problem("DECIMAL has at most 38 digits, and at most 37 of them behind the point", _at(kind))


def unsized(statement: Statement, _: Catalog) -> Iterator[Problem]:
    """VARCHAR without a length, NVARCHAR and TEXT hold 256 bytes. Source: dg r_Character_types."""
    if statement.has("USING", "ICEBERG"):
        return
    for kind in _types(statement):
        if kind.this in (_T.VARCHAR, _T.NVARCHAR, _T.TEXT) and not kind.expressions and not _is_short(kind):
            yield Problem(f"{kind.this.value} without a length holds 256 bytes", _at(kind), "say how many")


def _is_short(kind: exp.DataType) -> bool:
    """A cast of what cannot be long, as a number."""
    cast = kind.parent
    return isinstance(cast, exp.Cast | exp.TryCast) and cast.find_ancestor(exp.Pad) is not None


RULES = (Rule("RF956", missing), Rule("RF957", precision), Rule("RF958", too_large), warning("RF959", unsized))
