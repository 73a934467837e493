"""Whether a scenario holds: as given against what is expected, and delivered otherwise against that."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from retailflow.errors import Finding
from retailflow.local.scenario.compare import TableDiff, difference, whole
from retailflow.local.scenario.play import Played, Star, play
from retailflow.local.scenario.scenario import Scenario
from retailflow.local.scenario.scenario import Star as Expected
from retailflow.local.scenario.shape import StarTable, star_tables
from retailflow.local.scenario.stage import Stage
from retailflow.local.scenario.variants import Delivery, as_given, others


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    BROKEN = "broken"  # the file could not be made sense of


@dataclass(frozen=True, slots=True)
class Problem:
    """`delivery`: how the events came; `what` is wrong in words; and for rows `diff`."""

    delivery: str
    what: str
    diff: TableDiff | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`deliveries`: how many ways of coming were tried."""

    path: str
    name: str
    outcome: Outcome
    why: str = ""
    problems: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()
    deliveries: int = 0
    seconds: float = field(default=0.0, compare=False)


def judge(scenario: Scenario, stage_for: Callable[[], Stage]) -> Verdict:
    """Plays it in every way; stops after the way in which something is wrong."""
    started, tables, stage = time.perf_counter(), star_tables(scenario.project), stage_for()
    delivery, tried = as_given(scenario), 1
    given = play(stage, scenario, delivery, tables, scenario.after)
    problems = list(_of_given(scenario, tables, delivery, given))
    for other in () if problems else others(scenario):
        tried += 1
        problems = list(_of_other(scenario, tables, other, given, play(stage, scenario, other, tables)))
        if problems:
            break
    outcome = Outcome.FAILED if problems else Outcome.PASSED
    seconds = time.perf_counter() - started
    return Verdict(scenario.path, scenario.name, outcome, scenario.why, tuple(problems), deliveries=tried, seconds=seconds)


def _of_given(scenario: Scenario, tables: Mapping[str, StarTable], delivery: Delivery, played: Played) -> Iterator[Problem]:
    if played.stopped or scenario.error is not None:
        yield from _stopped(scenario, delivery, played)
        return
    for number, expected in sorted(scenario.after.items()):
        yield from _star(tables, f"after batch {number}", expected, played.after[number])
    yield from _star(tables, delivery.name, scenario.expect, played.star)
    yield from _quarantine(scenario, delivery, played)
    yield from _counts(scenario, delivery, played)


def _of_other(scenario: Scenario, tables: Mapping[str, StarTable], delivery: Delivery, given: Played, played: Played) -> Iterator[Problem]:
    """The whole star must be as it was, also the tables of which nothing is expected."""
    if played.stopped or given.stopped:
        yield from _stopped(scenario, delivery, played)
        return
    for name in tables:
        if _plain(given.star, name) != _plain(played.star, name):
            diff = difference(tables, whole(tables, name, given.star), played.star)
            yield Problem(delivery.name, f"`{name}` is not what it is when the events come as given", diff)


def _plain(star: Star, name: str) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in star[name])


def _stopped(scenario: Scenario, delivery: Delivery, played: Played) -> Iterator[Problem]:
    codes = tuple(f.code for f in played.stopped)
    if scenario.error is None:
        yield Problem(delivery.name, f"load {played.load} was stopped", findings=played.stopped)
    elif not codes:
        yield Problem(delivery.name, f"every load was done, and one should have been stopped by {scenario.error}")
    elif scenario.error not in codes:
        yield Problem(delivery.name, f"load {played.load} was stopped, but not by {scenario.error}", findings=played.stopped)


def _star(tables: Mapping[str, StarTable], when: str, expected: Expected, star: Star) -> Iterator[Problem]:
    for table in expected:
        diff = difference(tables, table, star)
        if diff is not None:
            yield Problem(when, f"`{table.name}` is not as expected", diff)


def _quarantine(scenario: Scenario, delivery: Delivery, played: Played) -> Iterator[Problem]:
    """Nothing is held back that is not expected to be: most often it is a slip in the scenario."""
    there = {(q.table, q.code): q for q in played.quarantined}
    wanted = {(table, code): n for table, codes in scenario.quarantine.items() for code, n in codes.items()}
    for table, code in sorted(there.keys() | wanted.keys()):
        expected, found = wanted.get((table, code), 0), there.get((table, code))
        count = found.count if found is not None else 0
        if count != expected:
            details = f" ({'; '.join(found.details)})" if found is not None else ""
            yield Problem(delivery.name, f"`{table}` has {count} in quarantine by `{code}`{details}, expected {expected}")


def _counts(scenario: Scenario, delivery: Delivery, played: Played) -> Iterator[Problem]:
    for table, counts in scenario.counts.items():
        for fate, expected in counts.items():
            found = played.counts.get(table, {}).get(fate, 0)
            if found != expected:
                yield Problem(delivery.name, f"of `{table}` {found} {'is' if found == 1 else 'are'} {fate}, expected {expected}")
