"""Opening the warehouse of a project that runs here."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from retailflow.errors import Finding, StopError
from retailflow.local.engine import Warehouse
from retailflow.model.project import Project


class Engine(StrEnum):
    DUCKDB = "duckdb"
    POSTGRES = "postgres"


@dataclass(frozen=True, slots=True)
class Address:
    """Which warehouse: `path` is the file of DuckDB, `dsn` says where PostgreSQL is (libpq's words; its environment variables count)."""

    engine: Engine
    path: Path
    dsn: str = ""


def default_folder(root: Path) -> Path:
    """Where a project keeps what is made by running it here; not under version control."""
    return root / ".retailflow"


def open_warehouse(address: Address, project: Project, read_only: bool = False) -> Warehouse:
    """A connection; StopError (exit 2) when there is none to be had."""
    schemas = (project.naming.staging_schema, project.naming.warehouse_schema)
    match address.engine:
        case Engine.DUCKDB:
            from retailflow.local.duckdb_engine import DuckDbWarehouse

            if read_only and not address.path.exists():
                raise StopError([Finding("RF513", f"there is no warehouse `{address.path}` yet", hint="`retailflow run` makes it")], 2)
            return DuckDbWarehouse(address.path, schemas, read_only)
        case Engine.POSTGRES:
            from retailflow.local.postgres_engine import PostgresWarehouse

            return PostgresWarehouse(address.dsn, schemas, read_only)
