"""The rows a dimension has for the keys that are there, before lookups: versions, or one row a key.

`tmp_versions_<dimension>`: the key, `first_effective`, the columns the dimension shows (bare names), valid_from, valid_to, is_flagged (the row
that follows a life under `flag`), is_open.
"""

from retailflow.model.dimension import Attribute, Dimension, OnDelete
from retailflow.scd import Scd
from retailflow.sql import unknown
from retailflow.sql.fill import known
from retailflow.sql.names import temp
from retailflow.sql.reads import reads_name
from retailflow.sql.scope import Scope, on, qualified, spelling
from retailflow.sql.statement import Step, Temp
from retailflow.sql.timeline import bare_timeline, beginnings, chain_of, open_end, start, within


def versions_name(dimension: Dimension) -> str:
    return temp("versions", dimension.name)


def versions(s: Scope, dimension: Dimension, keys: str) -> tuple[Step, ...]:
    """Needs the chain and `reads`."""
    if not dimension.versioned:
        return (Step(f"rows of {dimension.name}", (Temp(versions_name(dimension), _unversioned(s, dimension, keys), s.keys),)),)
    line, chain = temp("line", dimension.name), chain_of(s, dimension)
    timed = Step(f"time line of {dimension.name}", (Temp(line, _line(s, dimension, keys), s.keys),))
    if not tracked(dimension) and not dimension.effective:
        return timed, Step(f"versions of {dimension.name}", _versioned(s, dimension, chain))
    some = f"SELECT 1 FROM {chain} WHERE _absent IS NOT NULL AND _deleted = 0 LIMIT 1"
    seen = unknown.seen(s, dimension, line, chain, tuple(a.column for a in tracked(dimension)))
    made = _versioned(s, dimension, unknown.seen_name(dimension))
    return (
        timed,
        Step(f"versions of {dimension.name}", _versioned(s, dimension, chain), f"SELECT 1 WHERE NOT EXISTS ({some})"),
        Step(f"versions of {dimension.name}, some unknown", (*seen, Step(f"versions seen of {dimension.name}", made)), some),
    )


def _unversioned(s: Scope, dimension: Dimension, keys: str) -> str:
    """One row for each key ever alive, however short, with the latest of everything."""
    d, chain = s.d, chain_of(s, dimension)
    last = f"SELECT {qualified('c', s.keys)}, MAX(c._n) AS _end_n FROM {within(s, chain, keys)} GROUP BY {qualified('c', s.keys)}"
    stays = dimension.on_delete is OnDelete.FLAG
    open_ = "TRUE" if stays else "x._deleted = 0"
    columns = [
        *(f"r.{k}" for k in s.keys),
        *(f"r.{d.ident(spelling(k))}" for k in s.table.key if s.table.folds(k)),
        *(f"{shown(s, a.column, a.scd, versioned=False)} AS {d.ident(a.column)}" for a in dimension.attributes),
        *(f"r.previous_{a.column}" for a in dimension.attributes if a.scd is Scd.PREVIOUS),
    ]
    if dimension.effective:
        columns.append(f"r.latest_{dimension.effective} AS {d.ident(dimension.effective)}")
    valid_to = open_end(s) if stays else f"CASE WHEN x._deleted = 0 THEN {open_end(s)} ELSE x._eff END"
    columns += [f"{start(s, dimension, 'a')} AS valid_from", f"{valid_to} AS valid_to", f"{open_} AS _is_open"]
    columns.append(f"{'x._deleted = 1' if stays else 'FALSE'} AS _is_flagged")
    return (
        f"SELECT {', '.join(columns)} FROM {reads_name(dimension)} AS r JOIN ({last}) AS l ON {on('l', 'r', s.keys)} "
        f"JOIN {chain} AS x ON {on('x', 'r', s.keys)} AND x._n = l._end_n JOIN {chain} AS a ON {on('a', 'r', s.keys)} AND a._n = r._first_n"
        f"{beginnings(s, dimension)}"
    )


def shown(s: Scope, column: str, scd: Scd, *, versioned: bool) -> str:
    """The value a row shows in the column: v is the row itself, r the whole chain's."""
    if scd is Scd.RETAIN:
        return f"r.first_{column}"
    if versioned and scd.opens_versions:
        return f"v.{s.d.ident(column)}"
    return f"r.latest_{column}"


def _versioned(s: Scope, dimension: Dimension, chain: str) -> tuple[Temp, ...]:
    """`chain`: the relation whose values are compared and shown."""
    d = s.d
    own = _own_versions(s, dimension, chain)
    temps, rows = [], f"({own})"
    if dimension.on_delete is OnDelete.FLAG:
        made, rows = temp("own", dimension.name), temp("flagged", dimension.name)
        temps += [Temp(made, own, s.keys), Temp(rows, _with_flagged(s, dimension, made), s.keys)]
    columns = [
        *(f"v.{k}" for k in s.keys),
        *(f"r.{d.ident(spelling(k))}" for k in s.table.key if s.table.folds(k)),
        *(f"{shown(s, a.column, a.scd, versioned=True)} AS {d.ident(a.column)}" for a in dimension.attributes),
        *(f"r.previous_{a.column}" for a in dimension.attributes if a.scd is Scd.PREVIOUS),
        *(f"r.latest_{a.column} AS current_{a.column}" for a in dimension.attributes if a.scd is Scd.HYBRID),
    ]
    if dimension.effective:
        columns.append(f"v.{d.ident(dimension.effective)}")
    columns += ["v.valid_from", "v.valid_to", f"v.valid_to = {open_end(s)} AS _is_open", "v._is_flagged"]
    final = f"SELECT {', '.join(columns)} FROM {rows} AS v JOIN {reads_name(dimension)} AS r ON {on('r', 'v', s.keys)}"
    return (*temps, Temp(versions_name(dimension), final, s.keys))


def tracked(dimension: Dimension) -> tuple[Attribute, ...]:
    return tuple(a for a in dimension.attributes if a.scd.opens_versions)


def _line(s: Scope, dimension: Dimension, keys: str) -> str:
    """The time line, each row with the n of the row before it in its life; narrow, values are joined where they are asked for."""
    w = f"OVER (PARTITION BY {qualified('x', s.keys)}, x._life ORDER BY x._start_at)"
    return f"SELECT x.*, LAG(x._n) {w} AS _was_n FROM ({bare_timeline(s, dimension, keys)}) AS x"


def _own_versions(s: Scope, dimension: Dimension, chain: str) -> str:
    """Rows of the time line joined while no tracked attribute changes; a version shows its last row, which knows most."""
    d, keys, line = s.d, qualified("x", s.keys), temp("line", dimension.name)
    own = (*s.keys, "_life", "_n", "_life_end", "_start_at", "_next_start")
    differs = " OR ".join(
        f"({d.changed(f'c.{d.ident(a.column)}', f'b.{d.ident(a.column)}')} = 1 AND {known(s, a.column, 'c')} AND {known(s, a.column, 'b')})"
        for a in tracked(dimension)
    )
    opened = (
        f"SELECT {qualified('x', own)}, CASE WHEN x._was_n IS NULL OR {differs or 'FALSE'} THEN 1 ELSE 0 END AS _opens FROM {line} AS x "
        f"JOIN {chain} AS c ON {on('c', 'x', (*s.keys, '_n'))} LEFT JOIN {chain} AS b ON {on('b', 'x', s.keys)} AND b._n = x._was_n"
    )
    w = f"OVER (PARTITION BY {keys}, x._life ORDER BY x._start_at"
    ended = (
        f"SELECT x.*, LEAD(x._opens) {w}) AS _next_opens, MAX(CASE WHEN x._opens = 1 THEN x._start_at END) {w} ROWS UNBOUNDED PRECEDING) AS valid_from "
        f"FROM ({opened}) AS x"
    )
    columns = [keys, "x._life", "x._life_end", *(f"c.{d.ident(a.column)}" for a in tracked(dimension))]
    join = f"JOIN {chain} AS c ON {on('c', 'x', (*s.keys, '_n'))}"
    if dimension.effective:
        columns.append(f"g.{d.ident(dimension.effective)}")
        join += f" JOIN {line} AS f ON {on('f', 'x', s.keys)} AND f._life = x._life AND f._start_at = x.valid_from"
        join += f" JOIN {chain} AS g ON {on('g', 'f', (*s.keys, '_n'))}"
    columns += ["x.valid_from", f"COALESCE(x._next_start, x._life_end, {open_end(s)}) AS valid_to", "FALSE AS _is_flagged"]
    return f"SELECT {', '.join(columns)} FROM ({ended}) AS x {join} WHERE x._next_opens IS NULL OR x._next_opens = 1"


def _with_flagged(s: Scope, dimension: Dimension, own: str) -> str:
    """A life that left a version is followed by a row with the values of its last row, open until the next version."""
    d, keys = s.d, qualified("x", s.keys)
    chain = chain_of(s, dimension)
    names = [d.ident(a.column) for a in tracked(dimension)] + ([d.ident(dimension.effective)] if dimension.effective else [])
    shown_columns = ", ".join([keys, "x._life", "x._life_end", *(f"x.{n}" for n in names)])
    lives = f"SELECT DISTINCT {qualified('o', s.keys)}, o._life FROM {own} AS o WHERE o._life_end IS NOT NULL"
    last = (
        f"SELECT {qualified('c', s.keys)}, c._life, MAX(c._n) AS _n FROM {chain} AS c JOIN ({lives}) AS v ON {on('v', 'c', s.keys)} AND v._life = c._life "
        f"WHERE c._deleted = 0 GROUP BY {qualified('c', s.keys)}, c._life"
    )
    after = (
        f"SELECT {shown_columns}, x._life_end AS valid_from, {open_end(s)} AS valid_to, TRUE AS _is_flagged "
        f"FROM {chain} AS x JOIN ({last}) AS l ON {on('l', 'x', s.keys)} AND l._life = x._life AND l._n = x._n"
    )
    both = f"SELECT {shown_columns}, x.valid_from, x.valid_to, x._is_flagged FROM {own} AS x UNION ALL {after}"
    w = f"OVER (PARTITION BY {keys} ORDER BY x._life, CASE WHEN x._is_flagged THEN 1 ELSE 0 END, x.valid_from)"
    bounded = f"SELECT {shown_columns}, x.valid_from, x.valid_to, x._is_flagged, LEAD(x.valid_from) {w} AS _next_from FROM ({both}) AS x"
    valid_to = f"CASE WHEN x._is_flagged THEN COALESCE(x._next_from, {open_end(s)}) ELSE x.valid_to END"
    return (
        f"SELECT {shown_columns}, x.valid_from, {valid_to} AS valid_to, x._is_flagged FROM ({bounded}) AS x "
        f"WHERE NOT x._is_flagged OR x._next_from IS NULL OR x._next_from > x.valid_from"
    )
