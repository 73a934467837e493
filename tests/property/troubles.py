"""What kinds of trouble come together in a random history, and how a proof over them runs on an engine."""

from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from retailflow.local.engine import Warehouse
from retailflow.model.project import Project as Model
from tests.property.harness import deliver, difference, expected
from tests.reference.events import Record
from tests.reference.histories import ALL, BASIC, TRANSACTIONS, Project, deliveries, projects
from tests.reference.log import Conflict
from tests.reference.model import star

# Every kind of trouble is in some row; those of the last row meet all at once.
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


Case = tuple[Project, list[list[Record]]]


def delivered(features: frozenset[str]) -> st.SearchStrategy[Case]:
    return projects(features).flatmap(lambda p: st.tuples(st.just(p), deliveries(p.records)))


def prove(features: frozenset[str], examples: int, open_warehouse: Callable[[Path, Model], Warehouse] | None = None) -> None:
    """The star that an engine makes of random histories, delivered anyhow, is the reference's."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(delivered(frozenset(features)))
    def law(case: Case) -> None:
        history, loads = case
        try:
            want = star(history.specs, history.records, history.files)
        except Conflict:
            assume(False)
        project, got = deliver(history.config, history.tables, loads, history.files, open_warehouse)
        assert not difference(got, expected(want, project)), difference(got, expected(want, project))

    law()
