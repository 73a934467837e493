"""Options of the commands that run or read a project here."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from retailflow.local.folders import Folders
    from retailflow.local.open import Address

TopicsOption = Annotated[
    Path | None, typer.Option("--topics", help="Folder of topic files (default: .retailflow/topics of the project).", show_default=False)
]
FilesOption = Annotated[
    Path | None, typer.Option("--files", help="Folder of extracts (default: .retailflow/files of the project).", show_default=False)
]
WarehouseOption = Annotated[
    Path | None,
    typer.Option("--warehouse", help="File of the DuckDB warehouse (default: .retailflow/warehouse.duckdb).", show_default=False),
]
EngineOption = Annotated[str, typer.Option("--engine", help="duckdb or postgres.")]
DsnOption = Annotated[
    str,
    typer.Option(
        "--dsn",
        help="Where PostgreSQL is, in libpq's words; what is not said comes from PGHOST, PGUSER, ….",
        envvar="RETAILFLOW_DSN",
        show_default=False,
    ),
]


def address(root: Path, engine: str, warehouse: Path | None, dsn: str) -> "Address":
    """The warehouse that was named; a usage error for an engine there is not."""
    from retailflow.local.open import Address, Engine, default_folder

    if engine not in list(Engine):
        raise typer.BadParameter(f"`{engine}` is none of {', '.join(Engine)}", param_hint="--engine")
    return Address(Engine(engine), warehouse or default_folder(root) / "warehouse.duckdb", dsn)


def folders(root: Path, topics: Path | None, files: Path | None) -> "Folders":
    from retailflow.local.folders import Folders
    from retailflow.local.open import default_folder

    return Folders(topics or default_folder(root) / "topics", files or default_folder(root) / "files")
