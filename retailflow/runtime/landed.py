"""What has landed and no load has read yet: for every landing table a relation `landed_<table>`, pinned at a snapshot of it.

A landing table grows, so what is new are the files that snapshots have added since the one the last load read to (`Transaction.consumed`).
Where that one is no longer known or is none of this table (it was made anew), and where rows were deleted since, the whole table is shown:
loads pass over coordinates they took before, so showing too much costs time and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from retailflow.runtime import record_text
from retailflow.runtime.landing import EXTRACTS, RECORDS, table_name
from retailflow.runtime.names import identifier

_GROWTH = ("append", "replace")
Columns = tuple[tuple[str, str], ...]


def register_functions(spark: Any) -> None:
    """What the statements of loads call to read the bytes of a record."""
    for function in (record_text.key, record_text.text, record_text.payload):
        spark.udf.register(f"record_{function.__name__}", function, "string")


def show(
    spark: Any, options: Mapping[str, str], records: Sequence[str], extracts: Sequence[str], consumed: Mapping[str, int]
) -> dict[str, int]:
    """Make the relations of the landing tables `records` and `extracts`; the snapshots they show up to, by table."""
    reached = dict(consumed)
    wanted: Iterable[tuple[str, Columns]] = [*((name, RECORDS) for name in records), *((name, EXTRACTS) for name in extracts)]
    for name, columns in wanted:
        last = _show(spark, table_name(name, options), f"landed_{name}", columns, consumed.get(name))
        if last is not None:
            reached[name] = last
    return reached


def _show(spark: Any, table: str, relation: str, columns: Columns, since: int | None) -> int | None:
    found = _table(spark, table)
    current = None if found is None else found.currentSnapshot()
    last = None if current is None else int(current.snapshotId())
    if last is None or last == since:
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {identifier(name)}" for name, kind in columns)
        frame = spark.sql(f"SELECT {nothing} WHERE FALSE")
    elif since is not None and _only_grew(found, last, since):
        frame = spark.read.option("start-snapshot-id", since).option("end-snapshot-id", last).table(table)
    else:
        frame = spark.read.option("snapshot-id", last).table(table)
    frame.createOrReplaceTempView(relation)
    return last


def _only_grew(table: Any, last: int, since: int) -> bool:
    """Whether all that happened to the table after one snapshot, up to another, is that files were added, or put together."""
    at = last
    while at != since:
        snapshot = table.snapshot(at)
        if snapshot is None or snapshot.operation() not in _GROWTH or snapshot.parentId() is None:
            return False
        at = int(snapshot.parentId())
    return True


def _table(spark: Any, table: str) -> Any:
    """The Iceberg table, None where nothing has landed yet."""
    if not spark.catalog.tableExists(table):
        return None
    found = spark._jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable(spark._jsparkSession, table)
    found.refresh()
    return found
