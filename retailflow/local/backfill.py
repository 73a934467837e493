"""A backfill here: the star held against the log and mended where it differs, in one transaction."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from retailflow.errors import Finding, StopError
from retailflow.local.engine import Warehouse
from retailflow.local.execute import Observer, execute, quiet
from retailflow.local.ledger import Ledger
from retailflow.local.program import Program, program
from retailflow.local.run import SPECS
from retailflow.local.transact import transact
from retailflow.model.project import Project
from retailflow.sql import backfill as plans
from retailflow.sql.load import fold
from retailflow.sql.names import Names
from retailflow.sql.schema import relations
from retailflow.sql.statement import Load, Temp
from retailflow.sql.views import create as create_views


@dataclass(frozen=True, slots=True)
class Repair:
    """`rows`: (relation of the star, how many of its rows differed), for all of them."""

    rows: tuple[tuple[str, int], ...]
    seconds: float

    @property
    def total(self) -> int:
        return sum(n for _, n in self.rows)


def backfill(
    project: Project,
    warehouse: Warehouse,
    tables: Sequence[str],
    since: datetime | None = None,
    *,
    keep: bool = True,
    observe: Observer = quiet,
    plan: Program | None = None,
) -> Repair:
    """Fold the tables anew, and all that is made from them; `since`: UTC without a zone; `keep`: else what differs is only counted."""
    started = time.perf_counter()
    plan = plan or program(project, warehouse.dialect)
    rows = transact(warehouse, lambda: _backfill(project, warehouse, tables, since, observe, plan), keep)
    return Repair(rows, time.perf_counter() - started)


def _backfill(
    project: Project, warehouse: Warehouse, tables: Sequence[str], since: datetime | None, observe: Observer, plan: Program
) -> tuple[tuple[str, int], ...]:
    d = warehouse.dialect
    ledger = Ledger(warehouse, project.naming.staging_schema)
    ledger.create()
    if ledger.note(SPECS) != plan.spec_fingerprint:
        hint = "`retailflow run` brings it there; a backfill mends a star, and does not change what it means"
        raise StopError([Finding("RF519", f"the star in `{warehouse.place}` was not made by these specs", hint=hint)])
    _make_missing(project, warehouse)
    warehouse.temp(Temp(plans.ASKED, _asked(warehouse, tables, since)))
    keys = (step for part in plans.parts(project, d) for step in part.steps)
    execute(Load((*keys, *fold(project, d))), warehouse, project, observe)
    return tuple((x.relation, int(str(warehouse.rows(x.count)[0][0]))) for x in plans.differences(project, d))


def _make_missing(project: Project, warehouse: Warehouse) -> None:
    """Tables and views of the star that somebody dropped; a log that is not there is not made: the star would follow it."""
    d = warehouse.dialect
    logs = {Names(project, d).log(table.name) for table in project.tables}
    made = (statement for table in project.tables for name, statement in relations(project, table, d) if name not in logs)
    for statement in (*made, *(create_views(project, d) if d.has_views else ())):
        warehouse.execute(statement)


def _asked(warehouse: Warehouse, tables: Sequence[str], since: datetime | None) -> str:
    d = warehouse.dialect
    moment = d.null(d.timestamp_type) if since is None else d.timestamp(since.isoformat(sep=" "))
    return " UNION ALL ".join(f"SELECT {d.cast(d.literal(name), d.varchar)} AS table_name, {moment} AS since" for name in tables)
