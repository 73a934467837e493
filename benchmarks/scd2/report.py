"""What a benchmark prints at its end."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from benchmarks.scd2.contestant import Contestant
from benchmarks.scd2.database import Place
from benchmarks.scd2.postgres_server import settings
from benchmarks.scd2.race import Race
from benchmarks.scd2.timing import Cost


@dataclass(frozen=True, slots=True)
class Summary:
    """Medians over the batches; the peak over them; the wall time of the first load, and its peak."""

    seconds: float
    cpu: float
    megabytes: int
    first_seconds: float
    first_megabytes: int


def summaries(race: Race) -> dict[str, Summary]:
    return {c.name: _summary(race.costs[c.name], race.first[c.name]) for c in race.contestants}


def table(found: Mapping[str, Summary], contestants: Sequence[Contestant]) -> str:
    """In Markdown."""
    head = "|  | wall | CPU | peak memory | first load | its peak | times are of |\n|---|---|---|---|---|---|---|"
    times = {contestant.name: contestant.times for contestant in contestants}
    lines = [
        f"| {name} | {s.seconds:.2f} s | {s.cpu:.2f} s | {s.megabytes} MB "
        f"| {s.first_seconds:.2f} s | {s.first_megabytes} MB | {times[name]} |"
        for name, s in found.items()
    ]
    return "\n".join((head, *lines))


def ratios(found: Mapping[str, Summary]) -> dict[str, float | str]:
    """Ours to the hand-written SQL, and the fastest of the others to ours."""
    ours = found["retailflow"].seconds
    told: dict[str, float | str] = {f"retailflow / {name}": round(ours / s.seconds, 2) for name, s in found.items() if "by hand" in name}
    others = {name: s.seconds for name, s in found.items() if name != "retailflow" and "by hand" not in name}
    if others:
        fastest = min(others, key=lambda name: others[name])
        told |= {"fastest other": fastest, "fastest other / retailflow": round(others[fastest] / ours, 2)}
    return told


def machine(place: Place, contestants: Sequence[Contestant]) -> dict[str, object]:
    """What was measured on what."""
    told: dict[str, object] = {"cpus": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "system": platform.platform()}
    if place.postgres:
        told["postgres"] = settings(place.postgres)
    return told | {"versions": {name: c.versions() for c in contestants if (name := c.name) and c.versions()}}


def as_json(**parts: object) -> str:
    """One line."""
    return json.dumps(parts, default=asdict_rounded)


def asdict_rounded(summary: Summary) -> dict[str, float]:
    return {name: round(value, 3) for name, value in asdict(summary).items()}


def _summary(costs: Sequence[Cost], first: Cost) -> Summary:
    return Summary(
        median(c.seconds for c in costs), median(c.cpu for c in costs), max(c.megabytes for c in costs), first.seconds, first.megabytes
    )
