"""Seeds: tables whose rows are computed here, once, so that no engine computes them differently; each with a fingerprint of its rows."""

import hashlib
import inspect
import json
from collections.abc import Sequence
from dataclasses import dataclass

from retailflow.model.project import Project
from retailflow.sql import calendar
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.names import Names
from retailflow.sql.zones import zone_rows
from retailflow.types import ColumnType, Kind, parse_type

_TIME = parse_type("datetime2(6)")
ZONES = (
    ("zone", parse_type("varchar(400)")),
    ("utc_from", _TIME),
    ("utc_to", _TIME),
    ("local_from", _TIME),
    ("local_to", _TIME),
    ("offset_seconds", parse_type("bigint")),
)


@dataclass(frozen=True, slots=True)
class Seed:
    """`statements` replace its rows in `table` and write down `fingerprint`: where that is written already, nothing is to do."""

    name: str
    table: str
    fingerprint: str
    statements: tuple[str, ...]


def seeds(project: Project, d: Dialect) -> tuple[Seed, ...]:
    return (numbers(project, d), *zones(project, d), dates(project, d))


def origin(project: Project, d: Dialect) -> str:
    """A text that is another where rows of the seeds would be others. Making those of the calendar takes longer than most of a small load."""
    return "\0".join(
        (repr(project.calendar), inspect.getsource(calendar), *(seed.fingerprint for seed in (numbers(project, d), *zones(project, d))))
    )


def numbers(project: Project, d: Dialect) -> Seed:
    """0 to 99,999."""
    n = Names(project, d)
    fill = (f"DELETE FROM {n.numbers}", f"INSERT INTO {n.numbers} {d.series(5)}")
    return _seed(n, "numbers", n.numbers, "0 to 99,999", fill)


def zones(project: Project, d: Dialect) -> tuple[Seed, ...]:
    """The ranges of offset of every zone the project speaks of, a seed a zone."""
    n, found = Names(project, d), []
    for zone in zones_of(project):
        rows = [tuple(row) for row in zone_rows([zone])]
        clear = d.delete_where(n.zones, f"{n.zones}.zone = {d.literal(zone)}")
        found.append(_seed(n, f"zone {zone}", n.zones, _fingerprint(rows), (clear, *d.insert_rows(n.zones, ZONES, rows))))
    return tuple(found)


def zones_of(project: Project) -> tuple[str, ...]:
    named = {c.time_zone for t in project.tables for c in t.columns if c.type.kind in (Kind.TIMESTAMP, Kind.INSTANT)}
    named |= {source.time_zone for source in project.sources} | {t.source.time_zone for t in project.tables}
    return tuple(sorted(named - {"UTC"}))


def dates(project: Project, d: Dialect) -> Seed:
    """A row a day of the date dimension."""
    n, rows = Names(project, d), list(calendar.rows(project.calendar))
    columns: Sequence[tuple[str, ColumnType]] = calendar.columns()
    fill = (f"DELETE FROM {n.dates}", *d.insert_rows(n.dates, columns, rows))
    return _seed(n, "dim_date", n.dates, _fingerprint(rows), fill)


def _fingerprint(rows: object) -> str:
    return hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()


def _seed(n: Names, name: str, table: str, fingerprint: str, fill: tuple[str, ...]) -> Seed:
    d = n.d
    forget = d.delete_where(n.seeds, f"{n.seeds}.seed = {d.literal(name)}")
    remember = f"INSERT INTO {n.seeds} VALUES ({d.literal(name)}, {d.literal(fingerprint)})"
    return Seed(name, table, fingerprint, (*fill, forget, remember))
