"""On DuckDB: a backfill is equal to the incremental state, and the way back to it."""

import pytest

from tests.property.backfills import KINDS, prove


@pytest.mark.parametrize("features", KINDS.values(), ids=KINDS.keys())
def test_a_backfill_finds_nothing_and_mends_what_was_tampered_with(features: frozenset[str], law_examples: int) -> None:
    prove(features, law_examples)
