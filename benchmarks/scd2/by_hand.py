"""Close-and-insert SQL as one writes it by hand: it keeps no log, counts nothing, and loses late events."""

import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scd2.batches import Batch, parse
from benchmarks.scd2.contestant import outcome
from benchmarks.scd2.customers import ATTRIBUTES, KEY, TYPED, Outcome
from benchmarks.scd2.database import Place
from benchmarks.scd2.timing import Command

ON_DUCKDB = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
for statement in sys.argv[2:]:
    connection.execute(statement)
connection.close()
"""
ON_POSTGRES = """
import sys, psycopg
dsn, file, copied, copy, *statements = sys.argv[1:]
with psycopg.connect(dsn) as connection:
    connection.execute(copied)
    with open(file, "rb") as source, connection.cursor().copy(copy) as target:
        while data := source.read(1 << 18):
            target.write(data)
    for statement in statements:
        connection.execute(statement)
"""


@dataclass(frozen=True, slots=True)
class ByHand:
    """From typed files, or from the same lines that retailflow reads."""

    place: Place
    typed: bool

    times = "commits"
    knows_ends = True

    @property
    def name(self) -> str:
        return f"by hand, {'typed' if self.typed else 'lines'}"

    @property
    def _schema(self) -> str:
        return f"hand_{'typed' if self.typed else 'lines'}"

    def prepare(self) -> None:
        columns = ", ".join(f"{name} {kind}" for name, kind in TYPED.items())
        statements = [
            f"CREATE SCHEMA {self._schema}",
            f"CREATE TABLE {self._schema}.dim_customer ({columns}, valid_from TIMESTAMP, valid_to TIMESTAMP, is_current BOOLEAN)",
        ]
        if self.place.postgres:
            statements.append(f"CREATE INDEX ON {self._schema}.dim_customer ({KEY}) WHERE is_current")
        self.place.database(self._schema).execute(*statements)

    def bring_up(self, batch: Batch) -> None:
        """The files are there."""

    def command(self, batch: Batch) -> Command:
        if self.place.postgres is None:
            made = f"SELECT * FROM read_parquet('{_quoted(batch.typed)}')" if self.typed else parse(str(batch.lines))
            inside = ("BEGIN", f"CREATE TEMP TABLE batch AS {made}", *self._merge(), "COMMIT")
            return Command((sys.executable, "-c", ON_DUCKDB, str(self.place.file(self._schema)), *inside))
        if self.typed:
            read: tuple[str, ...] = (str(batch.typed), f"CREATE TEMP TABLE batch ({_columns()})", "COPY batch FROM STDIN (FORMAT csv)")
        else:
            copy = r"COPY raw FROM STDIN (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"  # a line is one value
            read = (str(batch.lines), "CREATE TEMP TABLE raw (line JSONB)", copy, f"CREATE TEMP TABLE batch AS {_parse_raw()}")
        statements = (*read, "ANALYZE batch", *self._merge())
        return Command((sys.executable, "-c", ON_POSTGRES, self.place.postgres.dsn, *statements))

    def outcome(self) -> Outcome:
        return outcome(self.place.database(self._schema), f"{self._schema}.dim_customer", "is_current", "valid_to")

    def versions(self) -> dict[str, str]:
        return {}

    def _merge(self) -> tuple[str, str]:
        table = f"{self._schema}.dim_customer"
        changed = " OR ".join(f"d.{name} IS DISTINCT FROM b.{name}" for name in ATTRIBUTES)
        close = (
            f"UPDATE {table} AS d SET valid_to = b.changed_at, is_current = FALSE FROM batch AS b "
            f"WHERE d.is_current AND d.{KEY} = b.{KEY} AND (b.op = 'd' OR {changed})"
        )
        insert = (
            f"INSERT INTO {table} SELECT {', '.join(TYPED)}, changed_at, TIMESTAMP '9999-12-31', TRUE FROM batch AS b WHERE b.op <> 'd' "
            f"AND NOT EXISTS (SELECT 1 FROM {table} AS d WHERE d.is_current AND d.{KEY} = b.{KEY})"
        )
        return close, insert


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _columns() -> str:
    return ", ".join(("op VARCHAR", *(f"{name} {kind}" for name, kind in TYPED.items()), "changed_at TIMESTAMP"))


def _parse_raw() -> str:
    """SELECT of PostgreSQL over `raw`."""
    time = "to_timestamp(CAST({} AS BIGINT) / 1000.0) AT TIME ZONE 'UTC'"
    columns = ", ".join(f"{time.format(f'r.{name}')} AS {name}" if kind == "TIMESTAMP" else f"r.{name}" for name, kind in TYPED.items())
    record = ", ".join(f"{name} {'BIGINT' if kind == 'TIMESTAMP' else kind}" for name, kind in TYPED.items())
    image = "CASE WHEN v.value->>'op' = 'd' THEN v.value->'before' ELSE v.value->'after' END"
    changed_at = time.format("v.value->'source'->>'ts_ms'")
    return (
        f"SELECT v.value->>'op' AS op, {columns}, {changed_at} AS changed_at "
        f"FROM raw CROSS JOIN LATERAL (SELECT line->'value' AS value) AS v CROSS JOIN LATERAL jsonb_to_record({image}) AS r({record})"
    )
