"""Lookups: attributes of a parent table brought into a dimension, the latest (type 1) or as they were at each moment (type 2).

`tmp_pieces_<dimension>_<parent>`: the parent's key, from_at, to_at and the looked-up values of every stretch of time between changes;
of type 2 also `_absent`: which of them are unknown, empty where none is.
"""

from retailflow.model.dimension import Dimension, Lookup, OnDelete
from retailflow.scd import Scd
from retailflow.sql.as_of import many_and_slot
from retailflow.sql.fill import known
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.segments import marks, pieces_name, segments
from retailflow.sql.statement import Step, Temp
from retailflow.sql.timeline import chain_of, timeline
from retailflow.sql.unknown_lookups import joined_segments

_BEFORE_ALL = "0001-01-01 00:00:00"


def lookups(s: Scope, dimension: Dimension) -> tuple[Step, ...]:
    """Needs `versions`, and the chain of every parent for the keys referred to."""
    if not dimension.lookups:
        return ()
    temps = [t for lookup in dimension.lookups for t in _values(s, dimension, lookup)]
    return (Step(f"lookups of {dimension.name}", (*temps, *segments(s, dimension), *joined_segments(s, dimension))),)


def _parent(s: Scope, lookup: Lookup) -> tuple[Scope, Dimension | None]:
    parent = s.project.table(lookup.parent)
    dimension = parent.dimension.history or parent.dimension if parent.dimension else None
    return Scope(s.project, parent, s.d), dimension


def _values(s: Scope, dimension: Dimension, lookup: Lookup) -> tuple[Temp, ...]:
    p, own = _parent(s, lookup)
    line = temp("parent_line", f"{dimension.name}_{lookup.parent}_{int(lookup.scd)}")
    made = _pieces(p, own, dimension, lookup, line) if lookup.scd is Scd.VERSION else _latest(p, own, lookup, line)
    return Temp(line, timeline(p, own), p.keys), Temp(pieces_name(dimension, lookup), made, p.keys)


def _columns(p: Scope, lookup: Lookup) -> list[str]:
    return list(dict.fromkeys(p.d.ident(c.column) for c in lookup.columns))


def _latest(p: Scope, own: Dimension | None, lookup: Lookup, line: str) -> str:
    """One stretch for a parent that has a version and is not deleted under `close`."""
    chain, bare = chain_of(p, own), list(dict.fromkeys(c.column for c in lookup.columns))
    lasts = ", ".join(f"MAX(CASE WHEN c._deleted = 0 AND {known(p, c, 'c')} THEN c._n END) AS last_{i}" for i, c in enumerate(bare))
    ended = "MAX(c._n) AS _end_n, MAX(CASE WHEN c._deleted = 0 THEN c._n END) AS _live_n"
    bounds = f"SELECT {qualified('c', p.keys)}, {ended}, {lasts} FROM {chain} AS c GROUP BY {qualified('c', p.keys)}"
    values = ", ".join(f"v{i}.{p.d.ident(c)}" for i, c in enumerate(bare))
    joins = " ".join(f"LEFT JOIN {chain} AS v{i} ON {on(f'v{i}', 'b', p.keys)} AND v{i}._n = b.last_{i}" for i in range(len(bare)))
    alive = "" if own is not None and own.on_delete is not OnDelete.CLOSE else " AND b._end_n = b._live_n"
    stretch = f"{p.d.timestamp(_BEFORE_ALL)} AS _from_at, {_forever(p)} AS _to_at"
    return (
        f"SELECT {qualified('b', p.keys)}, {stretch}, {values} FROM ({bounds}) AS b {joins} "
        f"WHERE EXISTS (SELECT 1 FROM {line} AS x WHERE {on('x', 'b', p.keys)}){alive}"
    )


def _forever(p: Scope) -> str:
    return p.d.timestamp("9999-12-31 23:59:59")


def _pieces(p: Scope, own: Dimension | None, dimension: Dimension, lookup: Lookup, line: str) -> str:
    """Rows of the parent's time line and what follows their lives, equal neighbours joined, the first reaching back for ever. Rows that do not
    know the same are not equal."""
    d, names, keys = p.d, _columns(p, lookup), qualified("x", p.keys)
    named = {c.column: marks(dimension)[lookup.parent, c.column] for c in lookup.columns}
    shown = ", ".join(f"x.{n}" for n in names)
    rows = f"SELECT {keys}, x._start_at AS _from_at, 1 AS _is_row, {_unknown(p, named, 'x')} AS _absent, {shown} FROM {line} AS x"
    relation = f"{rows} UNION ALL {_after(p, own, named, line)}" if own is None or own.on_delete is not OnDelete.IGNORE else rows
    w = f"OVER (PARTITION BY {keys} ORDER BY x._from_at, x._is_row)"
    last_of_equal = f"SELECT x.*, LEAD(x._from_at) {w} AS _next_at FROM ({relation}) AS x"
    lags = ", ".join(f"LAG(x.{n}) {w} AS was_{i}" for i, n in enumerate(names))
    lagged = (
        f"SELECT x.*, LAG(x._absent) {w} AS _was, {lags} FROM ({last_of_equal}) AS x WHERE x._next_at IS NULL OR x._next_at <> x._from_at"
    )
    differs = " OR ".join(["x._was <> x._absent", *(f"{d.changed(f'x.{n}', f'x.was_{i}')} = 1" for i, n in enumerate(names))])
    changes = f"SELECT x.* FROM ({lagged}) AS x WHERE x._was IS NULL OR {differs}"
    ends = f"COALESCE(LEAD(x._from_at) {w}, {_forever(p)}) AS _to_at"
    since = f"CASE WHEN x._was IS NULL THEN {d.timestamp(_BEFORE_ALL)} ELSE x._from_at END"
    many, slot = many_and_slot(d, f"COUNT(*) OVER (PARTITION BY {keys})", since)
    return f"SELECT {keys}, {since} AS _from_at, {ends}, {many} AS _many, {slot} AS _slot, x._absent, {shown} FROM ({changes}) AS x"


def _unknown(p: Scope, named: dict[str, str], alias: str) -> str:
    """The marks of the columns that a row of the parent's chain does not know."""
    each = p.d.concat([f"CASE WHEN {known(p, column, alias)} THEN '' ELSE {p.text(mark)} END" for column, mark in named.items()])
    return f"CASE WHEN {alias}._absent IS NULL THEN '' ELSE {each} END"


def _after(p: Scope, own: Dimension | None, named: dict[str, str], line: str) -> str:
    """What is seen once a life has ended: NULL under `close`, the values of its last row in sequence under `flag`."""
    names = list(map(p.d.ident, named))
    lives = f"SELECT DISTINCT {qualified('o', p.keys)}, o._life, o._life_end FROM {line} AS o WHERE o._life_end IS NOT NULL"
    if own is not None and own.on_delete is OnDelete.FLAG:
        chain = chain_of(p, own)
        last = f"SELECT {qualified('c', p.keys)}, c._life, MAX(c._n) AS _n FROM {chain} AS c WHERE c._deleted = 0 GROUP BY {qualified('c', p.keys)}, c._life"
        shown = ", ".join(f"z.{n}" for n in names)
        return (
            f"SELECT {qualified('v', p.keys)}, v._life_end, 0, {_unknown(p, named, 'z')}, {shown} FROM ({lives}) AS v JOIN ({last}) AS l ON {on('l', 'v', p.keys)} AND l._life = v._life "
            f"JOIN {chain} AS z ON {on('z', 'l', p.keys)} AND z._n = l._n"
        )
    types = {p.d.ident(c.name): p.d.type(c.type) for c in p.table.columns}
    nulls = ", ".join(p.d.null(types[n]) for n in names)
    return f"SELECT {qualified('v', p.keys)}, v._life_end, 0, '', {nulls} FROM ({lives}) AS v"
