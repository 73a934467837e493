"""The chain of a key: its states in sequence, what is known in each, and their effective times (SEMANTICS 2, 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from tests.reference.events import Event, Row
from tests.reference.keys import Key
from tests.reference.log import Log
from tests.reference.rows import with_derived
from tests.reference.spec import Column


@dataclass(frozen=True, slots=True)
class State:
    """A committed row (what is known of it) or, where `row` is None, a deletion."""

    event: Event
    effective: datetime
    row: Row | None


@dataclass(frozen=True, slots=True)
class Chain:
    """`first_event` is the first event of the key that is not derived, whether or not it made a state."""

    states: tuple[State, ...]
    first_event: Event | None

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(state.row for state in self.states if state.row is not None)

    @property
    def alive(self) -> bool:
        return bool(self.states) and self.states[-1].row is not None

    @property
    def latest(self) -> Row | None:
        """The row of a live key."""
        return self.states[-1].row if self.states else None


NEVER = Chain((), None)


def chains(log: Log, table: str, ignoring_deletions: bool = False) -> Mapping[Key, Chain]:
    return {key: chain_of(events, log.derived[table], ignoring_deletions) for key, events in log.events[table].items()}


def chain_of(events: Sequence[Event], derived: Sequence[Column] = (), ignoring_deletions: bool = False) -> Chain:
    """`events` are distinct and in sequence. To ignore deletions is to fold as if none had ever come, not even within a commit."""
    if ignoring_deletions:
        events = [event for event in events if event.row is not None]
    kept = _without_deletions_of_the_dead(_states(events, derived))
    times = effective_times([event for event, _ in kept])
    states = tuple(State(event, effective, row) for (event, row), effective in zip(kept, times, strict=True))
    return Chain(states, next((event for event in events if event.kind != "derived"), None))


def _states(events: Sequence[Event], derived: Sequence[Column]) -> list[tuple[Event, Row | None]]:
    """Fill absent fields with what is known, event by event, and derive from that; of a commit only the last counts."""
    known: Row = {}
    filled: list[tuple[Event, Row | None]] = []
    for event in events:
        known = with_derived(derived, {**known, **event.row}) if event.row is not None else {}  # any deletion forgets
        filled.append((event, known if event.row is not None else None))
    return [list(commit)[-1] for _, commit in groupby(filled, key=lambda pair: pair[0].commit)]


def _without_deletions_of_the_dead(states: list[tuple[Event, Row | None]]) -> list[tuple[Event, Row | None]]:
    kept: list[tuple[Event, Row | None]] = []
    for event, row in states:
        if row is not None or (kept and kept[-1][1] is not None):
            kept.append((event, row))
    return kept


def effective_times(events: Sequence[Event]) -> list[datetime]:
    """Changes: the running maximum of their commit times. Others: their own time, kept between their neighbours."""
    of_changes: list[datetime | None] = []
    highest: datetime | None = None
    for event in events:
        if event.is_change:
            highest = event.time if highest is None else max(highest, event.time)
        of_changes.append(highest if event.is_change else None)
    times: list[datetime] = []
    for position, event in enumerate(events):
        time = of_changes[position]
        if time is None:
            following = next((later for later in of_changes[position + 1 :] if later is not None), event.time)
            time = max([min(event.time, following), *times[-1:]])
        times.append(time)
    return times
