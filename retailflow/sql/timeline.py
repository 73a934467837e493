"""The time line of a table's keys: the rows of each life by their starts, those that never held left out."""

from retailflow.model.dimension import Dimension, OnDelete
from retailflow.model.source import ExtractMode, Route
from retailflow.sql.chain import suffix_of
from retailflow.sql.dialects.base import BEGINNING, OPEN_END
from retailflow.sql.scope import Scope, on, qualified

LATEST_START = "9999-12-30 00:00:00"


def chain_of(s: Scope, dimension: Dimension | None) -> str:
    """The chain a dimension is read from."""
    ignore = dimension is not None and dimension.on_delete is OnDelete.IGNORE
    return s.temp(f"chain{suffix_of(ignore)}")


def start(s: Scope, dimension: Dimension | None, c: str = "c") -> str:
    """When a row of the chain starts: its effective time, the beginning, or the declared column. Needs `beginnings` in the FROM clause."""
    d = s.d
    if dimension is not None and dimension.versioned and dimension.effective:
        column = f"{c}.{d.ident(dimension.effective)}"
        value = f"CASE WHEN {column} IS NOT NULL AND ({c}._last_end IS NULL OR {column} > {c}._last_end) THEN {column} ELSE {c}._eff END"
    elif _may_begin(dimension):
        first = f"{c}._nth_event = 1 AND {c}._kind = 1 AND {_from_full(s, c)} AND NOT COALESCE(f.first_at < {_stands_at(s, f'{c}._incarnation', f'{c}._place')}, FALSE)"
        value = f"CASE WHEN {first} THEN {d.timestamp(BEGINNING)} ELSE {c}._eff END"
    else:
        value = f"{c}._eff"
    return d.greatest(d.least(value, d.timestamp(LATEST_START)), d.timestamp(BEGINNING))


def beginnings(s: Scope, dimension: Dimension | None) -> str:
    """What `start` needs joined, maybe nothing: one row that says where the first complete snapshot stands."""
    if not _may_begin(dimension):
        return ""
    marked = f"{s.names.marks} AS m WHERE m.table_name = {s.text(s.table.name)} AND m.complete"
    return f" CROSS JOIN (SELECT MIN({_stands_at(s, 'm.incarnation', 'm.place')}) AS first_at FROM {marked}) AS f"


def _may_begin(dimension: Dimension | None) -> bool:
    return dimension is not None and dimension.beginning and not (dimension.versioned and dimension.effective)


def _stands_at(s: Scope, incarnation: str, place: str) -> str:
    """Incarnation and place as one text that sorts."""
    return s.d.concat([s.d.lpad(incarnation, 10), place])


def _from_full(s: Scope, c: str) -> str:
    """Only rows of a snapshot or a full extract can stand for all that was before."""
    extract = s.table.extract
    if extract is None or extract.mode is ExtractMode.FULL:
        return "TRUE"
    of_files = [str(era.incarnation) for era in s.table.eras if era.route is Route.BATCH]
    if not of_files:
        return "TRUE"
    return "FALSE" if len(of_files) == len(s.table.eras) else f"{c}._incarnation NOT IN ({', '.join(of_files)})"


def within(s: Scope, relation: str, keys: str | None) -> str:
    """The relation, aliased c, or those rows of it whose keys are in `keys`."""
    return f"{relation} AS c" if keys is None else f"{relation} AS c JOIN {keys} AS k ON {on('c', 'k', s.keys)}"


def bare_timeline(s: Scope, dimension: Dimension | None, keys: str | None = None) -> str:
    """SELECT of the key, n, life and life_end of the rows of the time line, `start_at`, and `next_start` (in its life): starts at or after
    the deletion dropped, of equal starts the last kept."""
    w = f"OVER (PARTITION BY {qualified('r', s.keys)}, r._life ORDER BY r._start_at, r._n)"
    rows = within(s, chain_of(s, dimension), keys) + beginnings(s, dimension)
    columns = qualified("c", (*s.keys, "_n", "_life", "_life_end"))
    started = f"SELECT {columns}, {start(s, dimension)} AS _start_at FROM {rows} WHERE c._deleted = 0"
    held = f"SELECT r.*, LEAD(r._start_at) {w} AS _next_start FROM ({started}) AS r WHERE r._life_end IS NULL OR r._start_at < r._life_end"
    return f"SELECT r.* FROM ({held}) AS r WHERE r._next_start IS NULL OR r._next_start <> r._start_at"


def timeline(s: Scope, dimension: Dimension | None) -> str:
    """The same with all that the chain has."""
    chain = chain_of(s, dimension)
    return f"SELECT c.*, x._start_at, x._next_start FROM ({bare_timeline(s, dimension)}) AS x JOIN {chain} AS c ON {on('c', 'x', (*s.keys, '_n'))}"


def open_end(s: Scope) -> str:
    return s.d.timestamp(OPEN_END)
