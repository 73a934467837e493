"""What becomes of a record: a row, a mark, a heartbeat, a tombstone, or something quarantined and why."""

from retailflow.checks import Check, CheckKind, OnFail
from retailflow.model.source import Route
from retailflow.model.table import Column
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.expression import constant, named
from retailflow.sql.ordering import source_time
from retailflow.sql.scope import Scope


def told(s: Scope) -> str:
    """What a record is that is no row: `tombstone`, `mark`, `heartbeat`, or `ahead`, a mark or heartbeat that is none for its time; else NULL."""
    none = s.d.null(s.d.varchar)
    ahead = is_ahead(s.d, source_time(s, none, none, "ts_ms"), "record_ts")
    return (
        f"CASE WHEN record_value IS NULL THEN 'tombstone' WHEN valid AND (mark IS NOT NULL OR ({_is_heartbeat(s)})) THEN "
        f"CASE WHEN {ahead} THEN 'ahead' WHEN mark IS NOT NULL THEN 'mark' ELSE 'heartbeat' END END"
    )


def reason(s: Scope) -> str:
    """The number of what is wrong with a record of which `told` is known, NULL where nothing is."""
    return f"CASE WHEN told IS NULL OR told = 'ahead' THEN CASE {' '.join(f'WHEN {c} THEN {i}' for i, (_, _, c) in enumerate(_reasons(s)))} END END"


def verdict(s: Scope) -> tuple[str, str, str]:
    """`outcome` (`row`, `mark`, `heartbeat`, `tombstone`, `quarantined`), `code` and `detail` of a record of which `told` and `reason` are known."""
    reasons = _reasons(s)
    return (
        "CASE WHEN reason IS NOT NULL THEN 'quarantined' WHEN told IS NULL THEN 'row' ELSE told END AS outcome",
        f"CASE reason {' '.join(f'WHEN {i} THEN {s.text(code)}' for i, (code, _, _) in enumerate(reasons))} END AS code",
        f"CASE reason {' '.join(f'WHEN {i} THEN {s.text(detail)}' for i, (_, detail, _) in enumerate(reasons))} END AS detail",
    )


def is_ahead(d: Dialect, commit_ts: str, record_ts: str) -> str:
    """Whether a commit time is not to be believed: more than a day after the Kafka timestamp of its record."""
    return f"{commit_ts} > {d.add_seconds(record_ts, '86400')}"


def _is_heartbeat(s: Scope) -> str:
    if s.table.route is Route.BATCH:
        return "FALSE"
    if s.table.route is Route.STREAM:  # nothing of the table is in it
        others = [s.ordinal(c.name) for c in s.table.columns if c.name not in s.table.key]
        keys = [f"NOT given{i}" for i, c in enumerate(s.table.columns) if c.name in s.table.key]
        nothing = [*keys, *([f"COALESCE(_absent, '') = {s.text(''.join(others))}"] if others else [])]
        return f"ts_ms IS NOT NULL AND op IS NULL AND {' AND '.join(nothing)}"
    key = s.table.key[0]
    i = [c.name for c in s.table.columns].index(key)
    return f"NOT op__is AND ts_ms__is AND NOT old_{key}__is AND NOT given{i}"


def _reasons(s: Scope) -> list[tuple[str, str, str]]:
    """(code, detail, condition), the first that holds counts."""
    d, t = s.d, s.table
    late = "more than a day after its Kafka timestamp"
    reasons = [
        ("future_commit", late, "told IS NOT NULL"),
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
            reasons.append(("untypable", c.name, f"given{i} AND {s.held(c.name)} IS NULL"))
    reasons += [("null_key", k, f"{s.held(k)} IS NULL") for k in t.key]
    reasons += [("unorderable", s.event_id, f"{s.held(s.event_id)} IS NULL")] if s.event_id else []
    reasons += [("unorderable", "no commit time", "_commit_ts IS NULL"), ("unorderable", "no order coordinate", "_sequence IS NULL")]
    reasons.append(("future_commit", late, is_ahead(d, "_commit_ts", "record_ts")))
    for i, c in enumerate(t.columns):
        if c.expression is None and c.name not in t.key:
            reasons.append(("untypable", c.name, f"{is_row} AND given{i} AND {s.held(c.name)} IS NULL"))
    for check in t.checks:
        if check.looks_at_one_row and check.on_fail is OnFail.QUARANTINE:
            name = check.columns[0]
            known = f"(_absent IS NULL OR NOT {d.contains('_absent', s.ordinal(name))})"
            reasons.append(("check_failed", f"{name}: {check.kind}", f"{is_row} AND {known} AND {bad(d, check, t.column(name), 'v_')}"))
    return reasons


def bad(d: Dialect, check: Check, column: Column, prefix: str = "") -> str:
    """A predicate true of every row the check is against."""
    x = named(d, column.name, prefix)
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
