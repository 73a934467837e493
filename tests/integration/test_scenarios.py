"""The sentences of the semantics as scenarios: each file holds, in whatever order its events come."""

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from retailflow.cli.findings import lines_below
from retailflow.cli.scenario_report import as_text
from retailflow.local.scenario.judge import Outcome, Verdict
from retailflow.local.scenario.setting import Setting
from retailflow.local.scenario.stage import Engines
from retailflow.local.scenario.suite import Suite, readings
from retailflow.render.findings import as_text as as_text_of_findings

FOLDER = Path(__file__).parents[1] / "scenarios_law"
FILES = tuple(p for p in sorted(FOLDER.rglob("*.yaml")) if "failing" not in p.parts)


Coming = dict[str, Future[Verdict]]


@pytest.fixture(scope="module")
def coming() -> Iterator[Coming]:
    """All are under way at once; each is waited for where it is asked for."""
    found = readings(FILES, FOLDER, Setting(None))
    with Suite(Engines()) as suite:
        yield dict(zip((r.path for r in found), suite.judge(found), strict=True))


@pytest.mark.parametrize("path", [p.relative_to(FOLDER).as_posix() for p in FILES])
def test_a_scenario_holds(path: str, coming: Coming) -> None:
    verdict = coming[path].result()
    assert verdict.outcome is Outcome.PASSED, as_text(verdict) + as_text_of_findings(verdict.findings, lines_below(FOLDER), False)


def test_every_chapter_has_scenarios() -> None:
    assert len(FILES) > 150
    assert {p.parent.name for p in FILES} >= {"events", "states", "unknown", "snapshots", "times", "values", "types", "lookups", "facts"}
