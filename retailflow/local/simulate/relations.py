"""Which columns of a table name rows of which other table, and in what order tables must be filled."""

from collections.abc import Iterator
from dataclasses import dataclass

from retailflow.checks import CheckKind
from retailflow.model.fact import ChildMilestone
from retailflow.model.project import Project
from retailflow.model.source import Route
from retailflow.model.table import Table

_COMMON_NAMES = frozenset({"id", "code", "name", "number", "key", "date", "day"})


@dataclass(frozen=True, slots=True)
class Reference:
    """`columns` of `table`, in the order of the key of `parent`; `owned`: the rows are parts of the parent's row (lines of an order)."""

    table: str
    columns: tuple[str, ...]
    parent: str
    owned: bool = False


def references(project: Project) -> dict[str, tuple[Reference, ...]]:
    """Per table what its columns refer to; a column belongs to the first reference that claims it."""
    found: dict[str, list[Reference]] = {t.name: [] for t in project.tables}
    claimed: dict[str, set[str]] = {t.name: set() for t in project.tables}
    for table, columns, parent in (*_declared(project), *_by_name(project)):
        if table not in found or parent not in found or claimed[table] & set(columns):
            continue
        child, other = project.table(table), project.table(parent)
        usable = all(child.has(c) and child.column(c).expression is None for c in columns) and len(columns) == len(other.key)
        itself = parent == table and set(columns) == set(child.key)
        if usable and not itself and other.route is not Route.STREAM:
            claimed[table].update(columns)
            found[table].append(Reference(table, columns, parent, owned=False))
    return {name: tuple(_with_owner(project, refs)) for name, refs in found.items()}


def fill_order(project: Project, refs: dict[str, tuple[Reference, ...]]) -> tuple[str, ...]:
    """Parents before children, and what lines refer to before their header, with which they are made; in a circle by name."""
    waiting = {t.name: {r.parent for r in refs[t.name]} - {t.name} for t in project.tables}
    for name in sorted(waiting):
        for owner in (r.parent for r in refs[name] if r.owned):
            waiting[owner] |= waiting[name] - {owner, name}
    order: list[str] = []
    while waiting:
        ready = sorted(name for name, parents in waiting.items() if not parents & waiting.keys())
        chosen = ready or [min(waiting, key=lambda name: (len(waiting[name] & waiting.keys()), name))]
        order += chosen
        for name in chosen:
            del waiting[name]
    return tuple(order)


def _declared(project: Project) -> Iterator[tuple[str, tuple[str, ...], str]]:
    for table in project.tables:
        for fact in table.facts:
            for parent in fact.parents:
                yield table.name, parent.by, parent.table
            for role in fact.roles:
                owner = fact.parent_of(role.by[0])
                if not role.is_date:
                    yield owner.table if owner else table.name, role.by, role.dimension
            for milestone in fact.milestones:
                if isinstance(milestone, ChildMilestone):
                    yield milestone.table, milestone.by, table.name
        for dimension in (table.dimension, table.dimension.history if table.dimension else None):
            for lookup in dimension.lookups if dimension else ():
                yield table.name, lookup.by, lookup.parent
        for check in table.checks:
            if check.kind is CheckKind.RELATIONSHIP:
                yield table.name, check.columns, check.values[0]


def _by_name(project: Project) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """`order_id` of `payment` is most likely the `order_id` that is the key of `order`."""
    keys: dict[str, list[Table]] = {}
    for table in project.tables:
        if len(table.key) == 1 and table.key[0] not in _COMMON_NAMES:
            keys.setdefault(table.key[0], []).append(table)
    for table in project.tables:
        for column in table.columns:
            homes = keys.get(column.name, [])
            if len(homes) == 1 and table.key != (column.name,) and homes[0].column(column.name).type.kind is column.type.kind:
                yield table.name, (column.name,), homes[0].name


def _with_owner(project: Project, refs: list[Reference]) -> Iterator[Reference]:
    """Mark the reference whose columns are a true part of the key: of a declared parent, or where the rest of the key refers to nothing."""
    for ref in refs:
        table = project.table(ref.table)
        rest = set(table.key) - set(ref.columns)
        inside = set(ref.columns) < set(table.key) and table.route is Route.CDC and project.table(ref.parent).route is Route.CDC
        declared = any(p.table == ref.parent and p.by == ref.columns for f in table.facts for p in f.parents)
        others = {c for r in refs if r is not ref for c in r.columns}
        first = not any(set(r.columns) < set(table.key) for r in refs[: refs.index(ref)])
        owned = inside and (declared or (first and not rest & others))
        yield Reference(ref.table, ref.columns, ref.parent, owned)
