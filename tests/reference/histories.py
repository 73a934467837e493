"""Hypothesis strategies: random small projects with random histories, and random ways to deliver them.

    @given(projects(TRANSACTIONS).flatmap(lambda p: st.tuples(st.just(p), deliveries(p.records))))

`features` says which kinds of trouble occur: an engine that grows starts from `BASIC` and ends at `ALL`.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.reference.events import ExtractFile, Record
from tests.reference.shapes import ALL, BASIC, HOUR, TRANSACTIONS, Draw, Frame, Shape, frames, shapes
from tests.reference.spec import Specs, load
from tests.reference.wire import Beat, Change, Commit, Snapshot, Step, Wire

__all__ = ["ALL", "BASIC", "TRANSACTIONS", "Project", "deliveries", "projects"]

# How far the clock moves: mostly onward, often not at all, sometimes back.
CLOCKS = (1 * HOUR, 0, 0, 1, 3 * HOUR, 26 * HOUR, -1, -2 * HOUR, -30 * HOUR)
LENGTHS = ((1, 12), (6, 24), (12, 48), (32, 100))  # of steps, in each era
LOADS = (1, 2, 2, 3, 3, 4, 6, 8)  # how many a history comes in, empty ones among them
TROUBLES = (
    "absent",
    "batch",
    "ci_keys",
    "composite",
    "derived",
    "incarnations",
    "key_change",
    "postgresql",
    "quarantine",
    "snapshots",
    "stream",
    "zones",
)
FAULTS = (None, "text", None, "type", None, "lsn", None, "key", None, "json", None, "table", None, "future", None, "truncate")


@dataclass(frozen=True)
class Project:
    """A project with its history: `records` and `files` are in truth order, coordinates included."""

    config: dict[str, Any]
    tables: list[dict[str, Any]]
    records: list[Record]
    files: list[ExtractFile]

    @property
    def specs(self) -> Specs:
        return load(self.config, self.tables)


@st.composite
def projects(draw: Draw, features: frozenset[str] = BASIC) -> Project:
    features = draw(_some_of(features))
    frame: Frame = draw(frames(features))
    tables: list[Shape] = draw(shapes(frame))
    wire = Wire(tables, frame.source, frame.base, frame.incarnations)
    steps = _steps(tables, features)
    # Lists are short by nature, and shrink towards that; so many are asked to be long.
    history = st.one_of([st.lists(steps, min_size=least, max_size=most) for least, most in LENGTHS])
    again = st.lists(st.integers(0, 999), max_size=6)
    for era in range(len(frame.incarnations)):
        taken_again = [draw(_snapshot(n, t, st.just(1), features)) for n, t in enumerate(tables)] if era and draw(st.booleans()) else []
        wire.write(era, [*taken_again, *draw(history)], draw(again) if era else ())
    return Project({"sources": {"erp": frame.source}}, [table.spec for table in tables], wire.records, wire.files)


@st.composite
def _some_of(draw: Draw, features: frozenset[str]) -> frozenset[str]:
    """Each project has about half of the troubles: all at once would hide one another."""
    return features - {trouble for trouble in TROUBLES if trouble in features and not draw(st.booleans())}


def _steps(tables: Sequence[Shape], features: frozenset[str]) -> st.SearchStrategy[Step]:
    clock = st.sampled_from(CLOCKS)
    changes = st.one_of([_change(number, table, features) for number, table in enumerate(tables)])
    commits = st.builds(Commit, clock, st.lists(changes, min_size=1, max_size=3).map(tuple))
    steps: list[st.SearchStrategy[Any]] = [commits] * 6
    if features & {"snapshots", "batch"}:
        steps.append(st.one_of([_snapshot(number, table, clock, features) for number, table in enumerate(tables)]))
    if features & {"snapshots", "periodic"}:
        steps.append(st.builds(Beat, clock))
    return st.one_of(steps)


def _change(number: int, table: Shape, features: frozenset[str]) -> st.SearchStrategy[Change]:
    keys = st.just(0) | st.integers(0, len(table.keys) - 1)  # most of one key, so that its history is long
    ops = ["upsert"] * 7
    if "deletes" in features:
        ops += ["delete", "delete", "replace"]
    if "key_change" in features:
        ops.append("move")
    return st.builds(
        Change,
        table=st.just(number),
        key=keys,
        row=table.row(),
        op=st.sampled_from(ops),
        to=keys,
        duplicate=st.sampled_from([False] * 6 + [True]),
        fault=st.sampled_from(FAULTS) if "quarantine" in features else st.none(),
    )


def _snapshot(number: int, table: Shape, clock: st.SearchStrategy[int], features: frozenset[str]) -> st.SearchStrategy[Snapshot]:
    return st.builds(
        Snapshot,
        clock=clock,
        table=st.just(number),
        rows=st.lists(st.tuples(st.integers(0, len(table.keys) - 1), table.row()), max_size=len(table.keys)).map(tuple),
        mark=st.sampled_from(["complete", "complete", "short", "none"]),
        lag=st.sampled_from([0, 0, 1, 2, 5]),
        odd=st.sampled_from([None, None, None, "stray", "type" if "quarantine" in features else None]),
    )


# --- deliveries ---------------------------------------------------------------------------------------------------------------------


@st.composite
def deliveries(draw: Draw, records: Sequence[Record], max_loads: int = 8) -> list[list[Record]]:
    """Loads that together bring every record: shuffled, split, some again at their coordinates, some changes at new offsets."""
    some = st.lists(st.integers(0, max(0, len(records) - 1)), max_size=6)
    replayed = [records[number] for number in draw(some)] if records else []
    again = [record for record in records if _has_identity(record)]
    redelivered = [again[number % len(again)] for number in draw(some)] if again else []
    arriving = [*records, *replayed, *_at_new_offsets(records, redelivered)]
    # 0 is truth order, 1 its reverse; so a failure shrinks to truth order where order does not matter.
    seed = draw(st.integers(0, 1000))
    if seed == 1:
        arriving.reverse()
    elif seed > 1:
        random.Random(seed).shuffle(arriving)
    cutting = draw(st.sampled_from([loads - 1 for loads in LOADS if loads <= max_loads]))
    cuts = sorted(draw(st.lists(st.integers(0, len(arriving)), min_size=cutting, max_size=cutting)))
    return [arriving[start:end] for start, end in zip([0, *cuts], [*cuts, len(arriving)], strict=True)]


def _has_identity(record: Record) -> bool:
    """Only a change is the same event at another offset; a plain event may have no identity but its coordinates."""
    return isinstance(record.value, dict) and "op" in record.value


def _at_new_offsets(records: Sequence[Record], copies: Sequence[Record]) -> list[Record]:
    following = 1 + max((record.offset for record in records), default=-1)
    return [
        Record(r.topic, following + number, r.value, r.key, r.partition, r.timestamp, r.generation, r.headers)
        for number, r in enumerate(copies)
    ]
