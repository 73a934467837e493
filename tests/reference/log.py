"""The log: admitted events by table and key, in sequence, with the deletions that complete snapshots imply (SEMANTICS 1, 2)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.reference.decode import coordinates, decode
from tests.reference.events import DERIVED, Admitted, Coordinates, Event, ExtractFile, Held, Mark, Outcome, Record, Skipped
from tests.reference.extracts import read_extract
from tests.reference.keys import Key
from tests.reference.spec import Column, Specs

Place = tuple[int, tuple[Any, ...]]  # incarnation, and the LSN or the time of an extract


class Conflict(Exception):  # noqa: N818 - a verdict on the input, which stops or blocks the load
    """Two contents at one coordinate, or of one identity."""


@dataclass(frozen=True)
class Log:
    """All the star is a function of. Events are distinct by identity; derived deletions are among them."""

    events: Mapping[str, Mapping[Key, tuple[Event, ...]]]
    as_of: Mapping[str, datetime]  # by source
    complete: Mapping[str, tuple[Place, ...]]  # by table: where its complete snapshots stand
    derived: Mapping[str, tuple[Column, ...]]  # by table: what its rows are to be given


def outcomes(specs: Specs, records: Iterable[Record], files: Iterable[ExtractFile]) -> Iterator[tuple[Coordinates, Outcome]]:
    """What became of each distinct coordinate, in the order given. One coordinate with two contents stops the load."""
    seen: dict[Coordinates, str] = {}
    decoded = ((coordinates(specs, record), record.content, decode(specs, record)) for record in records)
    for at, content, outcome in _chained(decoded, (row for file in files for row in read_extract(specs, file))):
        if at not in seen:
            seen[at] = content
            yield at, outcome
        elif seen[at] != content:
            raise Conflict(f"two contents at {at}")


def _chained(*parts: Iterable[tuple[Coordinates, str, Outcome]]) -> Iterator[tuple[Coordinates, str, Outcome]]:
    for part in parts:
        yield from part


def read_log(specs: Specs, records: Iterable[Record], files: Iterable[ExtractFile] = ()) -> Log:
    found = [outcome for _, outcome in outcomes(specs, records, files)]
    events = distinct(event for outcome in found if isinstance(outcome, Admitted) for event in outcome.events)
    held = [outcome.held for outcome in found if not isinstance(outcome, Skipped) and outcome.held is not None]
    marks = {outcome.mark for outcome in found if isinstance(outcome, Skipped) and outcome.mark is not None}
    complete = [(mark, keys) for mark in marks for keys in [_keys_if_complete(specs, mark, held)] if keys is not None]
    by_key: dict[str, dict[Key, list[Event]]] = {name: defaultdict(list) for name in specs.tables}
    for event in events:
        by_key[event.table][event.key].append(event)
    for mark, keys in complete:
        for key in by_key[mark.table].keys() - keys:
            by_key[mark.table][key].append(derived_deletion(mark, key))
    return Log(
        events={name: {key: tuple(sorted(of, key=lambda e: e.sequence)) for key, of in keys.items()} for name, keys in by_key.items()},
        as_of=_as_of(specs, events, found),
        complete={name: tuple((m.incarnation, m.place) for m, _ in complete if m.table == name) for name in specs.tables},
        derived={name: table.derived for name, table in specs.tables.items()},
    )


def distinct(events: Iterable[Event]) -> list[Event]:
    """One event per identity. Two contents of one identity are what the blocking audit reports."""
    kept: dict[tuple[Any, ...], Event] = {}
    for event in events:
        known = kept.setdefault(event.identity, event)
        if known.content != event.content:
            raise Conflict(f"two contents of {event.identity}")
    return list(kept.values())


def _keys_if_complete(specs: Specs, mark: Mark, held: list[Held]) -> set[Key] | None:
    """The keys a snapshot holds, if it is complete: as many distinct keys at the mark's LSN as the mark says, or as the spec asks."""
    rows = [h for h in held if (h.table, h.incarnation, h.snapshot) == (mark.table, mark.incarnation, mark.snapshot)]
    counted = {h.key for h in rows if h.place == mark.place}
    if mark.keys is not None and len(counted) != mark.keys:
        return None
    if len(counted) < specs.tables[mark.table].at_least:
        return None
    return {h.key for h in rows}


def derived_deletion(mark: Mark, key: Key) -> Event:
    return Event(
        table=mark.table,
        key=key,
        kind="derived",
        sequence=(mark.incarnation, mark.place, DERIVED, (mark.time, mark.snapshot)),
        time=mark.time,
        row=None,
        identity=(),
    )


def _as_of(specs: Specs, events: list[Event], found: list[Outcome]) -> dict[str, datetime]:
    """The greatest commit time of a source, among its events, marks and heartbeats."""
    times = [(specs.tables[event.table].source.name, event.time) for event in events]
    times += [(o.source, o.time) for o in found if isinstance(o, Skipped) and o.source is not None and o.time is not None]
    return {source: max(time for name, time in times if name == source) for source in {name for name, _ in times}}
