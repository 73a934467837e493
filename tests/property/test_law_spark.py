"""The law on the lake: on Spark with Iceberg the star is the one the reference makes, and the one DuckDB makes, whatever was killed.

A history costs some ten seconds here, so there are few, each with every kind of trouble; a failure is not made smaller on Spark, but
where DuckDB fails alike its own test shrinks it.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from retailflow.local.folders import Folders
from retailflow.local.program import program
from retailflow.local.run import run
from retailflow.local.spark_session import CATALOG, MEMORY
from tests.property.harness import append, deliver, difference, expected, star, write_project
from tests.property.spark_support import SHORT_CALENDAR, Killed, Mortal, fresh, killed_while_publishing, schemas, session
from tests.property.telling import Case, told
from tests.property.troubles import delivered
from tests.reference import model
from tests.reference.histories import ALL, TRANSACTIONS, Project, projects
from tests.reference.log import Conflict

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # py4j leaves sockets to the garbage collector
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
]
HISTORIES = int(os.environ.get("RETAILFLOW_SPARK_HISTORIES", "6"))
EVERYTHING = ALL - {"incarnations"}
SETTINGS = settings(
    deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate], database=None, print_blob=True
)
LEAST_RECORDS = 8
STATEMENTS = 60  # fewer than any load of a fact and its dimension has


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with tempfile.TemporaryDirectory() as folder:
        found = session(Path(folder))
        yield found
        found.stop()


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
    @given(delivered(EVERYTHING, max_loads=3), st.booleans())
    def law(case: Case, ansi: bool) -> None:
        history, loads = case.history, case.loads
        want = long_enough(history)
        spark.conf.set("spark.sql.ansi.enabled", str(ansi).lower())
        config = history.config | SHORT_CALENDAR
        project, lake = deliver(config, history.tables, loads, history.files, fresh(spark, MEMORY))
        _, warehouse = deliver(config, history.tables, loads, history.files)
        wrong = told(case, lake, expected(want, project)) or told(case, lake, warehouse)
        assert not wrong, wrong

    law()


def test_killed_between_any_two_statements_it_ends_the_same(spark: Any) -> None:
    @settings(SETTINGS, max_examples=1)
    @given(projects(TRANSACTIONS), st.lists(st.floats(0, 1, exclude_max=True), min_size=3, max_size=3), st.integers(0, 8))
    def law(history: Project, moments: list[float], published: int) -> None:
        want = long_enough(history)
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            project = write_project(root, history.config | SHORT_CALENDAR, history.tables)
            names, folders = schemas(project), Folders(root / "topics", root / "files")
            folders.topics.mkdir()
            first = fresh(spark, CATALOG)(root, project)
            plan = program(project, first.dialect)
            run(project, first, folders, plan=plan)
            append(folders.topics, history.records)
            nothing = star(project, first)
            for moment in moments:
                with pytest.raises(Killed):
                    run(project, Mortal(spark, names, CATALOG, int(moment * STATEMENTS)), folders, plan=plan)
                assert star(project, first) == nothing, "of a load that did not commit nothing is seen"
            with killed_while_publishing(published), pytest.raises(Killed):
                run(project, Mortal(spark, names, CATALOG), folders, plan=plan)
            report = run(project, Mortal(spark, names, CATALOG), folders, plan=plan)
            assert report.total("received") == 0, "the load that was being published had committed"
            found = star(project, first)
            assert not difference(found, expected(want, project)), difference(found, expected(want, project))

    law()
