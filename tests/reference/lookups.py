"""Lookups: what a parent table says about a row of a dimension, now (type 1) or at a moment (type 2) (SEMANTICS 5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tests.reference.chain import Chain
from tests.reference.events import Row
from tests.reference.keys import Key, canonical
from tests.reference.lives import dimension_chains, is_versioned, lives
from tests.reference.log import Log
from tests.reference.spec import Lookup, Specs, Table
from tests.reference.values import Value


@dataclass(frozen=True, slots=True)
class Segment:
    """From a moment on, a parent has this row; None is a parent that is gone."""

    start: datetime
    row: Row | None


@dataclass(frozen=True, slots=True)
class ParentHistory:
    """The time line of one parent key, in its own dimension's starts and by its `on_delete`."""

    segments: tuple[Segment, ...]
    latest: Row | None  # the latest known values of the chain; None is a parent that is gone or was never there

    def at(self, moment: datetime) -> Row | None:
        """Before its first row, the first row's."""
        before = [segment for segment in self.segments if segment.start <= moment]
        return before[-1].row if before else self.segments[0].row if self.segments else None


NOBODY = ParentHistory((), None)


@dataclass(frozen=True, slots=True)
class Parents:
    """Every parent that lookups of one dimension refer to."""

    tables: Mapping[str, Table]
    histories: Mapping[str, Mapping[Key, ParentHistory]]

    def key_of(self, lookup: Lookup, shown: Row) -> Key | None:
        """The parent that the `by` values name, None if a part is NULL or unknown."""
        parent = self.tables[lookup.parent]
        key = tuple(canonical(shown.get(column), parent.source.case_insensitive) for column in lookup.by)
        return None if None in key else key

    def changes(self, lookup: Lookup, shown: Row) -> Iterable[datetime]:
        key = self.key_of(lookup, shown)
        return [] if key is None else [segment.start for segment in self.histories[lookup.parent].get(key, NOBODY).segments]

    def latest(self, lookup: Lookup, shown: Row) -> Row:
        key = self.key_of(lookup, shown)
        return _read(lookup, None if key is None else self.histories[lookup.parent].get(key, NOBODY).latest)

    def at(self, lookup: Lookup, shown: Row, moment: datetime) -> Row:
        key = self.key_of(lookup, shown)
        if key is None:
            # Which of NULL and unknown it is does not matter: `by` is constant within a version, and both show NULL.
            return {}
        return _read(lookup, self.histories[lookup.parent].get(key, NOBODY).at(moment))


def _read(lookup: Lookup, row: Row | None) -> Row:
    """The lookup's columns of a parent's row: all NULL if it is gone, a column it does not know left out."""
    if row is None:
        return {shown: None for shown, _ in lookup.columns}
    return {shown: row[column] for shown, column in lookup.columns if column in row}


def parents_of(specs: Specs, log: Log, table: Table) -> Parents:
    names = {lookup.parent for lookup in table.dimension.lookups} if table.dimension else set()
    tables = {name: specs.tables[name] for name in sorted(names)}
    return Parents(tables, {name: histories(log, parent) for name, parent in tables.items()})


def histories(log: Log, parent: Table) -> Mapping[Key, ParentHistory]:
    return {key: history_of(log, parent, chain) for key, chain in dimension_chains(log, parent).items()}


def history_of(log: Log, parent: Table, chain: Chain) -> ParentHistory:
    flags = parent.dimension is not None and parent.dimension.on_delete == "flag"
    segments: list[Segment] = []
    for life in lives(parent, chain, log.complete[parent.name], is_versioned(parent)):
        standing = life.standing
        segments += [Segment(start.at, start.row) for start in standing]
        if standing and life.ended is not None:
            segments.append(Segment(life.ended, life.rows[-1].row if flags else None))
    here = segments and (chain.alive or flags)
    return ParentHistory(tuple(segments), latest_known(chain.rows) if here else None)


def latest_known(rows: Iterable[Row]) -> dict[str, Value]:
    latest: dict[str, Value] = {}
    for row in rows:
        latest.update(row)
    return latest
