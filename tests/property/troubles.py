"""What kinds of trouble come together in a random history, and how a proof over them runs on an engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from retailflow.local.engine import Warehouse
from retailflow.model.project import Project as Model
from tests.property.harness import deliver, expected
from tests.property.telling import Case, told
from tests.reference.histories import ALL, BASIC, TRANSACTIONS, Project, deliveries, projects
from tests.reference.log import Conflict
from tests.reference.model import Rows, star

Star = dict[str, Rows]

# Every kind of trouble is in some row; those of the last row meet all at once.
TROUBLE = {
    "types 0, 1, 2 with deletions": BASIC,
    "every type, flagged, re-snapshot": BASIC | {"scd3", "scd6", "scd4", "flag", "ignore", "snapshots"},
    "absent fields and declared times": BASIC | {"absent", "derived", "effective", "snapshots", "flag"},
    "lookups": BASIC | {"lookups", "parents", "flag", "ignore", "snapshots"},
    "lookups of what is unknown": BASIC | {"lookups", "parents", "absent", "effective", "flag", "ignore", "snapshots"},
    "transaction facts": TRANSACTIONS,
    "facts under trouble": TRANSACTIONS | {"derived", "snapshots", "flag", "ignore", "absent", "ci_keys", "zones", "key_change"},
    "accumulating snapshots": TRANSACTIONS | {"accumulating", "snapshots", "zones"},
    "periodic snapshots": TRANSACTIONS | {"periodic", "snapshots", "zones"},
    "streams, extracts, quarantine": BASIC | {"stream", "batch", "quarantine", "ci_keys"},
    "topics and sources made anew": BASIC | {"snapshots", "stream", "batch", "flag", "ignore", "incarnations", "absent", "derived"},
    "facts of sources made anew": TRANSACTIONS | {"snapshots", "stream", "batch", "incarnations", "key_change", "effective"},
    "everything": ALL,
}


CALENDAR = {"calendar": {"first": "2024-03-01", "last": "2024-12-31"}}  # the days themselves are proven elsewhere


@st.composite
def delivered(draw: Any, features: frozenset[str], max_loads: int = 8) -> Case:
    history = draw(projects(features))
    return Case(history, draw(deliveries(history.records, max_loads)))


def wanted(history: Project) -> Star:
    """What the reference makes of it; a history that must stop a load is passed over."""
    try:
        return star(history.specs, history.records, history.files)
    except Conflict:
        assume(False)
        raise


def prove(features: frozenset[str], examples: int, open_warehouse: Callable[[Path, Model], Warehouse] | None = None) -> None:
    """The star that an engine makes of random histories, delivered anyhow, is the reference's."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(delivered(frozenset(features)))
    def law(case: Case) -> None:
        history = case.history
        want = wanted(history)
        project, got = deliver(history.config | CALENDAR, history.tables, case.loads, history.files, open_warehouse)
        wrong = told(case, got, expected(want, project))
        assert not wrong, wrong

    law()
