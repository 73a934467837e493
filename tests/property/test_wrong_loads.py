"""A load with one thing wrong does not pass: every mutation of the plans is caught by a scenario of the semantics."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from retailflow.local.program import Program, program
from retailflow.local.scenario import stage
from retailflow.local.scenario.judge import Outcome, judge
from retailflow.local.scenario.read import read
from retailflow.local.scenario.setting import Setting
from retailflow.model.project import Project
from retailflow.sql.dialects import Dialect
from tests.property.wrong import MUTATIONS
from tests.property.wrong.mutation import Mutation, mutated

LAW = Path(__file__).parents[1] / "scenarios_law"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[m.wrong for m in MUTATIONS])
def test_it_is_caught(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def wrong(project: Project, dialect: Dialect) -> Program:
        right = program(project, dialect)
        made.append((right.load, load := mutated(right.load, mutation)))
        return replace(right, load=load)

    monkeypatch.setattr(stage, "program", wrong)
    scenario = read(LAW / mutation.caught, mutation.caught, Setting(None)).scenario
    assert scenario is not None
    with closing(stage.Stage(scenario.project, stage.Engines())) as on:
        verdict = judge(scenario, lambda: on)
    assert any(right != load for right, load in made), "there is nothing of this in the plan: the mutation is out of date"
    assert verdict.outcome is Outcome.FAILED, "it survives"


def test_no_two_are_the_same() -> None:
    assert len({m.wrong for m in MUTATIONS}) == len(MUTATIONS) > 50
