"""As-of lookups: which version of a dimension a moment falls into, now."""

from retailflow.model.dimension import Dimension
from retailflow.model.table import Table
from retailflow.sql.scope import Scope, on, qualified

_BEFORE_ALL, _AFTER_ALL = "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999"


def spans(s: Scope, table: Table, dimension: Dimension, keys: str) -> str:
    """SELECT of the key, `sk`, lo and hi of each version of the keys in `keys`: the first reaches back for ever, the last on."""
    d, owner = s.d, Scope(s.project, table, s.d)
    target = s.names.warehouse(dimension.name)
    sk = f"v.{d.ident(dimension.surrogate_key)} AS _sk"
    source = f"{target} AS v JOIN {keys} AS k ON {on('v', 'k', owner.keys)}"
    if not dimension.versioned:
        return (
            f"SELECT {qualified('v', owner.keys)}, {sk}, {d.timestamp(_BEFORE_ALL)} AS _lo, {d.timestamp(_AFTER_ALL)} AS _hi FROM {source}"
        )
    w = f"OVER (PARTITION BY {qualified('v', owner.keys)} ORDER BY v.valid_from)"
    numbered = f"SELECT {qualified('v', owner.keys)}, {sk}, v.valid_from, ROW_NUMBER() {w} AS _n, LEAD(v.valid_from) {w} AS _next_from FROM {source}"
    lo = f"CASE WHEN x._n = 1 THEN {d.timestamp(_BEFORE_ALL)} ELSE x.valid_from END AS _lo"
    return (
        f"SELECT {qualified('x', owner.keys)}, x._sk, {lo}, COALESCE(x._next_from, {d.timestamp(_AFTER_ALL)}) AS _hi FROM ({numbered}) AS x"
    )
