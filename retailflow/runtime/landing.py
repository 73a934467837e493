"""Landing tables: what a topic delivers, as received, one table a topic; and how records are added to one.

Nothing is parsed, filtered or cast. What was added and not yet written down as read is added again: the coordinates tell copies apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from retailflow.runtime.names import identifier, literal

RECORDS = (
    ("generation", "INT"),
    ("partition", "INT"),
    ("offset", "BIGINT"),
    ("timestamp", "TIMESTAMP"),
    ("timestamp_type", "INT"),
    ("key", "BINARY"),
    ("value", "BINARY"),
    ("headers", "ARRAY<STRUCT<key: STRING, value: BINARY>>"),
)
"""What Spark's Kafka source gives of a record, with the generation of its topic; the order is that of the table."""

EXTRACTS = (
    ("path", "STRING"),
    ("generation", "INT"),
    ("number", "BIGINT"),
    ("value", "STRING"),
    ("payload", "STRING"),
    ("extract_ts", "TIMESTAMP_NTZ"),
)
"""A row of an extract file: the path is its extract's id, `number` counts from 0 (-1: the end mark), `payload` is its JSON object."""


@dataclass(frozen=True, slots=True)
class Landing:
    """A topic, the generation it is in, the table it lands in and the folder of the bucket that table keeps its files in.

    `{env}` in topic and folder stands for the environment the job runs in.
    """

    topic: str
    generation: int
    table: str
    folder: str


def add(records: Any, landing: Landing, options: Mapping[str, str]) -> None:
    """Append a frame as Spark's Kafka source gives it."""
    functions = import_module("pyspark.sql.functions")
    rows = records.withColumn("generation", functions.lit(landing.generation).cast("int"))
    columns = (rows.timestampType.alias(name) if name == "timestamp_type" else rows[name] for name, _ in RECORDS)
    rows.select(*columns).writeTo(table_name(landing.table, options)).append()


def there(pattern: str, options: Mapping[str, str]) -> str:
    return pattern.replace("{env}", options["environment"])


def table_name(table: str, options: Mapping[str, str]) -> str:
    return ".".join(map(identifier, (options["catalog"], options["database"], table)))


def create_table(landing: Landing, options: Mapping[str, str]) -> str:
    """The table as received; where it exists nothing happens. Without a bucket it lies where the catalog puts it.

    It takes no part in the branches of loads (`write.wap.enabled`): what has landed has landed.
    """
    columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in RECORDS)
    bucket = options.get("bucket")
    place = " LOCATION " + literal(f"s3://{bucket}/{there(landing.folder, options)}") if bucket else ""
    return (
        f"CREATE TABLE IF NOT EXISTS {table_name(landing.table, options)} ({columns}) "
        f"USING iceberg PARTITIONED BY (days(`timestamp`)){place} TBLPROPERTIES ('format-version' = '2', 'write.wap.enabled' = 'false')"
    )
