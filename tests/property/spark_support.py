"""What the tests on Spark share: one session for all of them, and the generated Glue job of a project with its landing tables here."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from retailflow.local.extracts import extract_files, read_extract
from retailflow.local.spark_engine import SparkWarehouse
from retailflow.local.spark_session import start
from retailflow.model.project import Project
from retailflow.model.source import Route
from retailflow.render.templates import Templates
from retailflow.runtime import batch, landing
from retailflow.runtime.landing import Landing
from retailflow.runtime.warehouse import Lake
from retailflow.targets import glue
from tests.property.harness import Rows, place, star
from tests.reference.events import ExtractFile, Record

ON_SPARK = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # py4j leaves sockets to the garbage collector
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning"),  # pyspark 3.5 calls it
]
SHORT_CALENDAR = {"calendar": {"first": "2024-03-01", "last": "2024-12-31"}}
LANDING = "landing"
# As far from UTC as a machine and a session can be: nothing of it may show.
ELSEWHERE = {"spark.sql.session.timeZone": "America/St_Johns"}
OF_THE_MACHINE = "Asia/Kathmandu"
AS_KAFKA_GIVES_IT = (
    "key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT, timestamp TIMESTAMP, timestampType INT, "
    "headers ARRAY<STRUCT<key: STRING, value: BINARY>>"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def session(folder: Path) -> Any:
    """A session with Iceberg, or a skipped test that says what to install; a build server must have it."""
    missing = _missing()
    if missing and os.environ.get("CI"):
        pytest.fail(f"the tests on Spark need {missing}", pytrace=False)
    if missing:
        pytest.skip(f"needs {missing}")
    with patch.dict(os.environ, {"JDK_JAVA_OPTIONS": f"-Duser.timezone={OF_THE_MACHINE}"}):
        return start(folder, ELSEWHERE)


def _missing() -> str:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(f"{home}/bin/java" if home else "java")
    if java is None:
        return "Java 17 (or 11) on the PATH, then `make test`, which installs pyspark"
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', told)
    if version is None or int(version[1]) not in (11, 17):
        return f"Java 17 (or 11); `{java}` is {told.splitlines()[0] if told else 'of no known version'}"
    if find_spec("pyspark") is None:
        return "pyspark: run `make test`, or `pip install 'retailflow[spark]'`"
    return ""


class Job:
    """The generated Glue job of a project, in a catalog that holds nothing else: records land, the job runs, the star is read."""

    def __init__(self, spark: Any, catalog: str, root: Path, project: Project) -> None:
        self.spark, self.project, self.root = spark, project, root
        self.schemas = (project.naming.staging_schema, project.naming.warehouse_schema)
        self.options = {"catalog": catalog, "database": LANDING, "environment": "dev"}
        self._extracts: set[str] = set()
        for name in (*self.schemas, LANDING):
            spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {catalog}.{name}")
            for row in spark.sql(f"SHOW TABLES IN {catalog}.{name}").collect():
                if not row["isTemporary"]:
                    spark.sql(f"DROP TABLE {catalog}.{name}.`{row['tableName']}` PURGE")
        for artifact in glue.emit(project, Templates()):
            path = root / artifact.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(artifact.content, "utf-8")
        self.script = next((root / "glue/batch").glob("*.py"))
        self.landings: dict[str, Landing] = {
            landing.topic: landing
            for script in sorted(root.glob("glue/streaming/*.py"))
            for landing in runpy.run_path(str(script))["LANDINGS"]
        }

    @property
    def beats(self) -> str:
        """The topic of heartbeats; a table of extracts has no topic they could stand in. Empty where no source has any."""
        return next((topic for topic in self.landings if topic.startswith("__debezium-heartbeat.")), "")

    def land(self, records: Sequence[Record]) -> None:
        """As a micro-batch of the streaming job lands them."""
        by_topic: defaultdict[str, list[Record]] = defaultdict(list)
        for record in records:
            by_topic[record.topic if record.topic in self.landings else self.beats].append(record)
        for topic, found in by_topic.items():
            self.spark.sql(landing.create_table(self.landings[topic], self.options))
            landing.add(self.frame(found), self.landings[topic], self.options)

    def frame(self, records: Sequence[Record]) -> Any:
        return self.spark.createDataFrame(list(map(as_kafka_gives_it, records)), AS_KAFKA_GIVES_IT).coalesce(1)

    def land_files(self, files: Sequence[ExtractFile]) -> None:
        """Whoever reads the files here does it with the reader of the local run."""
        place(self.root / "files", files)
        for table in self.project.tables:
            found = [file for file in extract_files(table, self.root / "files") if file.name not in self._extracts]
            self._extracts |= {file.name for file in found} if table.route is Route.BATCH else set()
            rows = [
                (r.topic, r.generation, r.record_offset, r.record_value, r.payload, r.extract_ts)
                for file in found
                for r in read_extract(table, file)
            ]
            if table.route is Route.BATCH and rows:
                name = landing.table_name(table.name, self.options)
                columns = ", ".join(f"{column} {kind}" for column, kind in landing.EXTRACTS)
                off = "TBLPROPERTIES ('write.wap.enabled' = 'false')"
                self.spark.sql(f"CREATE TABLE IF NOT EXISTS {name} ({columns}) USING iceberg {off}")
                self.spark.createDataFrame(rows, columns).coalesce(1).writeTo(name).append()

    def run(self) -> None:
        """The script itself, as Glue starts it."""
        staging, warehouse = self.schemas
        told = {"catalog": self.options["catalog"], "environment": "dev", "landing": LANDING, "sql": self.root / "glue/sql"}
        told |= {"staging": staging, "warehouse": warehouse}
        arguments = [word for name, value in told.items() for word in (f"--{name}", str(value))]
        little = patch.object(batch, "Lake", partial(Lake, partitions=1))  # of little data one partition is enough
        with little, patch.object(sys, "argv", [str(self.script), "--JOB_NAME", "proven", *arguments]):
            runpy.run_path(str(self.script), run_name="__main__")

    def star(self) -> dict[str, Rows]:
        return star(self.project, SparkWarehouse(self.spark, self.schemas, self.options["catalog"]))

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.spark.sql(select).collect()]

    @property
    def staging(self) -> str:
        return f"{self.options['catalog']}.{self.schemas[0]}"


def as_kafka_gives_it(record: Record) -> tuple[Any, ...]:
    at = _EPOCH + timedelta(milliseconds=-1 if record.timestamp is None else record.timestamp)
    headers = [(name, text.encode()) for name, text in record.headers.items()] or None
    kind = -1 if record.timestamp is None else 0
    return (_bytes(record.key), _bytes(record.value), record.topic, record.partition, record.offset, at, kind, headers)


def _bytes(value: Any) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode()
