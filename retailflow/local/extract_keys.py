"""The key of an extract row in canonical form, to tell how many distinct keys an extract holds."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from retailflow.local.extract_rows import Fields
from retailflow.model.table import Table
from retailflow.sql.casefold import fold
from retailflow.types import ColumnType, Kind

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_DAYS = re.compile(r"-?\d{1,7}", re.ASCII)

Key = tuple[str, ...]


def key_reader(table: Table) -> Callable[[Fields], Key | None]:
    """Gives the canonical key of a row, None where it cannot be read."""
    parts = [(c.field, c.type, table.folds(c.name)) for c in table.key_columns]

    def read(fields: Fields) -> Key | None:
        key: list[str] = []
        for field, type_, folds in parts:
            value = fields.get(field)
            try:
                text = None if value is None else canonical(value, type_)
            except (ValueError, ArithmeticError):
                text = None
            if text is None:
                return None
            key.append(fold(text) if folds else text)
        return tuple(key)

    return read


def canonical(value: Any, type_: ColumnType) -> str | None:
    """One text for all that means the same; None for what is no value of the type. Raises ValueError, ArithmeticError."""
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    match type_.kind:
        case Kind.TEXT:
            trimmed = text.rstrip(" ")
            return trimmed if type_.length is None or len(trimmed) <= type_.length else None
        case Kind.BOOLEAN:
            return {"true": "1", "1": "1", "false": "0", "0": "0"}.get(text.lower())
        case Kind.INTEGER:
            return str(int(text)) if re.fullmatch(r"-?\d{1,30}", text, re.ASCII) else None
        case Kind.DECIMAL:
            return f"{Decimal(text).normalize():f}" if _NUMBER.fullmatch(text) else None
        case Kind.UUID:
            return text.upper() if _UUID.fullmatch(text) else None
        case Kind.DATE:
            return str((date.fromisoformat(text) - date(1970, 1, 1)).days) if not _DAYS.fullmatch(text) else str(int(text))
        case Kind.TIMESTAMP | Kind.INSTANT:
            return datetime.fromisoformat(text).isoformat() if "-" in text[1:] else text
        case _:
            return text
