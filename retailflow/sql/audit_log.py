"""Audits of the log: every coordinate accounted for once, every event once, and an order of commits that agrees with their times."""

from collections.abc import Iterator

from retailflow.model.source import Route
from retailflow.sql.audit import Audit, AuditSeverity, History
from retailflow.sql.scope import Scope, on, qualified

_FATES = ("applied", "duplicate", "skipped", "quarantined")
_DAY = "86400"


def audits(s: Scope) -> Iterator[Audit]:
    yield _coordinates(s)
    yield _identities(s)
    if s.table.route is Route.CDC:
        yield _order(s)


def history(s: Scope) -> History | None:
    """The events of the key a row shows."""
    if not s.table.key:
        return None
    return History(s.log, tuple((k, k) for k in s.keys), ("_incarnation", "_sequence"))


def _coordinates(s: Scope) -> Audit:
    """What was counted against what is kept: log, quarantine and the coordinates passed over."""
    n, name = s.names, s.text(s.table.name)
    group = ("topic", "generation", "partition_no")
    coordinates = ", ".join((*group, "record_offset"))
    logged = "_topic AS topic, _generation AS generation, _partition_no AS partition_no, _offset AS record_offset"
    kept = (
        f"SELECT {logged}, 'applied' AS fate FROM {s.log} "
        f"UNION SELECT {coordinates}, 'quarantined' FROM {n.quarantine} WHERE table_name = {name} "
        f"UNION SELECT {coordinates}, fate FROM {n.passed} WHERE table_name = {name}"
    )
    told = ", ".join(f"SUM(CASE WHEN k.fate = '{f}' THEN 1 ELSE 0 END) AS {f}" for f in _FATES)
    by = qualified("k", group)
    found = f"SELECT {by}, COUNT(DISTINCT k.record_offset) AS received, {told} FROM ({kept}) AS k GROUP BY {by}"
    counted = ("received", *_FATES)
    shown = [f"COALESCE(c.{x}, f.{x}) AS {x}" for x in group] + [f"c.{x} AS counted_{x}, f.{x} AS kept_{x}" for x in counted]
    differs = " OR ".join(f"c.{x} <> f.{x}" for x in counted)
    wrong = f"f.topic IS NOT NULL AND (c.topic IS NULL OR {differs})"
    if s.table.route is not Route.BATCH:
        wrong = f"({wrong}) OR (f.topic IS NULL AND c.topic = {s.text(s.table.topic.name)} AND c.received > 0)"
    return Audit(
        "RF526",
        f"every coordinate of {s.table.name} is kept once",
        s.table.name,
        AuditSeverity.BLOCK,
        f"what was counted of the records of `{s.table.name}` is not what log, quarantine and passed coordinates hold",
        f"SELECT {', '.join(shown)} FROM {n.counts} AS c FULL JOIN ({found}) AS f ON {on('f', 'c', group)} WHERE {wrong}",
        History(s.log, (("topic", "_topic"), ("generation", "_generation"), ("partition_no", "_partition_no")), ("_offset",)),
    )


def _identities(s: Scope) -> Audit:
    named_by_id = s.table.event_id and all(era.route is Route.STREAM for era in s.table.eras)
    identity = ("_identity",) if named_by_id else (*s.keys, "_identity")
    columns = ", ".join((*identity, "_incarnation"))
    return Audit(
        "RF528",
        f"every event of {s.table.name} is logged once",
        s.table.name,
        AuditSeverity.BLOCK,
        f"an event stands in the log of `{s.table.name}` more than once",
        f"SELECT {columns}, COUNT(*) AS copies FROM {s.log} GROUP BY {columns} HAVING COUNT(*) > 1",
        History(s.log, tuple((c, c) for c in (*identity, "_incarnation")), ("_topic", "_partition_no", "_offset")),
    )


def _order(s: Scope) -> Audit:
    """A commit more than a day before one that its LSN says came earlier: a restored or moved database counts anew."""
    d = s.d
    place = f"SUBSTRING(_sequence, 1, {s.place_width})"
    commits = (
        f"SELECT _incarnation, {place} AS place, MIN(_commit_ts) AS first_ts, MAX(_commit_ts) AS last_ts FROM {s.log} WHERE _kind = 2 "
        f"GROUP BY _incarnation, {place}"
    )
    before = (
        "SELECT c.*, MAX(c.last_ts) OVER (PARTITION BY c._incarnation ORDER BY c.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) "
        f"AS reached FROM ({commits}) AS c"
    )
    select = (
        f"SELECT b._incarnation, b.place, b.first_ts, b.reached FROM ({before}) AS b WHERE {d.add_seconds('b.first_ts', _DAY)} < b.reached"
    )
    return Audit(
        "RF504",
        f"commits of {s.table.name} are in order of time",
        s.table.name,
        AuditSeverity.WARN,
        f"the order of commits of `{s.table.name}` and their times disagree by more than a day",
        select,
        History(s.log, (("_incarnation", "_incarnation"), ("place", place)), ("_sequence",)),
    )
