"""`retailflow test`: scenarios, events in and rows out, on the generated load."""

# ruff: noqa: PT028  (this is a command and no test of pytest)
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retailflow.cli.local_options import DsnOption, EngineOption
from retailflow.cli.options import ProjectOption, SelectOption
from retailflow.cli.terminal import note, out, stdout_colour

if TYPE_CHECKING:
    from retailflow.local.scenario.judge import Verdict
    from retailflow.local.scenario.read import Reading
    from retailflow.local.scenario.setting import Setting


class TestFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


def test(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE…]", help="Scenarios, or folders of them (default: tests/scenarios).")
    ] = None,
    select: SelectOption = None,
    engine: EngineOption = "duckdb",
    dsn: DsnOption = "",
    project: ProjectOption = None,
    format: Annotated[TestFormat, typer.Option("--format", help="How the result is printed.")] = TestFormat.TEXT,
) -> None:
    """Play scenarios: as given, shuffled, duplicated and at once they must all give the rows expected."""
    from retailflow.cli.progress import steps
    from retailflow.cli.scenario_report import as_json, remark
    from retailflow.local.open import Engine
    from retailflow.local.scenario.files import scenario_files
    from retailflow.local.scenario.judge import Outcome
    from retailflow.local.scenario.setting import Setting
    from retailflow.local.scenario.stage import Engines
    from retailflow.local.scenario.suite import judge_all, readings

    if engine not in list(Engine):
        raise typer.BadParameter(f"`{engine}` is none of {', '.join(Engine)}", param_hint="--engine")
    root = _root(project, needed=not files)
    setting = Setting(root)
    found = _selected(readings(scenario_files(root or Path.cwd(), files or ()), root, setting), setting, select or [])
    verdicts: list[Verdict] = []
    with steps() as observe:
        for verdict in judge_all(found, Engines(Engine(engine), dsn), lambda done, total: observe("scenarios", done, total)):
            verdicts.append(verdict)
            if format is TestFormat.TEXT:
                _show(verdict, root)
    if format is TestFormat.JSON:
        out(as_json(verdicts))
    note(remark(verdicts))
    if any(v.outcome is not Outcome.PASSED for v in verdicts):
        raise typer.Exit(1)


def _root(project: Path | None, needed: bool) -> Path | None:
    """The folder of the project; scenarios that are named and bring their own tables need none."""
    from retailflow.cli.project import find_root
    from retailflow.errors import StopError

    try:
        return find_root(project)
    except StopError:
        if needed or project is not None:
            raise
        return None


def _selected(found: "tuple[Reading, ...]", setting: "Setting", words: list[str]) -> "tuple[Reading, ...]":
    """Scenarios about the tables meant; those that cannot be read are never left out in silence."""
    if not words:
        return found
    from retailflow.resolve.select import select as chosen

    around = setting.around()
    if around is None or around.project is None:
        raise typer.BadParameter("there is no project whose tables could be selected", param_hint="--select")
    names = {table.name for table in chosen(around.project, words)}
    return tuple(r for r in found if r.scenario is None or r.scenario.tables & names)


def _show(verdict: "Verdict", root: Path | None) -> None:
    from retailflow.cli.findings import print_findings
    from retailflow.cli.options import Format
    from retailflow.cli.scenario_report import WIDE, as_text

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDE
    out(as_text(verdict, stdout_colour(), width))
    if verdict.findings:
        print_findings(verdict.findings, root or Path.cwd(), Format.TEXT)
