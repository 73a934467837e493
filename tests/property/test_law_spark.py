"""The law on the lake: the generated Glue job, run on Spark with Iceberg from what has landed, makes the star of the events.

It is the one the reference makes, and the one DuckDB makes, in whatever loads, sessions and zones, and whatever was killed. A history costs
some ten seconds here, so there are few, each with every kind of trouble; a failure is not made smaller on Spark, but where DuckDB fails
alike its own test shrinks it.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from retailflow.local.spark_session import CATALOG, MEMORY
from tests.property.harness import deliver, difference, expected, write_project
from tests.property.killed_lake import Killed, killed_before, killed_while_publishing
from tests.property.spark_support import ON_SPARK, SHORT_CALENDAR, Job
from tests.property.telling import Case, told
from tests.property.troubles import delivered
from tests.reference import model
from tests.reference.histories import ALL, TRANSACTIONS, Project, projects
from tests.reference.log import Conflict

pytestmark = [*ON_SPARK, pytest.mark.filterwarnings("ignore:Generating overly large repr")]
HISTORIES = int(os.environ.get("RETAILFLOW_SPARK_HISTORIES", "2"))
EVERYTHING = ALL - {"incarnations"}
SETTINGS = settings(
    deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate], database=None, print_blob=True
)
LEAST_RECORDS = 8
STATEMENTS = 60  # fewer than any load of a fact and its dimension has
ZONES = ("America/St_Johns", "Asia/Kathmandu", "UTC", "Europe/Berlin")


def long_enough(history: Project) -> dict[str, Any]:
    """What the reference makes of it; a history too short to be worth a load, or one that must stop it, is passed over."""
    assume(len(history.records) >= LEAST_RECORDS)
    try:
        return model.star(history.specs, history.records, history.files)
    except Conflict:
        assume(False)
        raise


def test_the_star_on_the_lake_is_that_of_the_events_and_of_the_warehouse(spark: Any) -> None:
    @settings(SETTINGS, max_examples=HISTORIES)
    @given(delivered(EVERYTHING, max_loads=2), st.booleans(), st.sampled_from(ZONES))
    def law(case: Case, ansi: bool, zone: str) -> None:
        history, loads = case.history, case.loads
        assume(any(table.get("ingest", "cdc") == "cdc" for table in history.tables))  # else no heartbeats land
        want = long_enough(history)
        config = history.config | SHORT_CALENDAR
        with tempfile.TemporaryDirectory() as folder:
            job = Job(spark, MEMORY, Path(folder), write_project(Path(folder), config, history.tables))
            for number, records in enumerate(loads):
                job.land_files(history.files[number :: len(loads)])
                job.land(records)
                spark.conf.set("spark.sql.ansi.enabled", str(ansi).lower())
                spark.conf.set("spark.sql.session.timeZone", zone)
                job.run()
            lake = job.star()
        _, warehouse = deliver(config, history.tables, loads, history.files)
        wrong = told(case, lake, expected(want, job.project)) or told(case, lake, warehouse)
        assert not wrong, wrong

    law()


def test_killed_between_any_two_statements_it_ends_the_same(spark: Any) -> None:
    @settings(SETTINGS, max_examples=1)
    @given(projects(TRANSACTIONS), st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=2), st.integers(0, 8))
    def law(history: Project, moments: list[float], published: int) -> None:
        want = long_enough(history)
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            job = Job(spark, CATALOG, root, write_project(root, history.config | SHORT_CALENDAR, history.tables))
            job.run()
            job.land(history.records)
            nothing = job.star()
            for moment in moments:
                with killed_before(int(moment * STATEMENTS)), pytest.raises(Killed):
                    job.run()
                assert job.star() == nothing, "of a load that did not commit nothing is seen"
            with killed_while_publishing(published), pytest.raises(Killed):
                job.run()
            taken = "SELECT SUM(received) FROM " + job.staging + ".counts"
            job.run()
            received = job.rows(taken)
            job.run()
            assert job.rows(taken) == received, "what was taken is not taken again"
            found = job.star()
            assert not difference(found, expected(want, job.project)), difference(found, expected(want, job.project))

    law()
