"""The live rows of a table as its log has them, for questions that are asked of all keys at once; loads use the chain."""

from retailflow.model.source import ExtractMode, Route
from retailflow.sql import marks
from retailflow.sql.expression import render
from retailflow.sql.keys import key_text
from retailflow.sql.scope import Scope, on, qualified


def live(s: Scope, keys: str | None = None) -> str:
    """SELECT of the key, the columns, `_absent`, `_incarnation` and `_sequence` of the last event of each key (of those in `keys`) that is
    not deleted; of a table without a key, every event."""
    carried = (*s.stored, "_absent", "_incarnation", "_sequence")
    if not s.table.key:
        return f"SELECT {qualified('x', carried)} FROM {s.log} AS x WHERE {_alive(s)}"
    limited = f" JOIN {keys} AS k ON {on('k', 'l', s.keys)}" if keys else ""
    w = f"OVER (PARTITION BY {qualified('l', s.keys)} ORDER BY l._incarnation, l._sequence)"
    last = f"SELECT {qualified('l', (*carried, '_op'))}, LEAD(l._sequence) {w} AS later FROM {s.log} AS l{limited}"
    rows = f"SELECT {qualified('x', carried)} FROM ({last}) AS x WHERE x.later IS NULL AND {_alive(s)}"
    if not _can_be_marked(s):
        return rows
    without = f"({rows}) AS y LEFT JOIN ({_not_held(s, rows)}) AS g ON {on('g', 'y', s.keys)}"
    return f"SELECT {qualified('y', carried)} FROM {without} WHERE g.{s.keys[0]} IS NULL"


def _alive(s: Scope) -> str:
    where = f" AND COALESCE({render(s.d, s.table.where, 'x.')}, FALSE)" if s.table.where is not None else ""
    return f"x._op <> 'd'{where}"


def _can_be_marked(s: Scope) -> bool:
    of_files = s.table.extract is not None and s.table.extract.mode is ExtractMode.FULL
    return of_files or any(era.route is Route.CDC for era in s.table.eras)


def _not_held(s: Scope, rows: str) -> str:
    """Keys that a later complete snapshot does not hold."""
    text = key_text(s.d, [(f"z.{s.d.ident(c.name)}", c.type) for c in s.table.key_columns])
    later = "(m.incarnation > z._incarnation OR (m.incarnation = z._incarnation AND m.sequence > z._sequence))"
    return (
        f"SELECT DISTINCT {qualified('z', s.keys)} FROM ({rows}) AS z JOIN {s.names.marks} AS m ON {marks.complete(s)} AND {later} "
        f"LEFT JOIN ({marks.held(s)}) AS h ON h.incarnation = m.incarnation AND h.snapshot_id = m.snapshot_id AND h.key_text = {text} "
        "WHERE h.key_text IS NULL"
    )
