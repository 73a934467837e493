"""The table that dbt, SQLMesh and dlt read: the customers as they are. It is brought up to date outside of what is measured."""

from dataclasses import dataclass, field

import psycopg

from benchmarks.scd2.batches import Batch
from benchmarks.scd2.customers import KEY, TYPED
from benchmarks.scd2.database import Database, Postgres

TABLE = "source.customer"
_COLUMNS = ", ".join(TYPED)
_TYPED = ", ".join(f"{name} {kind}" for name, kind in TYPED.items())


@dataclass(slots=True)
class Source:
    """PostgreSQL has one for all; with DuckDB each has its own, in its own file. `seen`: the number of the last batch taken."""

    database: Database
    seen: int = field(default=-1)

    def bring_up(self, batch: Batch) -> None:
        if batch.number <= self.seen:
            return
        self.seen = batch.number
        if isinstance(self.database, Postgres):
            _postgres(self.database, batch)
        else:
            _duckdb(self.database, batch)


def _duckdb(database: Database, batch: Batch) -> None:
    """The table is made anew: nothing of what was deleted lingers in it."""
    parquet = str(batch.typed).replace("'", "''")
    kept = f"SELECT {_COLUMNS} FROM {TABLE} AS s ANTI JOIN read_parquet('{parquet}') AS b USING ({KEY})"
    new = f"SELECT {_COLUMNS} FROM read_parquet('{parquet}') WHERE op <> 'd'"
    made = f"CREATE OR REPLACE TABLE {TABLE} AS {new if batch.is_first else f'{kept} UNION ALL {new}'}"
    database.execute("CREATE SCHEMA IF NOT EXISTS source", made)


def _postgres(database: Postgres, batch: Batch) -> None:
    with psycopg.connect(database.dsn) as connection:
        if batch.is_first:
            connection.execute("CREATE SCHEMA source")
            connection.execute(f"CREATE TABLE {TABLE} ({_TYPED}, PRIMARY KEY ({KEY}))".encode())
        connection.execute(f"CREATE TEMP TABLE batch (op VARCHAR, {_TYPED}, changed_at TIMESTAMP)".encode())
        with batch.typed.open("rb") as file, connection.cursor().copy("COPY batch FROM STDIN (FORMAT csv)") as copy:
            while data := file.read(1 << 18):
                copy.write(data)
        connection.execute("ANALYZE batch")
        connection.execute(f"DELETE FROM {TABLE} AS s USING batch AS b WHERE s.{KEY} = b.{KEY}".encode())
        connection.execute(f"INSERT INTO {TABLE} SELECT {_COLUMNS} FROM batch WHERE op <> 'd'".encode())
    database.execute(f"VACUUM ANALYZE {TABLE}")
