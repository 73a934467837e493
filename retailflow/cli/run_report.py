"""The report of a run on the terminal."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from retailflow.local.report import FATES

if TYPE_CHECKING:
    from retailflow.local.report import Report


def as_json(report: "Report") -> str:
    """One object on one line, so that those of `--watch` can be read one by one."""
    data = {
        "hops": [asdict(hop) for hop in report.hops],
        "total": {fate: report.total(fate) for fate in FATES},
        "star": dict(report.star),
        "waiting": list(report.waiting),
        "changed": list(report.changed),
        "untimed": dict(report.untimed),
        "taken_anew": dict(report.taken_anew),
        "folded_anew": dict(report.folded_anew),
        "left": list(report.left),
        "seconds": round(report.seconds, 3),
    }
    return json.dumps(data, ensure_ascii=False)


def as_text(report: "Report") -> str:
    """Counts by topic and generation, then the tables of the star."""
    sums: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0] * len(FATES))
    for hop in report.hops:
        sums[hop.topic, hop.generation] = [n + getattr(hop, fate) for n, fate in zip(sums[hop.topic, hop.generation], FATES, strict=True)]
    rows = [
        [topic + (f" (generation {generation})" if generation > 1 else ""), *map(_number, s)] for (topic, generation), s in sums.items()
    ]
    if len(rows) > 1:
        rows.append(["total", *(_number(report.total(fate)) for fate in FATES)])
    counted = _table(["topic", *FATES], rows) if rows else "nothing new\n"
    return f"{counted}\n{_table(['table', 'rows'], [[name, _number(n)] for name, n in report.star])}"


def remarks(report: "Report") -> Iterator[str]:
    """What a person should know, and may want to do next."""
    for table, why in report.taken_anew:
        yield f"{table} was taken anew from its topic, and all that is made of it folded anew ({why})"
    for table, why in report.folded_anew:
        yield f"{table} was folded anew ({why})"
    for relation in report.left:
        yield f"no spec speaks of {relation} any more; it stays as it is, and nobody changes it: drop it when nobody reads it"
    if report.total("quarantined"):
        yield 'why quarantined: retailflow query "SELECT topic, code, detail, COUNT(*) FROM staging.quarantine GROUP BY ALL ORDER BY ALL"'
    for name in report.waiting:
        yield f"the last line of {name} has no newline and is no JSON object yet; it waits for the next run"
    for name in report.changed:
        yield f"{name} was read before and has changed since; a path is read once, so give the new extract a new name"
    for name, path in report.untimed:
        yield f"{name} was left aside: its name tells no time as `{path}` asks for; rename it, and the next run reads it"
    yield f"{report.files} files, {report.seconds:.1f} s"


def _number(n: int) -> str:
    return f"{n:,}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Text to the left, numbers to the right."""
    widths = [max(len(line[i]) for line in (head, *rows)) for i in range(len(head))]
    lines = []
    for line in (head, *rows):
        cells = [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"
