"""What a column shows of the whole chain of a key: the first, the latest, the previous known value.

`tmp_reads_<dimension>` has the key and `latest_<c>`, and where a type asks for it `first_<c>`, `previous_<c>`.
"""

from retailflow.model.dimension import Dimension
from retailflow.scd import Scd
from retailflow.sql.fill import known
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified, spelling
from retailflow.sql.statement import Step, Temp
from retailflow.sql.timeline import chain_of, within


def reads_name(dimension: Dimension) -> str:
    return temp("reads", dimension.name)


def reads(s: Scope, dimension: Dimension, keys: str | None) -> tuple[Step, ...]:
    """Two ways to the same: when every row knows every column, one first and one last row serve all."""
    unknown = f"SELECT 1 FROM {chain_of(s, dimension)} WHERE _absent IS NOT NULL AND _deleted = 0 LIMIT 1"
    bounds = temp("bounds", dimension.name)
    return (
        Step(f"read {dimension.name}", _steps(s, dimension, keys, bounds, everything_known=True), f"SELECT 1 WHERE NOT EXISTS ({unknown})"),
        Step(f"read {dimension.name}, some unknown", _steps(s, dimension, keys, bounds, everything_known=False), unknown),
    )


def _latest_columns(s: Scope, dimension: Dimension) -> list[str]:
    """Bare names of the columns of which the latest value is shown somewhere."""
    wanted = [a.column for a in dimension.attributes if not dimension.versioned or a.scd in (Scd.OVERWRITE, Scd.PREVIOUS, Scd.HYBRID)]
    if dimension.effective and not dimension.versioned:
        wanted.append(dimension.effective)
    return list(dict.fromkeys(wanted))


def _steps(s: Scope, dimension: Dimension, keys: str | None, bounds: str, *, everything_known: bool) -> tuple[Temp, ...]:
    d, source = s.d, within(s, chain_of(s, dimension), keys)
    latest = _latest_columns(s, dimension)
    first = [a.column for a in dimension.attributes if a.scd is Scd.RETAIN]
    spellings = [spelling(k) for k in s.table.key if s.table.folds(k)]
    aggregates = ["MIN(c._n) AS _first_n", "MAX(c._n) AS _last_n"]
    if not everything_known:
        aggregates += [f"MAX(CASE WHEN {known(s, c, 'c')} THEN c._n END) AS last_{c}" for c in latest]
        aggregates += [f"MIN(CASE WHEN {known(s, c, 'c')} THEN c._n END) AS first_{c}" for c in first]
    grouped = (
        f"SELECT {qualified('c', s.keys)}, {', '.join(aggregates)} FROM {source} WHERE c._deleted = 0 GROUP BY {qualified('c', s.keys)}"
    )
    chain = chain_of(s, dimension)
    columns = [*(f"b.{k}" for k in s.keys), "b._first_n", "b._last_n", *(f"z.{d.ident(c)} AS {d.ident(c)}" for c in spellings)]
    joins = [f"JOIN {chain} AS z ON {on('z', 'b', s.keys)} AND z._n = b._last_n"]
    if everything_known:
        columns += [f"z.{d.ident(c)} AS latest_{c}" for c in latest] + [f"a.{d.ident(c)} AS first_{c}" for c in first]
        joins += [f"JOIN {chain} AS a ON {on('a', 'b', s.keys)} AND a._n = b._first_n"] if first else []
    else:
        for i, (prefix, column) in enumerate([*(("last", c) for c in latest), *(("first", c) for c in first)]):
            shown = "latest" if prefix == "last" else "first"
            columns.append(f"v{i}.{d.ident(column)} AS {shown}_{column}")
            joins.append(f"LEFT JOIN {chain} AS v{i} ON {on(f'v{i}', 'b', s.keys)} AND v{i}._n = b.{prefix}_{column}")
    read = f"SELECT {', '.join(columns)} FROM {bounds} AS b {' '.join(joins)}"
    previous = [a.column for a in dimension.attributes if a.scd is Scd.PREVIOUS]
    name = reads_name(dimension)
    if not previous:
        return Temp(bounds, grouped, s.keys), Temp(name, read, s.keys)
    now, before = temp("now", dimension.name), temp("before", dimension.name)
    differs = [
        f"MAX(CASE WHEN {known(s, c, 'c')} AND {d.changed(f'c.{d.ident(c)}', f'r.latest_{c}')} = 1 THEN c._n END) AS before_{c}"
        for c in previous
    ]
    last_different = (
        f"SELECT {qualified('c', s.keys)}, {', '.join(differs)} FROM {chain} AS c JOIN {now} AS r ON {on('r', 'c', s.keys)} "
        f"WHERE c._deleted = 0 GROUP BY {qualified('c', s.keys)}"
    )
    with_previous = (
        f"SELECT r.*, {', '.join(f'p{i}.{d.ident(c)} AS previous_{c}' for i, c in enumerate(previous))} FROM {now} AS r "
        f"JOIN {before} AS q ON {on('q', 'r', s.keys)} "
        + " ".join(f"LEFT JOIN {chain} AS p{i} ON {on(f'p{i}', 'q', s.keys)} AND p{i}._n = q.before_{c}" for i, c in enumerate(previous))
    )
    return Temp(bounds, grouped, s.keys), Temp(now, read, s.keys), Temp(before, last_different, s.keys), Temp(name, with_previous, s.keys)
