"""Per table, what CI holds of its warehouse files: they parse, and they make the tables the spec means."""

from collections.abc import Callable, Iterator

from retailflow.artifact import Artifact, header
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.render.templates import Templates
from retailflow.sql.shape import dimension_columns, fact_columns

FilesOf = Callable[[Project, Table], tuple[str, ...]]


def emit(project: Project, templates: Templates, files: FilesOf) -> Iterator[Artifact]:
    """`tests/redshift/test_redshift_<table>.py`. `files`: paths below `generated/` of a table's SQL, its DDL among them."""
    for table in project.tables:
        paths = files(project, table)
        if not paths:
            continue
        path = f"tests/redshift/test_redshift_{table.name}.py"
        text = templates.render("tests/redshift.py.j2", files=paths, relations=tuple(_relations(project, table)))
        yield Artifact(path, header(path, table.path) + text, (table.path,))


def _relations(project: Project, table: Table) -> Iterator[dict[str, object]]:
    schema = project.naming.warehouse_schema
    for dimension in (table.dimension, table.dimension and table.dimension.history):
        if dimension is not None:
            yield {"name": f"{schema}.{dimension.name}", "columns": [c.name for c in dimension_columns(project, table, dimension)]}
    for fact in table.facts:
        yield {"name": f"{schema}.{fact.name}", "columns": [c.name for c in fact_columns(project, table, fact)]}
