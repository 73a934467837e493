"""A Spark session with Iceberg on this machine: one process, two threads, a catalog in a folder, made for small data."""

import tempfile
from pathlib import Path
from typing import Any

from retailflow.errors import Finding, StopError

CATALOG, MEMORY = "lake", "memory"
ICEBERG = "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.1"
_CENTRAL = """<ivysettings>
  <settings defaultResolver="central"/>
  <resolvers><ibiblio name="central" m2compatible="true"/></resolvers>
</ivysettings>
"""
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


def start(warehouse: Path) -> Any:
    """The session of this process; its catalog `lake` keeps its tables below `warehouse`, `memory` in memory. StopError without Spark."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        hint = "install it with `pip install 'retailflow[spark]'`; it needs Java 17"
        raise StopError([Finding("RF512", "Spark needs `pyspark`, which is not installed", hint=hint)], 2) from error
    settings = Path(tempfile.mkdtemp(prefix="retailflow-ivy-")) / "ivysettings.xml"
    settings.write_text(_CENTRAL)
    builder = SparkSession.builder.master("local[2]").appName("retailflow")
    for name, value in {**_SMALL, **_iceberg(warehouse, settings)}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _iceberg(warehouse: Path, ivy: Path) -> dict[str, str]:
    return {
        "spark.jars.packages": ICEBERG,
        "spark.jars.ivySettings": str(ivy),
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
