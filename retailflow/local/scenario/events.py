"""What arrives: the entries of the batches as records of topics and as files, each at its place."""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from retailflow.errors import did_you_mean
from retailflow.local.scenario import wire
from retailflow.local.scenario.encode import NoValueError, milliseconds, utc
from retailflow.local.scenario.extracts import extract
from retailflow.local.scenario.kinds import Kind, kind_of
from retailflow.local.scenario.position import Log
from retailflow.local.scenario.rows import Fields, Rows, Steps
from retailflow.local.scenario.scenario import Arrival, Json, Message
from retailflow.local.topics.inventory import HEARTBEAT
from retailflow.model.project import Project
from retailflow.model.source import Route
from retailflow.model.table import Table
from retailflow.resolve.sink import Sink
from retailflow.source.node import plain
from retailflow.spec.scenario import EventSpec, ScenarioSpec

_LAST = 2**62
_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,200}")


@dataclass(frozen=True, slots=True)
class Record:
    """Key and value of a record, and its Kafka timestamp."""

    key: Json
    value: Json
    timestamp: datetime | None = None


@dataclass(slots=True)
class Events:
    """Reads the entries in the order of the file; what is wrong goes to the sink."""

    project: Project
    sink: Sink
    _logs: dict[tuple[str, int], Log] = field(default_factory=dict)  # by source and incarnation
    _offsets: defaultdict[tuple[str, int, int], int] = field(default_factory=lambda: defaultdict(int))
    _said: dict[str, Record] = field(default_factory=dict)  # an entry written again word for word is the same event again

    def batches(self, spec: ScenarioSpec) -> tuple[tuple[Arrival, ...], ...]:
        found: list[tuple[Arrival, ...]] = []
        for number, batch in enumerate(spec.batches):
            arrivals = [self._arrival(entry, ("batches", number, place)) for place, entry in enumerate(batch)]
            found.append(tuple(a for a in arrivals if a is not None))
        return tuple(found)

    # --- one entry ------------------------------------------------------------------------------------------------------------------

    def _arrival(self, entry: EventSpec, steps: Steps) -> Arrival | None:
        kind = kind_of(entry, self.sink, *steps)
        table = self._table(entry, steps)
        if kind is None or (table is None and entry.table is not None):
            return None
        if kind is Kind.EXTRACT and table is not None:
            return extract(table, entry, steps, self.sink)
        topic = self._topic(entry, table, steps)
        age = self._age(entry, table, steps)
        if topic is None or age is None:
            return None
        record = self._record(kind, entry, table, steps)
        return None if record is None else self._message(entry, table, topic, age, record, moves=self._moves(kind, entry, table))

    def _message(self, entry: EventSpec, table: Table | None, topic: str, age: int, record: Record, moves: bool) -> Message:
        next_of = (topic, age, entry.partition)
        offset = self._offsets[next_of] if entry.offset is None else entry.offset
        self._offsets[next_of] = max(self._offsets[next_of], min(offset, _LAST) + 1)
        at = record.timestamp
        return Message(topic, age, entry.partition, offset, record.key, record.value, None if at is None else milliseconds(at), moves)

    def _record(self, kind: Kind, entry: EventSpec, table: Table | None, steps: Steps) -> Record | None:
        said = json.dumps(plain(self.sink.document.node(*steps)), default=str, sort_keys=True)  # type: ignore[arg-type]  # the steps were read from it, so there is a node
        if said not in self._said:
            record = self._read(kind, entry, table, steps)
            if record is None:
                return None
            self._said[said] = record
        return self._said[said]

    def _read(self, kind: Kind, entry: EventSpec, table: Table | None, steps: Steps) -> Record | None:
        received = self._time(entry.timestamp, (*steps, "timestamp"))
        match kind:
            case Kind.HEARTBEAT:
                at = self._time(entry.heartbeat, (*steps, "heartbeat"))
                return None if at is None else Record(None, wire.heartbeat(at), received)
            case Kind.RAW:
                return self._raw(entry, table, received, steps)
            case Kind.CHANGE if table is not None:
                return self._change(entry, table, received, steps)
            case Kind.MARK if table is not None:
                return self._mark(entry, table, received, steps)
            case Kind.TOMBSTONE if table is not None:
                return Record(Rows(table, self.sink).key((*steps, "tombstone")), None, received)
            case Kind.PLAIN if table is not None:
                return self._plain(entry, table, received, steps)
        return None

    # --- kinds ----------------------------------------------------------------------------------------------------------------------

    def _change(self, entry: EventSpec, table: Table, received: datetime | None, steps: Steps) -> Record | None:
        rows, op = Rows(table, self.sink), (entry.op or "")[0]
        op = "t" if entry.op == "truncate" else "r" if entry.op == "read" else op
        commit, change, at = self._position(entry, table, steps)
        row = rows.image((*steps, "row")) if entry.row is not None else None
        before = rows.image((*steps, "before")) if entry.before is not None else None
        key = rows.key((*steps, "key")) if "key" in entry.model_fields_set else None
        if op != "t" and row is None and key is None and entry.raw is None:
            self.sink.add("RF532", "the event has no row", *steps, hint="a deletion has a `key`, any other change a `row`")
            return None
        row = self._with_raw(entry, row, steps)
        if op == "d":
            before, row = before or row, None
        elif op == "t":
            row = None
        else:
            row = {**(key or {}), **(row or {})}
        for name in set(entry.omit or ()) - set(wire.FIELDS):
            hint = did_you_mean(name, wire.FIELDS) or f"one of {', '.join(wire.FIELDS)}"
            self.sink.add("RF532", f"`{name}` is nothing that can be left out", *steps, "omit", hint=hint)
        if op == "r":
            source = wire.snapshot_source(table, commit, _id(entry.snapshot), at, entry.omit or ())
        else:
            source = wire.change_source(table, commit, change, 1 if entry.serial is None else entry.serial, at, entry.omit or ())
        message_key = key or rows.key_of(row or before or {})
        return Record(message_key, wire.envelope(op, before, row, source), received)

    def _position(self, entry: EventSpec, table: Table, steps: Steps) -> tuple[str, str, datetime | None]:
        incarnation = next((e.incarnation for e in table.eras if e.generation == entry.generation), table.era.incarnation)
        log = self._logs.setdefault((table.source.name, incarnation), Log(table.source.kind))
        commit = log.commit(entry.commit)
        at = log.time(commit, self._time(entry.at, (*steps, "at")))
        if at is None and "ts" not in (entry.omit or ()):
            self.sink.add("RF532", "nothing says when this was committed", *steps, hint="write `at: 2024-03-01 10:00`")
        return commit, "" if entry.op in ("r", "read") else log.change(commit, entry.change), at

    def _mark(self, entry: EventSpec, table: Table, received: datetime | None, steps: Steps) -> Record | None:
        commit, _, at = self._position(entry.model_copy(update={"op": "r"}), table, steps)
        return Record(None, wire.mark(table, _id(entry.mark) or "", commit, entry.keys or 0, at), received)

    def _plain(self, entry: EventSpec, table: Table, received: datetime | None, steps: Steps) -> Record | None:
        rows = Rows(table, self.sink)
        at = self._time(entry.at, (*steps, "at")) or received
        if at is None and table.time is None:
            hint = f"write `at`, or declare the `time` of `{table.name}`"
            self.sink.add("RF532", "nothing says when this happened", *steps, hint=hint)
        row = self._with_raw(entry, rows.image((*steps, "row")), steps) or {}
        return Record(rows.key_of(row), row, at)

    def _raw(self, entry: EventSpec, table: Table | None, received: datetime | None, steps: Steps) -> Record | None:
        key = Rows(table, self.sink).key((*steps, "key")) if table is not None and "key" in entry.model_fields_set else None
        return Record(key, entry.raw, self._time(entry.at, (*steps, "at")) or received)

    def _with_raw(self, entry: EventSpec, row: Fields | None, steps: Steps) -> Fields | None:
        if entry.raw is None:
            return row
        if not isinstance(entry.raw, dict):
            self.sink.add("RF532", "`raw` beside a row holds fields", *steps, "raw", hint="write `raw: {Field: value}`")
            return row
        return {**(row or {}), **entry.raw}

    # --- parts ----------------------------------------------------------------------------------------------------------------------

    def _table(self, entry: EventSpec, steps: Steps) -> Table | None:
        found = next((t for t in self.project.tables if t.name == entry.table), None)
        if found is None and entry.table is not None:
            hint = did_you_mean(entry.table, [t.name for t in self.project.tables])
            self.sink.add("RF532", f"there is no table `{entry.table}`", *steps, "table", hint=hint)
        return found

    def _topic(self, entry: EventSpec, table: Table | None, steps: Steps) -> str | None:
        if table is not None:
            return table.topic.name
        if entry.topic is not None:
            if not _TOPIC.fullmatch(entry.topic) or entry.topic in (".", ".."):
                self.sink.add(
                    "RF532", f"`{entry.topic}` is not the name of a topic", *steps, "topic", hint="letters, digits, `.`, `_` and `-`"
                )
                return None
            return entry.topic
        known = [s.name for s in self.project.sources]
        if entry.source in known:
            return HEARTBEAT + str(entry.source)
        if entry.source is None:
            self.sink.add("RF532", "nothing says where this arrives", *steps, hint="write `table`, `topic`, or with a heartbeat `source`")
        else:
            self.sink.add("RF532", f"there is no source `{entry.source}`", *steps, "source", hint=did_you_mean(entry.source, known))
        return None

    def _age(self, entry: EventSpec, table: Table | None, steps: Steps) -> int | None:
        """How many generations came after the one that is meant."""
        if entry.generation is None or table is None:
            return 0
        known = [era.generation for era in table.eras]
        if entry.generation not in known:
            hint = f"known: {', '.join(map(str, known))}; others go under `earlier` of the table"
            self.sink.add("RF532", f"`{table.name}` has no generation {entry.generation}", *steps, "generation", hint=hint)
            return None
        return len(known) - 1 - known.index(entry.generation)

    def _moves(self, kind: Kind, entry: EventSpec, table: Table | None) -> bool:
        """Plain rows without an id are told apart by where they stand."""
        is_told_by_place = kind is Kind.PLAIN and table is not None and table.route is Route.STREAM and table.event_id is None
        return entry.offset is None and not is_told_by_place

    def _time(self, text: str | None, steps: Steps) -> datetime | None:
        try:
            return None if text is None else utc(text)
        except NoValueError as error:
            self.sink.add("RF533", f"`{text}` {error}", *steps)
            return None


def _id(value: str | int | None) -> str | None:
    return None if value is None else str(value)
