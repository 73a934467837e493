"""What an event does not tell has the value that was last told within its life; a derived column is computed anew from what is so known.

An event that tells all a derived column reads has it computed already, from the values as they were sent (`sql.admit`).
"""

from retailflow.model.expression import columns_of
from retailflow.model.table import Column
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.expression import render
from retailflow.sql.scope import Scope, on, qualified, spelling


def known(s: Scope, column: str, alias: str) -> str:
    """Whether the row of a chain knows the column."""
    return knows(s.d, s.ordinal(column), alias)


def knows(d: Dialect, mark: str, alias: str) -> str:
    """Whether a row knows the column that `_absent` would name by `mark`."""
    return f"({alias}._absent IS NULL OR NOT {d.contains(f'{alias}._absent', mark)})"


def last_known(s: Scope, numbered: str) -> str:
    """For every event and column the n of the event that last told it since the last deletion."""
    group = f"SELECT e.*, SUM(e._deleted) OVER (PARTITION BY {qualified('e', s.keys)} ORDER BY e._n ROWS UNBOUNDED PRECEDING) AS _g FROM {numbered} AS e"
    w = f"OVER (PARTITION BY {qualified('e', s.keys)}, e._g ORDER BY e._n ROWS UNBOUNDED PRECEDING)"
    columns = [
        f"MAX(CASE WHEN e._deleted = 0 AND {known(s, c.name, 'e')} THEN e._n END) {w} AS s{i}"
        for i, c in enumerate(s.table.columns)
        if c.name not in s.table.key
    ]
    return f"SELECT {qualified('e', s.keys)}, e._n, {', '.join(columns)} FROM ({group}) AS e"


def filled(s: Scope, numbered: str, last: str) -> str:
    """The events with all that is known when they came; what is derived is computed from that."""
    d = s.d
    columns, joins, unknown = [], [], []
    for i, c in enumerate(s.table.columns):
        if c.name in s.table.key:
            continue
        inputs = [f"f.s{j} IS NULL" for j in _inputs(s, c)]
        if c.expression is None:
            columns.append(f"e{i}.{d.ident(c.name)} AS {d.ident(c.name)}")
            joins.append(f"LEFT JOIN {numbered} AS e{i} ON {on(f'e{i}', 'f', s.keys)} AND e{i}._n = f.s{i}")
            inputs = [f"f.s{i} IS NULL"]
        else:
            columns.append(f"CASE WHEN f.s{i} = e._n THEN e.{d.ident(c.name)} END AS {d.ident(c.name)}")
        if inputs:
            some = inputs[0] if len(inputs) == 1 else f"({' OR '.join(inputs)})"
            unknown.append(f"CASE WHEN {some} AND e._deleted = 0 THEN {s.text(s.ordinal(c.name))} ELSE '' END")
    spellings = [f"e.{v}" for v in s.values[len(columns) :]]
    own = (*s.keys, "_incarnation", "_seq", "_commit_no", "_kind", "_commit_ts", "_deleted", "_snapshot_id")
    more, computed = _computed(s)
    absent = f"NULLIF({d.concat(unknown)}, '')" if unknown else d.null(d.varchar)
    told = (
        f"SELECT {qualified('e', own)}, {absent} AS _absent, {', '.join([*columns, *spellings, *more])} "
        f"FROM {numbered} AS e JOIN {last} AS f ON {on('f', 'e', s.keys)} AND f._n = e._n {' '.join(joins)}"
    )
    if not computed:
        return told
    return f"SELECT {qualified('x', (*own, '_absent'))}, {', '.join(computed.get(v, f'x.{v}') for v in s.values)} FROM ({told}) AS x"


def _inputs(s: Scope, c: Column) -> list[int]:
    """Which columns, besides those of the key, a derived one is computed from."""
    read = columns_of(c.expression) if c.expression is not None else frozenset()
    return [j for j, other in enumerate(s.table.columns) if other.name in read and other.name not in s.table.key]


def _computed(s: Scope) -> tuple[list[str], dict[str, str]]:
    """Derived columns an event does not know, by SQL name, as expressions over what is filled; and the columns x has for them: `_v_<input>`,
    keys as they are spelled, and `_c<i>`, 1 where all inputs are known, but not from the event alone."""
    d, more, computed, read = s.d, [], {}, set[str]()
    place = {c.name: i for i, c in enumerate(s.table.columns)}
    for i, c in enumerate(s.table.columns):
        inputs = _inputs(s, c)
        if c.expression is None or not inputs:
            continue
        whole = " AND ".join(f"f.s{j} IS NOT NULL" for j in inputs)
        more.append(f"CASE WHEN {whole} AND (f.s{i} IS NULL OR f.s{i} < e._n) THEN 1 ELSE 0 END AS _c{i}")
        name = d.ident(c.name)
        computed[name] = f"CASE WHEN x._c{i} = 1 THEN {render(d, c.expression, 'x._v_')} ELSE x.{name} END AS {name}"
        read |= columns_of(c.expression)
    for name in sorted(read):
        spelled = spelling(name) if name in s.table.key and s.table.folds(name) else name
        more.append(f"{'e' if name in s.table.key else f'e{place[name]}'}.{d.ident(spelled)} AS _v_{name}")
    return more, computed
