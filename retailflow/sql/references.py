"""Who refers to whom: the keys of dimensions that the states of a fact's table name, so that inferred members come and go.

A reference of the row a fact shows now is found in the fact; those of other states are kept beside it in `<fact>_references`.
"""

from retailflow.model.fact import Fact, Role
from retailflow.model.table import Table
from retailflow.sql.dependents import referring
from retailflow.sql.fact_base import column_of, fact_keys, refers
from retailflow.sql.keys import key_text, reference
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Execute, Step, Temp


def references_name(fact: Fact, dimension: str) -> str:
    """Fact key columns as they are, the dimension's as d0, d1, …"""
    return temp("refs", f"{fact.name}_{dimension}")


def collect(s: Scope, fact: Fact) -> Step | None:
    """Needs the chains of the table and its parents."""
    by_dimension = referring(fact)
    if not by_dimension:
        return None
    temps = [
        Temp(references_name(fact, name), " UNION ".join(_of_role(s, fact, role, s.project.table(name)) for role in roles))
        for name, roles in sorted(by_dimension.items())
    ]
    return Step(f"references of {fact.name}", tuple(temps))


def _of_role(s: Scope, fact: Fact, role: Role, dimension: Table) -> str:
    """Through any state of the key, and any state of the parents it names."""
    d = s.d
    aliases, joins = {}, []
    for i, parent in enumerate(fact.parents):
        if any(column in parent.columns for column in role.by):
            p = Scope(s.project, s.project.table(parent.table), d)
            joins.append(f"JOIN {p.temp('chain')} AS p{i} ON {refers(s, parent.by, p.table, 'c', f'p{i}')} AND p{i}._deleted = 0")
            aliases[parent.table] = f"p{i}"
    values = []
    for by, key in zip(role.by, dimension.key, strict=True):
        owner = fact.parent_of(by)
        alias = aliases[owner.table] if owner is not None else "c"
        values.append(reference(d, f"{alias}.{d.ident(by)}", column_of(s, fact, by), dimension, key))
    columns = ", ".join(f"{v} AS d{i}" for i, v in enumerate(values))
    present = " AND ".join(f"{v} IS NOT NULL" for v in values)
    return (
        f"SELECT {qualified('c', s.keys)}, {columns} FROM {s.temp('chain')} AS c JOIN {fact_keys(fact)} AS k ON {on('k', 'c', s.keys)} "
        f"{' '.join(joins)} WHERE c._deleted = 0 AND {present}"
    )


def text_of(s: Scope, dimension: Table, alias: str) -> str:
    """The key text of d0, d1, … of a references relation."""
    return key_text(s.d, [(f"{alias}.d{i}", c.type) for i, c in enumerate(dimension.key_columns)])


def shown_references(s: Scope, fact: Fact, name: str, relation: str, alias: str) -> str:
    """SELECT of the dimension's keys (under their names) that rows of a fact-shaped relation refer to."""
    dimension = s.project.table(name)
    selects = []
    for role in referring(fact)[name]:
        columns = ", ".join(f"{alias}.{s.d.ident(by)} AS {s.d.ident(k)}" for by, k in zip(role.by, dimension.key, strict=True))
        present = " AND ".join(f"{alias}.{s.d.ident(by)} IS NOT NULL" for by in role.by)
        selects.append(f"SELECT {columns} FROM {relation} AS {alias} WHERE {present}")
    return " UNION ALL ".join(selects)


def keep_extra(s: Scope, fact: Fact, want: str) -> Step | None:
    """References that the rows wanted do not show are kept; those of before are replaced."""
    if not referring(fact):
        return None
    d, extra, fresh = s.d, s.names.extra_references(fact.name), temp("extra", fact.name)
    selects = []
    for name, roles in sorted(referring(fact).items()):
        dimension = s.project.table(name)
        row = f"SELECT 1 FROM {want} AS w WHERE {on('w', 'r', s.keys)}"
        shows = (" AND ".join(f"w.{d.ident(by)} = r.d{i}" for i, by in enumerate(role.by)) for role in roles)
        unseen = " AND ".join(f"NOT EXISTS ({row} AND {shown})" for shown in shows)
        columns = f"{s.text(name)} AS dimension, {qualified('r', s.keys)}, {text_of(s, dimension, 'r')} AS key_text"
        selects.append(f"SELECT {columns} FROM {references_name(fact, name)} AS r WHERE {unseen}")
    columns = ", ".join(("dimension", *s.keys, "key_text"))
    return Step(
        f"keep references of {fact.name}",
        (
            Temp(fresh, " UNION ".join(selects)),
            Execute(d.delete_using(extra, fact_keys(fact), s.keys)),
            Execute(f"INSERT INTO {extra} ({columns}) SELECT {columns} FROM {fresh}"),
        ),
    )
