"""Keys to be folded anew though nothing arrived for them: all of a table, or those of which something inferred is all there is.

Steps that stand between the takes and the fold of a load, and add to `tmp_touched_<table>`.
"""

from collections.abc import Iterable

from retailflow.model.fact import FactKind
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql.dependents import dependents, dimensions_of
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.onward import none_goes_on
from retailflow.sql.scope import Scope, qualified
from retailflow.sql.statement import Step, Temp


def made_from(project: Project, names: Iterable[str]) -> frozenset[str]:
    """The tables, those whose dimensions or facts are made from them, and so on."""
    uses = dependents(project)
    found: set[str] = set()
    new = set(names)
    while new:
        found |= new
        reached: set[str] = set()
        for name in new:
            reached |= {table.name for table, _, _ in uses.lookups[name]} | {table.name for table, _, _ in uses.parents[name]}
            reached |= {table.name for table, _, _ in uses.children[name]} | {table.name for table, _ in uses.referring[name]}
        new = reached - found
    return frozenset(found)


def periodic_of(project: Project, sources: Iterable[str]) -> frozenset[str]:
    """Tables with a fact whose rows depend on the `as_of` of one of the sources."""
    named = set(sources)
    counted = (t for t in project.tables if t.source.name in named)
    return frozenset(t.name for t in counted if any(f.kind is FactKind.PERIODIC_SNAPSHOT for f in t.facts))


def touch(project: Project, d: Dialect, whole: frozenset[str]) -> tuple[Step, ...]:
    """Every key of the tables in `whole`; of the others, those of inferred members, since who refers to them may have changed."""
    steps = []
    for table in project.tables:
        s = Scope(project, table, d)
        keys = [f"SELECT {qualified('k', s.keys)} FROM {s.temp('touched')} AS k"]
        keys += every_key(s) if table.name in whole else inferred_keys(s)
        if len(keys) > 1:
            steps.append(touched(s, f"touch {table.name} anew", keys))
    return tuple(steps)


def touched(s: Scope, name: str, keys: list[str]) -> Step:
    """The union of SELECTs of keys takes the place of `tmp_touched_<table>`, which they may read."""
    more = s.temp("touched_more")
    return Step(
        name, (Temp(more, " UNION ".join(keys), s.keys), Temp(s.temp("touched"), f"SELECT * FROM {more}", s.keys), *none_goes_on(s))
    )


def every_key(s: Scope) -> list[str]:
    """SELECTs of the keys in the log, and of those in what is made from it: rows that nothing in the log speaks for have to go."""
    return [f"SELECT {qualified('t', s.keys)} FROM {relation} AS t" for relation in (s.log, *made_of(s))]


def made_of(s: Scope) -> tuple[str, ...]:
    """The relations with rows by the keys of the table, but for the log."""
    n, table = s.names, s.table
    facts = [relation for f in table.facts for relation in (n.warehouse(f.name), n.extra_references(f.name))]
    return (*(n.warehouse(x.name) for x in dimensions_of(table)), *facts)


def inferred_keys(s: Scope) -> list[str]:
    if s.table.dimension is None:
        return []
    return [f"SELECT {qualified('i', s.keys)} FROM {s.names.warehouse(s.table.dimension.name)} AS i WHERE i.is_inferred"]


def tables_of(project: Project, names: Iterable[str]) -> tuple[Table, ...]:
    """In the order of the project."""
    wanted = set(names)
    return tuple(t for t in project.tables if t.name in wanted)
