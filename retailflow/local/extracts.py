"""Files of route batch as raw records: every row at its coordinates, and the end mark of a full extract that was read to its end."""

import json
from collections.abc import Iterator

from retailflow.local.engine import RawRecord
from retailflow.local.extract_dates import date_reader
from retailflow.local.extract_keys import Key, key_reader
from retailflow.local.extract_path import ExtractFile, extract_files, untimed
from retailflow.local.extract_rows import header_of, read_rows
from retailflow.model.source import ExtractMode
from retailflow.model.table import Table

__all__ = ["MARK_OFFSET", "ExtractFile", "extract_files", "read_extract", "untimed"]

MARK_OFFSET = -1


def read_extract(table: Table, file: ExtractFile) -> Iterator[RawRecord]:
    """The records of one file. A row that is none comes as its raw text, without a payload. Raises OSError.

    The mark counts the distinct keys of the rows, and every row whose key cannot be read as one more: such an extract
    does not tell which keys are gone, and is never complete.
    """
    extract = table.extract
    if extract is None:
        return
    generation, read_dates, read_key = table.era.generation, date_reader(table), key_reader(table)
    keys: set[Key] = set()
    unread = 0

    def record(offset: int, value: str, payload: str | None) -> RawRecord:
        return RawRecord(file.name, generation, 0, offset, None, None, value, payload, file.name, file.time)

    for offset, row in enumerate(read_rows(file.path, extract.format)):
        fields = None if row.fields is None else read_dates(row.fields)
        key = None if fields is None else read_key(fields)
        if key is None:
            unread += 1
        else:
            keys.add(key)
        payload = None if fields is None else row.raw if fields is row.fields else json.dumps(fields, ensure_ascii=False)
        yield record(offset, row.raw, payload)
    if extract.mode is ExtractMode.FULL and _names_the_key(table, file):
        mark = json.dumps({"retailflow": "snapshot_end", "keys": len(keys) + unread})
        yield record(MARK_OFFSET, mark, mark)


def _names_the_key(table: Table, file: ExtractFile) -> bool:
    """A CSV file without a header that names the key says nothing about keys, not even that there are none."""
    if table.extract is None or table.extract.format != "csv":
        return True
    header = header_of(file.path)
    return header is not None and {c.field for c in table.key_columns} <= set(header)
