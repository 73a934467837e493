"""`staging.count_dropped()`: records that the platform left out of a streaming view, counted as quarantined.

It reads a system view, and stands apart from the load: should that fail, loads go on.
"""

from collections.abc import Iterator, Sequence

from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql.names import Names
from retailflow.sql.procedure import Printer
from retailflow.sql.scope import on, qualified
from retailflow.sql.statement import Execute, Step, Temp
from retailflow.targets.redshift.sql_file import comment

_GROUP = ("topic", "generation", "partition_no")
_COORDINATES = (*_GROUP, "record_offset")
_COUNTS = ("received", "applied", "duplicate", "skipped", "quarantined")
_WHY = (
    "Records the platform dropped (too large, unreadable) count as quarantined. May be called at any time, and again; it waits for loads."
)


def procedure(project: Project, printer: Printer, tables: Sequence[Table]) -> Iterator[str]:
    n = Names(project, printer.d)
    blocks = [f"LOCK {n.load_lock};", *printer.step(Step("what was dropped", tuple(_statements(n, tables))))]
    yield f"{comment(_WHY)}{printer.create(n.staging('count_dropped'), blocks)};\n"


def _statements(n: Names, tables: Sequence[Table]) -> Iterator[Temp | Execute]:
    d, new, tally = n.d, "tmp_dropped", "tmp_dropped_counts"
    columns = (*_COORDINATES, "table_name", "code", "detail")
    known = f"LEFT JOIN {n.quarantine} AS q ON {on('q', 'r', _COORDINATES)}"
    every = " UNION ALL ".join(f"SELECT {', '.join(columns)} FROM {n.staging(f'dropped_{table.name}')}" for table in tables)
    yield Temp(new, f"SELECT {qualified('r', columns)} FROM ({every}) AS r {known} WHERE q.topic IS NULL")
    listed = ", ".join(columns)
    yield Execute(f"INSERT INTO {n.quarantine} ({listed}, content) SELECT {listed}, 0 FROM {new}")
    added = ", ".join(f"{'COUNT(*)' if c in ('received', 'quarantined') else '0'} + COALESCE(MAX(c.{c}), 0) AS {c}" for c in _COUNTS)
    by = qualified("f", _GROUP)
    yield Temp(tally, f"SELECT {by}, {added} FROM {new} AS f LEFT JOIN {n.counts} AS c ON {on('f', 'c', _GROUP)} GROUP BY {by}")
    yield Execute(d.merge(n.counts, tally, _GROUP, (*_GROUP, *_COUNTS)))
