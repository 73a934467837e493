"""How long the proofs are, a slice in the suite, thousands with `make soak`; and the one Spark session they share."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.property.spark_support import session


@pytest.fixture
def law_examples() -> int:
    """Histories for each kind of trouble; `RETAILFLOW_SOAK=2000` asks for so many."""
    return int(os.environ.get("RETAILFLOW_SOAK", "6"))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Java starts once, and the jar is fetched once."""
    found = session(tmp_path_factory.mktemp("lake"))
    yield found
    found.stop()
