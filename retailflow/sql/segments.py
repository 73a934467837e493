"""Segments: versions of a dimension, split where a lookup of type 2 changes, each with the values looked up.

`tmp_cuts_<dimension>`: the key, `valid_from` of a version, and every moment at which a segment of it begins.
`tmp_segments_<dimension>` has, where a lookup is of type 2, `_split_from` (of its version) and `_absent` (what the parents do not know) as well.
"""

from retailflow.model.dimension import Dimension, Lookup
from retailflow.model.table import Table
from retailflow.scd import Scd
from retailflow.sql import as_of
from retailflow.sql.keys import reference
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Temp
from retailflow.sql.timeline import open_end
from retailflow.sql.versions import versions_name


def segments_name(dimension: Dimension) -> str:
    """The relation the dimension's rows are made from: versions, split where a lookup of type 2 changes."""
    return temp("segments", dimension.name) if dimension.lookups else versions_name(dimension)


def matches(s: Scope, lookup_by: tuple[str, ...], parent: Table, child: str, other: str) -> str:
    """A row of this table, aliased `child`, refers to the key of `parent` in `other`."""
    pairs = zip(lookup_by, parent.key, strict=True)
    return " AND ".join(
        f"{other}.{s.d.ident(k)} = {reference(s.d, f'{child}.{s.d.ident(by)}', s.table.column(by), parent, k)}" for by, k in pairs
    )


def pieces_name(dimension: Dimension, lookup: Lookup) -> str:
    return temp("pieces", f"{dimension.name}_{lookup.parent}_{int(lookup.scd)}")


def marks(dimension: Dimension) -> dict[tuple[str, str], str]:
    """How `_absent` of pieces and segments names a column, given its parent: by its place among those looked up as type 2, between commas."""
    wanted = dict.fromkeys((lookup.parent, c.column) for lookup in dimension.lookups if lookup.scd is Scd.VERSION for c in lookup.columns)
    return {column: f",{i}," for i, column in enumerate(wanted)}


def segments(s: Scope, dimension: Dimension) -> tuple[Temp, ...]:
    """Needs `versions`, and the pieces of every lookup. Keys with many versions are told from the others: no pairs of all their versions with
    all pieces of a parent are made."""
    crowded, cuts, versions = _crowded(dimension), _cuts(dimension), versions_name(dimension)
    many = f"SELECT {qualified('v', s.keys)} FROM {versions} AS v GROUP BY {qualified('v', s.keys)} HAVING COUNT(*) > {as_of.MANY}"
    by_version = tuple(lookup for lookup in dimension.lookups if lookup.scd is Scd.VERSION)
    cut = [f"SELECT {qualified('v', s.keys)}, v.valid_from, v.valid_from AS _cut_at FROM {versions} AS v"]
    for lookup in by_version:
        cut += [_cuts_of_few(s, dimension, lookup), _cuts_of_many(s, dimension, lookup)]
    pins = [_pins(s, dimension, lookup, i) for i, lookup in enumerate(dimension.lookups) if lookup.scd is Scd.VERSION]
    return (
        *((Temp(crowded, many, s.keys),) if by_version else ()),
        Temp(cuts, " UNION ".join(cut), s.keys),
        *((Temp(_pins_name(dimension), " UNION ALL ".join(pins), s.keys),) if pins else ()),
        Temp(segments_name(dimension), _segments(s, dimension), s.keys),
    )


def _crowded(dimension: Dimension) -> str:
    return temp("crowded", dimension.name)


def _cuts(dimension: Dimension) -> str:
    return temp("cuts", dimension.name)


def _pins_name(dimension: Dimension) -> str:
    return temp("pinned", dimension.name)


def _names(s: Scope, lookup: Lookup, alias: str) -> list[str]:
    """The key of the parent that a version names."""
    parent = s.project.table(lookup.parent)
    return [reference(s.d, f"{alias}.{s.d.ident(by)}", s.table.column(by), parent, k) for by, k in zip(lookup.by, parent.key, strict=True)]


def _cuts_of_few(s: Scope, dimension: Dimension, lookup: Lookup) -> str:
    parent = s.project.table(lookup.parent)
    return (
        f"SELECT {qualified('v', s.keys)}, v.valid_from, p._from_at FROM {versions_name(dimension)} AS v "
        f"JOIN {pieces_name(dimension, lookup)} AS p ON {matches(s, lookup.by, parent, 'v', 'p')} "
        f"LEFT JOIN {_crowded(dimension)} AS m ON {on('m', 'v', s.keys)} "
        f"WHERE m.{s.keys[0]} IS NULL AND NOT v._is_flagged AND p._from_at > v.valid_from AND p._from_at < v.valid_to"
    )


def _cuts_of_many(s: Scope, dimension: Dimension, lookup: Lookup) -> str:
    """In one pass over versions and pieces of a key in order: each piece can only cut the last version that begins before it."""
    d, versions, crowded = s.d, versions_name(dimension), _crowded(dimension)
    parent = s.project.table(lookup.parent)
    named = [f"e{i}" for i in range(len(parent.key))]
    shown = ", ".join(f"{x} AS {e}" for e, x in zip(named, _names(s, lookup, "v"), strict=True))
    pairs = f"SELECT DISTINCT {qualified('v', s.keys)}, {shown} FROM {versions} AS v JOIN {crowded} AS m ON {on('m', 'v', s.keys)}"
    same = " AND ".join(f"p.{d.ident(k)} = n.{e}" for e, k in zip(named, parent.key, strict=True))
    points = (
        f"SELECT {qualified('n', (*s.keys, *named))}, p._from_at AS _at, 1 AS _is_piece FROM ({pairs}) AS n "
        f"JOIN {pieces_name(dimension, lookup)} AS p ON {same}"
    )
    begins = (
        f"SELECT {qualified('v', s.keys)}, {', '.join('NULL' for _ in named)}, v.valid_from, 0 FROM {versions} AS v "
        f"JOIN {crowded} AS m ON {on('m', 'v', s.keys)}"
    )
    latest = (
        f"MAX(CASE WHEN u._is_piece = 0 THEN u._at END) OVER (PARTITION BY {qualified('u', s.keys)} "
        "ORDER BY u._at, u._is_piece ROWS UNBOUNDED PRECEDING) AS _from"
    )
    placed = f"SELECT u.*, {latest} FROM ({points} UNION ALL {begins}) AS u"
    names = " AND ".join(f"z.{e} = {x}" for e, x in zip(named, _names(s, lookup, "v"), strict=True))
    return (
        f"SELECT {qualified('v', s.keys)}, v.valid_from, z._at FROM ({placed}) AS z JOIN {versions} AS v ON {on('v', 'z', s.keys)} "
        f"AND v.valid_from = z._from AND {names} WHERE z._is_piece = 1 AND NOT v._is_flagged AND z._at > v.valid_from AND z._at < v.valid_to"
    )


def _pins(s: Scope, dimension: Dimension, lookup: Lookup, number: int) -> str:
    parent, pieces = s.project.table(lookup.parent), pieces_name(dimension, lookup)
    cut = qualified("x", (*s.keys, "valid_from", "_cut_at"))
    shown = ", ".join(f"{x} AS d{i}" for i, x in enumerate(_names(s, lookup, "v")))
    rows = (
        f"SELECT {cut}, {shown}, x._cut_at AS _at FROM {_cuts(dimension)} AS x "
        f"JOIN {versions_name(dimension)} AS v ON {on('v', 'x', (*s.keys, 'valid_from'))} "
        f"JOIN ({as_of.many_keys(parent, s.d, pieces)}) AS m ON {matches(s, lookup.by, parent, 'v', 'm')}"
    )
    return as_of.slots(parent, s.d, pieces, rows, (*s.keys, "valid_from", "_cut_at"), number, "_from_at")


def _segments(s: Scope, dimension: Dimension) -> str:
    d, versions = s.d, versions_name(dimension)
    values, joins, unknown = [], [], []
    for i, lookup in enumerate(dimension.lookups):
        parent, pieces = s.project.table(lookup.parent), pieces_name(dimension, lookup)
        values += [f"p{i}.{d.ident(c.column)} AS {d.ident(c.name)}" for c in lookup.columns]
        at = f"p{i}._from_at <= x._cut_at AND x._cut_at < p{i}._to_at"
        if lookup.scd is Scd.VERSION:
            same = on(f"y{i}", "x", (*s.keys, "valid_from", "_cut_at"))
            joins.append(f"LEFT JOIN {_pins_name(dimension)} AS y{i} ON {same} AND y{i}._role = {i}")
            unknown.append(f"COALESCE(p{i}._absent, '')")
            at = f"{as_of.in_slot(d, f'p{i}', f'y{i}._slot')} AND {at}"
        joins.append(f"LEFT JOIN {pieces} AS p{i} ON {matches(s, lookup.by, parent, 'v', f'p{i}')} AND {at}")
    w = f"OVER (PARTITION BY {qualified('c', s.keys)}, c.valid_from ORDER BY c._cut_at)"
    cut = f"SELECT {qualified('c', s.keys)}, c.valid_from, c._cut_at, LEAD(c._cut_at) {w} AS _next_cut FROM {_cuts(dimension)} AS c"
    own = [f"v.{n}" for n in carried(s, dimension)]
    ends = f"COALESCE(x._next_cut, v.valid_to) AS valid_to, COALESCE(x._next_cut, v.valid_to) = {open_end(s)} AS _is_open"
    if unknown:
        values += ["x.valid_from AS _split_from", f"NULLIF({d.concat(unknown)}, '') AS _absent"]
    if not dimension.versioned:
        ends = "v.valid_to, v._is_open"
    return (
        f"SELECT {', '.join(own)}, x._cut_at AS valid_from, {ends}, v._is_flagged, {', '.join(values)} FROM {versions} AS v "
        f"JOIN ({cut}) AS x ON {on('x', 'v', s.keys)} AND x.valid_from = v.valid_from {' '.join(joins)}"
    )


def carried(s: Scope, dimension: Dimension) -> list[str]:
    """What a segment shows of its version as it is."""
    from retailflow.sql.shape import dimension_columns

    looked_up = {c.name for lookup in dimension.lookups for c in lookup.columns}
    own = {dimension.surrogate_key, "valid_from", "valid_to", "is_current", "is_deleted", "is_inferred"}
    return [s.d.ident(c.name) for c in dimension_columns(s.project, s.table, dimension) if c.name not in looked_up | own]
