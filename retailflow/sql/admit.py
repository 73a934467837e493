"""Admission: every record becomes a row, a mark, something skipped, or something quarantined, decided by the record alone."""

from retailflow.checks import Check, CheckKind, OnFail
from retailflow.model.source import Route
from retailflow.model.table import Column
from retailflow.sql.decode import UNAVAILABLE
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.expression import constant, render
from retailflow.sql.keys import canonical
from retailflow.sql.ordering import order
from retailflow.sql.scope import Scope, spelling
from retailflow.sql.typing import typed
from retailflow.types import Kind

_SENTINEL_YEARS = (1, 9999)
_CARRIED = (
    *("partition_no", "record_offset", "record_ts", "content", "record_value", "topic", "generation", "extract_id", "extract_ts", "valid"),
    *("mark", "mark_id", "mark_lsn", "mark_keys", "ts_ms", "ts_ms__is", "op", "op__is"),
)


def typed_records(s: Scope, decoded: str) -> str:
    """SELECT over the decoded records: typed columns under their names, `t<i>` texts that were given, `_absent`, `old_<key>`."""
    d = s.d
    columns = [*_CARRIED, *_source_columns(s)]
    for i, c in enumerate(s.table.columns):
        if c.expression is not None:
            continue
        text = _row_text(s, i, c)
        columns += [f"{typed(d, text, c.type)} AS {d.ident(c.name)}", f"{text} IS NOT NULL AS given{i}"]
        if s.table.route is Route.CDC and c.name in s.table.key:
            columns += [f"{typed(d, f'b{i}', c.type)} AS old_{c.name}", f"b{i}__is AS old_{c.name}__is"]
    columns.append(f"{_absent(s)} AS _absent")
    return _zoned(s, f"SELECT {', '.join(columns)} FROM {decoded}")


def ordered_records(s: Scope, typed_sql: str) -> str:
    """Adds derived columns, canonical keys and the order."""
    d, o = s.d, order(s)
    drop = {c.name for c in s.table.columns} | {f"old_{k}" for k in s.table.key}
    keep = [*_CARRIED, "_absent", *(f"given{i}" for i, c in enumerate(s.table.columns) if c.expression is None)]
    keep += ["op", *(f"old_{k}__is" for k in s.table.key)] if s.table.route is Route.CDC else []
    columns = list(dict.fromkeys(k for k in keep if k not in drop))
    for c in s.table.columns:
        value = d.ident(c.name) if c.expression is None else render(d, c.expression)
        if c.name in s.table.key:
            columns += [f"{canonical(d, value, c.type, case_insensitive=s.table.source.case_insensitive)} AS {d.ident(c.name)}"]
            columns += [f"{value} AS {d.ident(spelling(c.name))}"] if s.table.folds(c.name) else []
            if s.table.route is Route.CDC:
                old = canonical(d, f"old_{c.name}", c.type, case_insensitive=s.table.source.case_insensitive)
                columns.append(f"{old} AS old_{c.name}")
        else:
            columns.append(f"{value} AS {d.ident(c.name)}")
    if s.table.route is Route.CDC:
        columns += ["s_schema", "s_table"]
    columns += [f"{o.commit_ts} AS _commit_ts", f"{o.place} AS _place", f"{o.sequence} AS _sequence", f"{o.snapshot} AS _snapshot"]
    inner = f"SELECT {', '.join(columns)} FROM ({typed_sql}) AS y"
    return f"SELECT *, {o.identity} AS _identity FROM ({inner}) AS z"


def judged_records(s: Scope, ordered: str) -> str:
    """Adds `outcome` (`row`, `mark`, `heartbeat`, `tombstone`, `quarantined`), `code` and `detail`."""
    reasons = _reasons(s)
    code = "CASE " + " ".join(f"WHEN {condition} THEN {s.text(code)}" for code, _, condition in reasons) + " END"
    detail = "CASE " + " ".join(f"WHEN {condition} THEN {s.text(detail)}" for _, detail, condition in reasons) + " END"
    control = (
        "CASE WHEN record_value IS NULL THEN 'tombstone' WHEN valid AND mark IS NOT NULL THEN 'mark' "
        f"WHEN valid AND {_is_heartbeat(s)} THEN 'heartbeat' END"
    )
    outcome = "CASE WHEN control IS NOT NULL THEN control WHEN code IS NULL THEN 'row' ELSE 'quarantined' END"
    inner = f"SELECT *, {control} AS control, {code} AS code0, {detail} AS detail0 FROM {ordered}"
    nulled = "SELECT *, CASE WHEN control IS NULL THEN code0 END AS code, CASE WHEN control IS NULL THEN detail0 END AS detail"
    return f"SELECT *, {outcome} AS outcome FROM ({nulled} FROM ({inner}) AS j) AS i"


def _is_heartbeat(s: Scope) -> str:
    if s.table.route is not Route.CDC:
        return "FALSE"
    key = s.table.key[0]
    i = [c.name for c in s.table.columns].index(key)
    return f"NOT op__is AND ts_ms__is AND NOT old_{key}__is AND NOT given{i}"


def _reasons(s: Scope) -> list[tuple[str, str, str]]:
    """(code, detail, condition), the first that holds counts."""
    d, t = s.d, s.table
    reasons = [
        ("undecodable", "not a JSON object", "NOT valid"),
        ("undecodable", "U+0000 in a text", d.contains("record_value", "\\u0000")),
    ]
    is_row = "TRUE"
    if t.route is Route.CDC:
        is_row = "op <> 'd'"
        reasons += [
            ("truncate", "a truncate says nothing of single keys", "op = 't'"),
            ("undecodable", "not a change event", "op IS NULL OR op NOT IN ('c', 'u', 'd', 'r')"),
            ("no_spec", "of another table", f"LOWER(s_table) <> {s.text((t.source_table or '').lower())}"),
            ("no_spec", "of another schema", f"LOWER(s_schema) <> {s.text((t.source_schema or '').lower())}"),
        ]
    else:
        reasons.append(("wrong_route", f"a change event on the route {t.route}", "op IS NOT NULL AND op IN ('c', 'u', 'd', 'r')"))
        if any(c.field == "op" for c in t.columns):
            reasons.pop()
    for i, c in enumerate(t.columns):
        if c.expression is None and c.name in t.key:
            reasons.append(("untypable", c.name, f"given{i} AND {d.ident(c.name)} IS NULL"))
    reasons += [("null_key", k, f"{d.ident(k)} IS NULL") for k in t.key]
    reasons += [("unorderable", t.event_id, f"{d.ident(t.event_id)} IS NULL")] if t.event_id else []
    reasons += [("unorderable", "no commit time", "_commit_ts IS NULL"), ("unorderable", "no order coordinate", "_sequence IS NULL")]
    reasons.append(("future_commit", "more than a day after its Kafka timestamp", f"_commit_ts > {d.add_seconds('record_ts', '86400')}"))
    for i, c in enumerate(t.columns):
        if c.expression is None and c.name not in t.key:
            reasons.append(("untypable", c.name, f"{is_row} AND given{i} AND {d.ident(c.name)} IS NULL"))
    for check in t.checks:
        if check.looks_at_one_row and check.on_fail is OnFail.QUARANTINE:
            name = check.columns[0]
            known = f"(_absent IS NULL OR NOT {d.contains('_absent', s.ordinal(name))})"
            reasons.append(("check_failed", f"{name}: {check.kind}", f"{is_row} AND {known} AND {bad(d, check, t.column(name))}"))
    return reasons


def bad(d: Dialect, check: Check, column: Column, prefix: str = "") -> str:
    """A predicate true of every row the check is against."""
    x = prefix + d.ident(column.name)
    match check.kind:
        case CheckKind.NOT_NULL:
            return f"{x} IS NULL"
        case CheckKind.MATCHES:
            return f"{x} IS NOT NULL AND NOT ({d.matches(x, check.values[0])})"
        case CheckKind.IN:
            members = ", ".join(constant(d, v, column.type) for v in check.values)
            return f"{x} IS NOT NULL AND {x} NOT IN ({members})"
        case CheckKind.BETWEEN:
            low, high = (constant(d, v, column.type) for v in check.values)
            return f"{x} IS NOT NULL AND NOT ({x} BETWEEN {low} AND {high})"
        case _:
            raise ValueError(f"{check.kind} looks at more than one row")


def _source_columns(s: Scope) -> tuple[str, ...]:
    if s.table.route is not Route.CDC:
        return ()
    lsns = ("s_lsn", "s_sequence") if s.is_postgres_source else ("s_commit_lsn", "s_change_lsn", "s_event_serial_no")
    return ("s_ts_us", "s_ts_ns", "s_ts_ms", "s_schema", "s_table", "s_snapshot_id", *lsns)


def _row_text(s: Scope, i: int, c: Column) -> str:
    """The text of a column in the row the event is about: of a deletion that is its key, from before or the message key."""
    if s.table.route is not Route.CDC:
        return f"a{i}"
    if c.name in s.table.key:
        return f"CASE WHEN op = 'd' THEN COALESCE(b{i}, k{i}) ELSE a{i} END"
    return f"CASE WHEN op <> 'd' AND a{i} <> {s.text(UNAVAILABLE)} THEN a{i} END"


def _absent(s: Scope) -> str:
    """Columns the event does not know, NULL when it knows all; what a deletion knows nobody asks."""
    parts = []
    for i, c in enumerate(s.table.columns):
        if c.name in s.table.key:
            continue
        if c.expression is None:
            unknown = f"NOT a{i}__is"
            unknown += f" OR a{i} = {s.text(UNAVAILABLE)}" if s.table.route is Route.CDC else ""
        else:
            read = {n for n in _read(c)}
            inputs = [j for j, other in enumerate(s.table.columns) if other.name in read and other.expression is None]
            unknown = " OR ".join(f"NOT a{j}__is" for j in inputs) or "FALSE"
        parts.append(f"CASE WHEN {unknown} THEN {s.text(s.ordinal(c.name))} ELSE '' END")
    if not parts:
        return s.d.null(s.d.varchar)
    unknown = f"NULLIF({s.d.concat(parts)}, '')"
    return f"CASE WHEN op <> 'd' THEN {unknown} END" if s.table.route is Route.CDC else unknown


def _read(c: Column) -> frozenset[str]:
    from retailflow.model.expression import columns_of

    return columns_of(c.expression) if c.expression is not None else frozenset()


def _zoned(s: Scope, sql: str) -> str:
    """Zoneless times of a zone become UTC by the shipped table; sentinels stay."""
    d = s.d
    zoned = [c for c in s.events() if c.type.kind is Kind.TIMESTAMP and c.time_zone != "UTC"]
    if not zoned:
        return sql
    names = {c.name: i for i, c in enumerate(zoned)}
    replaced, joins = [], []
    for c in zoned:
        x, z = f"w.{d.ident(c.name)}", f"z{names[c.name]}"
        shifted = d.add_seconds(x, f"-{z}.offset_seconds")
        replaced.append(f"COALESCE({shifted}, {x}) AS {d.ident(c.name)}")
        joins.append(
            f"LEFT JOIN {s.names.zones} AS {z} ON {z}.zone = {s.text(c.time_zone)} AND {x} >= {z}.local_from AND {x} < {z}.local_to "
            f"AND EXTRACT(YEAR FROM {x}) NOT IN {_SENTINEL_YEARS} AND {x} <> {d.timestamp('1900-01-01 00:00:00')}"
        )
    others = [f"w.{n}" for n in _typed_names(s) if n not in {d.ident(c.name) for c in zoned}]
    return f"SELECT {', '.join([*others, *replaced])} FROM ({sql}) AS w {' '.join(joins)}"


def _typed_names(s: Scope) -> list[str]:
    names = [*_CARRIED, *_source_columns(s), "_absent"]
    for i, c in enumerate(s.table.columns):
        if c.expression is None:
            names += [s.d.ident(c.name), f"given{i}"]
            if s.table.route is Route.CDC and c.name in s.table.key:
                names += [f"old_{c.name}", f"old_{c.name}__is"]
    return names
