"""Dialects: everything in which the engines differ, and nowhere else."""

from retailflow.sql.dialects.base import Dialect
from retailflow.sql.dialects.duckdb import DuckDb
from retailflow.sql.dialects.postgres import Postgres
from retailflow.sql.dialects.redshift import Redshift
from retailflow.sql.dialects.spark import Spark

DUCKDB = DuckDb()
POSTGRES = Postgres()
REDSHIFT = Redshift()
SPARK = Spark()
ALL: tuple[Dialect, ...] = (REDSHIFT, SPARK, DUCKDB, POSTGRES)

__all__ = ["ALL", "DUCKDB", "POSTGRES", "REDSHIFT", "SPARK", "Dialect"]
