"""`retailflow generate`: from the specs to every file of `generated/`."""

import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retailflow import __version__
from retailflow.cli.options import Format, FormatOption, ProjectOption
from retailflow.cli.terminal import out
from retailflow.errors import StopError

if TYPE_CHECKING:
    from retailflow.model.project import Project
    from retailflow.plan import Plan

STALE = 3
LONG = 50  # tables, from which on a person would wonder what goes on


def generate(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 3 when a file is not as it should be.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what changes in each file.")] = False,
    overwrite: Annotated[
        list[str] | None,
        typer.Option("--overwrite", help="A file, or folder, whose hand edits may go.", metavar="PATH", show_default=False),
    ] = None,
    project: ProjectOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Write every file of `generated/` that the specs call for, and show what changed (+ ~ -)."""
    from retailflow.cli.project import open_project
    from retailflow.plan import apply

    root, model = open_project(project, format)
    with _progress(len(model.tables)):
        plan = _plan(root, model, tuple(overwrite or ()))
    _show(plan, format, diff)
    findings = [change.finding for change in plan.conflicts if change.finding]
    if findings:
        raise StopError(findings, STALE if check else 1, root)
    if check:
        raise typer.Exit(0 if plan.is_empty else STALE)
    apply(plan, root / "generated")


def _plan(root: Path, project: "Project", overwrite: tuple[str, ...]) -> "Plan":
    from retailflow.compiler import compile
    from retailflow.plan import make, read_inputs
    from retailflow.render.templates import Templates

    paths = tuple(path.removeprefix("./").removeprefix("generated/") for path in overwrite)
    templates = Templates(root / "templates")
    own = templates.overrides()
    notes = tuple(f"templates/{name} of this project replaces the one of retailflow" for name in own)
    inputs = read_inputs(root, project, (f"templates/{name}" for name in own))
    return make(compile(project, templates), root / "generated", inputs, __version__, paths, notes)


def _show(plan: "Plan", format: Format, diff: bool) -> None:
    from retailflow.plan import as_data, as_text

    match format:
        case Format.JSON:
            out(json.dumps(as_data(plan, diff), indent=2, ensure_ascii=False))
        case _:
            out(as_text(plan, diff))


def _progress(tables: int) -> AbstractContextManager[object]:
    """A spinner on stderr while something long is under way and somebody watches."""
    if tables < LONG:
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(f"generating the files of {tables} tables")
