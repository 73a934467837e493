"""`retailflow simulate`: a trading day of change events for the specs of this project, the same for the same seed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from retailflow.cli.options import Format, ProjectOption
from retailflow.cli.terminal import out
from retailflow.errors import Finding, StopError

if TYPE_CHECKING:
    from retailflow.local.simulate import Summary


_COLUMNS = ("initial", "creates", "updates", "deletes", "plain", "duplicates", "late", "malformed", "tombstones", "extract_rows")


def simulate(
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same files.")] = 1,
    events: Annotated[int, typer.Option("--events", min=1, help="How many rows and changes to make, copies included.")] = 200_000,
    updates: Annotated[float, typer.Option("--updates", min=0.0, max=1.0, help="Share of transactions that change rows.")] = 0.35,
    deletes: Annotated[float, typer.Option("--deletes", min=0.0, max=1.0, help="Share of transactions that delete.")] = 0.02,
    duplicates: Annotated[float, typer.Option("--duplicates", min=0.0, max=1.0, help="Share of events that come twice.")] = 0.01,
    late: Annotated[float, typer.Option("--late", min=0.0, max=1.0, help="Share of events that come out of order.")] = 0.02,
    malformed: Annotated[
        float, typer.Option("--malformed", min=0.0, max=1.0, help="Share of events with a broken copy beside them.")
    ] = 0.0005,
    day: Annotated[
        str | None,
        typer.Option("--day", help="The trading day (default: 2024-03-15; with --append the day after the last).", metavar="YYYY-MM-DD"),
    ] = None,
    append: Annotated[bool, typer.Option("--append", help="Go on where the topics stand, instead of starting anew.")] = False,
    topics: Annotated[
        Path | None, typer.Option("--out", help="Folder of the topic files (default: .retailflow/topics).", show_default=False)
    ] = None,
    files: Annotated[
        Path | None, typer.Option("--files", help="Folder of the extract files (default: .retailflow/files).", show_default=False)
    ] = None,
    project: ProjectOption = None,
) -> None:
    """Write change events as the connector would: a snapshot, then a day of trade with copies, delays and defects."""
    from retailflow.cli.project import open_project
    from retailflow.local.simulate import Options
    from retailflow.local.simulate import simulate as run

    chosen = _day(day)
    if updates + deletes > 1 or duplicates + late + malformed > 1:
        _refuse("the shares of updates and deletes, and those of duplicates, late and malformed, must not sum to more than 1")
    root, model = open_project(project, Format.TEXT)
    options = Options(seed, events, chosen, 0.25, updates, deletes, duplicates, late, malformed, append)
    with _progress(events) as tell:
        summary = run(model, options, topics or root / ".retailflow/topics", files or root / ".retailflow/files", tell)
    out(_table(summary))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        _refuse(f"`--day {text}` is not a date such as 2024-03-15")


def _refuse(message: str) -> NoReturn:
    raise StopError([Finding("RF634", message)], 2)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None] | None]:
    """A bar on stderr while somebody watches."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("simulating", total=total)
        yield lambda done: progress.update(task, completed=done)


def _table(summary: "Summary") -> str:
    """What was written, a line a table; columns that are nought throughout are left out."""
    shown = [c for c in _COLUMNS if any(getattr(counts, c) for counts in summary.topics.values())]
    rows = [("table", *(c.replace("_", " ") for c in shown))]
    rows += [(name, *(f"{getattr(counts, c):,}" for c in shown)) for name, counts in sorted(summary.topics.items())]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]) for row in rows
    ]
    return "\n".join([*lines, "", f"{summary.events:,} events of {summary.day.isoformat()}"])
