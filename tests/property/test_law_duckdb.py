"""The law on DuckDB: whatever the order, the batches, the duplicates and the replays, the star is the reference's."""

from pathlib import Path

import pytest

from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.model.project import Project as Model
from tests.property.killed import prove_killed
from tests.property.troubles import TROUBLE, prove
from tests.reference.histories import ALL


@pytest.mark.parametrize("features", TROUBLE.values(), ids=TROUBLE.keys())
def test_the_star_is_a_function_of_the_events(features: frozenset[str], law_examples: int) -> None:
    prove(features, law_examples)


def test_killed_between_any_two_statements_it_ends_the_same(law_examples: int) -> None:
    def opened(root: Path, project: Model) -> DuckDbWarehouse:
        return DuckDbWarehouse(root / "w.duckdb", ("staging", "dw"))

    prove_killed(ALL - {"incarnations"}, max(2, law_examples // 2), opened, opened)
