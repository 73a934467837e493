"""The verdicts on scenarios, for people and for programs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from io import StringIO
from typing import TYPE_CHECKING

from retailflow.local.scenario.compare import Line, Status, TableDiff
from retailflow.local.scenario.judge import Outcome, Problem, Verdict

if TYPE_CHECKING:
    from rich.text import Text

WIDE = 100_000  # characters: nothing is folded where nobody looks
_WORDS = {Outcome.PASSED: "passed", Outcome.FAILED: "FAILED", Outcome.BROKEN: "BROKEN"}
_MARKS = {
    Status.SAME: (" ", "", "dim"),
    Status.MISSING: ("-", "missing", "red"),
    Status.UNEXPECTED: ("+", "unexpected", "green"),
    Status.EXPECTED: ("-", "expected", "red"),
    Status.GOT: ("+", "got", "green"),
}


def remark(verdicts: Sequence[Verdict]) -> str:
    """How many of each."""
    counted = [(outcome, sum(v.outcome is outcome for v in verdicts)) for outcome in Outcome]
    told = ", ".join(f"{n} {outcome}" for outcome, n in counted if n)
    deliveries = sum(v.deliveries for v in verdicts)
    return f"{len(verdicts)} scenario{'' if len(verdicts) == 1 else 's'}: {told or 'none selected'}; {deliveries} deliveries"


def as_json(verdicts: Sequence[Verdict]) -> str:
    """An array of objects, one a scenario."""
    return json.dumps([_data(v) for v in verdicts], indent=2, ensure_ascii=False)


def as_text(verdict: Verdict, colour: bool = False, width: int = WIDE) -> str:
    """A line, and below it what is wrong."""
    lines = [f"{_WORDS[verdict.outcome]}  {verdict.path}: {verdict.name}"]
    if verdict.problems and verdict.why:
        lines.append(f"        {verdict.why}")
    for problem in verdict.problems:
        lines += ["", f"  {problem.delivery}: {problem.what}"]
        lines += [f"    {finding.code}: {finding.message}" for finding in problem.findings]
        if problem.diff is not None:
            lines.append(_diff(problem.diff, colour, width))
    return "\n".join([*lines, ""] if verdict.problems else lines)


def _diff(diff: TableDiff, colour: bool, width: int) -> str:
    from rich import box
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("")
    table.add_column("")
    for column in diff.columns:
        table.add_column(Text(column), overflow="fold")
    for line in diff.lines:
        sign, word, style = _MARKS[line.status]
        where = f" (line {line.line})" if line.line else ""
        table.add_row(Text(sign, style=style), Text(word + where, style=style), *(_cell(line, c, style) for c in diff.columns))
    written = StringIO()
    console = Console(file=written, force_terminal=colour, no_color=not colour, width=width, highlight=False)
    console.print(Padding(table, (0, 0, 0, 4), expand=False))
    more = f"    and {diff.left_out} more that are as they should be" if diff.left_out else ""
    return "\n".join(line.rstrip() for line in [*written.getvalue().splitlines(), *([more] if more else [])])


def _cell(line: Line, column: str, style: str) -> "Text":
    """What is not said is a dot; what differs stands out, also without colour."""
    from rich.text import Text

    text = line.cells.get(column, "·")
    if column in line.differs:
        return Text(f"[{text}]", style=f"bold {style}")
    return Text(text, style="dim" if line.status is Status.SAME or text == "·" else "")


def _data(verdict: Verdict) -> dict[str, object]:
    return {
        "path": verdict.path,
        "scenario": verdict.name,
        "outcome": str(verdict.outcome),
        "deliveries": verdict.deliveries,
        "seconds": round(verdict.seconds, 3),
        "problems": [_problem(p) for p in verdict.problems],
        "findings": [asdict(f) for f in verdict.findings],
    }


def _problem(problem: Problem) -> dict[str, object]:
    data: dict[str, object] = {"delivery": problem.delivery, "what": problem.what, "findings": [asdict(f) for f in problem.findings]}
    if problem.diff is not None:
        data |= {"table": problem.diff.table, "rows": list(_rows(problem.diff))}
    return data


def _rows(diff: TableDiff) -> Iterator[dict[str, object]]:
    for line in diff.lines:
        if line.status is not Status.SAME:
            yield {"status": str(line.status), "line": line.line or None, "row": dict(line.cells), "differs": sorted(line.differs)}
