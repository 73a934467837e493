"""A row that does not know a column may stand between two that do: a declared start puts it there, or a deletion within a commit makes it
forget. Here each row is given what its version knows so far; which rows are of one version is found by `sql.joining`.

`tmp_seen_<dimension>`: the key, n, absent and the columns a version shows; a copy of the chain but where something is unknown.
"""

from retailflow.model.dimension import Dimension
from retailflow.sql.fill import known
from retailflow.sql.joining import Joining, joined
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Step, Temp


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
    d, name, told, whole = s.d, seen_name(dimension), temp("told", dimension.name), temp("seen_whole", dimension.name)
    life = (*s.keys, "_life")
    names = [d.ident(c) for c in columns]
    tracked = columns[:-1] if dimension.effective else columns  # what `effective` says is not compared
    of_life = Joining(s, "", dimension.name, life, tuple((d.ident(c), s.ordinal(c)) for c in tracked))
    rows, x = of_life.rows, qualified("x", life)
    murky = f"SELECT DISTINCT {qualified('l', life)} FROM {line} AS l JOIN {name} AS c ON {on('c', 'l', (*s.keys, '_n'))} WHERE c._absent IS NOT NULL"
    place = f"ROW_NUMBER() OVER (PARTITION BY {qualified('l', life)} ORDER BY l._start_at) AS _p"
    positions = (
        f"SELECT {qualified('l', life)}, l._n, {place}, {qualified('c', ('_absent', *names))} FROM {line} AS l "
        f"JOIN {name} AS c ON {on('c', 'l', (*s.keys, '_n'))} JOIN ({murky}) AS m ON {on('m', 'l', life)}"
    )
    so_far = f"OVER (PARTITION BY {x}, x._v ORDER BY x._p ROWS UNBOUNDED PRECEDING)"
    sources = [f"MAX(CASE WHEN {known(s, c, 'x')} THEN x._p END) {so_far} AS f{i}" for i, c in enumerate(tracked)]
    if dimension.effective:
        sources.append(f"MIN(CASE WHEN {known(s, columns[-1], 'x')} THEN x._p END) OVER (PARTITION BY {x}, x._v) AS f{len(tracked)}")
    telling = f"SELECT {x}, x._n, {', '.join(sources)} FROM {of_life.joined} AS x"
    values = ", ".join(f"v{i}.{n}" for i, n in enumerate(names))
    still = d.concat([f"CASE WHEN t.f{i} IS NULL THEN {s.text(s.ordinal(c))} ELSE '' END" for i, c in enumerate(columns)])
    from_rows = " ".join(f"LEFT JOIN {rows} AS v{i} ON {on(f'v{i}', 't', life)} AND v{i}._p = t.f{i}" for i in range(len(names)))
    others = f"SELECT {qualified('c', (*s.keys, '_n', '_absent', *names))} FROM {name} AS c LEFT JOIN {rows} AS m ON {on('m', 'c', (*s.keys, '_n'))}"
    both = (
        f"SELECT {qualified('t', (*s.keys, '_n'))}, NULLIF({still}, '') AS _absent, {values} FROM {told} AS t {from_rows} "
        f"UNION ALL {others} WHERE m._n IS NULL"
    )
    return (
        *joined(of_life, positions),
        Temp(told, telling, s.keys),
        Temp(whole, both, s.keys),
        Temp(name, f"SELECT * FROM {whole}", s.keys),
    )
