"""Loads on the lake at the same time: the first that commits wins, the others begin again, and nothing is lost, taken twice or half seen.

Each load has a Spark session of its own, with its own catalog, its own temporary relations and idea of every table, as two jobs have.
"""

import itertools
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from retailflow.local.spark_session import CATALOG
from retailflow.runtime import batch, transaction
from retailflow.runtime.branch import Branch, UnpublishedError
from retailflow.runtime.conflict import ConflictError, retried
from retailflow.runtime.transaction import OvertakenError, Transaction
from retailflow.runtime.warehouse import Lake
from tests.property.harness import difference, expected, write_project
from tests.property.killed_lake import Killed, killed_while_publishing
from tests.property.spark_support import ON_SPARK, SHORT_CALENDAR, Job
from tests.property.test_law_spark import HISTORIES, STATEMENTS, long_enough
from tests.reference.histories import TRANSACTIONS, Project, projects

pytestmark = [*ON_SPARK, pytest.mark.filterwarnings("ignore:Generating overly large repr")]
SCHEMAS = ("books", "shelf")
NUMBERS, OTHERS = (f"{CATALOG}.{schema}.numbers" for schema in SCHEMAS)


@pytest.fixture
def lake(spark: Any) -> Any:
    """A session whose catalog holds one empty table in each of two schemas, and no load yet."""
    for schema, table in zip(SCHEMAS, (NUMBERS, OTHERS), strict=True):
        spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {CATALOG}.{schema}")
        spark.sql(f"DROP TABLE IF EXISTS {table} PURGE")
        spark.sql(f"CREATE TABLE {table} (n BIGINT) USING iceberg TBLPROPERTIES ('write.wap.enabled' = 'true')")
    spark.sql(f"DROP TABLE IF EXISTS {CATALOG}.{SCHEMAS[0]}.loads PURGE")
    return spark


def begun(lake: Any) -> Transaction:
    """A load under way, in a session of its own."""
    load = Transaction(lake.newSession(), CATALOG, SCHEMAS)
    load.begin()
    return load


def write(load: Transaction, number: int, table: str = NUMBERS) -> None:
    load.spark.sql(f"INSERT INTO {table} VALUES ({number})")


def count(lake: Any, number: int, table: str = NUMBERS) -> None:
    """A load of one row, from its beginning to its end."""
    load = begun(lake)
    write(load, number, table)
    load.commit()


def compact(lake: Any) -> int:
    """How many files were put together, by somebody who is no load."""
    told = lake.newSession().sql(
        f"CALL {CATALOG}.system.rewrite_data_files(table => 'books.numbers', options => map('rewrite-all', 'true'))"
    )
    return int(told.collect()[0][0])


def seen(lake: Any, table: str = NUMBERS) -> list[int]:
    """By somebody who is no load."""
    reader = lake.newSession()
    return sorted(row["n"] for row in reader.sql(f"SELECT n FROM {table}").collect())


def branches(lake: Any) -> set[str]:
    reader = lake.newSession()
    return {row["name"] for table in (NUMBERS, OTHERS) for row in reader.sql(f"SELECT name FROM {table}.refs").collect()} - {"main"}


def test_of_two_the_first_that_commits_wins_and_the_other_can_begin_again(lake: Any) -> None:
    first, second = begun(lake), begun(lake)
    for load, number in ((first, 1), (second, 2)):
        write(load, number)
        write(load, number, OTHERS)
    assert first.met(ValueError()) is None, "nobody was in its way yet"
    second.commit()
    assert isinstance(first.met(ValueError()), OvertakenError), "whatever fails now"
    with pytest.raises(OvertakenError):
        first.commit()
    assert (seen(lake), seen(lake, OTHERS), branches(lake)) == ([2], [2], set()), "nothing is left of the one that lost"
    again = begun(lake)
    write(again, 1)
    again.commit()
    assert seen(lake) == [1, 2]


@pytest.mark.parametrize("is_seen", [True, False])
def test_one_that_is_overtaken_in_the_moment_of_its_commit_comes_to_nothing(lake: Any, is_seen: bool) -> None:
    first, second = begun(lake), begun(lake)
    write(first, 1)
    write(second, 2)
    take = Transaction._take_turn

    def overtaken(self: Transaction) -> transaction.Counted:
        if self is first:
            second.commit()
            if is_seen:  # what is taken is then the new row, else one that is gone
                self.spark.sql(f"REFRESH TABLE {self._loads}")
        return take(self)

    with patch.object(Transaction, "_take_turn", overtaken), pytest.raises(OvertakenError):
        first.commit()
    assert (seen(lake), branches(lake)) == ([2], set())


def test_what_began_later_and_came_to_nothing_is_in_nobodys_way(lake: Any) -> None:
    load = begun(lake)
    write(load, 1)
    undone, idle, killed = begun(lake), begun(lake), begun(lake)
    write(undone, 2)
    undone.rollback()
    idle.commit()
    write(killed, 3)
    write(load, 4)
    write(load, 5, OTHERS)
    load.commit()
    assert (seen(lake), seen(lake, OTHERS)) == ([1, 4], [5]), "all of what it wrote, before and after the others began"
    assert branches(lake) == set(), "what the killed one left goes with the next that counts"


def test_one_that_was_overtaken_and_goes_on_writing_comes_to_nothing(lake: Any) -> None:
    late, early = begun(lake), begun(lake)
    write(late, 1)
    write(early, 2)
    early.commit()
    write(late, 3, OTHERS)
    write(late, 4)
    newer = begun(lake)
    write(newer, 5)
    write(late, 6)
    newer.commit()
    write(late, 7)
    with pytest.raises(OvertakenError):
        late.commit()
    assert (seen(lake), seen(lake, OTHERS), branches(lake)) == ([2, 5], [], set())


def test_one_that_only_read_something_counts_and_says_what(lake: Any) -> None:
    load = begun(lake)
    load.consume({"t": 7})
    load.commit()
    assert begun(lake).consumed == {"t": 7}


def test_an_error_of_the_catalog_at_the_commit_leaves_open_what_the_row_tells(lake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "PATIENCE", (0.0, 0.0, 0.0))
    doubtful, done, later = begun(lake), begun(lake), begun(lake)
    for number, load in enumerate((doubtful, done, later)):
        write(load, number)
    with losing_connection(lake, times=100), pytest.raises(OSError, match="lost"):
        doubtful.commit()
    assert branches(lake) == {doubtful.branch, done.branch, later.branch}, "it might count yet"
    with losing_connection(lake, times=100, too_late=True):
        done.commit()
    assert (seen(lake), branches(lake)) == ([1], set()), "it counts, whatever was said"
    with losing_connection(lake, times=1), pytest.raises(OvertakenError):
        later.commit()
    again = begun(lake)
    write(again, 3)
    with losing_connection(lake, times=1):
        again.commit()
    assert seen(lake) == [1, 3], "what was not done is tried again"


def test_one_that_learns_late_that_it_counts_says_so(lake: Any) -> None:
    """Its answer came only after another load had published it, and counted too."""
    slow = begun(lake)
    write(slow, 1)
    last = Transaction._last

    def late(self: Transaction) -> transaction.Counted:
        if self is slow and last(self).load == slow.name:
            other = begun(lake)
            write(other, 2)
            other.commit()
        return last(self)

    with patch.object(Transaction, "_last", late):
        slow.commit()
    assert (seen(lake), branches(lake)) == ([1, 2], set())


def test_one_whose_row_cannot_be_read_asks_again(lake: Any) -> None:
    load = begun(lake)
    write(load, 1)
    read, asked = Transaction._read, itertools.count()

    def unlucky(self: Transaction) -> list[Any]:
        if next(asked) in (0, 2, 3):  # before the turn is taken, and after
            raise OSError("the connection was lost")
        return read(self)

    with patch.object(Transaction, "_read", unlucky):
        load.commit()
    assert seen(lake) == [1]


def test_one_that_was_overtaken_long_ago_learns_it_before_its_end(lake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    late, early = begun(lake), begun(lake)
    write(early, 1)
    early.commit()
    late.look()  # not yet
    monkeypatch.setattr(transaction, "_LOOKED_AT", -1.0)
    with pytest.raises(OvertakenError):
        late.look()


def test_rubbish_that_cannot_be_removed_is_in_nobodys_way(lake: Any) -> None:
    late, early = begun(lake), begun(lake)
    write(late, 1)
    write(early, 2)

    def failing(self: Branch) -> None:
        raise OSError("the connection was lost")

    with patch.object(Branch, "drop", failing):
        early.commit()
        with pytest.raises(OvertakenError):
            late.commit()
    assert (seen(lake), branches(lake)) == ([2], {late.branch})
    begun(lake)
    assert branches(lake) == set()


def test_a_change_by_somebody_who_is_no_load_is_seen_before_the_commit(lake: Any) -> None:
    load = begun(lake)
    write(load, 1)
    write(load, 1, OTHERS)
    lake.newSession().sql(f"INSERT INTO {OTHERS} VALUES (9)")
    with pytest.raises(ConflictError, match=r"shelf\.numbers"):
        load.commit()
    assert (seen(lake), seen(lake, OTHERS), branches(lake)) == ([], [9], set())
    again = begun(lake)
    write(again, 1, OTHERS)
    again.commit()
    assert seen(lake, OTHERS) == [1, 9]


@pytest.mark.parametrize("was_empty", [True, False])
def test_a_change_by_somebody_after_the_commit_is_told_until_it_is_decided(lake: Any, was_empty: bool) -> None:
    if not was_empty:
        count(lake, 0, OTHERS)
    load = begun(lake)
    write(load, 1)
    write(load, 1, OTHERS)
    with killed_while_publishing(0), pytest.raises(Killed):
        load.commit()
    lake.newSession().sql(f"INSERT INTO {OTHERS} VALUES (9)")
    for _ in range(2):
        with pytest.raises(UnpublishedError, match=r"no load changed lake\.shelf\.numbers") as told:
            begun(lake)
        assert seen(lake) == [], "no table shows the load before all can"
    advice = re.findall(r"CALL .*?\)", str(told.value))[0]
    lake.newSession().sql(advice)
    begun(lake)
    assert (seen(lake), seen(lake, OTHERS), branches(lake)) == ([1], [1] if was_empty else [0, 1], set())


@pytest.mark.parametrize("is_foreign", [True, False])
def test_history_that_has_expired_is_no_proof(lake: Any, is_foreign: bool) -> None:
    """The branch left a snapshot that is gone, and somebody's change is hidden below a compaction."""
    for number in range(2):
        count(lake, number)
    load = begun(lake)
    write(load, 2)
    write(load, 3)
    other = lake.newSession()
    if is_foreign:
        other.sql(f"INSERT INTO {NUMBERS} VALUES (9)")
        compact(lake)
    told = other.sql(f"CALL {CATALOG}.system.expire_snapshots(table => 'books.numbers', older_than => TIMESTAMP '2999-01-01')").collect()
    assert told[0]["deleted_manifest_lists_count"] > 0, "something has expired"
    with pytest.raises(ConflictError, match=r"books\.numbers"):
        load.commit()
    assert seen(lake) == ([0, 1, 9] if is_foreign else [0, 1])
    assert branches(lake) == set()


def test_what_never_began_was_not_overtaken(lake: Any) -> None:
    count(lake, 1)
    late = Transaction(lake.newSession(), CATALOG, SCHEMAS)
    assert late.met(OSError("no connection")) is None
    late.rollback()


def test_compaction_during_a_load_is_in_nobodys_way(lake: Any) -> None:
    for number in range(2):
        count(lake, number)
    load = begun(lake)
    write(load, 2)
    assert compact(lake) == 2, "there was something to compact"
    load.commit()
    assert (seen(lake), branches(lake)) == ([0, 1, 2], set())


@contextmanager
def losing_connection(lake: Any, times: int, too_late: bool = False) -> Iterator[None]:
    """Inside, so many statements that would take a turn fail, and are done all the same if that happens too late."""
    sql, left = type(lake).sql, iter(range(times))

    def run(self: Any, text: str) -> Any:
        if text.startswith("MERGE") and next(left, None) is not None:
            if too_late:
                sql(self, text)
            raise OSError("the connection was lost")
        return sql(self, text)

    with patch.object(type(lake), "sql", run):
        yield


def test_many_at_once_come_one_after_another(lake: Any) -> None:
    """Each writes how many there were before it: told by a load that had not seen all others, a number would come twice."""
    each, rounds = 4, 3
    for table in (
        NUMBERS,
        OTHERS,
    ):  # Iceberg itself tries four times: then two that write at once seldom meet, as they do where there are many
        lake.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ('commit.retry.num-retries' = '0')")
    files = [
        f"--: execute\nINSERT INTO {NUMBERS} SELECT COUNT(*) FROM {NUMBERS}",
        f"--: execute\nINSERT INTO {OTHERS} SELECT MAX(n) FROM {NUMBERS}",
    ]

    def work(_: int) -> None:
        session = lake.newSession()

        def attempt() -> None:
            batch.load(Lake(session), Transaction(session, CATALOG, SCHEMAS), files, dict)

        for _ in range(rounds):
            retried(attempt, [0.0] * 100)

    with ThreadPoolExecutor(each) as pool:
        list(pool.map(work, range(each)))
    assert seen(lake) == seen(lake, OTHERS) == list(range(each * rounds))
    assert branches(lake) == set()


def test_a_job_during_which_another_commits_ends_with_the_star_of_all_events(spark: Any, caplog: pytest.LogCaptureFixture) -> None:
    """At a statement of the job the rest of the records land, and the same job, elsewhere, takes all of them."""

    @settings(
        deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate], database=None, max_examples=max(1, HISTORIES // 2)
    )
    @given(projects(TRANSACTIONS), st.integers(0, STATEMENTS), st.integers(50, 100))
    def law(history: Project, statement: int, percent: int) -> None:
        want = long_enough(history)
        records = history.records
        first = len(records) * percent // 100
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            job = Job(spark, CATALOG, root, write_project(root, history.config | SHORT_CALENDAR, history.tables))
            job.land(records[:first])

            def meanwhile() -> None:
                job.land(records[first:])
                with elsewhere(spark):
                    job.run()

            with before(statement, meanwhile) as met:
                job.run()
            assume(met)  # there was so much to do
            received = job.rows(f"SELECT SUM(received) FROM {job.staging}.counts")
            job.run()
            assert job.rows(f"SELECT SUM(received) FROM {job.staging}.counts") == received, "what was taken is not taken again"
            found = job.star()
            assert not difference(found, expected(want, job.project)), difference(found, expected(want, job.project))

    law()
    assert "another load has committed" in caplog.text, "the job was overtaken, and begun again"


@contextmanager
def before(statement: int, act: Callable[[], None]) -> Iterator[list[int]]:
    """Inside, `act` is done once, before the statement of this number; the list then has it."""
    met: list[int] = []
    left = iter(range(statement))
    execute, temp = Lake.execute, Lake.temp

    def tick() -> None:
        if not met and next(left, None) is None:
            met.append(statement)
            act()

    def busy_execute(self: Lake, sql: str) -> None:
        tick()
        execute(self, sql)

    def busy_temp(self: Lake, name: str, select: str) -> None:
        tick()
        temp(self, name, select)

    with patch.object(Lake, "execute", busy_execute), patch.object(Lake, "temp", busy_temp):
        yield met


@contextmanager
def elsewhere(spark: Any) -> Iterator[None]:
    """Inside, a job that asks for the session of its process gets one of its own."""
    with patch.object(type(spark), "_instantiatedSession", spark.newSession()):
        yield
