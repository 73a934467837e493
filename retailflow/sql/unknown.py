"""A row that does not know a column may stand between two that do: a declared start puts it there, or a deletion within a commit makes it
forget. Here each row is given what its version knows so far.

A row joins the version before it unless it differs from what that version knows, so where a version begins depends on where the one before
it began. With p the position of a row in its life: `clash` is the last p that knows another value of some column than this row; a version that
begins at p ends before the first row whose clash is at or after p. That gives every p its successor, and the versions of a life are
reached from its first row by jumps of 1, 2, 4, … successors, since not every engine can recurse. None of it pairs the rows of a life with
each other: a clash lies before its row, so the successors are running minima over the clashes, from the last.

`tmp_seen_<dimension>`: the key, n, absent and the columns a version shows; a copy of the chain but where something is unknown.
"""

from retailflow.model.dimension import Dimension
from retailflow.sql.fill import known
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Step, Temp

_DOUBLINGS = 20  # 1,048,576 versions in one life; those that no life needs are passed over


def seen_name(dimension: Dimension) -> str:
    return temp("seen", dimension.name)


def seen(s: Scope, dimension: Dimension, line: str, chain: str, compared: tuple[str, ...]) -> tuple[Step, ...]:
    """`compared`: bare names of the columns that open versions; a version shows them, and the `effective` one."""
    columns = (*compared, dimension.effective) if dimension.effective else compared
    names = [s.d.ident(c) for c in columns]
    copy = (
        f"SELECT {qualified('c', (*s.keys, '_n', '_absent', *names))} FROM {chain} AS c JOIN {line} AS x ON {on('x', 'c', (*s.keys, '_n'))}"
    )
    some = f"SELECT 1 FROM {seen_name(dimension)} WHERE _absent IS NOT NULL LIMIT 1"
    return (
        Step(f"see rows of {dimension.name}", (Temp(seen_name(dimension), copy, s.keys),)),
        Step(f"see unknown columns of {dimension.name}", _filled(s, dimension, line, columns), some),
    )


def _filled(s: Scope, dimension: Dimension, line: str, columns: tuple[str, ...]) -> tuple[Temp | Step, ...]:
    d, name = s.d, seen_name(dimension)
    rows, clash, after, reached, version, told, whole = (
        temp(kind, dimension.name) for kind in ("unknown", "clash", "after", "reached", "in_version", "told", "seen_whole")
    )
    life = (*s.keys, "_life")
    names = [d.ident(c) for c in columns]
    x = qualified("x", life)
    before = f"OVER (PARTITION BY {x} ORDER BY x._p ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    murky = f"SELECT DISTINCT {qualified('l', life)} FROM {line} AS l JOIN {name} AS c ON {on('c', 'l', (*s.keys, '_n'))} WHERE c._absent IS NOT NULL"
    place = f"ROW_NUMBER() OVER (PARTITION BY {qualified('l', life)} ORDER BY l._start_at) AS _p"
    positions = (
        f"SELECT {qualified('l', life)}, l._n, {place}, {qualified('c', ('_absent', *names))} FROM {line} AS l "
        f"JOIN {name} AS c ON {on('c', 'l', (*s.keys, '_n'))} JOIN ({murky}) AS m ON {on('m', 'l', life)}"
    )
    tracked = columns[:-1] if dimension.effective else columns  # what `effective` says is not compared
    lasts = "".join(f", MAX(CASE WHEN {known(s, c, 'x')} THEN x._p END) {before} AS q{i}" for i, c in enumerate(tracked))
    clashes = d.greatest_of(
        [
            f"CASE WHEN {known(s, c, 'x')} AND v{i}._p IS NOT NULL AND {d.changed(f'x.{d.ident(c)}', f'v{i}.{d.ident(c)}')} = 1 THEN v{i}._p ELSE 0 END"
            for i, c in enumerate(tracked)
        ]
    )
    joins = " ".join(f"LEFT JOIN {rows} AS v{i} ON {on(f'v{i}', 'x', life)} AND v{i}._p = x.q{i}" for i in range(len(tracked)))
    clashing = f"SELECT {x}, x._p, {clashes} AS _clash FROM (SELECT x.*{lasts} FROM {rows} AS x) AS x {joins}"
    firsts = f"SELECT {x}, x._clash, MIN(x._p) AS _first_p FROM {clash} AS x WHERE x._clash > 0 GROUP BY {x}, x._clash"
    back = f"OVER (PARTITION BY {x} ORDER BY x._p DESC ROWS UNBOUNDED PRECEDING)"
    running = f"SELECT {x}, x._p, MIN(f._first_p) {back} AS _next_p FROM {clash} AS x LEFT JOIN ({firsts}) AS f ON {on('f', 'x', life)} AND f._clash = x._p"
    following = f"SELECT x.* FROM ({running}) AS x WHERE x._next_p IS NOT NULL"
    begins = (
        f"SELECT x.*, MAX(r._p) OVER (PARTITION BY {x} ORDER BY x._p ROWS UNBOUNDED PRECEDING) AS _v FROM {rows} AS x "
        f"LEFT JOIN {reached} AS r ON {on('r', 'x', life)} AND r._p = x._p"
    )
    so_far = f"OVER (PARTITION BY {x}, x._v ORDER BY x._p ROWS UNBOUNDED PRECEDING)"
    sources = [f"MAX(CASE WHEN {known(s, c, 'x')} THEN x._p END) {so_far} AS f{i}" for i, c in enumerate(tracked)]
    if dimension.effective:
        sources.append(f"MIN(CASE WHEN {known(s, columns[-1], 'x')} THEN x._p END) OVER (PARTITION BY {x}, x._v) AS f{len(tracked)}")
    telling = f"SELECT {x}, x._n, {', '.join(sources)} FROM {version} AS x"
    values = ", ".join(f"v{i}.{n}" for i, n in enumerate(names))
    still = d.concat([f"CASE WHEN t.f{i} IS NULL THEN {s.text(s.ordinal(c))} ELSE '' END" for i, c in enumerate(columns)])
    from_rows = " ".join(f"LEFT JOIN {rows} AS v{i} ON {on(f'v{i}', 't', life)} AND v{i}._p = t.f{i}" for i in range(len(names)))
    others = f"SELECT {qualified('c', (*s.keys, '_n', '_absent', *names))} FROM {name} AS c LEFT JOIN {rows} AS m ON {on('m', 'c', (*s.keys, '_n'))}"
    both = (
        f"SELECT {qualified('t', (*s.keys, '_n'))}, NULLIF({still}, '') AS _absent, {values} FROM {told} AS t {from_rows} "
        f"UNION ALL {others} WHERE m._n IS NULL"
    )
    return (
        Temp(rows, positions, s.keys),
        Temp(clash, clashing, s.keys),
        Temp(after, following, s.keys),
        Temp(reached, f"SELECT {x}, x._p FROM {rows} AS x WHERE x._p = 1", s.keys),
        *(_jump(s, dimension, reached, after, life) for _ in range(_DOUBLINGS)),
        Temp(version, begins, s.keys),
        Temp(told, telling, s.keys),
        Temp(whole, both, s.keys),
        Temp(name, f"SELECT * FROM {whole}", s.keys),
    )


def _jump(s: Scope, dimension: Dimension, reached: str, after: str, life: tuple[str, ...]) -> Step:
    """Add to `reached` the rows one jump further on, then make each jump of `after` two; nothing once no jump is left."""
    x, further, twice = qualified("x", life), f"{reached}_further", f"{after}_twice"
    landed = f"SELECT {x}, j._next_p AS _p FROM {reached} AS x JOIN {after} AS j ON {on('j', 'x', life)} AND j._p = x._p"
    both = f"SELECT {x}, x._p, j._next_p FROM {after} AS x JOIN {after} AS j ON {on('j', 'x', life)} AND j._p = x._next_p"
    return Step(
        f"versions of {dimension.name} further on",
        (
            Temp(further, f"SELECT {x}, x._p FROM {reached} AS x UNION {landed}", s.keys),
            Temp(twice, both, s.keys),
            Temp(reached, f"SELECT * FROM {further}", s.keys),
            Temp(after, f"SELECT * FROM {twice}", s.keys),
        ),
        f"SELECT 1 FROM {after} LIMIT 1",
    )
