"""How far a table is known: an event beyond its horizon comes after everything known of its key, whichever that is.

The table `horizon` has a row for each table of which something was logged: its incarnation, the last commit in that, the latest commit time
of all, and whether every event knows every column. A single row a table is enough, since a topic gives nearly all events in the order of
their commits; what comes late is below it and is folded in full.
"""

from retailflow.sql.dialects.base import BEGINNING
from retailflow.sql.expression import render
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Execute, Step, Temp
from retailflow.sql.timeline import LATEST_START

COLUMNS = ("table_name", "incarnation", "last_commit", "commit_ts", "all_known")


def onward_name(s: Scope) -> str:
    """The only new event of its key, if it lies beyond the horizon: the stored columns, `_eff` (its effective time) and `_deleted` (0 or 1)."""
    return s.temp("onward")


def begin(s: Scope) -> Step:
    """The horizon of a log that has none yet; afterwards a table without one has an empty log."""
    rows = _of(
        s, f"SELECT l._incarnation, l._commit, l._commit_ts, CASE WHEN l._absent IS NULL THEN 1 ELSE 0 END AS _known FROM {s.log} AS l"
    )
    missing = f"SELECT 1 FROM {s.log} AS l WHERE NOT EXISTS (SELECT 1 FROM {s.names.horizon} AS h WHERE {_mine(s)}) LIMIT 1"
    return Step(f"horizon of {s.table.name}", (Execute(f"INSERT INTO {s.names.horizon} ({', '.join(COLUMNS)}) {rows}"),), missing)


def onward(s: Scope, fresh: str) -> tuple[Temp | Step, ...]:
    """`fresh`: FROM and WHERE of the events to be logged, aliased r."""
    return (*_doubts(s, fresh), Temp(onward_name(s), _onward(s, fresh), s.keys))


def _doubts(s: Scope, fresh: str) -> tuple[Temp, Step]:
    """Keys of which some event does not know a column: their rows do not tell what is unknown from NULL. The log is asked only if it has such."""
    name, key = s.temp("doubts"), zip(s.held_keys, s.keys, strict=True)
    new = f"SELECT DISTINCT {', '.join(f'r.{v} AS {k}' for v, k in key)} FROM {fresh}"
    found = f"SELECT DISTINCT {qualified('l', s.keys)} FROM {s.log} AS l JOIN ({new}) AS k ON {on('l', 'k', s.keys)} WHERE l._absent IS NOT NULL"
    some = f"SELECT 1 FROM {s.names.horizon} AS h WHERE {_mine(s)} AND NOT h.all_known LIMIT 1"
    return (
        Temp(name, f"SELECT {', '.join(s.keys)} FROM {s.log} WHERE FALSE", s.keys),
        Step(f"keys of {s.table.name} of which something is unknown", (Temp(name, found, s.keys),), some),
    )


def _onward(s: Scope, fresh: str) -> str:
    d, era = s.d, s.table.era.incarnation
    deleted = "r._op = 'd'"
    if s.table.where is not None:
        deleted = f"r._op = 'd' OR NOT COALESCE({render(d, s.table.where, 'r.v_')}, FALSE)"
    held = zip(s.held_stored, s.stored, strict=True)
    counted = (
        f"SELECT {', '.join(f'r.{v} AS {c}' for v, c in held)}, r._kind, r._commit, r._absent, r._commit_ts AS _eff, "
        f"CASE WHEN {deleted} THEN 1 ELSE 0 END AS _deleted, COUNT(*) OVER (PARTITION BY {', '.join(f'r.{v}' for v in s.held_keys)}) AS _events "
        f"FROM {fresh}"
    )
    known = (
        "SELECT COUNT(*) AS logged, MAX(h.incarnation) AS incarnation, "
        f"MAX(h.last_commit) AS last_commit, MAX(h.commit_ts) AS commit_ts FROM {s.names.horizon} AS h WHERE {_mine(s)}"
    )
    marked = (
        f"SELECT MAX(CASE WHEN m.incarnation = {era} THEN m.sequence END) AS sequence, MAX(m.commit_ts) AS commit_ts "
        f"FROM {s.names.marks} AS m WHERE m.table_name = {s.text(s.table.name)}"
    )
    snapshots = f"SELECT COUNT(*) AS rows_of FROM {s.temp('records')} WHERE outcome = 'mark' OR _snapshot IS NOT NULL"
    beyond = f"h.incarnation = {era} AND e._commit > h.last_commit AND e._eff > h.commit_ts"
    unmarked = "(m.sequence IS NULL OR e._commit > m.sequence) AND (m.commit_ts IS NULL OR e._eff > m.commit_ts)"
    columns = ", ".join(f"e.{c}" for c in (*s.stored, "_eff", "_deleted"))
    return (
        f"SELECT {columns} FROM ({counted}) AS e CROSS JOIN ({known}) AS h CROSS JOIN ({marked}) AS m CROSS JOIN ({snapshots}) AS q "
        f"WHERE e._events = 1 AND e._kind = 2 AND e._absent IS NULL AND e._eff >= {d.timestamp(BEGINNING)} AND e._eff < {d.timestamp(LATEST_START)} "
        f"AND q.rows_of = 0 AND (h.logged = 0 OR ({beyond})) AND {unmarked} "
        f"AND NOT EXISTS (SELECT 1 FROM {s.temp('doubts')} AS n WHERE {on('n', 'e', s.keys)})"
    )


def none_onward(s: Scope) -> Temp:
    times = f"CAST(NULL AS {s.d.timestamp_type}) AS _eff, 0 AS _deleted"
    return Temp(onward_name(s), f"SELECT {', '.join(s.stored)}, {times} FROM {s.log} WHERE FALSE", s.keys)


def advance(s: Scope, fresh: str) -> tuple[Temp | Execute, ...]:
    """Move the horizon over what has just been logged."""
    seen = s.temp("horizon")
    era = s.table.era.incarnation
    new = f"SELECT {era} AS _incarnation, r._commit, r._commit_ts, CASE WHEN r._absent IS NULL THEN 1 ELSE 0 END AS _known FROM {fresh}"
    old = f"SELECT h.incarnation, h.last_commit, h.commit_ts, CASE WHEN h.all_known THEN 1 ELSE 0 END FROM {s.names.horizon} AS h WHERE {_mine(s)}"
    return Temp(seen, _of(s, f"{new} UNION ALL {old}")), Execute(s.d.merge(s.names.horizon, seen, COLUMNS[:1], COLUMNS))


def _mine(s: Scope) -> str:
    return f"h.table_name = {s.text(s.table.name)}"


def _of(s: Scope, events: str) -> str:
    """One row over events with _incarnation, _commit, _commit_ts, _known; none over none. The last commit counts within the last incarnation."""
    last = f"SELECT e.*, MAX(e._incarnation) OVER () AS _last FROM ({events}) AS e"
    return (
        f"SELECT {s.text(s.table.name)} AS table_name, MAX(e._incarnation) AS incarnation, "
        "MAX(CASE WHEN e._incarnation = e._last THEN e._commit END) AS last_commit, MAX(e._commit_ts) AS commit_ts, "
        f"MIN(e._known) = 1 AS all_known FROM ({last}) AS e HAVING COUNT(*) > 0"
    )
