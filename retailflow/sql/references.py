"""Who refers to whom: the keys of dimensions that the states of a fact's table name, so that inferred members come and go.

A reference of the row a fact shows now is found in the fact; those of other states are kept beside it in `<fact>_references`.
"""

from retailflow.model.fact import Fact, Role
from retailflow.model.table import Table
from retailflow.sql.dependents import referring
from retailflow.sql.fact_base import base_name, column_of, fact_keys, is_periodic, refers, shown_value
from retailflow.sql.fact_rows import base
from retailflow.sql.keys import key_text, reference
from retailflow.sql.lone import chained_keys
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Execute, Step, Temp


def references_name(fact: Fact, dimension: str) -> str:
    """The keys of the dimension, under their names, each once, that states of the touched keys of the fact refer to."""
    return temp("refs", f"{fact.name}_{dimension}")


def collect(s: Scope, fact: Fact) -> tuple[Step, ...]:
    """Needs the chains of the table and its parents; makes also what the rows of the fact are made of, unless it is periodic."""
    steps = [] if is_periodic(fact) else [Step(f"what {fact.name} is made of", base(s, fact))]
    temps = []
    for name, roles in sorted(referring(fact).items()):
        dimension = s.project.table(name)
        keys = tuple(map(s.d.ident, dimension.key))
        selects = [select for role in roles for select in _of_role(s, fact, role, dimension)]
        shown = ", ".join(f"r.d{i} AS {k}" for i, k in enumerate(keys))
        temps.append(Temp(references_name(fact, name), f"SELECT DISTINCT {shown} FROM ({' UNION ALL '.join(selects)}) AS r", keys))
    return (*steps, Step(f"references of {fact.name}", tuple(temps))) if temps else tuple(steps)


def _of_role(s: Scope, fact: Fact, role: Role, dimension: Table) -> tuple[str, ...]:
    """SELECTs of d0, d1, …, the key of the dimension: of the row of each key, and of any other state."""
    others = _of_states(s, fact, role, dimension)
    return (others,) if is_periodic(fact) else (_select(s, fact, role, dimension, {}, f"{base_name(fact)} AS c"), others)


def _of_states(s: Scope, fact: Fact, role: Role, dimension: Table, columns: str = "") -> str:
    """Through any state of the key, and any state of the parents it names; those of lone keys are only read for their parents."""
    aliases, joins = {}, []
    own = list(dict.fromkeys((*s.table.key, *(by for by in role.by if fact.parent_of(by) is None))))
    for i, parent in enumerate(fact.parents):
        if any(column in parent.columns for column in role.by):
            p = Scope(s.project, s.project.table(parent.table), s.d)
            joins.append(f" JOIN {p.temp('chain')} AS p{i} ON {refers(s, parent.by, p.table, 'c', f'p{i}')} AND p{i}._deleted = 0")
            aliases[parent.table] = f"p{i}"
            own += [by for by in parent.by if by not in own]
    shown = [s.d.ident(name) for name in own]
    states = f"SELECT {qualified('z', shown)} FROM {s.temp('chain')} AS z JOIN {chained_keys(fact)} AS k ON {on('k', 'z', s.keys)} WHERE z._deleted = 0"
    if joins:
        states += f" UNION ALL SELECT {qualified('b', shown)} FROM {base_name(fact)} AS b"
    return _select(s, fact, role, dimension, aliases, f"({states}) AS c{''.join(joins)}", columns)


def _select(s: Scope, fact: Fact, role: Role, dimension: Table, aliases: dict[str, str], source: str, columns: str = "") -> str:
    """`aliases`: of the parents that are not columns of c."""
    values = []
    for by, key in zip(role.by, dimension.key, strict=True):
        owner = fact.parent_of(by)
        alias = aliases.get(owner.table, "c") if owner is not None else "c"
        values.append(reference(s.d, f"{alias}.{s.d.ident(by)}", column_of(s, fact, by), dimension, key))
    present = " AND ".join(f"{v} IS NOT NULL" for v in values)
    return f"SELECT {columns}{', '.join(f'{v} AS d{i}' for i, v in enumerate(values))} FROM {source} WHERE {present}"


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


def keep_extra(s: Scope, fact: Fact) -> tuple[Step, ...]:
    """References that the rows do not show are kept; those of before are replaced. Lone keys show theirs, but for those of parents."""
    if not referring(fact):
        return ()
    d, extra, fresh = s.d, s.names.extra_references(fact.name), temp("extra", fact.name)
    selects = []
    for name, roles in sorted(referring(fact).items()):
        dimension = s.project.table(name)
        row = f"SELECT 1 FROM {base_name(fact)} AS b WHERE {on('b', 'r', s.keys)}"
        shows = (" AND ".join(f"{shown_value(s, fact, by, 'b')} = r.d{i}" for i, by in enumerate(role.by)) for role in roles)
        unseen = " AND ".join(f"NOT EXISTS ({row} AND {shown})" for shown in shows)
        columns = f"{s.text(name)} AS dimension, {qualified('r', s.keys)}, {text_of(s, dimension, 'r')} AS key_text"
        rows = " UNION ALL ".join(_of_states(s, fact, role, dimension, f"{qualified('c', s.keys)}, ") for role in roles)
        selects.append(f"SELECT {columns} FROM ({rows}) AS r WHERE {unseen}")
    columns = ", ".join(("dimension", *s.keys, "key_text"))
    others = (Temp(fresh, " UNION ".join(selects)), Execute(f"INSERT INTO {extra} ({columns}) SELECT {columns} FROM {fresh}"))
    by_parents = any(fact.parent_of(by) is not None for role in fact.roles if not role.is_date for by in role.by)
    guard = None if by_parents else f"SELECT 1 FROM {chained_keys(fact)} LIMIT 1"
    return (
        Step(f"forget references of {fact.name}", (Execute(d.delete_using(extra, fact_keys(fact), s.keys)),)),
        Step(f"keep references of {fact.name}", others, guard),
    )
