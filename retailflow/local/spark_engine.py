"""Spark with Iceberg as a warehouse, which is what Glue jobs run; for tests."""

from collections.abc import Iterable, Sequence
from typing import Any

from retailflow.errors import Finding, StopError
from retailflow.local.engine import Intake, QueryError, RawRecord, Result, Row
from retailflow.local.spark_session import CATALOG
from retailflow.local.topics import lines, records
from retailflow.runtime.transaction import Transaction
from retailflow.runtime.warehouse import Lake
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.dialects.spark import Spark
from retailflow.sql.statement import Temp

_RAW = (
    "topic STRING, generation INT, partition_no INT, record_offset BIGINT, record_ts TIMESTAMP_NTZ, record_key STRING, "
    "record_value STRING, payload STRING, extract_id STRING, extract_ts TIMESTAMP_NTZ"
)
_CONTENT = "COALESCE(XXHASH64(record_value), 0)"


class SparkWarehouse:
    """See `Warehouse`. `schemas`: staging and warehouse, namespaces of `catalog`, which the session knows.

    Only `commit` tells of a conflict; what a statement fails of is told as Spark does.
    """

    def __init__(self, spark: Any, schemas: Sequence[str], catalog: str = CATALOG) -> None:
        self._spark = spark
        self._catalog = catalog
        self._schemas = tuple(schemas)
        self._lake = Lake(spark, partitions=1)
        self._lake.configure()
        self._transaction: Transaction | None = None
        self._dialect = Spark(buckets=2)
        spark.catalog.setCurrentCatalog(catalog)

    @property
    def dialect(self) -> Dialect:
        return self._dialect

    @property
    def place(self) -> str:
        return str(self._spark.conf.get(f"spark.sql.catalog.{self._catalog}.warehouse", self._catalog))

    def execute(self, sql: str) -> None:
        self._lake.execute(sql)

    def drop(self, kind: str, relation: str) -> None:
        """Dropping is beyond the transaction of a load here: a lake is made anew beside the old one."""
        hint = "give the new specs an empty catalog; the old one stays as it is"
        raise StopError([Finding("RF518", f"`{relation}` has to be made anew, which a load on Spark cannot take back", hint=hint)])

    def rows(self, sql: str) -> list[Row]:
        return [tuple(row) for row in self._spark.sql(sql).collect()]

    def count(self, relation: str) -> int:
        return int(str(self.rows(f"SELECT COUNT(*) FROM {relation}")[0][0]))

    def result(self, sql: str, limit: int | None = None) -> Result:
        frame = self._spark.sql(sql)
        found = frame.collect() if limit is None else frame.head(limit)
        return Result(tuple(frame.columns), tuple(map(tuple, found)))

    def read(self, sql: str, limit: int | None = None) -> Result:
        from pyspark.errors import AnalysisException, ParseException

        if sql.lstrip().partition(" ")[0].upper() not in ("SELECT", "WITH", "VALUES"):
            raise QueryError("only one SELECT is answered here", hint="changes are made by `retailflow run`")
        try:
            return self.result(sql, limit)
        except (AnalysisException, ParseException) as error:
            raise QueryError(str(error).splitlines()[0]) from error

    def begin(self) -> None:
        self._transaction = Transaction(self._spark, self._catalog, self._schemas)
        self._transaction.begin()

    def commit(self) -> None:
        transaction, self._transaction = self._transaction, None  # what becomes of a failed commit is its own to say
        if transaction is not None:
            transaction.commit()

    def rollback(self) -> None:
        if self._transaction is not None:
            self._transaction.rollback()
        self._transaction = None

    def temp(self, temp: Temp) -> None:
        self._lake.temp(temp.name, temp.select)

    def load_raw(self, relation: str, intakes: Sequence[Intake]) -> None:
        self._keep(relation, [record for intake in intakes for record in _records(intake)])

    def append_raw(self, relation: str, records: Iterable[RawRecord]) -> None:
        self._lake.keep(relation, self._spark.table(relation).unionByName(self._raw(list(records))))

    def close(self) -> None:
        """The session is whoever started it's to end."""

    def _keep(self, relation: str, found: Sequence[RawRecord]) -> None:
        self._lake.keep(relation, self._raw(found))

    def _raw(self, found: Sequence[RawRecord]) -> Any:
        return self._spark.createDataFrame(list(map(tuple, found)), _RAW).selectExpr("*", f"{_CONTENT} AS content")


def _records(intake: Intake) -> Iterable[RawRecord]:
    for portion in intake.portions:
        yield from records.records(intake.topic, intake.generation, lines.numbered(portion))
