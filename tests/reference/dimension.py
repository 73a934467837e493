"""Dimensions: lives become versions, versions become rows (SEMANTICS 5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tests.reference.chain import Chain
from tests.reference.events import Row
from tests.reference.keys import Key, surrogate_key
from tests.reference.lives import Life, dimension_chains, is_versioned, lives
from tests.reference.log import Log
from tests.reference.lookups import Parents, parents_of
from tests.reference.spec import Column, Dimension, Specs, Table
from tests.reference.values import BEGINNING, OPEN, Value


@dataclass(frozen=True, slots=True)
class View:
    """One table of a dimension: of type 4 there are two, else one."""

    name: str
    table: Table
    dimension: Dimension
    versioned: bool

    @property
    def tracked(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.table.attributes if c.scd in (2, 6) and c.name != self.dimension.effective)

    @property
    def folded_keys(self) -> tuple[str, ...]:
        """Key columns whose canonical form may differ from the source's spelling."""
        if not self.table.source.case_insensitive:
            return ()
        return tuple(name for name in self.table.key if self.table.by_name[name].type.is_text)


def views(table: Table) -> list[View]:
    if table.dimension is None:
        return []
    if not table.dimension.history:
        return [View(f"dim_{table.name}", table, table.dimension, is_versioned(table))]
    current = replace(table.dimension, lookups=tuple(replace(lookup, scd=1) for lookup in table.dimension.lookups))
    columns = tuple(replace(column, scd=1) for column in table.columns)
    return [
        View(f"dim_{table.name}", replace(table, columns=columns), current, versioned=False),
        View(f"dim_{table.name}_history", table, table.dimension, versioned=True),
    ]


@dataclass(frozen=True, slots=True)
class Version:
    """`known` holds what is known anywhere within it: tracked columns, key, effective column, type 2 lookups."""

    start: datetime
    end: datetime
    known: Row
    deleted: bool = False


def build(specs: Specs, log: Log, view: View) -> list[dict[str, Value]]:
    parents = parents_of(specs, log, view.table)
    rows: list[dict[str, Value]] = []
    for key, chain in dimension_chains(log, view.table).items():
        if chain.states:
            found = lives(view.table, chain, log.complete[view.table.name], view.versioned)
            versions = _versions(view, parents, found) if view.versioned else [_only_version(view, chain, found)]
            rows += [_show(view, parents, key, chain, version) for version in versions]
    return rows


# --- versions -----------------------------------------------------------------------------------------------------------------------


def _only_version(view: View, chain: Chain, found: tuple[Life, ...]) -> Version:
    """An unversioned dimension has one row per key ever alive, however short."""
    start, ended = found[0].rows[0].at, found[-1].ended
    if ended is not None and view.dimension.on_delete == "flag":
        return Version(start, OPEN, {}, deleted=True)
    return Version(start, OPEN if ended is None else ended, {})


def _versions(view: View, parents: Parents, found: tuple[Life, ...]) -> list[Version]:
    """Own columns first, then flagged ones between the lives, then splits by type 2 lookups."""
    own = [_own_versions(view, life) for life in found]
    versions: list[Version] = []
    for position, life in enumerate(found):
        for version in own[position]:
            versions += _split(view, parents, version)
        if view.dimension.on_delete == "flag" and own[position] and life.ended is not None:
            following = next((later[0].start for later in own[position + 1 :] if later), OPEN)
            if life.ended < following:
                versions.append(_flagged(view, parents, life, life.ended, following))
    return versions


def _own_versions(view: View, life: Life) -> list[Version]:
    """A row that changes no tracked attribute joins the version before it; unknown equals everything."""
    columns = (*view.tracked, *view.table.key, *([view.dimension.effective] if view.dimension.effective else []))
    versions: list[Version] = []
    for start in life.standing:
        row = {name: start.row[name] for name in columns if name in start.row}
        if versions and not changed(versions[-1].known, row, view.tracked):
            versions[-1] = replace(versions[-1], known={**row, **versions[-1].known})
        else:
            if versions:
                versions[-1] = replace(versions[-1], end=start.at)
            versions.append(Version(start.at, life.ended or OPEN, row))
    return versions


def changed(known: Row, row: Row, columns: tuple[str, ...]) -> bool:
    """Null-safe; what either side does not know is no change."""
    return any(name in known and name in row and known[name] != row[name] for name in columns)


def _flagged(view: View, parents: Parents, life: Life, start: datetime, end: datetime) -> Version:
    """The values of the last row in sequence, the lookups as of its start."""
    last = life.rows[-1].row
    return Version(start, end, {**last, **_looked_up(view, parents, last, start)}, deleted=True)


def _looked_up(view: View, parents: Parents, by: Row, moment: datetime) -> Row:
    return {name: value for lookup in view.dimension.lookups if lookup.scd == 2 for name, value in parents.at(lookup, by, moment).items()}


def _split(view: View, parents: Parents, version: Version) -> Iterator[Version]:
    """Changes of type 2 lookups within a version split it."""
    seconds = [lookup for lookup in view.dimension.lookups if lookup.scd == 2]
    names = tuple(shown for lookup in seconds for shown, _ in lookup.columns)
    moments = {moment for lookup in seconds for moment in parents.changes(lookup, version.known) if version.start < moment < version.end}
    piece = replace(version, known={**version.known, **_looked_up(view, parents, version.known, version.start)})
    for moment in sorted(moments):
        looked_up = _looked_up(view, parents, version.known, moment)
        if changed(piece.known, looked_up, names):
            yield replace(piece, end=moment)
            piece = replace(version, start=moment, known={**version.known, **looked_up})
        else:
            piece = replace(piece, known={**looked_up, **piece.known})
    yield piece


# --- rows ---------------------------------------------------------------------------------------------------------------------------


def _show(view: View, parents: Parents, key: Key, chain: Chain, version: Version) -> dict[str, Value]:
    shown: dict[str, Value] = {
        f"{view.table.name}_key": surrogate_key(key, version.start if view.versioned else None, view.dimension.salt),
        **dict(zip(view.table.key, key, strict=False)),
        **{f"{name}_source": chain.rows[-1][name] for name in view.folded_keys},
    }
    for column in view.table.attributes:
        shown |= _read(view, column, chain, version)
    for lookup in view.dimension.lookups:
        values: Mapping[str, Value] = version.known if lookup.scd == 2 else parents.latest(lookup, shown)
        shown |= {name: values.get(name) for name, _ in lookup.columns}
    return shown | _ending(version.start, version.end, version.deleted, inferred=False)


def _read(view: View, column: Column, chain: Chain, version: Version) -> dict[str, Value]:
    """A type says how a column is read off the chain."""
    name = column.name
    known = [row[name] for row in chain.rows if name in row]
    latest = known[-1] if known else None
    if name == view.dimension.effective:
        return {name: version.known.get(name) if view.versioned else latest}
    match column.scd:
        case 0:
            return {name: known[0] if known else None}
        case 1:
            return {name: latest}
        case 3:
            return {name: latest, f"previous_{name}": next((value for value in reversed(known) if value != latest), None)}
        case 6:
            return {name: version.known.get(name), f"current_{name}": latest}
        case _:
            return {name: version.known.get(name)}


def _ending(start: datetime, end: datetime, deleted: bool, inferred: bool) -> dict[str, Value]:
    return {"valid_from": start, "valid_to": end, "is_current": end == OPEN, "is_deleted": deleted, "is_inferred": inferred}


def inferred(view: View, key: Key) -> dict[str, Value]:
    """The row of a key that a fact refers to and that is not there (yet)."""
    names = [name for column in view.table.attributes for name in _read(view, column, Chain((), None), Version(BEGINNING, OPEN, {}))]
    names += [name for lookup in view.dimension.lookups for name, _ in lookup.columns]
    return {
        f"{view.table.name}_key": surrogate_key(key, BEGINNING if view.versioned else None, view.dimension.salt),
        **dict(zip(view.table.key, key, strict=True)),
        **dict.fromkeys([f"{name}_source" for name in view.folded_keys] + names),
        **_ending(BEGINNING, OPEN, deleted=False, inferred=True),
    }
