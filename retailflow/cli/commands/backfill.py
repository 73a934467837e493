"""`retailflow backfill`: the star held against the log, and mended where it differs."""

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from retailflow.cli.local_options import DsnOption, EngineOption, WarehouseOption, address
from retailflow.cli.options import ProjectOption
from retailflow.cli.terminal import note, out

if TYPE_CHECKING:
    from retailflow.local.backfill import Repair
    from retailflow.model.project import Project

STALE = 3


def backfill(
    tables: Annotated[list[str] | None, typer.Argument(metavar="[TABLE]...", help="Names of tables (default: all).")] = None,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="WHEN", help="Only keys with an event then or later: a date or time, UTC.", show_default=False),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 3 when a row differs.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
    warehouse: WarehouseOption = None,
    engine: EngineOption = "duckdb",
    dsn: DsnOption = "",
    project: ProjectOption = None,
) -> None:
    """Fold tables, and all that is made from them, anew from the log; only rows that differ are changed, and how many is told."""
    from retailflow.cli.progress import steps
    from retailflow.cli.project import open_project
    from retailflow.errors import Finding, StopError
    from retailflow.local.backfill import backfill as fold_anew
    from retailflow.local.open import Engine, open_warehouse

    root, model = open_project(project)
    names, moment = _known(model, tables or []), _moment(since)
    place = address(root, engine, warehouse, dsn)
    if place.engine is Engine.DUCKDB and not place.path.exists():
        raise StopError([Finding("RF513", f"there is no warehouse `{place.path}` yet", hint="`retailflow run` makes it")], 2)
    with closing(open_warehouse(place, model)) as opened, steps() as observe:
        repair = fold_anew(model, opened, names, moment, keep=not check, observe=observe)
    out(_as_json(repair) if as_json else _as_text(repair))
    note(f"{repair.total:,} rows {'differ' if check else 'differed, and are as the log says now'}, {repair.seconds:.1f} s")
    if check and repair.total:
        raise typer.Exit(STALE)


def _known(model: "Project", tables: list[str]) -> tuple[str, ...]:
    from retailflow.errors import Finding, StopError, did_you_mean

    there = [t.name for t in model.tables]
    for name in tables:
        if name not in there:
            hint = did_you_mean(name, there) or "`retailflow ls` lists all"
            raise StopError([Finding("RF120", f"there is no table `{name}`", hint=hint)], 2)
    return tuple(tables or there)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"`{text}` is no date or time, such as 2024-03-31 or 2024-03-31T08:00:00Z", param_hint="--from") from error
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _as_text(repair: "Repair") -> str:
    width = max((len(name) for name, _ in repair.rows), default=5)
    return "\n".join([f"{'table'.ljust(width)}  rows that differed", *(f"{name.ljust(width)}  {n:>18,}" for name, n in repair.rows)])


def _as_json(repair: "Repair") -> str:
    return json.dumps({"differed": dict(repair.rows), "total": repair.total, "seconds": round(repair.seconds, 3)}, ensure_ascii=False)
