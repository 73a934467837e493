"""The law on DuckDB: whatever the order, the batches, the duplicates and the replays, the star is the reference's."""

import pytest

from tests.property.troubles import TROUBLE, prove


@pytest.mark.parametrize("features", TROUBLE.values(), ids=TROUBLE.keys())
def test_the_star_is_a_function_of_the_events(features: frozenset[str], law_examples: int) -> None:
    prove(features, law_examples)
