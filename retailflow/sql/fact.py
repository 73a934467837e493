"""A fact made what its definition says, for the keys something touched; and all others re-keyed where a dimension moved."""

from retailflow.model.fact import Fact, FactKind, Parent, Role
from retailflow.model.table import Table
from retailflow.sql import milestones, periodic, references
from retailflow.sql.as_of import spans
from retailflow.sql.change import change
from retailflow.sql.dependents import referring
from retailflow.sql.dimension import moved_name
from retailflow.sql.expression import render, value_type
from retailflow.sql.fact_base import base, base_name, column_of, fact_keys, owner_of, shown_value, there
from retailflow.sql.local_time import local
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.shape import fact_columns
from retailflow.sql.statement import Execute, Step, Temp
from retailflow.types import Kind

UNKNOWN, MISSING = -1, -2


def refresh(s: Scope, fact: Fact) -> tuple[Step, ...]:
    """Needs the chains, the references, and every dimension as it should be."""
    want = temp("want", fact.name)
    columns = [s.d.ident(c.name) for c in fact_columns(s.project, s.table, fact)]
    extra = references.keep_extra(s, fact, want)
    rows = periodic.base(s, fact) if _is_periodic(fact) else (*base(s, fact), *milestones.milestones(s, fact))
    target = s.names.warehouse(fact.name)
    return (
        Step(f"rows of {fact.name}", (*rows, *_spans(s, fact), Temp(want, _want(s, fact), s.keys))),
        *((extra,) if extra else ()),
        Step(f"change {fact.name}", change(s.d, target, want, fact_keys(fact), identity(s, fact), columns, s.keys)),
        *_rekey(s, fact),
    )


def _is_periodic(fact: Fact) -> bool:
    return fact.kind is FactKind.PERIODIC_SNAPSHOT


def identity(s: Scope, fact: Fact) -> tuple[str, ...]:
    """What tells the rows of a fact apart."""
    return (*s.keys, "period_start") if _is_periodic(fact) else s.keys


def spans_name(fact: Fact, dimension: str) -> str:
    return temp("spans", f"{fact.name}_{dimension}")


def _spans(s: Scope, fact: Fact) -> tuple[Temp, ...]:
    temps = []
    for name in sorted(referring(fact)):
        table = s.project.table(name)
        assert table.dimension is not None, "resolved: a role names a table with a dimension"
        keys = ", ".join(f"d{i} AS {s.d.ident(k)}" for i, k in enumerate(table.key))
        named = f"(SELECT DISTINCT {keys} FROM {references.references_name(fact, name)})"
        temps.append(Temp(spans_name(fact, name), spans(s, table, table.dimension, named), tuple(map(s.d.ident, table.key))))
    return tuple(temps)


def moment(s: Scope, fact: Fact, role: Role, alias: str, since: str) -> str:
    """The time a role is looked up at, a timestamp."""
    name = role.time or fact.time
    if name is None:
        return f"{alias}.{since}"
    x = f"{alias}.{s.d.ident(name)}"
    if column_of(s, fact, name).type.kind is Kind.DATE:
        x = s.d.cast(x, s.d.timestamp_type)
    return f"COALESCE({x}, {alias}.{since})"


def _want(s: Scope, fact: Fact) -> str:
    d = s.d
    made: dict[str, str] = {name: shown_value(s, fact, name, "b") for name in fact.shown_columns}
    joins: list[str] = []
    for i, role in enumerate(fact.roles):
        made[role.surrogate_key], join = _role(s, fact, role, f"r{i}")
        joins.append(join)
    for m in fact.measures:
        made[m.name] = d.cast(render(d, m.expression, "b."), value_type(d, m.type))
    reached, reached_joins = milestones.values(s, fact)
    made = reached | made | {"_since": "b._since", "period_start": "b.period_start"}
    columns = ", ".join(f"{made[c.name]} AS {d.ident(c.name)}" for c in fact_columns(s.project, s.table, fact))
    return f"SELECT {columns} FROM {base_name(fact)} AS b{''.join([*joins, *reached_joins])}"


def _parents_of(fact: Fact, role: Role) -> list[Parent]:
    return [p for p in fact.parents if any(by in p.columns for by in role.by)]


def _role(s: Scope, fact: Fact, role: Role, alias: str) -> tuple[str, str]:
    """(surrogate key, join)."""
    d = s.d
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
    at = "b._moment" if _is_periodic(fact) else moment(s, fact, role, "b", "_since")
    join = f" LEFT JOIN {spans_name(fact, role.dimension)} AS {alias} ON {matches}"
    assert dimension.dimension is not None, "resolved: a role names a table with a dimension"
    if dimension.dimension.versioned:
        join += f" AND {at} >= {alias}._lo AND {at} < {alias}._hi"
    return f"CASE {absent}ELSE COALESCE({alias}._sk, {MISSING}) END", join


def _rekey(s: Scope, fact: Fact) -> list[Step]:
    """Facts not made anew, but whose dimension got or lost a version, look their surrogate keys up again."""
    steps = []
    for role in fact.roles:
        if role.is_date:
            continue
        d, dimension = s.d, s.project.table(role.dimension)
        assert dimension.dimension is not None, "resolved: a role names a table with a dimension"
        target = s.names.warehouse(fact.name)
        moved, name, span = (temp(kind, f"{fact.name}_{role.name}") for kind in ("moved", "rekey", "respan"))
        matches = " AND ".join(f"v.{d.ident(k)} = t.{d.ident(by)}" for by, k in zip(role.by, dimension.key, strict=True))
        sk, rows = d.ident(role.surrogate_key), identity(s, fact)
        at, join = _moment_now(s, fact, role)
        again = (
            f"SELECT {qualified('t', rows)}, v._sk AS _sk FROM {target} AS t{join} JOIN {span} AS v ON {matches} AND {at} >= v._lo AND {at} < v._hi "
            f"WHERE t.{sk} <> v._sk"
        )
        again_step = Step(
            f"re-key {role.name} of {fact.name}",
            (
                Temp(span, spans(s, dimension, dimension.dimension, moved), tuple(map(d.ident, dimension.key))),
                Temp(name, again, rows),
                Execute(d.update_from(target, sk, "k._sk", name, "k", on(target, "k", rows))),
            ),
            f"SELECT 1 FROM {moved} LIMIT 1",
        )
        steps += [Step(f"what moved {role.name} of {fact.name}", (Temp(moved, _moved(s, fact, dimension)),)), again_step]
    return steps


def _moved(s: Scope, fact: Fact, table: Table) -> str:
    """Keys whose versions changed; for periodic snapshots also those with a version that `as_of` has now reached."""
    assert table.dimension is not None, "resolved: a role names a table with a dimension"
    owner = Scope(s.project, table, s.d)
    moved = f"SELECT {qualified('m', owner.keys)} FROM {moved_name(table.dimension)} AS m"
    if not _is_periodic(fact):
        return moved
    reached = (
        f"SELECT {qualified('v', owner.keys)} FROM {s.names.warehouse(table.dimension.name)} AS v JOIN {s.names.sources} AS a "
        f"ON a.source = {s.text(s.table.source.name)} WHERE v.valid_from > a.loaded_as_of AND v.valid_from <= a.as_of"
    )
    return f"{moved} UNION {reached}"


def _moment_now(s: Scope, fact: Fact, role: Role) -> tuple[str, str]:
    """(the time a row of the fact, aliased t, is looked up at; the join that takes)."""
    if not _is_periodic(fact):
        return moment(s, fact, role, "t", "_since"), ""
    end, join = periodic.end_of(s, fact, "t.period_start", "zm")
    now = periodic.as_of(s)
    return f"CASE WHEN {end} < {now} THEN {end} ELSE {now} END", join
