"""What the tests on Spark share: one session for all of them, a fresh catalog for each history, loads that are killed."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from retailflow.local.spark_engine import SparkWarehouse
from retailflow.local.spark_session import start
from retailflow.model.project import Project
from retailflow.runtime import transaction
from retailflow.sql.statement import Temp

SHORT_CALENDAR = {"calendar": {"first": "2024-03-01", "last": "2024-12-31"}}


def session(folder: Path) -> Any:
    """A session with Iceberg, or a skipped test that says what to install."""
    pytest.importorskip("pyspark", reason="needs Spark: pip install 'retailflow[spark]'")
    if shutil.which("java") is None:
        pytest.skip("needs Java 17 on the PATH")
    return start(folder)


def schemas(project: Project) -> tuple[str, str]:
    return project.naming.staging_schema, project.naming.warehouse_schema


def fresh(spark: Any, catalog: str) -> Callable[[Path, Project], SparkWarehouse]:
    """Opens the warehouse of a project in the catalog, which then holds nothing else."""

    def opened(root: Path, project: Project) -> SparkWarehouse:
        for name in schemas(project):
            spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {catalog}.{name}")
            for row in spark.sql(f"SHOW TABLES IN {catalog}.{name}").collect():
                if not row["isTemporary"]:
                    spark.sql(f"DROP TABLE {catalog}.{name}.{row['tableName']} PURGE")
        return SparkWarehouse(spark, schemas(project), catalog)

    return opened


class Killed(BaseException):
    """The process is gone: nothing is tidied up."""


class Mortal(SparkWarehouse):
    """A warehouse whose process is killed before its statement number `end`; counts them."""

    def __init__(self, spark: Any, names: tuple[str, str], catalog: str, end: int | None = None) -> None:
        super().__init__(spark, names, catalog)
        self.end, self.count = end, 0

    def _tick(self) -> None:
        if self.count == self.end:
            self._spark.conf.unset("spark.wap.branch")  # it was the session's
            raise Killed
        self.count += 1

    def execute(self, sql: str) -> None:
        self._tick()
        super().execute(sql)

    def temp(self, temp: Temp) -> None:
        self._tick()
        super().temp(temp)

    def rollback(self) -> None:
        """The dead do not tidy up."""


@contextmanager
def killed_while_publishing(after: int) -> Iterator[None]:
    """A load that committed is killed when so many of its tables are published."""
    publish, settled = transaction.Transaction._publish, transaction._settled

    def mortal(self: transaction.Transaction, name: str) -> None:
        left = iter(range(after))

        def settle(table: Any, branch: str, change: Any) -> None:
            if next(left, None) is None:
                raise Killed
            settled(table, branch, change)

        transaction._settled = settle
        try:
            publish(self, name)
        finally:
            transaction._settled = settled

    transaction.Transaction._publish = mortal  # type: ignore[method-assign]
    try:
        yield
    finally:
        transaction.Transaction._publish = publish  # type: ignore[method-assign]
