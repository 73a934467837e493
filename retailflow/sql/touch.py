"""What something new touches: keys of dimensions and facts to be made anew, and whose chains that needs."""

from retailflow.model.dimension import Dimension, OnDelete
from retailflow.model.fact import ChildMilestone, Fact
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql import onward, references
from retailflow.sql.dependents import Dependents, dimensions_of, referring
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.dimension import touched_name
from retailflow.sql.fact_base import fact_keys, refers
from retailflow.sql.keys import key_text, reference
from retailflow.sql.lone import chained_keys
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.segments import matches, segments_name
from retailflow.sql.statement import Step, Temp


def dimension_keys(s: Scope, dimension: Dimension) -> Step:
    """Keys with something new, and those whose lookup parents have; before references are known."""
    selects = [_touched(s, dimension)]
    for lookup in dimension.lookups:
        parent = Scope(s.project, s.project.table(lookup.parent), s.d)
        selects.append(
            f"SELECT {qualified('l', s.keys)} FROM {s.log} AS l JOIN {parent.temp('touched')} AS p ON {matches(s, lookup.by, parent.table, 'l', 'p')}"
        )
    return Step(f"keys of {dimension.name}", (Temp(touched_name(dimension), " UNION ".join(selects), s.keys),))


def _touched(s: Scope, dimension: Dimension) -> str:
    every = f"SELECT {qualified('k', s.keys)} FROM {s.temp('touched')} AS k"
    if not onward.goes_on(dimension):
        return every
    return f"{every} LEFT JOIN {onward.goes_name(dimension)} AS g ON {on('g', 'k', s.keys)} WHERE g.{s.keys[0]} IS NULL"


def fact_keys_step(s: Scope, fact: Fact) -> Step:
    """Keys with something new, those whose parents have, and those whose children that give a milestone have."""
    selects = [f"SELECT {qualified('k', s.keys)} FROM {s.temp('touched')} AS k"]
    for parent in fact.parents:
        p = Scope(s.project, s.project.table(parent.table), s.d)
        selects.append(
            f"SELECT {qualified('l', s.keys)} FROM {s.log} AS l JOIN {p.temp('touched')} AS p ON {refers(s, parent.by, p.table, 'l', 'p')}"
        )
    for milestone in fact.milestones:
        if isinstance(milestone, ChildMilestone):
            selects.append(_named_by_children(s, milestone))
    return Step(f"keys of {fact.name}", (Temp(fact_keys(fact), " UNION ".join(selects), s.keys),))


def _named_by_children(s: Scope, milestone: ChildMilestone) -> str:
    c = Scope(s.project, s.project.table(milestone.table), s.d)
    columns = ", ".join(
        f"{reference(s.d, f'l.{s.d.ident(by)}', c.table.column(by), s.table, k)} AS {s.d.ident(k)}"
        for by, k in zip(milestone.by, s.table.key, strict=True)
    )
    present = " AND ".join(f"l.{s.d.ident(by)} IS NOT NULL" for by in milestone.by)
    return f"SELECT {columns} FROM {c.log} AS l JOIN {c.temp('touched')} AS t ON {on('l', 't', c.keys)} WHERE {present}"


def chain_keys(project: Project, table: Table, d: Dialect, uses: Dependents) -> tuple[list[str], list[str]]:
    """SELECTs of the keys whose chain is needed, each once: (as it is, as if nothing had been deleted)."""
    s = Scope(project, table, d)
    plain: list[str] = []
    undeleted: list[str] = []
    ignores = table.dimension is not None and table.dimension.on_delete is OnDelete.IGNORE
    of_dimension = undeleted if ignores else plain
    for dimension in dimensions_of(table):
        of_dimension.append(f"SELECT {qualified('k', s.keys)} FROM {touched_name(dimension)} AS k")
    plain += [f"SELECT {qualified('k', s.keys)} FROM {chained_keys(fact)} AS k" for fact in table.facts]
    for other, dimension, lookup in uses.lookups[table.name]:
        of_dimension.append(_named(Scope(project, other, d), lookup.by, table, touched_name(dimension)))
    for other, fact, parent in uses.parents[table.name]:
        plain.append(_named(Scope(project, other, d), parent.by, table, fact_keys(fact)))
    for other, fact, milestone in uses.children[table.name]:
        match = refers(s, milestone.by, other, "l", "f", table)
        plain.append(f"SELECT DISTINCT {qualified('l', s.keys)} FROM {s.log} AS l JOIN {fact_keys(fact)} AS f ON {match}")
    return plain, undeleted


def _named(o: Scope, by: tuple[str, ...], parent: Table, keys: str) -> str:
    """Keys of the parent that any event of the wanted keys of `o` names."""
    columns = ", ".join(
        f"{reference(o.d, f'l.{o.d.ident(b)}', o.table.column(b), parent, k)} AS {o.d.ident(k)}"
        for b, k in zip(by, parent.key, strict=True)
    )
    present = " AND ".join(f"l.{o.d.ident(b)} IS NOT NULL" for b in by)
    return f"SELECT DISTINCT {columns} FROM {o.log} AS l JOIN {keys} AS k ON {on('l', 'k', o.keys)} WHERE {present}"


def inferred_keys(project: Project, table: Table, dimension: Dimension, d: Dialect, uses: Dependents) -> Step:
    """Adds to the dimension's keys those that touched facts refer to, or did, and that have no row of their own."""
    s = Scope(project, table, d)
    candidates, more, all_keys = temp("candidates", dimension.name), temp("more", dimension.name), touched_name(dimension)
    selects = []
    for other, fact in uses.referring[table.name]:
        o = Scope(project, other, d)
        selects.append(f"SELECT {qualified('r', s.keys)} FROM {references.references_name(fact, table.name)} AS r")
        of_touched = f"(SELECT t.* FROM {s.names.warehouse(fact.name)} AS t JOIN {fact_keys(fact)} AS k ON {on('t', 'k', o.keys)})"
        selects.append(references.shown_references(o, fact, table.name, of_touched, "f"))
    target = s.names.warehouse(dimension.name)
    lone = (
        f"SELECT DISTINCT {qualified('c', s.keys)} FROM {candidates} AS c LEFT JOIN {target} AS t ON {on('t', 'c', s.keys)} "
        f"WHERE t.{s.keys[0]} IS NULL OR t.is_inferred"
    )
    for other, fact in uses.referring[table.name]:
        o = Scope(project, other, d)
        text = s.text(table.name)
        lone += (
            f" UNION SELECT {qualified('t', s.keys)} FROM {target} AS t JOIN {s.names.extra_references(fact.name)} AS x "
            f"ON x.key_text = {key_text(d, [(f't.{d.ident(c.name)}', c.type) for c in table.key_columns])} "
            f"JOIN {fact_keys(fact)} AS k ON {on('k', 'x', o.keys)} WHERE t.is_inferred AND x.dimension = {text}"
        )
    union = f"SELECT {qualified('k', s.keys)} FROM {all_keys} AS k UNION SELECT {qualified('c', s.keys)} FROM ({lone}) AS c"
    if onward.goes_on(dimension):
        union += f" LEFT JOIN {onward.goes_name(dimension)} AS g ON {on('g', 'c', s.keys)} WHERE g.{s.keys[0]} IS NULL"
    return Step(
        f"keys {dimension.name} may have to infer",
        (Temp(candidates, " UNION ".join(selects), s.keys), Temp(more, union, s.keys), Temp(all_keys, f"SELECT * FROM {more}", s.keys)),
        "SELECT 1 AS something WHERE "
        + " OR ".join(f"EXISTS (SELECT 1 FROM {fact_keys(fact)} AS k)" for _, fact in uses.referring[table.name]),
    )


def referred(project: Project, table: Table, dimension: Dimension, d: Dialect, uses: Dependents) -> Step:
    """`tmp_referred_<dimension>`: keys without a row of their own that a state of some fact's table refers to."""
    s = Scope(project, table, d)
    lonely = temp("lonely", dimension.name)
    without = (
        f"SELECT {qualified('k', s.keys)} FROM {touched_name(dimension)} AS k LEFT JOIN {segments_name(dimension)} AS v ON {on('v', 'k', s.keys)} "
        f"WHERE v.{s.keys[0]} IS NULL"
    )
    found = f"SELECT {qualified('x', s.keys)} FROM {lonely} AS x"
    selects = []
    for other, fact in uses.referring[table.name]:
        o = Scope(project, other, d)
        selects.append(f"{found} JOIN {references.references_name(fact, table.name)} AS r ON {on('r', 'x', s.keys)}")
        untouched = f"LEFT JOIN {fact_keys(fact)} AS k ON {on('k', 'f', o.keys)} WHERE k.{o.keys[0]} IS NULL"
        for role in referring(fact)[table.name]:
            shown = " AND ".join(f"f.{d.ident(by)} = x.{k}" for by, k in zip(role.by, s.keys, strict=True))
            selects.append(f"{found} JOIN {s.names.warehouse(fact.name)} AS f ON {shown} {untouched}")
        text = key_text(d, [(f"x.{d.ident(c.name)}", c.type) for c in table.key_columns])
        extra = f"f.dimension = {s.text(table.name)} AND f.key_text = {text}"
        selects.append(f"{found} JOIN {s.names.extra_references(fact.name)} AS f ON {extra} {untouched}")
    select = " UNION ".join(selects)
    return Step(f"referred keys of {dimension.name}", (Temp(lonely, without, s.keys), Temp(referred_name(dimension), select, s.keys)))


def referred_name(dimension: Dimension) -> str:
    return temp("referred", dimension.name)
