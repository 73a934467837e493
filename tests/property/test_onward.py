"""Keys that go on without their chain: events in the order of their commits, in many small loads, give the reference's star too."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.model.project import Project as Model
from retailflow.sql.statement import Temp
from tests.property.harness import deliver, difference, expected
from tests.property.troubles import TROUBLE
from tests.reference.events import Record
from tests.reference.histories import BASIC, Project, projects
from tests.reference.log import Conflict
from tests.reference.model import star

LOADS = 12
KINDS = {kind: TROUBLE[kind] for kind in ("types 0, 1, 2 with deletions", "every type, flagged, re-snapshot", "transaction facts")}
KINDS |= {
    "absent fields": BASIC | {"absent", "derived"},
    "absent fields of every type": BASIC | {"absent", "scd3", "scd6", "scd4", "ci_keys"},
}
ALWAYS = ("types 0, 1, 2 with deletions", "absent fields")  # where some key goes on in any dozen of histories; snapshots forbid it


class Watched(DuckDbWarehouse):
    """Counts the keys that went on."""

    went_on = 0

    def temp(self, temp: Temp) -> None:
        super().temp(temp)
        if temp.name.startswith("tmp_goes_"):
            Watched.went_on += len(self.rows(f"SELECT 1 FROM {temp.name}"))


def in_order(project: Project, sizes: list[int]) -> list[list[Record]]:
    """The first load brings what the sizes of the others leave."""
    records, loads = list(project.records), []
    for size in sizes:
        if len(records) > size:
            loads.append(records[-size:])
            records = records[:-size]
    return [records, *reversed(loads)]


def watched(root: Path, project: Model) -> DuckDbWarehouse:
    return Watched(root / "w.duckdb", (project.naming.staging_schema, project.naming.warehouse_schema))


@pytest.mark.parametrize("kind", KINDS)
def test_keys_that_go_on_end_where_their_chains_would(kind: str, law_examples: int) -> None:
    Watched.went_on = 0
    sizes = st.lists(st.integers(1, 3), min_size=4, max_size=LOADS)

    @settings(max_examples=law_examples, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(projects(frozenset(KINDS[kind])), sizes)
    def law(history: Project, sizes: list[int]) -> None:
        try:
            want: Any = star(history.specs, history.records, history.files)
        except Conflict:
            assume(False)
        project, got = deliver(history.config, history.tables, in_order(history, sizes), history.files, watched)
        assert not difference(got, expected(want, project)), difference(got, expected(want, project))

    law()
    assert Watched.went_on > 0 or kind not in ALWAYS
