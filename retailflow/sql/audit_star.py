"""Audits of the star: what the definitions promise of dimensions and facts, asked of every row."""

from collections.abc import Iterator

from retailflow.model.dimension import Dimension, OnDelete
from retailflow.model.fact import Fact, FactKind, Role
from retailflow.sql.audit import Audit, AuditSeverity, History
from retailflow.sql.audit_log import history
from retailflow.sql.dependents import dimensions_of
from retailflow.sql.expression import render
from retailflow.sql.fact import MISSING, UNKNOWN
from retailflow.sql.latest import live
from retailflow.sql.marks import complete
from retailflow.sql.scope import Scope, on, qualified


def audits(s: Scope) -> Iterator[Audit]:
    for dimension in dimensions_of(s.table):
        yield _grain_of_dimension(s, dimension)
        yield surrogates(s, dimension)
        yield _current(s, dimension)
        yield _live_is_current(s, dimension)
        if dimension.versioned:
            yield _overlap(s, dimension)
            yield _gap(s, dimension)
    for fact in s.table.facts:
        yield _grain_of_fact(s, fact)
        for role in fact.roles:
            yield _date_exists(s, fact, role) if role.is_date else _key_exists(s, fact, role)


def _audit(s: Scope, code: str, what: str, message: str, select: str, severity: AuditSeverity = AuditSeverity.BLOCK) -> Audit:
    return Audit(code, what, s.table.name, severity, message, select, history(s))


def _grain(s: Scope, name: str, columns: tuple[str, ...]) -> Audit:
    shown = ", ".join(columns)
    return _audit(
        s,
        "RF520",
        f"{name} has one row per {shown}",
        f"`{name}` has more than one row for one {shown}",
        f"SELECT {shown}, COUNT(*) AS rows_found FROM {s.names.warehouse(name)} GROUP BY {shown} HAVING COUNT(*) > 1",
    )


def _grain_of_dimension(s: Scope, dimension: Dimension) -> Audit:
    return _grain(s, dimension.name, (*s.keys, "valid_from") if dimension.versioned else s.keys)


def _grain_of_fact(s: Scope, fact: Fact) -> Audit:
    return _grain(s, fact.name, (*s.keys, "period_start") if fact.kind is FactKind.PERIODIC_SNAPSHOT else s.keys)


def surrogates(s: Scope, dimension: Dimension) -> Audit:
    """Two keys, or two versions of one, whose hashes are equal."""
    target, sk = s.names.warehouse(dimension.name), s.d.ident(dimension.surrogate_key)
    twice = f"SELECT {sk} FROM {target} GROUP BY {sk} HAVING COUNT(*) > 1"
    select = f"SELECT {qualified('t', (sk, *s.keys, 'valid_from'))} FROM {target} AS t JOIN ({twice}) AS w ON w.{sk} = t.{sk}"
    message = f"two rows of `{dimension.name}` have one surrogate key"
    return _audit(s, "RF503", f"surrogate keys of {dimension.name} are unique", message, select)


def _current(s: Scope, dimension: Dimension) -> Audit:
    """Under `close` a deleted key has no current row, else every key has one."""
    least = 0 if dimension.on_delete is OnDelete.CLOSE else 1
    count = "SUM(CASE WHEN is_current THEN 1 ELSE 0 END)"
    keys = ", ".join(s.keys)
    wrong = f"{count} > 1" if least == 0 else f"{count} <> 1"
    select = f"SELECT {keys}, {count} AS current_rows FROM {s.names.warehouse(dimension.name)} GROUP BY {keys} HAVING {wrong}"
    rule = "at most one" if least == 0 else "one"
    name = f"{dimension.name} has {rule} current row per key"
    return _audit(s, "RF521", name, f"a key of `{dimension.name}` has not {rule} current row", select)


def _live_is_current(s: Scope, dimension: Dimension) -> Audit:
    target = s.names.warehouse(dimension.name)
    current = f"SELECT {qualified('t', s.keys)} FROM {target} AS t WHERE t.is_current AND NOT t.is_deleted AND NOT t.is_inferred"
    rows = f"({live(s)}) AS y LEFT JOIN ({current}) AS c ON {on('c', 'y', s.keys)}"
    select = f"SELECT {qualified('y', s.keys)} FROM {rows} WHERE c.{s.keys[0]} IS NULL"
    return _audit(
        s,
        "RF521",
        f"every live key is current in {dimension.name}",
        f"a key that is alive at the source has no current row in `{dimension.name}`",
        select,
    )


def _overlap(s: Scope, dimension: Dimension) -> Audit:
    return _audit(
        s,
        "RF522",
        f"versions of {dimension.name} do not overlap",
        f"versions of one key of `{dimension.name}` overlap or are empty",
        _neighbours(s, dimension, "", "v.valid_from >= v.valid_to OR v.next_from < v.valid_to"),
    )


def _gap(s: Scope, dimension: Dimension) -> Audit:
    """Only a deletion under `close` leaves a gap: an event, a row that `where` leaves out, or a complete snapshot that lacks the key."""
    join, where = "", "v.next_from > v.valid_to"
    if dimension.on_delete is OnDelete.CLOSE:
        left_out = f" OR NOT COALESCE({render(s.d, s.table.where, 'l.')}, FALSE)" if s.table.where is not None else ""
        deleted = f"SELECT DISTINCT {qualified('l', s.keys)} FROM {s.log} AS l WHERE l._op = 'd'{left_out}"
        join = f" LEFT JOIN ({deleted}) AS e ON {on('e', 'v', s.keys)}"
        where += f" AND e.{s.keys[0]} IS NULL AND NOT EXISTS (SELECT 1 FROM {s.names.marks} AS m WHERE {complete(s)})"
    return _audit(
        s,
        "RF523",
        f"versions of {dimension.name} leave no gap",
        f"versions of one key of `{dimension.name}` leave a gap, though the key was never deleted",
        _neighbours(s, dimension, join, where),
    )


def _neighbours(s: Scope, dimension: Dimension, join: str, where: str) -> str:
    """Each version, aliased v, with the start of the next one, where something holds of the two."""
    shown = (*s.keys, "valid_from", "valid_to")
    w = f"OVER (PARTITION BY {qualified('t', s.keys)} ORDER BY t.valid_from, t.valid_to)"
    versions = f"SELECT {qualified('t', shown)}, LEAD(t.valid_from) {w} AS next_from FROM {s.names.warehouse(dimension.name)} AS t"
    return f"SELECT {qualified('v', (*shown, 'next_from'))} FROM ({versions}) AS v{join} WHERE {where}"


def _key_exists(s: Scope, fact: Fact, role: Role) -> Audit:
    """-1 and -2 are the members of `<dimension>_members`."""
    dimension = s.project.table(role.dimension).dimension
    assert dimension is not None, "resolved: a role names a table with a dimension"
    target, key = s.names.warehouse(dimension.name), s.d.ident(dimension.surrogate_key)
    return _exists(s, fact, role, dimension.name, f"LEFT JOIN {target} AS v ON v.{key} = t.{{sk}}", key, AuditSeverity.BLOCK)


def _date_exists(s: Scope, fact: Fact, role: Role) -> Audit:
    return _exists(s, fact, role, "dim_date", f"LEFT JOIN {s.names.dates} AS v ON v.date_key = t.{{sk}}", "date_key", AuditSeverity.WARN)


def _exists(s: Scope, fact: Fact, role: Role, dimension: str, join: str, key: str, severity: AuditSeverity) -> Audit:
    sk = s.d.ident(role.surrogate_key)
    select = (
        f"SELECT {qualified('t', (*s.keys, sk))} FROM {s.names.warehouse(fact.name)} AS t {join.format(sk=sk)} "
        f"WHERE v.{key} IS NULL AND t.{sk} NOT IN ({UNKNOWN}, {MISSING})"
    )
    code = "RF529" if role.is_date else "RF524"
    message = f"`{role.surrogate_key}` of `{fact.name}` names no row of `{dimension}`"
    shown = tuple((k, k) for k in s.keys)
    return Audit(
        code,
        f"{role.surrogate_key} of {fact.name} exists",
        s.table.name,
        severity,
        message,
        select,
        History(s.log, shown, ("_incarnation", "_sequence")),
    )
