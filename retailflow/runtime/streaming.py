"""Landing as a job: every topic of a group, as received, appended to its table in the lake.

One query and one checkpoint a topic and generation, so that a table joins or leaves a group, and a topic is made anew, without touching
the others. A micro-batch that was cut off between its commit and its checkpoint lands again.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from retailflow.runtime import arguments
from retailflow.runtime.landing import Landing, add, create_table, there

ARGUMENTS = ("bootstrap_servers", "bucket", "catalog", "database", "environment")
OPTIONAL = ("kafka_auth", "window")
_IAM = {
    "kafka.security.protocol": "SASL_SSL",
    "kafka.sasl.mechanism": "AWS_MSK_IAM",
    "kafka.sasl.jaas.config": "software.amazon.msk.auth.iam.IAMLoginModule required;",
    "kafka.sasl.client.callback.handler.class": "software.amazon.msk.auth.iam.IAMClientCallbackHandler",
}


def land(group: str, landings: Sequence[Landing], argv: Sequence[str] | None = None) -> None:
    """Run until stopped; the failure of one query ends the job, which Glue starts again."""
    options = arguments.read(ARGUMENTS, argv, OPTIONAL)
    spark = import_module("pyspark.sql").SparkSession.builder.appName(f"retailflow {group} streaming").getOrCreate()
    for landing in landings:
        spark.sql(create_table(landing, options))
        records = spark.readStream.format("kafka").options(**kafka_options(landing, options)).load()
        query(records, landing, options).trigger(processingTime=options.get("window", "60 seconds")).start()
    spark.streams.awaitAnyTermination()


def query(records: Any, landing: Landing, options: Mapping[str, str]) -> Any:
    """What writes a stream of records into its table, still to be started."""

    def append(batch: Any, _: int) -> None:
        add(batch, landing, options)

    writer = records.writeStream.queryName(landing.table).option("checkpointLocation", checkpoint(landing, options))
    return writer.foreachBatch(append)


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
