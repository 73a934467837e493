"""A dimension made what its definitions say, for the keys something touched: chain, reads, versions, lookups, inferred members, change.

Leaves `tmp_moved_<dimension>`: the keys of which a version came or went, so that facts are re-keyed.
"""

from retailflow.model.dimension import Dimension
from retailflow.sql import onward
from retailflow.sql.change import ENDED, ENDS, NEW, change
from retailflow.sql.dialects.base import BEGINNING
from retailflow.sql.dimension_key import surrogate_key
from retailflow.sql.lookups import lookups
from retailflow.sql.names import temp
from retailflow.sql.reads import reads
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.segments import segments_name
from retailflow.sql.shape import dimension_columns
from retailflow.sql.statement import Assert, Step, Temp
from retailflow.sql.timeline import open_end
from retailflow.sql.versions import versions


def touched_name(dimension: Dimension) -> str:
    """Keys of the dimension to be made anew; filled by `sql.touch`."""
    return temp("keys", dimension.name)


def moved_name(dimension: Dimension) -> str:
    return temp("moved", dimension.name)


def to_do(dimension: Dimension) -> str:
    """A condition: whether a key of the dimension was touched."""
    relations = (touched_name(dimension), *((onward.goes_name(dimension),) if onward.goes_on(dimension) else ()))
    return " OR ".join(f"EXISTS (SELECT 1 FROM {relation} AS k)" for relation in relations)


def none_moved(s: Scope, dimension: Dimension) -> Temp:
    return Temp(moved_name(dimension), f"SELECT {qualified('k', s.keys)} FROM {touched_name(dimension)} AS k WHERE FALSE", s.keys)


def make(s: Scope, dimension: Dimension) -> tuple[Step, ...]:
    """The rows of the touched keys that are there, as `segments_name(dimension)`."""
    touched = touched_name(dimension)
    return (*reads(s, dimension, touched), *versions(s, dimension, touched), *lookups(s, dimension))


def change_rows(s: Scope, dimension: Dimension, referred: str | None) -> tuple[Step, ...]:
    """`referred`: a relation of keys that have no row of their own and that some fact refers to, None when no fact can."""
    touched, want = touched_name(dimension), temp("want", dimension.name)
    target = s.names.warehouse(dimension.name)
    columns = [s.d.ident(c.name) for c in dimension_columns(s.project, s.table, dimension)]
    keys = (*s.keys, "valid_from")
    others = onward.differences(s, dimension) if onward.goes_on(dimension) else None
    gone, delta = f"{want}_gone", f"{want}_delta"
    arrived = f"SELECT {qualified('w', s.keys)} FROM {delta} AS w WHERE w._difference = {NEW}"
    moved = f"SELECT {qualified('g', s.keys)} FROM {gone} AS g UNION {arrived}"
    return (
        Step(
            f"change {dimension.name}",
            (
                Temp(want, _want(s, dimension, referred), s.keys),
                *change(s.d, target, want, touched, keys, columns, s.keys, often=ENDS, others=others),
                collisions(s, dimension, delta),
                Temp(moved_name(dimension), moved, s.keys),
            ),
        ),
    )


def collisions(s: Scope, dimension: Dimension, changed: str) -> Assert:
    """No row that changed may share its surrogate key with another: the hash has 63 bits, and a salt is the way out. A row of which only the
    end is another has the key it had."""
    sk, keys = s.d.ident(dimension.surrogate_key), (*s.keys, "valid_from")
    target = s.names.warehouse(dimension.name)
    if s.d.by_row:
        other = f"{changed} AS w WHERE (SELECT COUNT(*) FROM {target} AS t WHERE t.{sk} = w.{sk}) > 1"
    else:
        other = f"{changed} AS w JOIN {target} AS t ON t.{sk} = w.{sk} WHERE NOT ({on('t', 'w', keys)})"
    message = f"two rows of `{dimension.name}` have one surrogate key"
    return Assert("RF503", message, f"SELECT {qualified('w', (sk, *keys))} FROM {other} AND w._difference <> {ENDED}")


def _want(s: Scope, dimension: Dimension, referred: str | None) -> str:
    d = s.d
    shown = dimension_columns(s.project, s.table, dimension)
    made = {
        dimension.surrogate_key: surrogate_key(s, dimension, "v", "v.valid_from"),
        "is_current": "v._is_open",
        "is_deleted": "v._is_flagged",
        "is_inferred": "FALSE",
    }
    columns = [f"{made.get(c.name, f'v.{d.ident(c.name)}')} AS {d.ident(c.name)}" for c in shown]
    real = f"SELECT {', '.join(columns)} FROM {segments_name(dimension)} AS v"
    if referred is None:
        return real
    beginning = d.timestamp(BEGINNING)
    inferred = {
        dimension.surrogate_key: surrogate_key(s, dimension, "r", beginning),
        **{k: f"r.{d.ident(k)}" for k in s.table.key},
        "valid_from": beginning,
        "valid_to": open_end(s),
        "is_current": "TRUE",
        "is_deleted": "FALSE",
        "is_inferred": "TRUE",
    }
    members = ", ".join(f"{inferred.get(c.name, d.null(d.type(c.type)))} AS {d.ident(c.name)}" for c in shown)
    return f"{real} UNION ALL SELECT {members} FROM {referred} AS r"
