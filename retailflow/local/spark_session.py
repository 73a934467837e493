"""A Spark session with Iceberg on this machine: one process, two threads, a catalog in a folder, made for small data."""

import tempfile
from pathlib import Path
from typing import Any

from retailflow.errors import Finding, StopError

CATALOG = "lake"
ICEBERG = "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.1"
_CENTRAL = """<ivysettings>
  <settings defaultResolver="central"/>
  <resolvers><ibiblio name="central" m2compatible="true"/></resolvers>
</ivysettings>
"""
# Small data: the time goes into planning and compiling, not into rows, so there is one partition, and expressions are interpreted.
_SMALL = {
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
    """The session of this process; its catalog `lake` keeps its tables below `warehouse`. StopError when Spark cannot be had."""
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
    """Tables that are made without saying so take part in loads too: the catalog's default is `write.wap.enabled`."""
    catalog = f"spark.sql.catalog.{CATALOG}"
    return {
        "spark.jars.packages": ICEBERG,
        "spark.jars.ivySettings": str(ivy),
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        catalog: "org.apache.iceberg.spark.SparkCatalog",
        f"{catalog}.type": "hadoop",
        f"{catalog}.warehouse": str(warehouse),
        f"{catalog}.table-default.write.wap.enabled": "true",
        f"{catalog}.table-default.write.parquet.compression-codec": "uncompressed",
        "spark.sql.defaultCatalog": CATALOG,
    }
