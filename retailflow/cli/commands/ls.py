"""`retailflow ls`: the tables of the project."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retailflow.cli.options import ProjectOption, SelectOption
from retailflow.cli.terminal import out

if TYPE_CHECKING:
    from retailflow.model.table import Table


class ListFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


def ls(
    project: ProjectOption = None,
    select: SelectOption = None,
    format: Annotated[ListFormat, typer.Option("--format", help="How the list is printed.")] = ListFormat.TEXT,
) -> None:
    """List tables, and the dimensions and facts they feed."""
    import json

    from retailflow.cli.project import open_project
    from retailflow.resolve.select import select as chosen

    _, model = open_project(project)
    rows = [_row(table) for table in chosen(model, select or ())]
    out(json.dumps(rows, indent=2) if format is ListFormat.JSON else _table(rows))


def _row(table: "Table") -> dict[str, Any]:
    return {
        "table": table.name,
        "ingest": str(table.route),
        "group": table.group,
        "source": table.source.name,
        "dimension": table.dimension.name if table.dimension is not None else None,
        "facts": [fact.name for fact in table.facts],
        "path": table.path,
    }


def _table(rows: list[dict[str, Any]]) -> str:
    """Columns wide enough for what stands in them."""
    heads = ("table", "ingest", "group", "source", "dimension", "facts")
    texts = [[", ".join(row[h]) if isinstance(row[h], list) else row[h] or "" for h in heads] for row in rows]
    widths = [max(len(line[n]) for line in [list(heads), *texts]) for n in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in [list(heads), *texts]]
    return "\n".join(lines)
