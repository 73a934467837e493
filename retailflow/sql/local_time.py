"""UTC to the wall clock of a zone, by the shipped table; sentinels stay what they are."""

from dataclasses import dataclass

from retailflow.sql.scope import Scope
from retailflow.types import ColumnType, Kind


@dataclass(frozen=True, slots=True)
class Local:
    """`value`: the local timestamp or date; `join`: what the FROM clause needs for it, maybe nothing."""

    value: str
    join: str


def local(s: Scope, x: str, t: ColumnType, zone: str, alias: str) -> Local:
    """`alias` must be unique in the statement."""
    if t.kind is Kind.DATE or zone == "UTC":
        return Local(x, "")
    d = s.d
    shifted = f"COALESCE({d.add_seconds(x, f'{alias}.offset_seconds')}, {x})"
    join = (
        f" LEFT JOIN {s.names.zones} AS {alias} ON {alias}.zone = {s.text(zone)} AND {x} >= {alias}.utc_from AND {x} < {alias}.utc_to "
        f"AND EXTRACT(YEAR FROM {x}) NOT IN (1, 9999) AND {x} <> {d.timestamp('1900-01-01 00:00:00')}"
    )
    return Local(shifted, join)
