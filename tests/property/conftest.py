"""How long the proofs are: a slice in the suite, thousands with `make soak`."""

import os

import pytest


@pytest.fixture
def law_examples() -> int:
    """Histories for each kind of trouble; `RETAILFLOW_SOAK=2000` asks for so many."""
    return int(os.environ.get("RETAILFLOW_SOAK", "8"))
