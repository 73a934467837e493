"""Transaction and factless facts made what their definitions say, for the keys something touched; and re-keying of all others."""

from retailflow.model.fact import Fact, FactKind, Parent, Role
from retailflow.sql import references
from retailflow.sql.as_of import spans
from retailflow.sql.change import change
from retailflow.sql.dimension import moved_name
from retailflow.sql.expression import render, value_type
from retailflow.sql.fact_base import base, base_name, column_of, fact_keys, shown_value, there
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
    return (
        Step(f"rows of {fact.name}", (*base(s, fact), *_spans(s, fact), Temp(want, _want(s, fact), s.keys))),
        *((extra,) if extra else ()),
        Step(f"change {fact.name}", change(s.d, s.names.warehouse(fact.name), want, fact_keys(fact), s.keys, columns, s.keys)),
        *_rekey(s, fact),
    )


def spans_name(fact: Fact, dimension: str) -> str:
    return temp("spans", f"{fact.name}_{dimension}")


def _spans(s: Scope, fact: Fact) -> tuple[Temp, ...]:
    temps = []
    for name in sorted(references.referring(fact)):
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
        x = s.d.cast(x, "TIMESTAMP")
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
    made["_since"] = "b.since"
    columns = ", ".join(f"{made[c.name]} AS {d.ident(c.name)}" for c in fact_columns(s.project, s.table, fact))
    return f"SELECT {columns} FROM {base_name(fact)} AS b{''.join(joins)}"


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
        clock = local(s, f"b.{d.ident(c.name)}", c.type, c.time_zone, alias)
        return f"CASE {absent}ELSE {d.date_key(clock.value)} END", clock.join
    dimension = s.project.table(role.dimension)
    matches = " AND ".join(f"{alias}.{d.ident(k)} = {shown_value(s, fact, by, 'b')}" for by, k in zip(role.by, dimension.key, strict=True))
    at = moment(s, fact, role, "b", "since")
    join = f" LEFT JOIN {spans_name(fact, role.dimension)} AS {alias} ON {matches}"
    assert dimension.dimension is not None, "resolved: a role names a table with a dimension"
    if dimension.dimension.versioned:
        join += f" AND {at} >= {alias}.lo AND {at} < {alias}.hi"
    return f"CASE {absent}ELSE COALESCE({alias}.sk, {MISSING}) END", join


def _rekey(s: Scope, fact: Fact) -> list[Step]:
    """Facts not made anew, but whose dimension got or lost a version, look their surrogate keys up again."""
    steps = []
    for role in fact.roles:
        if role.is_date:
            continue
        d, dimension = s.d, s.project.table(role.dimension)
        assert dimension.dimension is not None, "resolved: a role names a table with a dimension"
        moved, target = moved_name(dimension.dimension), s.names.warehouse(fact.name)
        name, span = temp("rekey", f"{fact.name}_{role.name}"), temp("respan", f"{fact.name}_{role.name}")
        matches = " AND ".join(f"v.{d.ident(k)} = t.{d.ident(by)}" for by, k in zip(role.by, dimension.key, strict=True))
        sk = d.ident(role.surrogate_key)
        rows = (s.keys, *(("period_start",) if fact.kind is FactKind.PERIODIC_SNAPSHOT else ()))
        identity = (*rows[0], *rows[1:])
        at = moment(s, fact, role, "t", "_since")
        again = (
            f"SELECT {qualified('t', identity)}, v.sk AS sk FROM {target} AS t JOIN {span} AS v ON {matches} AND {at} >= v.lo AND {at} < v.hi "
            f"WHERE t.{sk} <> v.sk"
        )
        steps.append(
            Step(
                f"re-key {role.name} of {fact.name}",
                (
                    Temp(span, spans(s, dimension, dimension.dimension, moved), tuple(map(d.ident, dimension.key))),
                    Temp(name, again, identity),
                    Execute(d.update_from(target, sk, "k.sk", name, "k", on(target, "k", identity))),
                ),
                f"SELECT 1 FROM {moved} LIMIT 1",
            )
        )
    return steps


