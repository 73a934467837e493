"""As-of lookups: which version of a dimension a moment falls into, now.

A join by key and moment looks at every version of the key for every row. Keys have few, and that is the fastest there is; those with more
than `MANY` versions are looked up in one pass over versions and moments in order, and joined by where their version begins, its `slot`.
"""

from collections.abc import Sequence

from retailflow.model.dimension import Dimension
from retailflow.model.table import Table
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.scope import Scope, on, qualified

MANY = 100
_BEFORE_ALL, _AFTER_ALL = "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999"


def spans(s: Scope, table: Table, dimension: Dimension, keys: str) -> str:
    """SELECT of the key, `sk`, lo and hi of each version of the keys in `keys`: the first reaches back for ever, the last on; and, if there are
    versions, `many` (1 or 0) and `slot`."""
    d, owner = s.d, Scope(s.project, table, s.d)
    target = s.names.warehouse(dimension.name)
    sk = f"v.{d.ident(dimension.surrogate_key)} AS _sk"
    source = f"{target} AS v JOIN {keys} AS k ON {on('v', 'k', owner.keys)}"
    if not dimension.versioned:
        return (
            f"SELECT {qualified('v', owner.keys)}, {sk}, {d.timestamp(_BEFORE_ALL)} AS _lo, {d.timestamp(_AFTER_ALL)} AS _hi FROM {source}"
        )
    of_key = f"PARTITION BY {qualified('v', owner.keys)}"
    w = f"OVER ({of_key} ORDER BY v.valid_from)"
    numbered = (
        f"SELECT {qualified('v', owner.keys)}, {sk}, v.valid_from, ROW_NUMBER() {w} AS _n, LEAD(v.valid_from) {w} AS _next_from, "
        f"COUNT(*) OVER ({of_key}) AS _versions FROM {source}"
    )
    lo = f"CASE WHEN x._n = 1 THEN {d.timestamp(_BEFORE_ALL)} ELSE x.valid_from END"
    many, slot = many_and_slot(d, "x._versions", lo)
    return (
        f"SELECT {qualified('x', owner.keys)}, x._sk, {lo} AS _lo, COALESCE(x._next_from, {d.timestamp(_AFTER_ALL)}) AS _hi, "
        f"{many} AS _many, {slot} AS _slot FROM ({numbered}) AS x"
    )


def many_and_slot(d: Dialect, versions: str, start: str) -> tuple[str, str]:
    """Of one of so many versions of a key that begins at `start`."""
    many = f"{versions} > {MANY}"
    return f"CASE WHEN {many} THEN 1 ELSE 0 END", f"CASE WHEN {many} THEN {start} ELSE {d.timestamp(_BEFORE_ALL)} END"


def slots(table: Table, d: Dialect, span: str, rows: str, identity: Sequence[str], role: int, start: str = "_lo") -> str:
    """SELECT of `identity`, `role` and the slot of each row that refers to a key with many versions.

    `rows`: the SELECT of the columns `identity`, d0, d1, … (the key) and `at`, whose FROM clause the caller joins with `many_keys`."""
    width = range(len(table.key))
    keys = ", ".join(f"u.d{i}" for i in width)
    starts = ", ".join([*(f"NULL AS {c}" for c in identity), *(f"v.{d.ident(k)} AS d{i}" for i, k in enumerate(table.key))])
    both = f"SELECT r.*, 1 AS _is_row FROM ({rows}) AS r UNION ALL SELECT {starts}, v.{start} AS _at, 0 AS _is_row FROM {span} AS v WHERE v._many = 1"
    latest = f"MAX(CASE WHEN u._is_row = 0 THEN u._at END) OVER (PARTITION BY {keys} ORDER BY u._at, u._is_row ROWS UNBOUNDED PRECEDING)"
    return (
        f"SELECT {qualified('z', identity)}, {role} AS _role, z._slot "
        f"FROM (SELECT {qualified('u', identity)}, u._is_row, {latest} AS _slot FROM ({both}) AS u) AS z WHERE z._is_row = 1"
    )


def many_keys(table: Table, d: Dialect, span: str) -> str:
    """SELECT of the keys that have many versions."""
    return f"SELECT DISTINCT {', '.join(f'v.{d.ident(k)}' for k in table.key)} FROM {span} AS v WHERE v._many = 1"


def in_slot(d: Dialect, span: str, slot: str) -> str:
    """Whether a version stands in the slot of a row, NULL unless its key has many versions."""
    return f"{span}._slot = COALESCE({slot}, {d.timestamp(_BEFORE_ALL)})"
