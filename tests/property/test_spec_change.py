"""The star is a function of the specs too: whatever they were while it was loaded, it is what the last of them say."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from retailflow.local.engine import Warehouse
from retailflow.model.project import Project as Model
from tests.property.harness import difference, expected
from tests.property.spec_changes import chosen, deliver
from tests.property.telling import Case
from tests.property.troubles import TROUBLE, delivered
from tests.reference.log import Conflict
from tests.reference.model import star
from tests.reference.spec import load

ONE_ERA = frozenset({"incarnations"})  # left out: every era has specs of its own there
KINDS = {name: TROUBLE[name] - ONE_ERA for name in ("every type, flagged, re-snapshot", "lookups", "facts under trouble", "everything")}


def prove(features: frozenset[str], examples: int, open_warehouse: Callable[[Path, Model], Warehouse] | None = None) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(delivered(features), st.lists(st.integers(0, 10_000), min_size=1, max_size=2))
    def law(case: Case, picks: list[int]) -> None:
        history, loads = case.history, case.loads
        told = [(history.config, history.tables)]
        for pick in picks:
            what, specs = chosen(told[-1], pick)
            note(what)
            told.append(specs)
        told = told[::-1] if picks[0] % 2 else told
        try:
            wanted = [star(load(*specs), history.records, history.files) for specs in told]
        except Conflict:
            assume(False)
        project, got, _ = deliver(history, told, loads, open_warehouse)
        assert not difference(got, expected(wanted[-1], project)), difference(got, expected(wanted[-1], project))

    law()


@pytest.mark.parametrize("features", KINDS.values(), ids=KINDS.keys())
def test_the_star_is_a_function_of_the_specs(features: frozenset[str], law_examples: int) -> None:
    prove(features, law_examples)
