"""The chain: a key's committed states in sequence, each with its effective time and its life.

`tmp_chain_<table>` has the key columns, n (sequence), nth_event (derived deletions not counted), life (deletions before it), kind, deleted,
eff (effective time), life_end (when the deletion that ends its life took effect), last_end (of the deletion before it), snapshot_id,
place, incarnation, absent (columns unknown, as in the log), and the other columns of the table.
"""

from retailflow.sql import fill, marks
from retailflow.sql.expression import render
from retailflow.sql.keys import key_text
from retailflow.sql.ordering import place_of
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Step, Temp


def chain(s: Scope, wanted: str, *, without_deletions: bool = False) -> tuple[Step, ...]:
    """Build the chain of the keys in the relation `wanted`; `without_deletions` as if none had ever come."""
    suffix = suffix_of(without_deletions)
    events, placed, filled, states = (s.temp(f"{kind}{suffix}") for kind in ("events", "placed", "filled", "states"))
    numbered = f"{events}_numbered"
    return (
        Step(
            f"events of {s.table.name}",
            (Temp(events, _events(s, wanted, without_deletions), s.keys), Temp(placed, _placed(s, events), s.keys)),
        ),
        Step(
            f"fill absent fields of {s.table.name}",
            (
                Temp(numbered, f"SELECT e.*, p._n FROM {events} AS e JOIN {placed} AS p ON {on('p', 'e', _of_event(s))}", s.keys),
                Temp(filled, fill.last_known(s, numbered), s.keys),
                Temp(f"{events}_known", fill.filled(s, numbered, filled), s.keys),
                Temp(events, f"SELECT * FROM {events}_known", s.keys),
            ),
            f"SELECT 1 FROM {events} WHERE _absent IS NOT NULL AND _deleted = 0 LIMIT 1",
        ),
        Step(
            f"chain of {s.table.name}",
            (
                Temp(states, _states(s, placed), s.keys),
                Temp(s.temp(f"chain{suffix}"), _chain(s, events, placed, states), s.keys),
            ),
        ),
    )


def suffix_of(without_deletions: bool) -> str:
    return "_undeleted" if without_deletions else ""


def deleted(s: Scope) -> str:
    """Whether an event of the log, aliased l, is a deletion; a row that fails `where` is one."""
    if s.table.where is None:
        return "l._op = 'd'"
    return f"l._op = 'd' OR NOT COALESCE({render(s.d, s.table.where, 'l.')}, FALSE)"


def _events(s: Scope, wanted: str, without_deletions: bool) -> str:
    logged = (
        f"SELECT {qualified('l', s.keys)}, l._incarnation AS _incarnation, l._sequence AS _seq, l._commit AS _commit_no, l._kind AS _kind, "
        f"l._commit_ts AS _commit_ts, CASE WHEN {deleted(s)} THEN 1 ELSE 0 END AS _deleted, l._snapshot AS _snapshot_id, l._absent AS _absent"
        f"{''.join(f', l.{v}' for v in s.values)} FROM {s.log} AS l JOIN {wanted} AS k ON {on('l', 'k', s.keys)}"
    )
    kept = " WHERE e._deleted = 0" if without_deletions else ""
    return f"SELECT e.* FROM ({logged} UNION ALL {_derived(s, wanted)}) AS e{kept}"


def _of_event(s: Scope) -> tuple[str, ...]:
    """Columns that tell an event from all others: what stands at one place of a key's sequence is one event."""
    return (*s.keys, "_incarnation", "_seq")


def _placed(s: Scope, events: str) -> str:
    """The events in their sequence, without their values: what all windows over a key's history work on."""
    w = f"OVER (PARTITION BY {qualified('e', s.keys)} ORDER BY e._incarnation, e._seq)"
    return (
        f"SELECT {qualified('e', (*_of_event(s), '_kind', '_deleted', '_commit_ts', '_commit_no'))}, ROW_NUMBER() {w} AS _n, "
        f"LEAD(e._incarnation) {w} AS _next_incarnation, LEAD(e._commit_no) {w} AS _next_commit, "
        f"SUM(CASE WHEN e._kind = 0 THEN 0 ELSE 1 END) {w[:-1]} ROWS UNBOUNDED PRECEDING) AS _nth_event FROM {events} AS e"
    )


def _derived(s: Scope, wanted: str) -> str:
    """The deletions that complete snapshots say: of every wanted key they do not hold."""
    d = s.d
    text = key_text(d, [(f"k.{d.ident(c.name)}", c.type) for c in s.table.key_columns])
    nulls = [f", {s.d.null(column_type(s, v))} AS {v}" for v in s.values]
    return (
        f"SELECT {qualified('k', s.keys)}, m.incarnation, m.sequence, m.sequence, 0, m.commit_ts, 1, m.snapshot_id, {d.null(d.varchar)}"
        f"{''.join(nulls)} FROM {wanted} AS k CROSS JOIN {s.names.marks} AS m LEFT JOIN ({marks.held(s)}) AS h ON h.incarnation = m.incarnation "
        f"AND h.snapshot_id = m.snapshot_id AND h.key_text = {text} WHERE {marks.complete(s)} AND h.key_text IS NULL"
    )


def column_type(s: Scope, value: str) -> str:
    """The declared type of a stored column, given its SQL name; spellings of folded keys are texts."""
    for c in s.table.columns:
        if s.d.ident(c.name) == value:
            return s.d.type(c.type)
    return s.d.varchar


def _states(s: Scope, placed: str) -> str:
    """Committed states, dead deletions left out, with lives and effective times."""
    keys = qualified("x", s.keys)
    w = f"OVER (PARTITION BY {keys} ORDER BY x._n"
    own = f"{keys}, x._n, x._kind, x._deleted, x._commit_ts"
    committed = (
        f"SELECT {own}, LAG(x._deleted) {w}) AS _was_deleted FROM {placed} AS x "
        "WHERE x._next_commit IS NULL OR x._next_commit <> x._commit_no OR x._next_incarnation <> x._incarnation"
    )
    counted = (
        f"SELECT {own}, MAX(CASE WHEN x._kind = 2 THEN x._commit_ts END) {w} ROWS UNBOUNDED PRECEDING) AS _reached, "
        f"COALESCE(SUM(x._deleted) {w} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS _life "
        f"FROM ({committed}) AS x WHERE NOT (x._deleted = 1 AND COALESCE(x._was_deleted, 1) = 1)"
    )
    # what is asked of the rows that follow is asked backwards: frames that begin at the first row are read once, others row by row
    back = f"OVER (PARTITION BY {keys} ORDER BY x._n DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    bounded = f"SELECT x.*, MIN(CASE WHEN x._kind = 2 THEN x._reached END) {back} AS _bound FROM ({counted}) AS x"
    capped = "CASE WHEN x._kind = 2 THEN x._reached WHEN x._bound < x._commit_ts THEN x._bound ELSE x._commit_ts END"
    timed = f"SELECT {keys}, x._n, x._kind, x._deleted, x._life, MAX({capped}) {w} ROWS UNBOUNDED PRECEDING) AS _eff FROM ({bounded}) AS x"
    ends = (
        f"MIN(CASE WHEN x._deleted = 1 THEN x._eff END) OVER (PARTITION BY {keys}, x._life) AS _life_end, "
        f"MAX(CASE WHEN x._deleted = 1 THEN x._eff END) {w} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS _last_end"
    )
    return f"SELECT x.*, {ends} FROM ({timed}) AS x"


def _chain(s: Scope, events: str, placed: str, states: str) -> str:
    place = f"{place_of(s, 'e._seq', 'e._incarnation')} AS _place"
    own = qualified("x", ("_n", "_life", "_kind", "_deleted", "_eff", "_life_end", "_last_end"))
    values = f", {qualified('e', s.values)}" if s.values else ""
    return (
        f"SELECT {qualified('e', s.keys)}, {own}, p._nth_event, e._snapshot_id, {place}, e._incarnation, e._absent{values} FROM {states} AS x "
        f"JOIN {placed} AS p ON {on('p', 'x', (*s.keys, '_n'))} JOIN {events} AS e ON {on('e', 'p', _of_event(s))}"
    )
