"""`retailflow audit`: what must hold of the star, the log and the counts, checked."""

import json
import sys
from contextlib import closing
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from retailflow.cli.local_options import DsnOption, EngineOption, WarehouseOption, address
from retailflow.cli.options import ProjectOption
from retailflow.cli.terminal import note

if TYPE_CHECKING:
    from retailflow.local.audit import Verdict


class AuditFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


def audit(
    format: Annotated[AuditFormat, typer.Option("--format", help="How verdicts are printed.")] = AuditFormat.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for warnings too.")] = False,
    warehouse: WarehouseOption = None,
    engine: EngineOption = "duckdb",
    dsn: DsnOption = "",
    project: ProjectOption = None,
) -> None:
    """Check the warehouse: one row per grain, no gaps and overlaps, keys that exist, counts that balance, declared checks."""
    from retailflow.cli.project import open_project
    from retailflow.local.audit import verdicts
    from retailflow.local.open import open_warehouse

    root, model = open_project(project)
    with closing(open_warehouse(address(root, engine, warehouse, dsn), model, read_only=True)) as opened:
        found = verdicts(model, opened)
    _as_json(found) if format is AuditFormat.JSON else _as_text(found)
    if any(v.blocks or (strict and not v.passed) for v in found):
        raise typer.Exit(1)


def _as_text(found: "tuple[Verdict, ...]") -> None:
    from retailflow.local.printing import plain

    for verdict in found:
        if verdict.passed:
            continue
        a = verdict.audit
        typer.echo(f"{a.severity}[{a.code}] {a.name}: {a.message}")
        for row in verdict.rows:
            typer.echo("  " + ", ".join(f"{c}={'NULL' if v is None else plain(v)}" for c, v in zip(verdict.columns, row, strict=True)))
        if verdict.more:
            typer.echo("  …")
        if verdict.history:
            typer.echo(f"  history: retailflow query {json.dumps(verdict.history[0])}")
    failed = [v for v in found if not v.passed]
    blocking = sum(v.blocks for v in found)
    typer.echo(f"{len(found)} audits: {len(found) - len(failed)} hold, {len(failed) - blocking} warn, {blocking} block")
    if failed:
        note("`retailflow explain CODE` says what an audit means and what to do")


def _as_json(found: "tuple[Verdict, ...]") -> None:
    from retailflow.local.printing import plain

    data = [
        {
            "code": v.audit.code,
            "name": v.audit.name,
            "table": v.audit.table,
            "severity": v.audit.severity,
            "message": v.audit.message,
            "passed": v.passed,
            "rows": [{c: None if x is None else plain(x) for c, x in zip(v.columns, row, strict=True)} for row in v.rows],
            "more": v.more,
            "history": list(v.history),
        }
        for v in found
    ]
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
