"""A batch job: the load that lies beside it, file by file, in the order the job gives, all or nothing."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from retailflow.runtime import arguments, script
from retailflow.runtime.transaction import Transaction
from retailflow.runtime.warehouse import Lake

ARGUMENTS = ("catalog", "sql", "staging", "warehouse")
OPTIONAL = ("TempDir",)


def run(group: str, statements: Sequence[str], argv: Sequence[str] | None = None) -> None:
    """Run the files `statements` (paths below the folder or bucket prefix `--sql`); the first failure undoes the load.

    `--staging` and `--warehouse` are the databases of the catalog that the files call so; temporary relations are kept below `--TempDir`.
    """
    options = arguments.read(ARGUMENTS, argv, OPTIONAL)
    spark = import_module("pyspark.sql").SparkSession.builder.appName(f"retailflow {group} batch").getOrCreate()
    if "TempDir" in options:
        spark.sparkContext.setCheckpointDir(f"{options['TempDir'].rstrip('/')}/checkpoints")
    lake = Lake(spark, reliable="TempDir" in options)
    lake.configure()
    spark.catalog.setCurrentCatalog(options["catalog"])
    for name in ("staging", "warehouse"):
        spark.conf.set(name, options[name])
    files = [text_of(spark, f"{options['sql'].rstrip('/')}/{path}") for path in statements]
    load(lake, Transaction(spark, options["catalog"], (options["staging"], options["warehouse"])), files)


def load(lake: Lake, transaction: Transaction, files: Sequence[str]) -> None:
    """One load: all of it, or nothing."""
    transaction.begin()
    try:
        for file in files:
            if not script.run(lake, file):
                break
    except BaseException:
        transaction.rollback()
        raise
    transaction.commit()


def text_of(spark: Any, path: str) -> str:
    """A whole file, wherever Spark can read it."""
    return str(spark.read.text(path, wholetext=True).first()[0])
