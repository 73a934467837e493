"""retailflow: `retailflow run`, which reads what is new in the topic."""

import importlib.metadata
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

import retailflow
from benchmarks.scd2.batches import Batch
from benchmarks.scd2.contestant import outcome
from benchmarks.scd2.customers import COLUMNS, KEY, Outcome
from benchmarks.scd2.database import Database, DuckDb, Place
from benchmarks.scd2.timing import Command

PROJECT = """version: 1
name: bench
environments: {dev: {account: '111111111111', region: eu-central-1}}
sources: {erp: {kind: sqlserver, server: localhost, database: erp, collation: Latin1_General_100_BIN2, secret: bench/erp}}
"""
RETAILFLOW = "from retailflow.cli.app import main; main()"


@dataclass(frozen=True, slots=True)
class RetailFlow:
    place: Place

    name = "retailflow"
    times = "commits"
    knows_ends = True

    @property
    def topic(self) -> Path:
        return self.place.folder / "project/.retailflow/topics/customer_changes"

    def prepare(self) -> None:
        project = self.place.folder / "project"
        (project / "tables").mkdir(parents=True)
        self.topic.mkdir(parents=True)
        (project / "retailflow.yaml").write_text(PROJECT)
        columns = "".join(f"  {name}: {kind}\n" for name, kind in COLUMNS.items())
        spec = f"table: customer\nsource: erp.dbo.Customer\nkey: {KEY}\nscd: 2\ncolumns:\n{columns}"
        (project / "tables/customer.yaml").write_text(spec)

    def bring_up(self, batch: Batch) -> None:
        """The lines are in the topic."""

    def command(self, batch: Batch) -> Command:
        address = ("--engine", "postgres", "--dsn", self.place.postgres.dsn) if self.place.postgres else ()
        return Command((sys.executable, "-c", RETAILFLOW, "run", "--project", str(self.place.folder / "project"), *address))

    def outcome(self) -> Outcome:
        return outcome(self._database(), "dw.dim_customer", "is_current", "valid_to")

    def versions(self) -> dict[str, str]:
        drivers = {name: importlib.metadata.version(name) for name in ("duckdb", "psycopg")}
        return {"retailflow": retailflow.__version__, "python": platform.python_version(), **drivers}

    def _database(self) -> Database:
        return self.place.postgres or DuckDb(self.place.folder / "project/.retailflow/warehouse.duckdb")
