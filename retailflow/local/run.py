"""One run: what is new in the topics and files goes through the generated load, in one transaction."""

import time
from dataclasses import replace

from retailflow.errors import Finding, StopError
from retailflow.local import arrivals as arriving
from retailflow.local import report as reporting
from retailflow.local import strays
from retailflow.local.engine import Warehouse
from retailflow.local.execute import Observer, execute, quiet
from retailflow.local.folders import Folders
from retailflow.local.ledger import Ledger
from retailflow.local.program import Program, program
from retailflow.local.report import Report
from retailflow.model.project import Project
from retailflow.sql.names import Names
from retailflow.sql.statement import Load

_SCHEMA = "schema"


def run(project: Project, warehouse: Warehouse, folders: Folders, observe: Observer = quiet, plan: Program | None = None) -> Report:
    """Take what is new; raises StopError, and then the warehouse is as it was. `plan`: what is generated for the project."""
    started = time.perf_counter()
    plan = plan or program(project, warehouse.dialect)
    warehouse.begin()
    try:
        report = _run(project, warehouse, folders, observe, plan)
        warehouse.commit()
    except OSError as error:
        warehouse.rollback()
        raise StopError([_unreadable(error)], 2) from error
    except BaseException:
        warehouse.rollback()
        raise
    return replace(report, seconds=time.perf_counter() - started)


def _run(project: Project, warehouse: Warehouse, folders: Folders, observe: Observer, plan: Program) -> Report:
    names = Names(project, warehouse.dialect)
    ledger = Ledger(warehouse, project.naming.staging_schema)
    ledger.create()
    _create(warehouse, ledger, plan)
    before = reporting.totals(warehouse, names)
    arrivals = arriving.find(project, folders, ledger.positions())
    observe("read topics", 0, len(plan.load.steps))
    arriving.load(project, warehouse, arrivals)
    topics = tuple(table.topic.name for table in project.tables)
    steps = (*((strays.reclaim(names, topics),) if topics else ()), *plan.load.steps, *strays.steps(names))
    execute(Load(steps), warehouse, project, observe)
    ledger.advance(arrivals.positions)
    return Report(
        hops=reporting.hops(before, reporting.totals(warehouse, names)),
        star=reporting.star(project, warehouse),
        files=arrivals.files,
        waiting=tuple(arrivals.waiting),
        changed=tuple(arrivals.changed),
        seconds=0.0,
    )


def _unreadable(error: OSError) -> Finding:
    return Finding(
        "RF516", f"`{error.filename}` cannot be read: {error.strerror}", hint="nothing of this load was kept; mend that and run again"
    )


def _create(warehouse: Warehouse, ledger: Ledger, plan: Program) -> None:
    if ledger.note(_SCHEMA) == plan.schema_fingerprint:
        return
    for statement in plan.schema:
        warehouse.execute(statement)
    ledger.write_note(_SCHEMA, plan.schema_fingerprint)
