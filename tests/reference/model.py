"""The star: a pure function of admitted events, specs and `as_of` (SEMANTICS 1)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.reference.accumulating import accumulating_snapshot
from tests.reference.dimension import View, build, inferred, views
from tests.reference.events import Admitted, ExtractFile, Quarantined, Record, Skipped
from tests.reference.facts import Star, all_chains, index, references, transaction
from tests.reference.keys import Key
from tests.reference.log import Log, outcomes, read_log
from tests.reference.periodic import periodic_snapshot
from tests.reference.spec import Fact, Specs, Table
from tests.reference.values import Value

Rows = list[dict[str, Value]]

_FACTS: Mapping[str, Callable[[Star, Table, Fact], Rows]] = {
    "transaction": transaction,
    "factless": transaction,
    "periodic_snapshot": periodic_snapshot,
    "accumulating_snapshot": accumulating_snapshot,
}


def star(specs: Specs, records: Iterable[Record], files: Iterable[ExtractFile] = ()) -> dict[str, Rows]:
    """Every dimension and fact by name, rows as dictionaries, sorted. Raises `Conflict` where a guard would stop the load."""
    return star_of(specs, read_log(specs, records, files))


def star_of(specs: Specs, log: Log) -> dict[str, Rows]:
    seen = [view for table in specs.tables.values() for view in views(table)]
    tables = {view.name: build(specs, log, view) for view in seen}
    base = Star(specs, log, all_chains(specs, log), {})
    current = {view.table.name: view for view in seen if view.name == f"dim_{view.table.name}"}
    for name, keys in _referred_to(base).items():
        view = current[name]
        present = index(view, tables[view.name])
        tables[view.name] += [inferred(view, key) for key in keys - present.keys()]
    keyed = Star(specs, log, base.chains, {name: index(view, tables[view.name]) for name, view in current.items()})
    for table in specs.tables.values():
        for fact in table.facts:
            tables[fact.name] = _FACTS[fact.type](keyed, table, fact)
    return {name: _sorted(rows, _order(seen, specs, name)) for name, rows in sorted(tables.items())}


def _referred_to(base: Star) -> dict[str, set[Key]]:
    found: dict[str, set[Key]] = {}
    for table in base.specs.tables.values():
        for fact in table.facts:
            for dimension, key in references(base, table, fact):
                found.setdefault(dimension, set()).add(key)
    return found


def _order(seen: list[View], specs: Specs, name: str) -> tuple[str, ...]:
    """The columns that identify a row."""
    for view in seen:
        if view.name == name:
            return (*view.table.key, "valid_from")
    table = next(t for t in specs.tables.values() if any(fact.name == name for fact in t.facts))
    return (*table.key, "period_start")


def _sorted(rows: Rows, columns: tuple[str, ...]) -> Rows:
    def position(row: dict[str, Value]) -> tuple[Any, ...]:
        return (*(row[column] for column in columns if column in row), repr(row))

    return sorted(rows, key=position)


# --- counts -------------------------------------------------------------------------------------------------------------------------


@dataclass
class Counts:
    """What became of the distinct coordinates of one partition: `received` is the sum of the others."""

    received: int = 0
    applied: int = 0
    duplicate: int = 0
    skipped: int = 0
    quarantined: int = 0


def counts(specs: Specs, records: Iterable[Record], files: Iterable[ExtractFile] = ()) -> dict[tuple[str, int, int], Counts]:
    """Per topic, generation and partition, of records in the order they were taken: it decides which of two copies was the duplicate.

    The topic of a row of an extract is the path of its file.
    """
    totals: dict[tuple[str, int, int], Counts] = {}
    identities: set[tuple[Any, ...]] = set()
    for at, outcome in outcomes(specs, records, files):
        if at[3] < 0:  # the mark of an extract is not a record
            continue
        total = totals.setdefault(at[:3], Counts())
        total.received += 1
        match outcome:
            case Skipped():
                total.skipped += 1
            case Quarantined():
                total.quarantined += 1
            case Admitted(events):
                fresh = {event.identity for event in events} - identities
                total.applied += bool(fresh)
                total.duplicate += not fresh
                identities |= fresh
    return totals


def quarantine(specs: Specs, records: Iterable[Record], files: Iterable[ExtractFile] = ()) -> dict[tuple[str, int, int, int], str]:
    """The reason of every quarantined coordinate."""
    return {at: outcome.reason for at, outcome in outcomes(specs, records, files) if isinstance(outcome, Quarantined)}
