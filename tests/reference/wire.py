"""From what happened in a random source to records and files, in truth order (`docs/reference/topics.md`)."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from tests.reference.events import ExtractFile, Record
from tests.reference.keys import fold
from tests.reference.shapes import ABSENT, LAST, Shape
from tests.reference.values import EPOCH

DAY = 86_400_000
Json = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """`op`: upsert, delete, replace (delete and create at one coordinate) or move (an update that changes the key)."""

    table: int
    key: int
    row: Json
    op: str = "upsert"
    to: int = 0  # the key it moves to
    duplicate: bool = False
    fault: str | None = None


@dataclass(frozen=True)
class Commit:
    clock: int  # milliseconds the clock moves before it, backward perhaps
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Snapshot:
    """Rows of a table at one LSN; `mark` is complete, short (one more key than there is) or none.

    The first row may be odd: at an LSN of its own (`stray`), which the mark does not count, or of a wrong type (`type`).
    """

    clock: int
    table: int
    rows: tuple[tuple[int, Json], ...]
    mark: str
    lag: int  # how many commits ago its LSN was
    odd: str | None = None


@dataclass(frozen=True)
class Beat:
    clock: int


Step = Commit | Snapshot | Beat


@dataclass
class Wire:
    """Writes one era after the other; coordinates are given in truth order."""

    shapes: list[Shape]
    source: Json
    clock: int
    incarnations: tuple[int, ...]  # of each era
    last: int = 0  # the clock of the step before
    era: int = 0
    lsn: int = 0
    number: int = 0  # of events, for ids
    records: list[Record] = field(default_factory=list)
    files: list[ExtractFile] = field(default_factory=list)
    offsets: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    snapshot_lsns: set[tuple[int, int]] = field(default_factory=set)
    extract_times: set[tuple[int, int]] = field(default_factory=set)

    def write(self, era: int, steps: Sequence[Step], again: Sequence[int] = ()) -> None:
        """Another generation: offsets start again, and in another incarnation LSNs (below, and where text and number order differ).

        `again`: which records of the generation before come once more, if they are of the same incarnation.
        """
        before, self.era = self.era, era
        self.offsets.clear()
        if era == 0 or self.incarnations[era] != self.incarnations[before]:
            self.lsn = 13 - 3 * era
            self.snapshot_lsns.clear()
        else:
            self.publish_again([record for record in self.records if record.generation == 1 + before], again)
        for step in steps:
            self.last, self.clock = self.clock, self.clock + step.clock
            match step:
                case Commit():
                    self.commit(step)
                case Snapshot():
                    self.snapshot(step)
                case Beat():
                    self.beat(self.shapes[0])

    # --- steps ----------------------------------------------------------------------------------------------------------------------

    def commit(self, commit: Commit) -> None:
        self.lsn += 1
        for position, change in enumerate(commit.changes):
            shape = self.shapes[change.table]
            self.number += 1
            match shape.routes[self.era]:
                case "cdc":
                    self.captured(shape, change, position)
                case "stream":
                    self.plain(shape, change)
                case _:
                    self.extract(change.table, [(change.key, change.row)])

    def snapshot(self, snapshot: Snapshot) -> None:
        shape = self.shapes[snapshot.table]
        self.number += 1
        rows = {tuple(fold(str(v).rstrip()) for v in shape.keys[key].values()): (key, row) for key, row in snapshot.rows}
        if shape.routes[self.era] == "batch":
            self.extract(snapshot.table, list(rows.values()))
        if shape.routes[self.era] != "cdc":
            return
        lsn = max(1, self.lsn - snapshot.lag)
        while (snapshot.table, lsn) in self.snapshot_lsns:
            self.lsn = lsn = max(self.lsn, lsn) + 1
        self.snapshot_lsns.add((snapshot.table, lsn))
        name = f"s{self.number}"
        for number, (key, row) in enumerate(rows.values()):
            odd = None if number else snapshot.odd
            source = self.block(shape) | self.position(lsn + (odd == "stray"), None) | {"snapshot": "true", "snapshot_id": name}
            value = {"before": None, "after": self.image(shape, key, row), "op": "r", "source": source}
            self.append(shape, self.key(shape, key), *self.spoil(shape, value, odd))
        if snapshot.mark != "none":
            keys = len(rows) + (snapshot.mark == "short") - bool(rows and snapshot.odd == "stray")
            mark = {"retailflow": "snapshot_end", "snapshot_id": name, "lsn": self.lsn_of(lsn), "keys": keys, "ts_ms": self.clock}
            self.append(shape, None, mark)

    # --- routes ---------------------------------------------------------------------------------------------------------------------

    def captured(self, shape: Shape, change: Change, position: int) -> None:
        source = self.block(shape) | self.position(self.lsn, position)
        before, after = self.image(shape, change.key, {}), self.image(shape, change.key, change.row)
        create = {"before": None, "after": after, "op": "c", "source": source}
        delete = {"before": before if self.number % 2 else None, "after": None, "op": "d", "source": source}
        update = {"before": None, "after": after, "op": "u", "source": source}
        move = {"before": before, "after": self.image(shape, change.to, change.row), "op": "u", "source": source}
        values: dict[str, list[Json]] = {
            "upsert": [create if self.number % 3 == 0 else update],
            "delete": [delete],
            "replace": [create, delete],  # in this order on the wire, the other way round by their ops
            "move": [move],
        }
        for value in values[change.op]:
            self.deliver(shape, change, value)
        if change.op == "delete" and self.number % 2:
            self.append(shape, self.key(shape, change.key), None)

    def deliver(self, shape: Shape, change: Change, value: Json) -> None:
        spoiled, timestamp = self.spoil(shape, value, change.fault)
        for _ in range(1 + change.duplicate):
            self.append(shape, self.key(shape, change.key), spoiled, timestamp)

    def plain(self, shape: Shape, change: Change) -> None:
        row = self.image(shape, change.key, change.row)
        columns = shape.spec["columns"]
        row |= {"happened_at": self.clock} if "happened_at" in columns else {}
        row |= {"event_no": self.number} if "event_no" in columns else {}
        timed = "happened_at" in columns
        for _ in range(1 + (change.duplicate and "event_no" in columns)):  # else another offset is another event
            self.append(shape, self.key(shape, change.key), row, None if timed else self.clock)

    def extract(self, table: int, rows: list[tuple[int, Json]]) -> None:
        shape = self.shapes[table]
        seconds = self.clock // 1000
        while (table, seconds) in self.extract_times:  # what two full extracts of one moment mean is nobody's business
            seconds += 1
        self.extract_times.add((table, seconds))
        modified = EPOCH + timedelta(seconds=seconds)
        stamp = f"{modified:%Y%m%dT%H%M%S}-" if "{time" in shape.spec["files"]["path"] else ""
        text = "".join(json.dumps(self.image(shape, key, row)) + "\n" for key, row in rows)
        self.files.append(ExtractFile(f"{shape.name}/{stamp}{self.number}.jsonl", text, modified, self.generation))

    # --- parts ----------------------------------------------------------------------------------------------------------------------

    @property
    def generation(self) -> int:
        return 1 + self.era

    def publish_again(self, before: Sequence[Record], again: Sequence[int]) -> None:
        for record in (before[number % len(before)] for number in again if before):
            self.records.append(replace(record, offset=self.offsets[record.topic], generation=self.generation))
            self.offsets[record.topic] += 1

    def beat(self, shape: Shape) -> None:
        """In the topic of a table, or in that of heartbeats where the table has none."""
        has_topic = shape.routes[self.era] != "batch"
        self.put(f"{shape.name}_changes" if has_topic else "__debezium-heartbeat.erp", None, {"ts_ms": self.clock})

    def append(self, shape: Shape, key: Any, value: Any, timestamp: int | None = None) -> None:
        self.put(f"{shape.name}_changes", key, value, timestamp)

    def put(self, topic: str, key: Any, value: Any, timestamp: int | None = None) -> None:
        self.records.append(Record(topic, self.offsets[topic], value, key, 0, timestamp, self.generation))
        self.offsets[topic] += 1

    def key(self, shape: Shape, key: int) -> Json:
        return {shape.field(name): value for name, value in shape.keys[key].items()}

    def image(self, shape: Shape, key: int, row: Mapping[str, Any]) -> Json:
        values = {shape.field(name): self.last if value == LAST else value for name, value in row.items() if value != ABSENT}
        of_streams = {name: None for name in ("happened_at", "event_no") if name in shape.spec["columns"]}
        return self.key(shape, key) | values | of_streams

    def block(self, shape: Shape) -> Json:
        time = {"ts_us": self.clock * 1000} if self.number % 2 else {"ts_ms": self.clock}
        return {"connector": self.source.get("kind", "sqlserver"), "schema": "Sales", "table": shape.name.title(), **time}

    def lsn_of(self, lsn: int, part: int = 0) -> Any:
        """Sometimes unpadded or in upper case: neither is part of its value."""
        if self.source.get("kind") == "postgresql":
            return lsn * 100 + part
        return f"27:{lsn:X}:{part:X}" if lsn % 2 else f"00000027:{lsn:08x}:{part:04x}"

    def position(self, lsn: int, position: int | None) -> Json:
        """The order coordinate of a change, or the LSN of a snapshot row."""
        if self.source.get("kind") == "postgresql":
            return {"lsn": lsn * 100} if position is None else {"sequence": json.dumps([str(lsn * 100), str(lsn * 100 - 50 + position)])}
        if position is None:
            return {"commit_lsn": self.lsn_of(lsn), "change_lsn": None}
        return {
            "commit_lsn": self.lsn_of(lsn),
            "change_lsn": self.lsn_of(lsn, 1 + (position + 9) // 2),
            "event_serial_no": 1 + (position + 9) % 2,
        }

    def spoil(self, shape: Shape, value: Json, fault: str | None) -> tuple[Any, int | None]:
        """A record that cannot be admitted."""
        source = value["source"]
        match fault:
            case "future":
                return value, self.clock - 2 * DAY
            case "lsn":
                return value | {"source": {**source, "change_lsn": None, "sequence": None}}, None
            case "table":
                return value | {"source": {**source, "table": "Other"}}, None
            case "json":
                return json.dumps(value)[:-3], None
            case "truncate":
                return value | {"op": "t"}, None
            case "type" if value["after"] is not None:
                field_name = shape.field(next(iter(shape.values)))
                return value | {"after": value["after"] | {field_name: {"no": "value"}}}, None
            case "key" if value["after"] is not None:
                return value | {"after": value["after"] | dict.fromkeys(self.key(shape, 0))}, None
            case "text":  # not a fault: the value as it was received
                return json.dumps({"schema": {}, "payload": value}), self.clock
            case _:
                return value, None
