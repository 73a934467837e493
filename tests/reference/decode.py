"""A record becomes admitted events, is skipped, or is quarantined, whatever came before it (SEMANTICS 2, `docs/reference/topics.md`).

Reasons: `undecodable`, `no_table` (no spec), `generation`, `route`, `truncate`, `null_key`, `untypable`, `unorderable`, `future`, `check`.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from tests.reference.events import CHANGE, ROW, Admitted, Coordinates, Event, Held, Mark, Outcome, Quarantined, Record, Row, Skipped
from tests.reference.keys import Key, canonical_text
from tests.reference.rows import Fields, Refused, check_row, has_key, image, parse_json, read_key, read_lsn, read_row
from tests.reference.spec import Generation, Specs, Table
from tests.reference.values import Untypable, from_epoch, instant

HEARTBEATS = "__debezium-heartbeat."
OPS = {"d": 0, "c": 1, "u": 2}  # at one coordinate deletions come first, then creates, then updates


def coordinates(specs: Specs, record: Record) -> Coordinates:
    table = specs.by_topic.get(record.topic)
    generation = record.generation if record.generation is not None else table.generation if table else 1
    return (record.topic, generation, record.partition, record.offset)


def decode(specs: Specs, record: Record) -> Outcome:
    try:
        return _decode(specs, record)
    except Refused as refused:
        return Quarantined(refused.reason, refused.detail)


def _decode(specs: Specs, record: Record) -> Outcome:
    if record.value is None:
        return Skipped("tombstone")
    table = specs.by_topic.get(record.topic)
    heartbeats_of = record.topic.removeprefix(HEARTBEATS) if record.topic.startswith(HEARTBEATS) else None
    value = _object(record.value)
    if table is None and heartbeats_of in specs.sources and _is_heartbeat(value):
        return Skipped("heartbeat", heartbeats_of, _on_time(record, from_milliseconds(value["ts_ms"])))
    if table is None:
        raise Refused("no_table", record.topic)
    generation = table.generation_of(coordinates(specs, record)[1])
    if generation is None:
        raise Refused("generation", f"{record.topic} had no such generation")
    fields = {column.field for column in table.columns}
    plain = generation.route == "stream"
    if "retailflow" in value and not (plain and "retailflow" in fields):
        return _mark(record, table, generation, value)
    if _is_heartbeat(value) and not (plain and value.keys() & fields):
        return Skipped("heartbeat", table.source.name, _on_time(record, from_milliseconds(value["ts_ms"])))
    envelope = "op" in value and ("before" in value or "after" in value or "source" in value)
    if generation.route == "batch" or (plain and envelope and "op" not in fields):
        raise Refused("route", f"events of {table.name} come by {generation.route}")
    if plain:
        return _plain_row(specs, record, table, generation, value)
    return _Envelope(record, table, generation, value).outcome()


# --- reading ------------------------------------------------------------------------------------------------------------------------


def _object(raw: Any) -> Fields:
    """The object in a key or value: as it is or as text, bare or wrapped with its schema."""
    try:
        value = parse_json(raw) if isinstance(raw, str) else raw
    except (ValueError, RecursionError):
        raise Refused("undecodable", "not JSON") from None
    if isinstance(value, Mapping) and value.keys() == {"schema", "payload"}:
        value = value["payload"]
    if not isinstance(value, Mapping):
        raise Refused("undecodable", "not an object")
    return value


def _is_heartbeat(value: Fields) -> bool:
    return "ts_ms" in value and not value.keys() & {"op", "before", "after", "retailflow"}


def _epoch(raw: Any, per_second: int, reason: str = "unorderable") -> datetime:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise Refused(reason, f"not a time: {raw!r}")
    try:
        return from_epoch(raw, per_second)
    except Untypable as error:
        raise Refused(reason, str(error)) from None


def from_milliseconds(raw: Any) -> datetime:
    return _epoch(raw, 1_000, "undecodable")


def _on_time(record: Record, time: datetime) -> datetime:
    """A commit time more than a day ahead of the Kafka timestamp is not believed."""
    if record.timestamp is not None and time - from_epoch(record.timestamp, 1_000) > timedelta(days=1):
        raise Refused("future", f"commit time {time}")
    return time


# --- the routes ---------------------------------------------------------------------------------------------------------------------


def _mark(record: Record, table: Table, generation: Generation, value: Fields) -> Outcome:
    keys, snapshot = value.get("keys"), value.get("snapshot_id")
    if value["retailflow"] != "snapshot_end" or snapshot is None or not isinstance(keys, int) or isinstance(keys, bool):
        raise Refused("undecodable", "not an end mark")
    time = _on_time(record, from_milliseconds(value.get("ts_ms")))
    if generation.route != "cdc":  # it has no snapshots
        return Skipped("mark", table.source.name, time)
    mark = Mark(table.name, generation.incarnation, str(snapshot), read_lsn(table, value.get("lsn")), keys, time)
    return Skipped("mark", table.source.name, time, mark)


def _plain_row(specs: Specs, record: Record, table: Table, generation: Generation, value: Fields) -> Outcome:
    row = read_row(table, value)
    at = coordinates(specs, record)
    key: Key = read_key(table, value) if table.key else at
    check_row(table, row)
    named = () if table.event_id is None else (row.get(table.event_id),)
    if None in named:
        raise Refused("unorderable", "no event id")
    if table.time is not None:
        declared = row.get(table.time)
        if not isinstance(declared, date):
            raise Refused("unorderable", "no time")
        time = instant(declared)
    else:
        time = _epoch(record.timestamp, 1_000)
    kept = image(table, row)
    named_as = tuple(canonical_text(name) for name in named)
    event = Event(
        table=table.name,
        key=key,
        kind="stream",
        sequence=(generation.incarnation, (_on_time(record, time),), ROW, (*named_as, *at[1:])),
        time=time,
        row=kept,
        identity=(table.source.name, generation.incarnation, table.name, *(named_as or at)),
    )
    return Admitted((event,))


class _Envelope:
    """A Debezium envelope. Its parts are read in an order that lets a bad snapshot row still say that its key is there."""

    def __init__(self, record: Record, table: Table, generation: Generation, value: Fields) -> None:
        self.record, self.table, self.generation, self.value = record, table, generation, value
        source = value.get("source")
        self.source: Fields = source if isinstance(source, Mapping) else {}
        self.prefix = (table.source.name, generation.incarnation, table.name)

    def outcome(self) -> Outcome:
        op = self.value.get("op")
        if op == "t":
            raise Refused("truncate")
        if op not in ("c", "u", "d", "r"):
            raise Refused("undecodable", f"op {op!r}")
        self.refuse_other_tables()
        if op == "r":
            return self.snapshot_row()
        if op == "d":
            return Admitted((self.change("d", self.deleted_key(), None),))
        return Admitted(tuple(self.create_or_update(op)))

    def refuse_other_tables(self) -> None:
        if self.table.origin is not None:
            schema, name = self.table.origin
            if self.source.get("schema", schema) != schema or self.source.get("table", name) != name:
                raise Refused("no_table", f"{self.source.get('schema')}.{self.source.get('table')}")

    def after(self) -> Fields:
        after = self.value.get("after")
        if not isinstance(after, Mapping):
            raise Refused("undecodable", "no after")
        return after

    def deleted_key(self) -> Key:
        before = self.value.get("before")
        if has_key(before, self.table):
            return read_key(self.table, before)
        return read_key(self.table, _object(self.record.key or {}))

    def create_or_update(self, op: str) -> list[Event]:
        """An update that changes the key is a deletion of the old and a creation of the new, at one place."""
        after, before = self.after(), self.value.get("before")
        key, row = read_key(self.table, after), read_row(self.table, after)
        check_row(self.table, row)
        if op == "u" and has_key(before, self.table):
            old = read_key(self.table, before)
            if old != key:
                return [self.change("d", old, None), self.change("c", key, image(self.table, row))]
        return [self.change(op, key, image(self.table, row))]

    def change(self, op: str, key: Key, row: Row | None) -> Event:
        op = op if row is not None else "d"
        commit, *rest = self.order()
        order = (*rest, OPS[op])
        return Event(
            table=self.table.name,
            key=key,
            kind="change",
            sequence=(self.generation.incarnation, commit, CHANGE, order),
            time=self.time(),
            row=row,
            identity=(*self.prefix, key, commit, order),
        )

    def snapshot_row(self) -> Outcome:
        """Key and LSN first: what is wrong with the rest of the row does not make its key absent."""
        key = read_key(self.table, self.after())
        held = Held(self.table.name, self.generation.incarnation, self.snapshot_id(), key, None)
        try:
            place = self.snapshot_lsn()
            held = Held(held.table, held.incarnation, held.snapshot, key, place)
            row = read_row(self.table, self.after())
            check_row(self.table, row)
            time = self.time()
        except Refused as refused:
            return Quarantined(refused.reason, refused.detail, held)
        event = Event(
            table=self.table.name,
            key=key,
            kind="snapshot",
            sequence=(self.generation.incarnation, place, ROW, (time, held.snapshot)),
            time=time,
            row=image(self.table, row),
            identity=(*self.prefix, "snapshot", key, held.snapshot),
            begins=True,
        )
        return Admitted((event,), held)

    def snapshot_id(self) -> str:
        declared = self.source.get("snapshot_id")
        if declared is None:
            declared = self.source.get("lsn" if self.table.source.kind == "postgresql" else "commit_lsn")
        return str(declared)

    def snapshot_lsn(self) -> tuple[int, ...]:
        return read_lsn(self.table, self.source.get("lsn" if self.table.source.kind == "postgresql" else "commit_lsn"))

    def order(self) -> tuple[Any, ...]:
        """The order coordinate; a change that lacks a part of it cannot be ordered."""
        if self.table.source.kind == "postgresql":
            return self.postgresql_order()
        serial = self.source.get("event_serial_no")
        if not isinstance(serial, int) or isinstance(serial, bool):
            raise Refused("unorderable", "no event_serial_no")
        return (read_lsn(self.table, self.source.get("commit_lsn")), read_lsn(self.table, self.source.get("change_lsn")), serial)

    def postgresql_order(self) -> tuple[Any, ...]:
        sequence = self.source.get("sequence")
        try:
            commit, lsn = parse_json(sequence) if isinstance(sequence, str) else tuple(sequence or ())
        except (ValueError, TypeError):
            raise Refused("unorderable", "no sequence") from None
        return (read_lsn(self.table, commit), read_lsn(self.table, lsn))

    def time(self) -> datetime:
        for name, per_second in (("ts_us", 1_000_000), ("ts_ns", 1_000_000_000), ("ts_ms", 1_000)):
            if self.source.get(name) is not None:
                return _on_time(self.record, _epoch(self.source[name], per_second))
        raise Refused("unorderable", "no commit time")
