"""Lone keys: of a key with a single event that is a row, that row is all there is to know, and no chain is made for a fact.

`tmp_several_<fact>`: the touched keys of which that cannot be said: those with more events, with a column their event did not know, or with
a derived deletion after it. A fact that asks when a status was reached, or for states in the past, takes every key for such a one.
"""

from retailflow.model.fact import Fact, StatusMilestone
from retailflow.sql import marks
from retailflow.sql.chain import deleted
from retailflow.sql.fact_base import fact_keys, is_periodic
from retailflow.sql.keys import key_text
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Step, Temp


def reads_latest(fact: Fact) -> bool:
    """Whether the latest state of each key is all that a fact shows of its table."""
    return not is_periodic(fact) and not any(isinstance(m, StatusMilestone) for m in fact.milestones)


def chained_keys(fact: Fact) -> str:
    """The keys of the fact's table of which a chain is needed for it."""
    return temp("several", fact.name) if reads_latest(fact) else fact_keys(fact)


def several(s: Scope, fact: Fact) -> tuple[Step, ...]:
    if not reads_latest(fact):
        return ()
    found, more, d = chained_keys(fact), temp("several_more", fact.name), s.d
    events = f"{s.log} AS l JOIN {fact_keys(fact)} AS k ON {on('l', 'k', s.keys)}"
    keys = qualified("l", s.keys)
    counted = f"SELECT {keys} FROM {events} GROUP BY {keys} HAVING COUNT(*) > 1 OR MAX(l._absent) IS NOT NULL"
    text = key_text(d, [(f"l.{d.ident(c.name)}", c.type) for c in s.table.key_columns])
    ended = (
        f"SELECT {keys} FROM {events} CROSS JOIN {s.names.marks} AS m LEFT JOIN ({marks.held(s)}) AS h ON h.incarnation = m.incarnation "
        f"AND h.snapshot_id = m.snapshot_id AND h.key_text = {text} WHERE {marks.complete(s)} AND h.key_text IS NULL "
        "AND (m.incarnation > l._incarnation OR (m.incarnation = l._incarnation AND m.sequence > l._sequence))"
    )
    return (
        Step(f"keys of {fact.name} with several events", (Temp(found, counted, s.keys),)),
        Step(
            f"keys of {fact.name} that a snapshot no longer holds",
            (
                Temp(more, f"SELECT {qualified('k', s.keys)} FROM {found} AS k UNION {ended}", s.keys),
                Temp(found, f"SELECT * FROM {more}", s.keys),
            ),
            f"SELECT 1 FROM {s.names.marks} AS m WHERE {marks.complete(s)} LIMIT 1",
        ),
    )


def lone_rows(s: Scope, fact: Fact) -> str:
    """SELECT of the rows of lone keys: the columns of the table, and `_since`."""
    columns = qualified("l", [s.d.ident(c.name) for c in s.table.columns])
    return (
        f"SELECT {columns}, l._commit_ts AS _since FROM {s.log} AS l JOIN {fact_keys(fact)} AS k ON {on('l', 'k', s.keys)} "
        f"LEFT JOIN {chained_keys(fact)} AS z ON {on('z', 'l', s.keys)} WHERE z.{s.keys[0]} IS NULL AND NOT ({deleted(s)})"
    )
