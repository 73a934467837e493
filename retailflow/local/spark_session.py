"""A Spark session with Iceberg on this machine: one process, two threads, a catalog in a folder, made for small data."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from retailflow.errors import Finding, StopError
from retailflow.local.jars import ICEBERG, fetched

CATALOG, MEMORY = "lake", "memory"
# Small data: the time goes into planning and compiling, not into rows, so there is one partition, expressions are
# interpreted, and Java compiles quickly rather than well.
_SMALL = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xss8m",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "2g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


def start(warehouse: Path, settings: Mapping[str, str] | None = None) -> Any:
    """The session of this process; its catalog `lake` keeps its tables below `warehouse`, `memory` in memory. StopError without Spark.

    `settings`: Spark's, over ours.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        hint = "install it with `pip install 'retailflow[spark]'`; it needs Java 17"
        raise StopError([Finding("RF512", "Spark needs `pyspark`, which is not installed", hint=hint)], 2) from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # functions in Python run in this Python
    builder = SparkSession.builder.master("local[2]").appName("retailflow")
    for name, value in {**_SMALL, **_iceberg(warehouse, fetched(ICEBERG)), **(settings or {})}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _iceberg(warehouse: Path, jar: Path) -> dict[str, str]:
    return {
        "spark.jars": str(jar),
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.defaultCatalog": CATALOG,
        **_catalog(CATALOG, {"type": "hadoop", "warehouse": str(warehouse)}),
        **_catalog(MEMORY, {"catalog-impl": "org.apache.iceberg.inmemory.InMemoryCatalog"}),
    }


def _catalog(name: str, kind: dict[str, str]) -> dict[str, str]:
    """Tables that are made without saying so take part in loads too: the catalog's default is `write.wap.enabled`."""
    defaults = {"table-default.write.wap.enabled": "true", "table-default.write.parquet.compression-codec": "uncompressed"}
    prefix = f"spark.sql.catalog.{name}"
    return {prefix: "org.apache.iceberg.spark.SparkCatalog", **{f"{prefix}.{k}": v for k, v in {**kind, **defaults}.items()}}
