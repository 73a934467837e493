"""One run: what is new in the topics and files goes through the generated load, in one transaction."""

import time
from dataclasses import replace

from retailflow.errors import Finding, StopError
from retailflow.local import arrivals as arriving
from retailflow.local import reached, strays
from retailflow.local import report as reporting
from retailflow.local.engine import Warehouse
from retailflow.local.execute import Observer, execute, quiet
from retailflow.local.folders import Folders
from retailflow.local.ledger import Ledger
from retailflow.local.program import Program, program
from retailflow.local.renew import remembered, renew, still_taken
from retailflow.local.report import Report
from retailflow.local.spec_change import SpecChange, compare
from retailflow.local.transact import transact
from retailflow.model.project import Project
from retailflow.sql.load import before_fold
from retailflow.sql.names import Names
from retailflow.sql.refold import touch
from retailflow.sql.statement import Load

_SCHEMA, SPECS = "schema", "specs"


def run(project: Project, warehouse: Warehouse, folders: Folders, observe: Observer = quiet, plan: Program | None = None) -> Report:
    """Take what is new; raises StopError, and then the warehouse is as it was. `plan`: what is generated for the project."""
    started = time.perf_counter()
    plan = plan or program(project, warehouse.dialect)
    try:
        report = transact(warehouse, lambda: _run(project, warehouse, folders, observe, plan))
    except OSError as error:
        raise StopError([_unreadable(error)], 2) from error
    return replace(report, seconds=time.perf_counter() - started)


def _run(project: Project, warehouse: Warehouse, folders: Folders, observe: Observer, plan: Program) -> Report:
    names = Names(project, warehouse.dialect)
    ledger = Ledger(warehouse, project.naming.staging_schema)
    ledger.create()
    other_specs = bool(plan.meanings) and ledger.note(SPECS) != plan.spec_fingerprint
    is_older = other_specs and ledger.note(SPECS) is None and ledger.note(_SCHEMA) is not None
    known = ledger.known_meanings() if other_specs else {}
    change = compare(project, warehouse.dialect, plan.meanings, known, is_older) if other_specs else SpecChange()
    arrivals = arriving.find(project, folders, still_taken(change, ledger.positions(), is_older))
    observe("read topics", 0, len(plan.load.steps))
    arriving.load(project, warehouse, arrivals)
    if change.is_any:
        renew(change, project, warehouse, ledger)
    _create(warehouse, ledger, plan, change)
    before = reporting.totals(warehouse, names)
    topics = tuple(table.topic.name for table in project.tables)
    again = touch(project, warehouse.dialect, change.whole) if change.is_any else ()
    taken = before_fold(plan.load.steps, (*reached.steps(project, warehouse.dialect, ledger), *again))
    steps = (*((strays.reclaim(names, topics),) if topics else ()), *taken, *strays.steps(names))
    execute(Load(steps), warehouse, project, observe)
    ledger.advance(arrivals.positions)
    if other_specs:
        ledger.write_meanings(remembered(change, plan.meanings, known))
        ledger.write_note(SPECS, plan.spec_fingerprint)
    return Report(
        hops=reporting.hops(before, reporting.totals(warehouse, names)),
        star=reporting.star(project, warehouse),
        files=arrivals.files,
        waiting=tuple(arrivals.waiting),
        changed=tuple(arrivals.changed),
        seconds=0.0,
        taken_anew=change.taken,
        folded_anew=change.folded,
        left=change.left,
        untimed=tuple(arrivals.untimed),
    )


def _unreadable(error: OSError) -> Finding:
    return Finding(
        "RF516", f"`{error.filename}` cannot be read: {error.strerror}", hint="nothing of this load was kept; mend that and run again"
    )


def _create(warehouse: Warehouse, ledger: Ledger, plan: Program, change: SpecChange) -> None:
    if ledger.note(_SCHEMA) == plan.schema_fingerprint and not change.is_any:
        return
    for statement in (*plan.schema, *plan.filling()):
        warehouse.execute(statement)
    ledger.write_note(_SCHEMA, plan.schema_fingerprint)
