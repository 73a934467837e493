"""The databases that contestants keep their dimensions in, for what happens outside of the measured processes."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import psycopg

from benchmarks.scd2.timing import environment

# Contestants bring their own DuckDB, and only that one is sure to read its files.
DUCK = """
import json, sys, duckdb
with duckdb.connect(sys.argv[1]) as connection:
    for statement in sys.argv[2:]:
        connection.execute(statement)
    print(json.dumps([[None if v is None else int(v) for v in row] for row in connection.fetchall()]))
"""


class Database(Protocol):
    @property
    def engine(self) -> str: ...

    def execute(self, *statements: str) -> list[Any]:
        """The rows of whole numbers of the last one."""
        ...


@dataclass(frozen=True, slots=True)
class DuckDb:
    path: Path
    python: str = sys.executable

    engine = "duckdb"

    def execute(self, *statements: str) -> list[Any]:
        command = [self.python, "-c", DUCK, str(self.path), *statements]
        done = subprocess.run(command, env=environment({}), stdout=subprocess.PIPE, text=True, check=True)
        rows: list[Any] = json.loads(done.stdout)
        return rows


@dataclass(frozen=True, slots=True)
class Postgres:
    dsn: str

    engine = "postgres"

    def execute(self, *statements: str) -> list[Any]:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @property
    def parts(self) -> dict[str, str]:
        """host (the folder of its socket), port, user, password, dbname."""
        url = urlsplit(self.dsn)
        query = parse_qs(url.query)
        return {
            "host": url.hostname or query["host"][0],
            "port": str(url.port or 5432),
            "user": url.username or "postgres",
            "password": url.password or "none",
            "dbname": url.path.lstrip("/") or "postgres",
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where a benchmark works. Without `postgres` every contestant has a DuckDB file of its own there."""

    folder: Path
    postgres: Postgres | None = None

    @property
    def engine(self) -> str:
        return "postgres" if self.postgres else "duckdb"

    @property
    def suffix(self) -> str:
        """Of typed files."""
        return ".csv" if self.postgres else ".parquet"

    def database(self, name: str, python: str = sys.executable) -> Database:
        return self.postgres or DuckDb(self.file(name), python)

    def file(self, name: str) -> Path:
        """Of DuckDB, where it calls a database by its file; a schema must not have the same name."""
        return self.folder / f"{name}_file.duckdb"

    def settle(self) -> None:
        """What one contestant leaves to be written is not to be paid by the next."""
        os.sync()
        if self.postgres:
            self.postgres.execute("CHECKPOINT")

    def rest(self) -> None:
        """What a server does by itself between two batches, done at once: later it would disturb whoever is measured then."""
        if self.postgres:
            self.postgres.execute("VACUUM (ANALYZE)")
