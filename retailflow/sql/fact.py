"""A fact made what its definition says, for the keys something touched; `sql.rekey` does the others, where a dimension moved."""

from retailflow.model.fact import Fact, Parent, Role
from retailflow.sql import milestones, periodic, references
from retailflow.sql.as_of import in_slot, many_keys, slots, spans
from retailflow.sql.change import change, have_name
from retailflow.sql.dependents import referring
from retailflow.sql.expression import of_type
from retailflow.sql.fact_base import (
    base_name,
    column_of,
    fact_keys,
    identity,
    is_periodic,
    is_versioned,
    moment,
    owner_of,
    shown_value,
    there,
)
from retailflow.sql.local_time import local
from retailflow.sql.names import temp
from retailflow.sql.rekey import rekey
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.shape import fact_columns
from retailflow.sql.statement import Execute, Step, Temp

UNKNOWN, MISSING = -1, -2


def refresh(s: Scope, fact: Fact) -> tuple[Step, ...]:
    """Needs the chains, what the rows are made of, the references, and every dimension as it should be."""
    rows = periodic.base(s, fact) if is_periodic(fact) else milestones.milestones(s, fact)
    refreshed = (
        Step(f"rows of {fact.name}", (*rows, *_spans(s, fact), *_pins(s, fact))),
        *references.keep_extra(s, fact),
        *_change(s, fact),
    )
    return (Step(f"refresh {fact.name}", refreshed, f"SELECT 1 FROM {fact_keys(fact)} LIMIT 1"), *rekey(s, fact))


def _change(s: Scope, fact: Fact) -> tuple[Step, ...]:
    """Where nothing was there of the touched keys, all rows are new, and none is kept or compared before it is written."""
    want, target, select = want_name(fact), s.names.warehouse(fact.name), _want(s, fact)
    columns = [s.d.ident(c.name) for c in fact_columns(s.project, s.table, fact)]
    there, *compared = change(s.d, target, want, fact_keys(fact), identity(s, fact), columns, s.keys)
    some = f"SELECT 1 FROM {have_name(want)} LIMIT 1"
    insert = Execute(f"INSERT INTO {target} ({', '.join(columns)}) {select}")
    return (
        Step(f"what was there of {fact.name}", (there,)),
        Step(f"new rows of {fact.name}", (insert,), f"SELECT 1 AS something WHERE NOT EXISTS ({some})"),
        Step(f"change {fact.name}", (Temp(want, select, s.keys), *compared), some),
    )


def want_name(fact: Fact) -> str:
    return temp("want", fact.name)


def spans_name(fact: Fact, dimension: str) -> str:
    return temp("spans", f"{fact.name}_{dimension}")


def _spans(s: Scope, fact: Fact) -> tuple[Temp, ...]:
    temps = []
    for name in sorted(referring(fact)):
        table = s.project.table(name)
        assert table.dimension is not None, "resolved: a role names a table with a dimension"
        named = references.references_name(fact, name)
        temps.append(Temp(spans_name(fact, name), spans(s, table, table.dimension, named), tuple(map(s.d.ident, table.key))))
    return tuple(temps)


def pins_name(fact: Fact) -> str:
    return temp("pins", fact.name)


def _pins(s: Scope, fact: Fact) -> tuple[Temp, ...]:
    """The slots, by role, of the rows that refer to keys with many versions; usually none."""
    selects = []
    for i in _looked_up(s, fact):
        role = fact.roles[i]
        dimension, span = s.project.table(role.dimension), spans_name(fact, role.dimension)
        values = [shown_value(s, fact, by, "b") for by in role.by]
        matches = " AND ".join(f"m.{s.d.ident(k)} = {v}" for k, v in zip(dimension.key, values, strict=True))
        columns = ", ".join(
            [qualified("b", identity(s, fact)), *(f"{v} AS d{n}" for n, v in enumerate(values)), f"{_at(s, fact, role)} AS _at"]
        )
        of_many = f"SELECT {columns} FROM {base_name(fact)} AS b JOIN ({many_keys(dimension, s.d, span)}) AS m ON {matches}"
        selects.append(slots(dimension, s.d, span, of_many, identity(s, fact), i))
    if not selects:
        return ()
    by_role = ", ".join(f"MAX(CASE WHEN q._role = {i} THEN q._slot END) AS _slot{i}" for i in _looked_up(s, fact))
    rows = qualified("q", identity(s, fact))
    pinned = f"SELECT {rows}, {by_role} FROM ({' UNION ALL '.join(selects)}) AS q GROUP BY {rows}"
    return (Temp(pins_name(fact), pinned, identity(s, fact)),)


def _looked_up(s: Scope, fact: Fact) -> tuple[int, ...]:
    """The numbers of the roles whose dimension is versioned."""
    return tuple(i for i, role in enumerate(fact.roles) if not role.is_date and is_versioned(s, role))


def _at(s: Scope, fact: Fact, role: Role) -> str:
    """The moment at which a row of the base, aliased b, is looked up."""
    return "b._moment" if is_periodic(fact) else moment(s, fact, role, "b", "_since")


def _want(s: Scope, fact: Fact) -> str:
    d = s.d
    made: dict[str, str] = {name: shown_value(s, fact, name, "b") for name in fact.shown_columns}
    joins = [f" LEFT JOIN {pins_name(fact)} AS p ON {on('p', 'b', identity(s, fact))}"] if _looked_up(s, fact) else []
    for i, role in enumerate(fact.roles):
        made[role.surrogate_key], join = _role(s, fact, role, i)
        joins.append(join)
    for m in fact.measures:
        made[m.name] = of_type(d, m.expression, m.type, "b.")
    reached, reached_joins = milestones.values(s, fact)
    made = reached | made | {"_since": "b._since", "period_start": "b.period_start"}
    columns = ", ".join(f"{made[c.name]} AS {d.ident(c.name)}" for c in fact_columns(s.project, s.table, fact))
    return f"SELECT {columns} FROM {base_name(fact)} AS b{''.join([*joins, *reached_joins])}"


def _parents_of(fact: Fact, role: Role) -> list[Parent]:
    return [p for p in fact.parents if any(by in p.columns for by in role.by)]


def _role(s: Scope, fact: Fact, role: Role, number: int) -> tuple[str, str]:
    """(surrogate key, join)."""
    d, alias = s.d, f"r{number}"
    missing = " OR ".join(
        f"({' AND '.join(f'b.{d.ident(by)} IS NOT NULL' for by in p.by)} AND NOT b.{there(p)})" for p in _parents_of(fact, role)
    )
    null = " OR ".join(f"b.{d.ident(by)} IS NULL" for by in role.by)
    absent = (f"WHEN {missing} THEN {MISSING} " if missing else "") + f"WHEN {null} THEN {UNKNOWN} "
    if role.is_date:
        c = column_of(s, fact, role.by[0])
        clock = local(s, f"b.{d.ident(c.name)}", c.type, owner_of(s, fact, c.name).source.time_zone, alias)
        return f"CASE {absent}ELSE {d.date_key(clock.value)} END", clock.join
    dimension = s.project.table(role.dimension)
    matches = " AND ".join(f"{alias}.{d.ident(k)} = {shown_value(s, fact, by, 'b')}" for by, k in zip(role.by, dimension.key, strict=True))
    join = f" LEFT JOIN {spans_name(fact, role.dimension)} AS {alias} ON {matches}"
    if is_versioned(s, role):
        at = _at(s, fact, role)
        join += f" AND {in_slot(d, alias, f'p._slot{number}')} AND {at} >= {alias}._lo AND {at} < {alias}._hi"
    return f"CASE {absent}ELSE COALESCE({alias}._sk, {MISSING}) END", join
