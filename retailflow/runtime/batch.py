"""A batch job: the load that lies beside it, file by file, in the order the job gives, from what has landed to the star, all or nothing.

Where another load commits meanwhile, it begins again.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from retailflow.runtime import arguments, landed, script
from retailflow.runtime.conflict import retried
from retailflow.runtime.transaction import Transaction
from retailflow.runtime.warehouse import Lake

ARGUMENTS = ("catalog", "environment", "landing", "sql", "staging", "warehouse")
OPTIONAL = ("TempDir",)
_SHOWN = ("environment", "staging", "warehouse")  # to statements, as `${…}`


def run(
    group: str, statements: Sequence[str], records: Sequence[str] = (), extracts: Sequence[str] = (), argv: Sequence[str] | None = None
) -> None:
    """Run the files `statements` (paths below the folder or bucket prefix `--sql`); the first failure undoes the load.

    `records`, `extracts`: the tables of the database `--landing` that hold records of topics and rows of extract files. `--staging` and
    `--warehouse` are the databases that the files call so; temporary relations are kept below `--TempDir`.
    """
    options = arguments.read(ARGUMENTS, argv, OPTIONAL)
    spark = import_module("pyspark.sql").SparkSession.builder.appName(f"retailflow {group} batch").getOrCreate()
    if "TempDir" in options:
        spark.sparkContext.setCheckpointDir(f"{options['TempDir'].rstrip('/')}/checkpoints")
    lake = Lake(spark, reliable="TempDir" in options)
    prepare(lake, options)
    files = texts(spark, options["sql"], statements)

    def show(consumed: Mapping[str, int]) -> dict[str, int]:
        places = {"catalog": options["catalog"], "database": options["landing"]}
        return landed.show(spark, places, records, extracts, consumed)

    def attempt() -> None:
        load(lake, Transaction(spark, options["catalog"], (options["staging"], options["warehouse"])), files, show)

    retried(attempt)


def prepare(lake: Lake, options: Mapping[str, str]) -> None:
    """What the statements of a load rely on, in its session."""
    lake.configure()
    landed.register_functions(lake.spark)
    lake.spark.catalog.setCurrentCatalog(options["catalog"])
    for name in _SHOWN:
        lake.spark.conf.set(name, options[name])


def load(lake: Lake, transaction: Transaction, files: Sequence[str], show: Callable[[Mapping[str, int]], dict[str, int]]) -> None:
    """One load: all of it, or nothing. `show` makes the relations of what has landed beyond what was consumed, and says how far they go.

    Raises ConflictError when another load was in the way, whatever failed of that.
    """
    try:
        transaction.begin()
        transaction.consume(show(transaction.consumed))
        for file in files:
            transaction.look()
            if not script.run(lake, file):
                break
    except BaseException as error:
        transaction.rollback()
        if isinstance(error, Exception) and (met := transaction.met(error)):
            raise met from error
        raise
    transaction.commit()


def texts(spark: Any, folder: str, paths: Sequence[str]) -> list[str]:
    """Whole files, wherever Spark can read them, all at once."""
    folder = folder.rstrip("/")
    rows = spark.read.text([f"{folder}/{path}" for path in paths], wholetext=True).selectExpr("input_file_name()", "value").collect()
    found = {path: text for place, text in rows for path in paths if str(place).endswith(f"/{path}")}
    return [str(found[path]) for path in paths]
