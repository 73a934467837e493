"""What a record can be: admitted events, skipped, or quarantined; and the order of events (SEMANTICS 2)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.reference.keys import Key
from tests.reference.values import Value

Row = Mapping[str, Value]  # a column that is not in it is unknown; None is NULL
Coordinates = tuple[str, int, int, int]  # topic, generation, partition, offset


@dataclass(frozen=True, slots=True)
class Record:
    """A record as a consumer sees it: a line of `topics.md`, the topic it is in and the generation that topic had."""

    topic: str
    offset: int
    value: Any
    key: Any = None
    partition: int = 0
    timestamp: int | None = None  # epoch milliseconds
    generation: int | None = None  # the table's current one unless said
    headers: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(topic: str, line: Mapping[str, Any], number: int = 0, generation: int | None = None) -> "Record":
        """From a line of a topic file, its number standing in for an absent offset."""
        return Record(
            topic,
            line.get("offset", number),
            line.get("value"),
            line.get("key"),
            line.get("partition") or 0,
            line.get("timestamp"),
            generation,
            line.get("headers") or {},
        )

    def line(self) -> dict[str, Any]:
        """The line of a topic file."""
        line = {"key": self.key, "value": self.value, "partition": self.partition, "offset": self.offset}
        if self.timestamp is not None:
            line["timestamp"] = self.timestamp
        return line | ({"headers": dict(self.headers)} if self.headers else {})

    @property
    def content(self) -> str:
        """Equal for equal records; two contents at one coordinate stop the load."""
        return json.dumps([self.key, self.value, self.timestamp], sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class ExtractFile:
    """An extract that was read to its end. `path` is relative to the directory of files; `modified` is naive UTC."""

    path: str
    text: str
    modified: datetime | None = None
    generation: int | None = None


# The ranks at one place: derived deletions come first, then snapshot and extract rows, then changes.
DERIVED, ROW, CHANGE = 0, 1, 2

# Where an event stands among those of its key: (incarnation, LSN or time, rank, order within).
Sequence = tuple[int, tuple[Any, ...], int, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Event:
    """One admitted event, or a derived deletion. `row` is its typed image; None is a deletion."""

    table: str
    key: Key
    kind: str  # change, stream, snapshot, extract (rows of complete or incomplete ones) or derived
    sequence: Sequence
    time: datetime  # of its commit
    row: Row | None
    identity: tuple[Any, ...]
    begins: bool = False  # a row of a snapshot or full extract: may stand for all that was before

    @property
    def commit(self) -> tuple[Any, ...]:
        """Changes of one LSN are one commit; every other event is a commit of its own."""
        return self.sequence[:3] if self.kind == "change" else self.sequence

    @property
    def is_change(self) -> bool:
        """Stream events count as changes: their time stands for the commit time."""
        return self.kind in ("change", "stream")

    @property
    def content(self) -> tuple[Any, ...]:
        """What must be equal where identities are. A stream event without `event_id` has its coordinates as identity."""
        place = self.sequence if self.kind == "change" else self.sequence[:2]
        return (self.key, place, None if self.row is None else dict(self.row), self.time)


@dataclass(frozen=True, slots=True)
class Held:
    """A row of a snapshot says that its key is there, even when it is quarantined. `place` is None if its LSN cannot be read."""

    table: str
    incarnation: int
    snapshot: str
    key: Key
    place: tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Mark:
    """The end mark of a snapshot or full extract."""

    table: str
    incarnation: int
    snapshot: str
    place: tuple[Any, ...]
    keys: int | None  # None: it was read to its end, whatever it holds
    time: datetime


@dataclass(frozen=True, slots=True)
class Admitted:
    events: tuple[Event, ...]
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A tombstone, heartbeat or mark. The last two have a time and a source, whose `as_of` they move."""

    what: str
    source: str | None = None
    time: datetime | None = None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    reason: str
    detail: str = ""
    held: Held | None = None


Outcome = Admitted | Skipped | Quarantined
