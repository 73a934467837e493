"""What all tests share: how hard hypothesis searches, and whether golden files are compared or written."""

import os

import pytest
from hypothesis import settings

# A suite that decides about a change says the same of it twice; the search for what nobody thought of is `make soak`.
settings.register_profile("suite", deadline=None, print_blob=True, derandomize=True)
settings.register_profile("soak", deadline=None, print_blob=True, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write golden files anew instead of comparing them")


@pytest.fixture(scope="session")
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written."""
    return bool(request.config.getoption("--update"))
