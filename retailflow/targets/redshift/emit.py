"""Everything of `redshift/`, and where the files of one table are."""

from collections.abc import Iterator

from retailflow.artifact import Artifact
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.render.templates import Templates
from retailflow.targets.redshift import audits, backfills, copying, environments, layouts, loads, paths, runbook, schemas, streaming


def emit(project: Project, templates: Templates) -> Iterator[Artifact]:
    """`redshift/{schemas,streaming,copy,load,scd,facts,audits,environments}/…` and the runbook of the warehouse; nothing without tables."""
    if not project.tables:
        return
    yield from schemas.emit(project)
    yield from layouts.emit(project)
    yield from streaming.emit(project)
    yield from copying.emit(project)
    yield from loads.emit(project)
    yield from backfills.emit(project)
    yield from audits.emit(project)
    yield from environments.emit(project)
    yield from runbook.emit(project, templates)


def files_of(_: Project, table: Table) -> tuple[str, ...]:
    """Paths of the SQL of a table, for the tests that CI runs of it."""
    return paths.of_table(table, streamed=not table.is_copied)
