"""Lives: the runs of rows of a key between deletions, and when its rows start in a dimension (SEMANTICS 2, 3, 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tests.reference.chain import Chain, State, chains
from tests.reference.events import Row
from tests.reference.keys import Key
from tests.reference.log import Log, Place
from tests.reference.spec import Dimension, Table
from tests.reference.values import BEGINNING, LAST_START, instant


@dataclass(frozen=True, slots=True)
class Start:
    """A row and where it starts."""

    at: datetime
    row: Row


@dataclass(frozen=True, slots=True)
class Life:
    """The rows of a life in sequence, and when it was deleted, if it was."""

    rows: tuple[Start, ...]
    ended: datetime | None

    @property
    def standing(self) -> tuple[Start, ...]:
        """Its rows by (start, sequence): without those that start at or after its deletion, the last of each start."""
        at: dict[datetime, Start] = {}
        for start in self.rows:
            if self.ended is None or start.at < self.ended:
                at[start.at] = start
        return tuple(at[time] for time in sorted(at))


def clamp(at: datetime) -> datetime:
    return min(max(at, BEGINNING), LAST_START)


def is_versioned(table: Table) -> bool:
    """A column or lookup of type 2 or 6 makes a dimension versioned; of type 4, the history always is."""
    dimension = table.dimension
    if dimension is None or dimension.history:
        return dimension is not None
    types = [column.scd for column in table.attributes if column.name != dimension.effective]
    return bool({2, 6} & {*types, *(lookup.scd for lookup in dimension.lookups)})


def dimension_chains(log: Log, table: Table) -> Mapping[Key, Chain]:
    return chains(log, table.name, table.dimension is not None and table.dimension.on_delete == "ignore")


def lives(table: Table, chain: Chain, complete: tuple[Place, ...], versioned: bool) -> tuple[Life, ...]:
    """The lives of a key, its rows placed where the dimension of its table (if it has one) starts them."""
    found: list[Life] = []
    rows: list[Start] = []
    for state in chain.states:
        if state.row is None:
            found.append(Life(tuple(rows), state.effective))
            rows = []
        else:
            before = found[-1].ended if found else None
            rows.append(Start(start_of(table.dimension, chain, state, before, complete, versioned), state.row))
    return (*found, Life(tuple(rows), None)) if rows else tuple(found)


def start_of(
    dimension: Dimension | None, chain: Chain, state: State, deleted: datetime | None, complete: tuple[Place, ...], versioned: bool
) -> datetime:
    """`deleted` is the time of the deletion before the row."""
    if dimension is not None and dimension.effective is not None and versioned:
        declared = (state.row or {}).get(dimension.effective)
        if isinstance(declared, date) and (deleted is None or instant(declared) > deleted):
            return clamp(instant(declared))
        return clamp(state.effective)  # the column replaces the beginning, too
    if dimension is not None and dimension.beginning and stands_for_the_past(chain, state, complete):
        return BEGINNING
    return clamp(state.effective)


def stands_for_the_past(chain: Chain, state: State, complete: tuple[Place, ...]) -> bool:
    """A row of a snapshot or full extract before which nothing is known: no event of the key, no complete snapshot."""
    place = state.event.sequence[:2]
    return state.event.begins and state.event is chain.first_event and not any(snapshot < place for snapshot in complete)
