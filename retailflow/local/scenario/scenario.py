"""A scenario, ready to be played: what arrives and what must come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from retailflow.model.project import Project

Json = object  # what `json.dumps` takes
Value = object  # of a column: int, bool, Decimal, float, str, date, time, datetime or None


@dataclass(frozen=True, slots=True)
class Message:
    """A record of a topic. `age`: how many generations of the topic came after the one it is of.

    `moves`: it may stand at another offset and still be the same event.
    """

    topic: str
    age: int
    partition: int
    offset: int
    key: Json
    value: Json
    timestamp: int | None
    moves: bool


@dataclass(frozen=True, slots=True)
class Extract:
    """A file of route batch. `modified`: UTC without a zone."""

    table: str
    age: int
    path: str
    text: str
    modified: datetime | None


Arrival = Message | Extract


@dataclass(frozen=True, slots=True)
class Reference:
    """The surrogate key of the one row of a dimension that has these values."""

    dimension: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """Values or references by column; `line` of the file."""

    values: Mapping[str, Value | Reference]
    line: int


@dataclass(frozen=True, slots=True)
class ExpectedTable:
    """`columns`: every column that a row names, those that tell rows apart first."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[ExpectedRow, ...]
    exact: bool


Star = tuple[ExpectedTable, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`after`: what must be there after a batch, by its number from 1. `quarantine`, `counts`: by table, or topic without one."""

    name: str
    why: str
    path: str
    line: int
    project: Project
    batches: tuple[tuple[Arrival, ...], ...]
    expect: Star
    after: Mapping[int, Star]
    quarantine: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    error: str | None = None

    @property
    def tables(self) -> frozenset[str]:
        """The tables it is about."""
        topics = {t.topic.name: t.name for t in self.project.tables}
        arrivals = [a for batch in self.batches for a in batch]
        return frozenset(a.table if isinstance(a, Extract) else topics.get(a.topic, "") for a in arrivals) - {""}
