"""Auditing a warehouse: every audit asked, read-only, with the rows that offend and where their history is found."""

from dataclasses import dataclass

from retailflow.local.engine import Row, Warehouse
from retailflow.model.project import Project
from retailflow.sql.audit import Audit, AuditSeverity, look_up
from retailflow.sql.audits import audits

SHOWN_ROWS = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rows`: the first of those that offend, under `columns`; `more`: whether there are others; `history`: SELECTs, one a row shown."""

    audit: Audit
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    more: bool
    history: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.rows

    @property
    def blocks(self) -> bool:
        return not self.passed and self.audit.severity is AuditSeverity.BLOCK


def verdicts(project: Project, warehouse: Warehouse) -> tuple[Verdict, ...]:
    """In the order audits are written."""
    return tuple(_ask(audit, warehouse) for audit in audits(project, warehouse.dialect))


def _ask(audit: Audit, warehouse: Warehouse) -> Verdict:
    found = warehouse.result(audit.select, limit=SHOWN_ROWS + 1)
    shown = found.rows[:SHOWN_ROWS]
    named = (dict(zip(found.columns, row, strict=True)) for row in shown)
    history = tuple(sql for row in named if (sql := look_up(audit, row, warehouse.dialect)) is not None)
    return Verdict(audit, found.columns, shown, len(found.rows) > SHOWN_ROWS, history)
