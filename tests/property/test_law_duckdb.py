"""The law: whatever the order, the batches, the duplicates and the replays, the star is the one the reference makes of the events."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.property.harness import deliver, difference, expected
from tests.reference.histories import ALL, BASIC, TRANSACTIONS, Project, deliveries, projects
from tests.reference.log import Conflict
from tests.reference.model import star

# What kinds of trouble come together in one history; every kind is in some row, and `ALL` has them all.
TROUBLE = {
    "types 0, 1, 2 with deletions": BASIC,
    "every type, flagged, re-snapshot": BASIC | {"scd3", "scd6", "scd4", "flag", "ignore", "snapshots"},
    "absent fields and declared times": BASIC | {"absent", "effective", "snapshots", "flag"},
    "lookups": BASIC | {"lookups", "parents", "flag", "ignore", "snapshots"},
    "transaction facts": TRANSACTIONS,
    "facts under trouble": TRANSACTIONS | {"snapshots", "flag", "ignore", "absent", "ci_keys", "zones", "key_change"},
    "accumulating snapshots": TRANSACTIONS | {"accumulating", "snapshots", "zones"},
    "periodic snapshots": TRANSACTIONS | {"periodic", "snapshots", "zones"},
    "streams, extracts, quarantine": BASIC | {"stream", "batch", "quarantine", "ci_keys"},
    "everything": ALL - {"incarnations"},
}


def delivered(features: frozenset[str]) -> st.SearchStrategy[tuple[Project, list[list[object]]]]:
    return projects(features).flatmap(lambda p: st.tuples(st.just(p), deliveries(p.records)))


@pytest.mark.parametrize("features", TROUBLE.values(), ids=TROUBLE.keys())
def test_the_star_is_a_function_of_the_events(features: frozenset[str], law_examples: int) -> None:
    @settings(max_examples=law_examples, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(delivered(frozenset(features)))
    def law(case: tuple[Project, list[list[object]]]) -> None:
        history, loads = case
        try:
            want = star(history.specs, history.records, history.files)
        except Conflict:
            assume(False)
        project, got = deliver(history.config, history.tables, loads, history.files)  # type: ignore[arg-type]
        assert not difference(got, expected(want, project)), difference(got, expected(want, project))

    law()
