"""Facts that nothing touched, but whose dimension got or lost a version, look their surrogate keys up again."""

from retailflow.model.fact import Fact, Role
from retailflow.model.table import Table
from retailflow.sql import periodic
from retailflow.sql.as_of import in_slot, many_keys, slots, spans
from retailflow.sql.dimension import moved_name
from retailflow.sql.fact_base import identity, is_periodic, is_versioned, moment
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Execute, Step, Temp


def rekey(s: Scope, fact: Fact) -> list[Step]:
    """Facts not made anew, but whose dimension got or lost a version, look their surrogate keys up again."""
    steps = []
    for role in fact.roles:
        if role.is_date:
            continue
        d, dimension = s.d, s.project.table(role.dimension)
        assert dimension.dimension is not None, "resolved: a role names a table with a dimension"
        target = s.names.warehouse(fact.name)
        name, span = (temp(kind, f"{fact.name}_{role.name}") for kind in ("rekey", "respan"))
        moved = moved_name(dimension.dimension)
        if is_periodic(fact):
            moved = temp("moved", f"{fact.name}_{role.name}")
            steps.append(Step(f"what moved {role.name} of {fact.name}", (Temp(moved, _moved(s, dimension)),)))
        matches = " AND ".join(f"v.{d.ident(k)} = t.{d.ident(by)}" for by, k in zip(role.by, dimension.key, strict=True))
        sk, rows = d.ident(role.surrogate_key), identity(s, fact)
        at, join = _moment_now(s, fact, role)
        pins: tuple[Temp, ...] = ()
        within = f"{at} >= v._lo AND {at} < v._hi"
        if is_versioned(s, role):
            pin = temp("repin", f"{fact.name}_{role.name}")
            values = [f"t.{d.ident(by)}" for by in role.by]
            of_many = " AND ".join(f"m.{d.ident(k)} = {v}" for k, v in zip(dimension.key, values, strict=True))
            columns = ", ".join([qualified("t", rows), *(f"{v} AS d{n}" for n, v in enumerate(values)), f"{at} AS _at"])
            selected = f"SELECT {columns} FROM {target} AS t{join} JOIN ({many_keys(dimension, d, span)}) AS m ON {of_many}"
            pins = (Temp(pin, slots(dimension, d, span, selected, rows, 0), rows),)
            join += f" LEFT JOIN {pin} AS p ON {on('p', 't', rows)}"
            within = f"{in_slot(d, 'v', 'p._slot')} AND {within}"
        again = f"SELECT {qualified('t', rows)}, v._sk AS _sk FROM {target} AS t{join} JOIN {span} AS v ON {matches} AND {within} WHERE t.{sk} <> v._sk"
        again_step = Step(
            f"re-key {role.name} of {fact.name}",
            (
                Temp(span, spans(s, dimension, dimension.dimension, moved), tuple(map(d.ident, dimension.key))),
                *pins,
                Temp(name, again, rows),
                Execute(d.update_from(target, sk, "k._sk", name, "k", on(target, "k", rows))),
            ),
            f"SELECT 1 FROM {moved} LIMIT 1",
        )
        steps.append(again_step)
    return steps


def _moved(s: Scope, table: Table) -> str:
    """Keys whose versions changed, and, for periodic snapshots, those with a version that `as_of` has now reached."""
    assert table.dimension is not None, "resolved: a role names a table with a dimension"
    owner = Scope(s.project, table, s.d)
    moved = f"SELECT {qualified('m', owner.keys)} FROM {moved_name(table.dimension)} AS m"
    reached = (
        f"SELECT {qualified('v', owner.keys)} FROM {s.names.warehouse(table.dimension.name)} AS v JOIN {s.names.sources} AS a "
        f"ON a.source = {s.text(s.table.source.name)} WHERE v.valid_from > a.loaded_as_of AND v.valid_from <= a.as_of"
    )
    return f"{moved} UNION {reached}"


def _moment_now(s: Scope, fact: Fact, role: Role) -> tuple[str, str]:
    """(the time a row of the fact, aliased t, is looked up at; the join that takes)."""
    if not is_periodic(fact):
        return moment(s, fact, role, "t", "_since"), ""
    end, join = periodic.end_of(s, fact, "t.period_start", "zm")
    now = periodic.as_of(s)
    return f"CASE WHEN {end} < {now} THEN {end} ELSE {now} END", join
