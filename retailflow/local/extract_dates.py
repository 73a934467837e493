"""Dates as files write them (`files.date_format`), turned into ISO 8601."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from retailflow.local.extract_rows import Fields
from retailflow.model.table import Table
from retailflow.types import Kind

_TIMED = ("%H", "%I", "%M", "%S", "%f", "%p", "%X", "%c", "%T")


def date_reader(table: Table) -> Callable[[Fields], Fields]:
    """Rewrites the date and datetime columns of a row; what does not fit the format stays as it is."""
    date_format = table.extract.date_format if table.extract is not None else ""
    if not date_format:
        return lambda fields: fields
    names = [c.field for c in table.columns if c.expression is None and c.type.kind in (Kind.DATE, Kind.TIMESTAMP)]
    timed = any(directive in date_format for directive in _TIMED)

    @lru_cache(maxsize=4096)
    def iso(text: str) -> str:
        try:
            value = datetime.strptime(text.strip(), date_format)
        except ValueError:
            return text
        return value.isoformat() if timed else value.date().isoformat()

    def read(fields: Fields) -> Fields:
        return fields | {name: iso(fields[name]) for name in names if isinstance(fields.get(name), str)}

    return read
