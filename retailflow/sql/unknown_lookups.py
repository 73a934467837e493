"""A parent's row may not know a column that is looked up as type 2. Segments are cut where it becomes known or is forgotten; here those of a
version that know nothing different are joined again, and show what is known anywhere within them.
"""

from retailflow.model.dimension import Dimension
from retailflow.scd import Scd
from retailflow.sql.fill import knows
from retailflow.sql.joining import Joining, joined
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.segments import carried, marks, segments_name
from retailflow.sql.statement import Step, Temp
from retailflow.sql.timeline import open_end


def joined_segments(s: Scope, dimension: Dimension) -> tuple[Step, ...]:
    """Needs `segments`; nothing but where one of them does not know a column."""
    if all(lookup.scd is not Scd.VERSION for lookup in dimension.lookups):
        return ()
    some = f"SELECT 1 FROM {segments_name(dimension)} WHERE _absent IS NOT NULL LIMIT 1"
    return (Step(f"join segments of {dimension.name}, some unknown", _joined(s, dimension), some),)


def _joined(s: Scope, dimension: Dimension) -> tuple[Temp | Step, ...]:
    d, name, told, whole = s.d, segments_name(dimension), temp("pieced", dimension.name), temp("segments_whole", dimension.name)
    named, version = marks(dimension), (*s.keys, "_split_from")
    compared = {
        d.ident(c.name): named[lookup.parent, c.column] for lookup in dimension.lookups if lookup.scd is Scd.VERSION for c in lookup.columns
    }
    of_version = Joining(s, "looked_", dimension.name, version, tuple(compared.items()))
    rows, key, x = of_version.rows, qualified("l", version), qualified("x", version)
    murky = f"SELECT DISTINCT {key} FROM {name} AS l WHERE l._absent IS NOT NULL"
    placed = (
        f"SELECT {key}, l.valid_from, l.valid_to, ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY l.valid_from) AS _p, "
        f"{qualified('l', ('_absent', *compared))} FROM {name} AS l JOIN ({murky}) AS m ON {on('m', 'l', version)}"
    )
    sources = ", ".join(f"MAX(CASE WHEN {knows(d, mark, 'x')} THEN x._p END) AS f{i}" for i, mark in enumerate(compared.values()))
    telling = f"SELECT {x}, MIN(x.valid_from) AS valid_from, MAX(x.valid_to) AS valid_to, {sources} FROM {of_version.joined} AS x GROUP BY {x}, x._v"
    source = {n: f"v{i}.{n}" for i, n in enumerate(compared)}
    looked_up = [d.ident(c.name) for lookup in dimension.lookups for c in lookup.columns]
    shown = ", ".join(source.get(n, f"w.{n}") for n in looked_up)
    from_rows = " ".join(f"LEFT JOIN {rows} AS v{i} ON {on(f'v{i}', 't', version)} AND v{i}._p = t.f{i}" for i in range(len(compared)))
    first, own = (*s.keys, "valid_from"), qualified("w", (*carried(s, dimension), "valid_from"))
    others = f"SELECT {own}, {qualified('w', ('valid_to', '_is_open', '_is_flagged', *looked_up))} FROM {name} AS w LEFT JOIN {rows} AS m ON {on('m', 'w', first)}"
    both = (
        f"SELECT {own}, t.valid_to, t.valid_to = {open_end(s)} AS _is_open, w._is_flagged, {shown} FROM {told} AS t "
        f"JOIN {name} AS w ON {on('w', 't', first)} {from_rows} UNION ALL {others} WHERE m._p IS NULL"
    )
    return (
        *joined(of_version, placed),
        Temp(told, telling, s.keys),
        Temp(whole, both, s.keys),
        Temp(name, f"SELECT * FROM {whole}", s.keys),
    )
