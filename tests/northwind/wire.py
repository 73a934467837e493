"""Rows of the CSV files as the connector would have sent them, at places in a log that counts on."""

import base64
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from retailflow.model.table import Table
from retailflow.types import Kind
from tests.reference.events import Record

Row = dict[str, str]
START = datetime(1998, 5, 8, 9, tzinfo=UTC)
_MINUTE = 60_000


def rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def image(table: Table, row: Row) -> dict[str, Any]:
    """The columns of the spec, as JSON values; an empty field is NULL."""
    return {c.field: _value(row[c.field], c.type.kind) for c in table.columns}


def _value(text: str, kind: Kind) -> Any:
    if text == "":
        return None
    match kind:
        case Kind.INTEGER:
            return int(text)
        case Kind.FLOAT:
            return float(text)
        case Kind.BOOLEAN:
            return text == "1"
        case Kind.BINARY:
            return base64.b64encode(bytes.fromhex(text.removeprefix("0x"))).decode()
        case Kind.TIMESTAMP:
            return int(datetime.strptime(text, "%m/%d/%Y").replace(tzinfo=UTC).timestamp()) * 1000  # the wall clock, as the connector does
        case _:
            return text


@dataclass
class Log:
    """Makes records; `minutes` since START is both the place in the log and the time of a commit."""

    offsets: dict[str, int] = field(default_factory=dict)

    def record(self, table: Table, key: Any, value: Any, minutes: int) -> Record:
        offset = self.offsets[table.name] = self.offsets.get(table.name, -1) + 1
        return Record(table.topic.name, offset, value, key, 0, time_of(minutes) + 500)

    def again(self, table: Table, record: Record) -> Record:
        """The same record once more, as at-least-once delivery has it."""
        return self.record(table, record.key, record.value, _minutes_of(record))

    def change(self, table: Table, before: dict[str, Any] | None, after: dict[str, Any] | None, minutes: int) -> Record:
        shown = after if after is not None else before or {}
        op = "c" if before is None else "d" if after is None else "u"
        return self.record(table, _key(table, shown), _envelope(table, before, after, op, minutes), minutes)

    def snapshot(self, table: Table, images: list[dict[str, Any]]) -> list[Record]:
        """Every row, and the end mark."""
        found = [self.record(table, _key(table, i), _envelope(table, None, i, "r", 0), 0) for i in images]
        mark = {"retailflow": "snapshot_end", "snapshot_id": _lsn(0), "lsn": _lsn(0), "keys": len(images), "ts_ms": time_of(0)}
        return [*found, self.record(table, None, mark, 0)]


def time_of(minutes: int) -> int:
    return int(START.timestamp()) * 1000 + minutes * _MINUTE


def _minutes_of(record: Record) -> int:
    return ((record.timestamp or 0) - time_of(0)) // _MINUTE


def _lsn(minutes: int) -> str:
    return f"00000021:{minutes + 1:08x}:0003"


def _key(table: Table, shown: dict[str, Any]) -> dict[str, Any]:
    return {c.field: shown[c.field] for c in table.key_columns}


def _envelope(table: Table, before: dict[str, Any] | None, after: dict[str, Any] | None, op: str, minutes: int) -> dict[str, Any]:
    is_row = op == "r"
    source = {
        "connector": "sqlserver",
        "schema": table.source_schema,
        "table": table.source_table,
        "snapshot": "true" if is_row else "false",
        "ts_ms": time_of(minutes),
        "commit_lsn": _lsn(minutes),
        "change_lsn": None if is_row else _lsn(minutes),
        "event_serial_no": None if is_row else 2 if op == "u" else 1,
    }
    return {"before": before, "after": after, "op": op, "source": source}
