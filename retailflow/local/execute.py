"""Executing a load: its steps in order, until one of them says stop."""

import re
from collections.abc import Callable

from retailflow.errors import Finding, Place, StopError
from retailflow.local.engine import Result, Warehouse
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql.statement import Assert, Execute, Load, Step, Temp

SHOWN_ROWS = 10
_QUOTED = re.compile(r"`(\w+)`")
_CAUSES = {
    "RF501": "if the topic was made anew, raise its `generation` in the spec; ",
    "RF502": "the source, or what copies from it, contradicts itself; ",
    "RF517": "put them back, or undo the change of the spec; ",
}

# Told before each step: its name, how many steps went before it, how many there are.
Observer = Callable[[str, int, int], None]


def quiet(step: str, done: int, total: int) -> None:
    """The observer that looks away."""


def execute(load: Load, warehouse: Warehouse, project: Project, observe: Observer = quiet) -> None:
    """Run the steps in the transaction that is open; raises StopError when an assertion has rows."""
    total, done = sum(map(_leaves, load.steps)), 0

    def run(step: Step) -> None:
        nonlocal done
        leaf = not any(isinstance(part, Step) for part in step.body)
        if leaf:
            observe(step.name, done, total)
        if step.guard is not None and not warehouse.result(step.guard, limit=1).rows:
            done += _leaves(step)
            return
        for part in step.body:
            if isinstance(part, Step):
                run(part)
            else:
                _statement(part, warehouse, project)
        done += leaf

    for step in load.steps:
        run(step)


def _leaves(step: Step) -> int:
    """Steps that hold statements, not steps."""
    return sum(_leaves(part) for part in step.body if isinstance(part, Step)) or 1


def _statement(statement: Temp | Execute | Assert, warehouse: Warehouse, project: Project) -> None:
    match statement:
        case Temp():
            warehouse.temp(statement)
        case Execute(sql=sql):
            warehouse.execute(sql)
        case Assert(select=select):
            offending = warehouse.result(select, limit=SHOWN_ROWS + 1)
            if offending.rows:
                raise StopError([_finding(statement, offending, project)])


def _finding(assertion: Assert, offending: Result, project: Project) -> Finding:
    shown = [_line(offending.columns, row) for row in offending.rows[:SHOWN_ROWS]]
    more = ["…"] if len(offending.rows) > SHOWN_ROWS else []
    message = "\n  ".join([assertion.message, *shown, *more])
    first = dict(zip(offending.columns, offending.rows[0], strict=True))
    table = _table(assertion.message, first, project)
    place = Place(table.path) if table else None
    return Finding(assertion.code, message, place, _hint(assertion.code, first, table, project.naming.staging_schema))


def _line(columns: tuple[str, ...], row: tuple[object, ...]) -> str:
    return ", ".join(f"{column}={'NULL' if value is None else value}" for column, value in zip(columns, row, strict=True))


def _table(message: str, first: dict[str, object], project: Project) -> Table | None:
    """The table that the message names, or whose topic the first row does."""
    named = _QUOTED.findall(message)
    return next((t for t in project.tables if t.name in named or first.get("topic") == t.topic.name), None)


def _hint(code: str, first: dict[str, object], table: Table | None, staging: str) -> str:
    relation, where = f"{staging}.{table.name}_log" if table else f"{staging}.counts", ""
    if table and "partition_no" in first and "record_offset" in first:
        where = f" WHERE _partition_no = {first['partition_no']} AND _offset = {first['record_offset']}"
    show = f'`retailflow query "SELECT * FROM {relation}{where}"` shows what was taken before; nothing of this load was kept'
    return _CAUSES.get(code, "") + show
