"""Which tables are meant: `name`, `order*`, `group:sales`, `source:erp`, `+name` and what it needs, `name+` and what needs it.

Several words are a union, words joined by commas an intersection; `2+name` goes two steps.
"""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from retailflow.errors import Finding, StopError, did_you_mean
from retailflow.model.fact import ChildMilestone
from retailflow.model.project import Project
from retailflow.model.table import Table

_TERM = re.compile(r"(?:(\d*)(\+))?([^+]+?)(?:(\+)(\d*))?")
_METHODS = ("group", "owner", "source")
_USAGE = 2


def select(project: Project, words: Iterable[str]) -> tuple[Table, ...]:
    """The tables meant, sorted by name; all of them without a word. StopError (exit 2) where a word means none."""
    words = tuple(part for word in words for part in word.split())
    if not words:
        return project.tables
    needs = dependencies(project)
    chosen: set[str] = set()
    for word in words:
        chosen |= set.intersection(*(_term(project, needs, term) for term in word.split(",")))
    return tuple(table for table in project.tables if table.name in chosen)


def dependencies(project: Project) -> dict[str, frozenset[str]]:
    """Of every table, the tables it needs: parents, lookups, dimensions, children that give milestones."""
    known = {table.name for table in project.tables}
    return {table.name: frozenset(_needs(table)) & known - {table.name} for table in project.tables}


def _needs(table: Table) -> Iterable[str]:
    if table.dimension is not None:
        yield from (lookup.parent for lookup in table.dimension.lookups)
    for fact in table.facts:
        yield from (parent.table for parent in fact.parents)
        yield from (role.dimension for role in fact.roles)
        yield from (milestone.table for milestone in fact.milestones if isinstance(milestone, ChildMilestone))


def _term(project: Project, needs: Mapping[str, frozenset[str]], term: str) -> set[str]:
    match = _TERM.fullmatch(term)
    if match is None:
        raise StopError(
            [Finding("RF120", f"`{term}` is not a selection", hint="such as `customer`, `order*`, `group:sales`, `+fact_table`")], _USAGE
        )
    up, before, name, after, down = match.groups()
    found = _named(project, name)
    chosen = set(found)
    if before:
        chosen |= _reach(found, needs, int(up) if up else None)
    if after:
        needed_by = {n: frozenset(t for t, required in needs.items() if n in required) for n in needs}
        chosen |= _reach(found, needed_by, int(down) if down else None)
    return chosen


def _named(project: Project, name: str) -> set[str]:
    method, colon, pattern = name.partition(":")
    if not colon:
        found = {table.name for table in project.tables if fnmatchcase(table.name, name)}
        known: Iterable[str] = (table.name for table in project.tables)
    elif method in _METHODS:
        found = {table.name for table in project.tables if fnmatchcase(_value(table, method), pattern)}
        known = sorted({f"{method}:{_value(table, method)}" for table in project.tables})
    else:
        hint = did_you_mean(method, _METHODS) or f"known: {', '.join(f'`{m}:`' for m in _METHODS)}"
        raise StopError([Finding("RF120", f"`{method}:` is not a way to select", hint=hint)], _USAGE)
    if not found:
        raise StopError([Finding("RF120", f"`{name}` selects no table", hint=did_you_mean(name, known))], _USAGE)
    return found


def _value(table: Table, method: str) -> str:
    return {"group": table.group, "owner": table.owner, "source": table.source.name}[method]


def _reach(start: set[str], edges: Mapping[str, frozenset[str]], steps: int | None) -> set[str]:
    """Everything that is `steps` edges away or fewer, None for any number."""
    found, edge = set(start), set(start)
    while edge and (steps is None or steps > 0):
        edge = {other for name in edge for other in edges[name]} - found
        found |= edge
        steps = None if steps is None else steps - 1
    return found
