"""End marks: which snapshots and full extracts are complete, and how far each source has been seen (`as_of`)."""

from retailflow.model.source import ExtractMode, Route
from retailflow.sql.keys import key_text
from retailflow.sql.names import Names
from retailflow.sql.ordering import deletion_sequence, lsn, source_time, time_text
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Execute, Step, Temp


def remember(s: Scope) -> tuple[Execute | Temp, ...]:
    """New marks, and the source's `as_of`."""
    return (*_new_marks(s), *_as_of(s))


def held(s: Scope) -> str:
    """SELECT of (incarnation, snapshot_id, place, key_text) of every row of a snapshot that can be told, quarantined ones included."""
    text = key_text(s.d, [(s.d.ident(c.name), c.type) for c in s.table.key_columns])
    place = f"SUBSTRING(_sequence, 1, {s.place_width})"
    return (
        f"SELECT _incarnation AS incarnation, _snapshot AS snapshot_id, {place} AS place, {text} AS key_text FROM {s.log} WHERE _snapshot IS NOT NULL "
        f"UNION ALL SELECT incarnation, snapshot_id, place, key_text FROM {s.names.quarantine} "
        f"WHERE table_name = {s.text(s.table.name)} AND snapshot_id IS NOT NULL AND key_text IS NOT NULL"
    )


def complete(s: Scope, alias: str = "m") -> str:
    """A condition on a row of the marks table: a complete snapshot of this table."""
    return f"{alias}.table_name = {s.text(s.table.name)} AND {alias}.complete"


def settle(s: Scope) -> tuple[Step, ...]:
    """Re-count the snapshots that something new belongs to. Where completeness changed, every key it does not hold is touched, and those first
    seen in a row behind it, which reaches back to the beginning no more, or again."""
    d, n, rec = s.d, s.names, s.temp("records")
    name, ids, counted, turned, more = s.text(s.table.name), s.temp("snapshots"), s.temp("counted"), s.temp("turned"), s.temp("more")
    least = s.table.extract.min_rows if s.table.extract and s.table.route is Route.BATCH else 0
    new_ids = (
        f"SELECT DISTINCT COALESCE(_snapshot, CASE WHEN outcome = 'mark' THEN {mark_id(s)} END) AS snapshot_id FROM {rec} "
        "WHERE outcome = 'mark' OR _snapshot IS NOT NULL"
    )
    marked = f"FROM {n.marks} AS m WHERE m.table_name = {name} AND m.incarnation = {s.table.era.incarnation}"
    of_mark = ("incarnation", "snapshot_id", "place")
    counts = (
        f"SELECT {qualified('m', of_mark)}, m.complete, COUNT(DISTINCT h.key_text) = m.expected_keys AND m.expected_keys >= {least} AS now_complete "
        f"FROM {n.marks} AS m JOIN {ids} AS i ON i.snapshot_id = m.snapshot_id LEFT JOIN ({held(s)}) AS h ON {on('h', 'm', of_mark)} "
        f"WHERE m.table_name = {name} AND m.incarnation = {s.table.era.incarnation} GROUP BY {qualified('m', of_mark)}, m.complete, m.expected_keys"
    )
    text = key_text(s.d, [(f"l.{s.d.ident(c.name)}", c.type) for c in s.table.key_columns])
    later = f"l._kind = 1 AND l._incarnation = t.incarnation AND SUBSTRING(l._sequence, 1, {s.place_width}) > t.place"
    not_held = (
        f"SELECT {qualified('k', s.keys)} FROM {s.temp('touched')} AS k UNION SELECT {qualified('l', s.keys)} FROM {s.log} AS l CROSS JOIN {turned} AS t "
        f"LEFT JOIN ({held(s)}) AS h ON h.incarnation = t.incarnation AND h.snapshot_id = t.snapshot_id AND h.key_text = {text} "
        f"WHERE h.key_text IS NULL OR ({later})"
    )
    of_this_table = f"{n.marks}.table_name = {name} AND {on(n.marks, 't', of_mark)}"
    return (
        Step(
            f"settle snapshots of {s.table.name}",
            (
                Temp(ids, new_ids),
                Temp(counted, counts),
                Temp(turned, f"SELECT * FROM {counted} WHERE complete <> now_complete"),
                Temp(more, not_held),
                Temp(s.temp("touched"), f"SELECT * FROM {more}", s.keys),
                Execute(d.update_from(n.marks, "complete", "t.now_complete", turned, "t", of_this_table)),
            ),
            f"SELECT 1 {marked} AND EXISTS (SELECT 1 FROM {s.raw} AS r) LIMIT 1",
        ),
    )


def mark_id(s: Scope) -> str:
    return "mark_id" if s.table.route is not Route.BATCH else "COALESCE(mark_id, extract_id)"


def _new_marks(s: Scope) -> tuple[Execute | Temp, ...]:
    if s.table.route is Route.STREAM or (
        s.table.route is Route.BATCH and s.table.extract is not None and s.table.extract.mode is not ExtractMode.FULL
    ):
        return ()
    d, n, fresh = s.d, s.names, s.temp("marks")
    none = d.null(d.varchar)
    commit_ts = "extract_ts" if s.table.route is Route.BATCH else source_time(s, none, none, "ts_ms")
    place = lsn(s, "mark_lsn") if s.table.route is Route.CDC else time_text(s, "extract_ts")
    keys = f"CASE WHEN {d.matches('mark_keys', '^[0-9]{1,15}$')} THEN {d.try_cast('mark_keys', d.bigint)} END"
    inner = f"SELECT {mark_id(s)} AS snapshot_id, {place} AS place, {commit_ts} AS commit_ts, {keys} AS expected_keys FROM {s.temp('records')} WHERE outcome = 'mark'"
    rows = (
        f"SELECT {s.text(s.table.name)} AS table_name, {s.table.era.incarnation} AS incarnation, snapshot_id, place, "
        f"MIN({deletion_sequence(s, 'place', 'commit_ts', 'snapshot_id')}) AS sequence, MIN(commit_ts) AS commit_ts, "
        f"MIN(expected_keys) AS expected_keys, FALSE AS complete FROM ({inner}) AS q "
        "WHERE snapshot_id IS NOT NULL AND place IS NOT NULL AND commit_ts IS NOT NULL AND expected_keys IS NOT NULL GROUP BY snapshot_id, place"
    )
    columns = ("table_name", "incarnation", "snapshot_id", "place", "sequence", "commit_ts", "expected_keys", "complete")
    known = f"SELECT 1 FROM {n.marks} AS m WHERE {on('m', 'f', columns[:4])}"
    return (
        Temp(fresh, rows),
        Execute(
            f"INSERT INTO {n.marks} ({', '.join(columns)}) SELECT {qualified('f', columns)} FROM {fresh} AS f WHERE NOT EXISTS ({known})"
        ),
    )


def heartbeats(names: Names, raw: str = "raw_heartbeats") -> Step:
    """What heartbeats say of how far sources have been seen."""
    d, seen = names.d, "tmp_heartbeats"
    both = f"SELECT source, commit_ts FROM {raw} UNION ALL SELECT source, as_of FROM {names.sources}"
    rows = f"SELECT q.source, MAX(q.commit_ts) AS as_of FROM ({both}) AS q GROUP BY q.source"
    change = Execute(d.merge(names.sources, seen, ("source",), ("source", "as_of")))
    return Step("heartbeats", (Temp(seen, rows), change), f"SELECT 1 FROM {raw} LIMIT 1")


def loaded(names: Names) -> Step:
    """Remember with the load how far it has seen."""
    n = names.sources
    differs = "loaded_as_of IS NULL OR loaded_as_of <> as_of"
    return Step("as_of", (Execute(f"UPDATE {n} SET loaded_as_of = as_of WHERE {differs}"),), f"SELECT 1 FROM {n} WHERE {differs} LIMIT 1")


def reach(s: Scope) -> str:
    """SELECT of how far the records that are being taken have seen, as `as_of`; NULL when they say nothing of it."""
    none = s.d.null(s.d.varchar)
    control = source_time(s, none, none, "ts_ms")
    return (
        f"SELECT MAX(CASE WHEN outcome = 'row' THEN _commit_ts WHEN outcome IN ('mark', 'heartbeat') THEN COALESCE({control}, extract_ts) END) AS as_of "
        f"FROM {s.temp('records')}"
    )


def _as_of(s: Scope) -> tuple[Execute | Temp, ...]:
    d, n, seen = s.d, s.names, s.temp("as_of")
    source = s.text(s.table.source.name)
    latest = f"{reach(s)} UNION ALL SELECT as_of FROM {n.sources} WHERE source = {source}"
    rows = f"SELECT {source} AS source, MAX(q.as_of) AS as_of FROM ({latest}) AS q HAVING MAX(q.as_of) IS NOT NULL"
    return Temp(seen, rows), Execute(d.merge(n.sources, seen, ("source",), ("source", "as_of")))
