"""Audits: what must hold of the star, the log and the counts after every load, and what a spec says of its rows."""

from collections.abc import Iterator

from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql import audit_checks, audit_log, audit_star
from retailflow.sql.audit import Audit, AuditSeverity, History
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.names import Names
from retailflow.sql.scope import Scope


def audits(project: Project, d: Dialect) -> tuple[Audit, ...]:
    """Every audit: of the whole project first, then of each table."""
    return (*of_project(project, d), *(audit for table in project.tables for audit in of_table(project, table, d)))


def of_project(project: Project, d: Dialect) -> tuple[Audit, ...]:
    return (_balance(project, d),)


def of_table(project: Project, table: Table, d: Dialect) -> tuple[Audit, ...]:
    return tuple(_of_table(Scope(project, table, d)))


def _of_table(s: Scope) -> Iterator[Audit]:
    yield from audit_log.audits(s)
    yield from audit_star.audits(s)
    yield from audit_checks.audits(s)


def _balance(project: Project, d: Dialect) -> Audit:
    n = Names(project, d)
    columns = "topic, generation, partition_no, received, applied, duplicate, skipped, quarantined"
    return Audit(
        "RF525",
        "counts balance",
        "",
        AuditSeverity.BLOCK,
        "received is not applied + duplicate + skipped + quarantined",
        f"SELECT {columns} FROM {n.counts} WHERE received <> applied + duplicate + skipped + quarantined",
        History(n.passed, (("topic", "topic"), ("generation", "generation"), ("partition_no", "partition_no")), ("record_offset",)),
    )
