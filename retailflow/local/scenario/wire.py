"""The records of topics: envelopes of change capture, end marks, heartbeats."""

from collections.abc import Iterable
from datetime import datetime

from retailflow.local.scenario.encode import microseconds, milliseconds
from retailflow.local.scenario.rows import Fields
from retailflow.local.scenario.scenario import Json
from retailflow.model.source import SourceKind
from retailflow.model.table import Table

_TIMES = ("ts_us", "ts_ms")
# What `omit` may name: the fields of `source` that order an event, and `ts` for its times.
FIELDS = ("commit_lsn", "change_lsn", "event_serial_no", "lsn", "sequence", "snapshot_id", "schema", "table", "ts")


def envelope(op: str, before: Fields | None, after: Fields | None, source: Fields) -> Json:
    return {"before": before, "after": after, "op": op, "source": source}


def change_source(table: Table, commit: str, change: str, serial: int, at: datetime | None, omit: Iterable[str]) -> Fields:
    """The `source` block of a change."""
    if table.source.kind is SourceKind.POSTGRESQL:
        order: Fields = {"sequence": f'["{commit}","{change}"]', "lsn": int(change) if change.isdecimal() else change}
    else:
        order = {"commit_lsn": commit, "change_lsn": change, "event_serial_no": serial}
    return _without(_block(table, "false", at) | order, omit)


def snapshot_source(table: Table, commit: str, snapshot: str | None, at: datetime | None, omit: Iterable[str]) -> Fields:
    """The `source` block of a row of a snapshot."""
    name = "lsn" if table.source.kind is SourceKind.POSTGRESQL else "commit_lsn"
    lsn: Json = int(commit) if name == "lsn" and commit.isdecimal() else commit
    told: Fields = {} if snapshot is None else {"snapshot_id": snapshot}
    return _without(_block(table, "true", at) | {name: lsn} | told, omit)


def mark(table: Table, snapshot: str, commit: str, keys: int, at: datetime | None) -> Fields:
    """The end of a snapshot."""
    is_number = table.source.kind is SourceKind.POSTGRESQL and commit.isdecimal()
    when: Fields = {} if at is None else {"ts_ms": milliseconds(at)}
    return {"retailflow": "snapshot_end", "snapshot_id": snapshot, "lsn": int(commit) if is_number else commit, "keys": keys} | when


def heartbeat(at: datetime) -> Fields:
    return {"ts_ms": milliseconds(at)}


def _block(table: Table, snapshot: str, at: datetime | None) -> Fields:
    kind = "postgresql" if table.source.kind is SourceKind.POSTGRESQL else "sqlserver"
    names: Fields = {"connector": kind, "db": table.source.database, "schema": table.source_schema, "table": table.source_table}
    times: Fields = {} if at is None else {"ts_us": microseconds(at), "ts_ms": milliseconds(at)}
    return names | {"snapshot": snapshot} | times


def _without(block: Fields, omit: Iterable[str]) -> Fields:
    gone = {field for name in omit for field in (_TIMES if name == "ts" else (name,))}
    return {name: value for name, value in block.items() if name not in gone}
