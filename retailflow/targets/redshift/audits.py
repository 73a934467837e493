"""`redshift/audits/*.sql`: every audit as a SELECT of the rows that offend, with the one that shows their history."""

from collections.abc import Iterable, Iterator

from retailflow.artifact import Artifact
from retailflow.model.project import Project
from retailflow.sql.audit import Audit, AuditSeverity, example
from retailflow.sql.audits import of_project, of_table
from retailflow.sql.dialects import REDSHIFT
from retailflow.targets.redshift import paths, related
from retailflow.targets.redshift.sql_file import sql_file, statement


def emit(project: Project) -> Iterator[Artifact]:
    near = related.by_table(project)
    yield sql_file("redshift/audits/_project.sql", _blocks(of_project(project, REDSHIFT)), source="retailflow.yaml")
    for table in project.tables:
        others = (project.table(name) for name in near[table.name] if name != table.name)
        yield sql_file(paths.audits(table), _blocks(of_table(project, table, REDSHIFT)), (table, *others))


def _blocks(audits: Iterable[Audit]) -> Iterator[str]:
    for audit in audits:
        policy = "blocks" if audit.severity is AuditSeverity.BLOCK else "warns"
        lines = [f"{audit.code} {policy}: {audit.message}"]
        history = example(audit)
        lines += [f"history of a row: {history}"] if history else []
        yield statement(audit.select, "\n".join(lines))
