"""`docs/runbooks/_warehouse.md`: how the warehouse is made, loaded and mended."""

from collections.abc import Iterator

from retailflow.artifact import Artifact, header
from retailflow.model.project import Project
from retailflow.render.quote import Quoted
from retailflow.render.templates import Templates
from retailflow.sql.dialects import REDSHIFT

PATH = "docs/runbooks/_warehouse.md"


def emit(project: Project, templates: Templates) -> Iterator[Artifact]:
    if not project.tables:
        return
    naming = project.naming
    staging, warehouse = (Quoted(REDSHIFT.ident(name)) for name in (naming.staging_schema, naming.warehouse_schema))
    text = templates.render("redshift/warehouse.md.j2", staging=staging, warehouse=warehouse)
    yield Artifact(PATH, header(PATH, "retailflow.yaml") + text)
