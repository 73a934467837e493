"""`retailflow show`: one table with every default filled in and every reference followed."""

from typing import Annotated

import typer

from retailflow.cli.options import ProjectOption
from retailflow.cli.terminal import out


def show(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Name of a table.", show_default=False)], project: ProjectOption = None
) -> None:
    """Show what a table means: the resolved model, as YAML."""
    from retailflow.artifact import dump_yaml
    from retailflow.cli.project import open_project
    from retailflow.errors import Finding, StopError, did_you_mean
    from retailflow.render.model import as_data

    _, model = open_project(project)
    found = next((t for t in model.tables if t.name == table), None)
    if found is None:
        hint = did_you_mean(table, (t.name for t in model.tables)) or "`retailflow ls` lists all"
        raise StopError([Finding("RF120", f"there is no table `{table}`", hint=hint)], 2)
    out(dump_yaml(as_data(found)))
