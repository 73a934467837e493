"""`retailflow run`: what is new in topics and files, through the generated load, into the star."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from retailflow.cli.local_options import DsnOption, EngineOption, FilesOption, TopicsOption, WarehouseOption, address, folders
from retailflow.cli.options import Format, FormatOption, ProjectOption
from retailflow.cli.terminal import note, out
from retailflow.errors import Finding, StopError

if TYPE_CHECKING:
    from retailflow.local.folders import Folders
    from retailflow.local.report import Report


def run(
    watch: Annotated[bool, typer.Option("--watch", help="Go on: run again whenever a file has changed.")] = False,
    interval: Annotated[float, typer.Option("--interval", help="Seconds between two looks of --watch.", min=0.05)] = 2.0,
    topics: TopicsOption = None,
    files: FilesOption = None,
    warehouse: WarehouseOption = None,
    engine: EngineOption = "duckdb",
    dsn: DsnOption = "",
    project: ProjectOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Take what is new in the topics and files into the star; killed at any moment and run again it ends the same."""
    from retailflow.cli.progress import steps
    from retailflow.cli.project import open_project
    from retailflow.local.open import open_warehouse
    from retailflow.local.run import run as run_once
    from retailflow.local.watch import watch as watching

    root, model = open_project(project, format)
    place, sources = address(root, engine, warehouse, dsn), folders(root, topics, files)
    _check(sources)

    def take() -> "Report":
        with closing(open_warehouse(place, model)) as opened, steps() as observe:
            return run_once(model, opened, sources, observe)

    if not watch:
        _show(take(), format)
        return
    note(f"watching {sources.topics} and {sources.files}; Ctrl-C ends it")
    try:
        for report in watching(take, sources, interval):
            _show(report, format)
    except KeyboardInterrupt:
        note("stopped; nothing is lost")


def _check(sources: "Folders") -> None:
    if not sources.topics.is_dir() and not sources.files.is_dir():
        hint = "`retailflow simulate` makes topics; `--topics DIR` and `--files DIR` name others"
        raise StopError([Finding("RF515", f"there is neither `{sources.topics}` nor `{sources.files}`", hint=hint)], 2)


def _show(report: "Report", format: Format) -> None:
    from retailflow.cli.run_report import as_json, as_text, remarks

    out(as_json(report) if format is Format.JSON else as_text(report))
    for remark in remarks(report):
        note(remark)
