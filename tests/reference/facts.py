"""Facts: rows of a table with what their parents say, and surrogate keys by an as-of lookup (SEMANTICS 4 and 6)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product

from tests.reference.chain import NEVER, Chain, chains
from tests.reference.dimension import View
from tests.reference.events import Row
from tests.reference.expressions import compute
from tests.reference.keys import MISSING_PARENT, NULL_KEY, Key, canonical
from tests.reference.log import Log
from tests.reference.spec import Fact, Measure, Parent, Role, Specs, Table
from tests.reference.values import Value, convert, instant, local_date

DATE = "date"


@dataclass(frozen=True)
class Star:
    """What facts are made of: the chains of all tables, and for each dimension the starts and surrogate keys of its rows."""

    specs: Specs
    log: Log
    chains: Mapping[str, Mapping[Key, Chain]]
    keys: Mapping[str, Mapping[Key, list[tuple[datetime, int]]]]

    def key_of(self, table: str, columns: tuple[str, ...], row: Row) -> Key:
        """The key of `table` that a row refers to, as that table spells it."""
        folds = self.specs.tables[table].source.case_insensitive
        return tuple(canonical(row.get(column), folds) for column in columns)


def all_chains(specs: Specs, log: Log) -> dict[str, Mapping[Key, Chain]]:
    return {name: chains(log, name) for name in specs.tables}


def index(view: View, rows: list[dict[str, Value]]) -> Mapping[Key, list[tuple[datetime, int]]]:
    """Per key, in order, the starts of its versions and their surrogate keys."""
    found: dict[Key, list[tuple[datetime, int]]] = defaultdict(list)
    for row in rows:
        start, key = row["valid_from"], row[f"{view.table.name}_key"]
        assert isinstance(start, datetime)
        assert isinstance(key, int)
        found[tuple(row[name] for name in view.table.key)].append((start, key))
    return {key: sorted(versions) for key, versions in found.items()}


# --- references, for inferred members -----------------------------------------------------------------------------------------------


def references(star: Star, table: Table, fact: Fact) -> Iterator[tuple[str, Key]]:
    """Every (dimension, key) that any state of the table refers to, also through any state of its parents."""
    for chain in star.chains[table.name].values():
        for row in chain.rows:
            for everything in _with_any_parents(star, fact, row):
                for role in fact.roles:
                    if role.dimension != DATE:
                        key = star.key_of(role.dimension, role.by, everything)
                        if None not in key:
                            yield role.dimension, key


def _with_any_parents(star: Star, fact: Fact, row: Row) -> Iterator[Row]:
    choices = [
        [{shown: of[column] for shown, column in parent.columns if column in of} for of in _parent_chain(star, parent, row).rows] or [{}]
        for parent in fact.parents
    ]
    for choice in product(*choices):
        everything = dict(row)
        for values in choice:
            everything |= values
        yield everything


def _parent_chain(star: Star, parent: Parent, row: Row) -> Chain:
    return star.chains[parent.table].get(star.key_of(parent.table, parent.by, row), NEVER)


# --- rows ---------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FactRow:
    """A row of the grain before it is shown: its values, the columns it lacks for want of a parent, and its time."""

    values: Row
    missing: frozenset[str]  # columns of a parent that is referred to and not there
    default_time: datetime  # where the fact's time is NULL

    def time(self, column: str | None) -> datetime:
        value = self.values.get(column) if column is not None else None
        return instant(value) if isinstance(value, date) else self.default_time


def own_values(table: Table, row: Row) -> dict[str, Value]:
    """A fact shows its key in canonical form."""
    keys = {name: canonical(row[name], table.source.case_insensitive) for name in table.key}
    return {column.name: row.get(column.name) for column in table.columns} | keys


def with_parents(star: Star, table: Table, fact: Fact, row: Row, default_time: datetime) -> FactRow:
    """Parent columns are those of the parent's latest state; missing or deleted: NULL."""
    values, missing = own_values(table, row), set[str]()
    for parent in fact.parents:
        latest = _parent_chain(star, parent, row).latest
        values |= {shown: (latest or {}).get(column) for shown, column in parent.columns}
        if latest is None and all(row.get(column) is not None for column in parent.by):
            missing |= {shown for shown, _ in parent.columns}
    return FactRow(values, frozenset(missing), default_time)


def life_began(chain: Chain) -> datetime:
    """The effective time of the first state of the current life."""
    began = chain.states[-1].effective
    for state in reversed(chain.states):
        if state.row is None:
            break
        began = state.effective
    return began


def current_rows(star: Star, table: Table, fact: Fact) -> Iterator[tuple[Key, FactRow]]:
    for key, chain in star.chains[table.name].items():
        if chain.latest is not None:
            yield key, with_parents(star, table, fact, chain.latest, life_began(chain))


def surrogate(star: Star, table: Table, row: FactRow, role: Role, moment: datetime) -> int:
    """The version with the latest start at or before the moment, else the first, else the inferred member."""
    if any(column in row.missing for column in role.by):
        return MISSING_PARENT
    if role.dimension == DATE:
        value = row.values.get(role.by[0])
        return int(local_date(value, table.source.zone).strftime("%Y%m%d")) if isinstance(value, date) else NULL_KEY
    key = star.key_of(role.dimension, role.by, row.values)
    if None in key:
        return NULL_KEY
    versions = star.keys[role.dimension][key]
    return next((found for start, found in reversed(versions) if start <= moment), versions[0][1])


def show(star: Star, table: Table, fact: Fact, row: FactRow, moment: datetime | None = None) -> dict[str, Value]:
    """The columns of every type of fact. Surrogate keys are as of `moment`, or else as of the fact's time."""
    shown: dict[str, Value] = {}
    for role in fact.roles:
        shown[f"{role.name}_key"] = surrogate(star, table, row, role, moment or row.time(role.time or fact.time))
    for name in table.key:
        shown[name] = row.values[name]
    for role in fact.roles:
        shown |= _business_key(star, table, role, row)
    for name in (*([fact.time] if fact.time else []), *fact.degenerate):
        shown.setdefault(name, row.values.get(name))
    for measure in fact.measures:
        shown[measure.name] = _measure(measure, row.values)
    return shown


def _business_key(star: Star, table: Table, role: Role, row: FactRow) -> dict[str, Value]:
    """Facts keep their business keys, in canonical form, so that the lookup can always be redone."""
    if role.dimension == DATE:
        return {role.by[0]: row.values.get(role.by[0])}
    return {
        column: value
        for column, value in zip(role.by, star.key_of(role.dimension, role.by, row.values), strict=True)
        if column not in table.key
    }


def _measure(measure: Measure, values: Row) -> Value:
    if measure.expression is None:
        value = values.get(measure.name)
        return value if measure.type is None else convert(measure.type, value)
    assert measure.type is not None, f"{measure.name}: an expression needs a type"
    return convert(measure.type, compute(measure.expression, values))


def transaction(star: Star, table: Table, fact: Fact) -> list[dict[str, Value]]:
    """One row per live key; a factless fact is the same without measures."""
    return [show(star, table, fact, row) for _, row in current_rows(star, table, fact)]
