"""Landing: every topic of a group, as received, appended to its table in the lake.

One query and one checkpoint a topic and generation, so that a table joins or leaves a group, and a topic is made anew, without touching
the others. Nothing is parsed, filtered or cast. A micro-batch that was cut off between its commit and its checkpoint lands again; the
coordinates it carries tell the copies apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from retailflow.runtime import arguments
from retailflow.runtime.names import identifier, literal

COLUMNS = (
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

ARGUMENTS = ("bootstrap_servers", "bucket", "catalog", "database", "environment")
OPTIONAL = ("kafka_auth", "window")
_IAM = {
    "kafka.security.protocol": "SASL_SSL",
    "kafka.sasl.mechanism": "AWS_MSK_IAM",
    "kafka.sasl.jaas.config": "software.amazon.msk.auth.iam.IAMLoginModule required;",
    "kafka.sasl.client.callback.handler.class": "software.amazon.msk.auth.iam.IAMClientCallbackHandler",
}


@dataclass(frozen=True, slots=True)
class Landing:
    """A topic, the generation it is in, the table it lands in and the folder of the bucket that table keeps its files in.

    `{env}` in topic and folder stands for the environment the job runs in.
    """

    topic: str
    generation: int
    table: str
    folder: str


def land(group: str, landings: Sequence[Landing], argv: Sequence[str] | None = None) -> None:
    """Run until stopped; the failure of one query ends the job, which Glue starts again."""
    options = arguments.read(ARGUMENTS, argv, OPTIONAL)
    spark = import_module("pyspark.sql").SparkSession.builder.appName(f"retailflow {group} streaming").getOrCreate()
    for landing in landings:
        spark.sql(create_table(landing, options))
        start(spark, landing, options)
    spark.streams.awaitAnyTermination()


def start(spark: Any, landing: Landing, options: Mapping[str, str]) -> Any:
    """Start the query of one topic."""
    table = table_name(landing, options)
    generation = import_module("pyspark.sql.functions").lit(landing.generation)

    def append(batch: Any, _: int) -> None:
        rows = batch.withColumn("generation", generation.cast("int"))
        rows.select(*(name if name != "timestamp_type" else rows.timestampType.alias(name) for name, _ in COLUMNS)).writeTo(table).append()

    records = spark.readStream.format("kafka").options(**kafka_options(landing, options)).load()
    writer = records.writeStream.queryName(landing.table).option("checkpointLocation", checkpoint(landing, options))
    return writer.trigger(processingTime=options.get("window", "60 seconds")).foreachBatch(append).start()


def kafka_options(landing: Landing, options: Mapping[str, str]) -> dict[str, str]:
    """From the first record on, and stop rather than pass over records that are gone."""
    authentication = _IAM if options.get("kafka_auth") == "iam" else {}
    return {
        "kafka.bootstrap.servers": options["bootstrap_servers"],
        "subscribe": there(landing.topic, options),
        "startingOffsets": "earliest",
        "failOnDataLoss": "true",
        "includeHeaders": "true",
        **authentication,
    }


def checkpoint(landing: Landing, options: Mapping[str, str]) -> str:
    return f"s3://{options['bucket']}/checkpoints/{options['environment']}/{landing.table}/{landing.generation}"


def there(pattern: str, options: Mapping[str, str]) -> str:
    return pattern.replace("{env}", options["environment"])


def table_name(landing: Landing, options: Mapping[str, str]) -> str:
    return ".".join(map(identifier, (options["catalog"], options["database"], landing.table)))


def create_table(landing: Landing, options: Mapping[str, str]) -> str:
    """The table as received; where it exists nothing happens."""
    columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in COLUMNS)
    location = literal(f"s3://{options['bucket']}/{there(landing.folder, options)}")
    return (
        f"CREATE TABLE IF NOT EXISTS {table_name(landing, options)} ({columns}) "
        f"USING iceberg PARTITIONED BY (days(`timestamp`)) LOCATION {location}"
    )
