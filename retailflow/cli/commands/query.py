"""`retailflow query`: one SELECT over the star."""

import sys
from contextlib import closing
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from retailflow.cli.local_options import DsnOption, EngineOption, WarehouseOption, address
from retailflow.cli.options import ProjectOption
from retailflow.cli.terminal import note, stdout_colour

if TYPE_CHECKING:
    from retailflow.local.engine import Result

SHOWN_ROWS = 1000  # of a table; json and csv are for programs and have all


class ResultFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def query(
    sql: Annotated[str, typer.Argument(help="A SELECT; `-` reads it from stdin.", metavar="SELECT", show_default=False)],
    format: Annotated[ResultFormat, typer.Option("--format", help="How rows are printed.")] = ResultFormat.TABLE,
    warehouse: WarehouseOption = None,
    engine: EngineOption = "duckdb",
    dsn: DsnOption = "",
    project: ProjectOption = None,
) -> None:
    """Read the star, and what was taken: schemas `dw` and `staging`. Nothing can be changed."""
    from retailflow.cli.project import open_project
    from retailflow.local.open import open_warehouse
    from retailflow.local.query import query as read

    root, model = open_project(project)
    limit = SHOWN_ROWS + 1 if format is ResultFormat.TABLE else None
    with closing(open_warehouse(address(root, engine, warehouse, dsn), model, read_only=True)) as opened:
        result = read(opened, sys.stdin.read() if sql == "-" else sql, limit)
    _show(result, format)


def _show(result: "Result", format: ResultFormat) -> None:
    from retailflow.local import printing

    match format:
        case ResultFormat.JSON:
            sys.stdout.writelines(printing.as_json(result))
        case ResultFormat.CSV:
            sys.stdout.writelines(printing.as_csv(result))
        case ResultFormat.TABLE:
            _show_table(result)


def _show_table(result: "Result") -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from retailflow.local.printing import plain

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, column in enumerate(result.columns):
        is_number = any(_is_number(row[i]) for row in result.rows[:100])
        table.add_column(Text(column), justify="right" if is_number else "left", overflow="fold")
    for row in result.rows[:SHOWN_ROWS]:
        table.add_row(*(Text("NULL", style="dim") if value is None else Text(plain(value)) for value in row))
    is_terminal = sys.stdout.isatty()
    console = Console(no_color=not stdout_colour(), width=None if is_terminal else 100_000)
    console.print(table, soft_wrap=False)
    more = len(result.rows) > SHOWN_ROWS
    note(f"the first {SHOWN_ROWS:,} rows" if more else f"{len(result.rows):,} row{'' if len(result.rows) == 1 else 's'}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
