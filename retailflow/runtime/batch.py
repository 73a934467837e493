"""A batch job: the Spark SQL that lies beside it, statement by statement, in the order the job gives."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from retailflow.runtime import arguments

ARGUMENTS = ("sql",)


def run(group: str, statements: Sequence[str], argv: Sequence[str] | None = None) -> None:
    """Run each file of `statements` (paths below the folder or bucket prefix `--sql`, one statement a file); the first failure stops."""
    options = arguments.read(ARGUMENTS, argv)
    spark = import_module("pyspark.sql").SparkSession.builder.appName(f"retailflow {group} batch").getOrCreate()
    for path in statements:
        spark.sql(text_of(spark, f"{options['sql'].rstrip('/')}/{path}"))


def text_of(spark: Any, path: str) -> str:
    """A whole file, wherever Spark can read it."""
    return str(spark.read.text(path, wholetext=True).first()[0])
