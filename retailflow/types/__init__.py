"""Column types: a type is a row whose columns are engines."""

from retailflow.types.column_type import ColumnType, Kind
from retailflow.types.tsql import UnknownTypeError, parse_type

__all__ = ["ColumnType", "Kind", "UnknownTypeError", "parse_type"]
