"""From topic to landing to log, on real Spark: what lands twice, late, or in a table that was tidied up counts once, as it should."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from retailflow.local.folders import Folders
from retailflow.local.run import run
from retailflow.local.spark_engine import SparkWarehouse
from retailflow.local.spark_session import CATALOG, MEMORY
from retailflow.runtime import streaming
from retailflow.runtime.landing import create_table
from retailflow.runtime.warehouse import AssertionFailedError
from tests.property.harness import append, write_project
from tests.property.spark_support import ON_SPARK, SHORT_CALENDAR, Job
from tests.reference.events import Record

pytestmark = ON_SPARK
TOPIC, BEATS = "product_changes", "__debezium-heartbeat.erp"
START = 1_717_200_000_000  # 2024-06-01 00:00 UTC
TABLE = {
    "table": "product",
    "source": "erp.Sales.Product",
    "key": "product_id",
    "scd": 2,
    "columns": {"product_id": "int", "name": "nvarchar(80)"},
}


def change(offset: int, name: str, key: int = 1) -> Record:
    """Product `key` is called so since second `offset` of the day."""
    lsn = f"00000027:{offset:08x}:0001"
    place = {"schema": "Sales", "table": "Product", "commit_lsn": lsn, "change_lsn": lsn, "event_serial_no": 1}
    source = {"connector": "sqlserver", "snapshot": "false", "ts_ms": START + 1000 * offset, **place}
    value = {"before": None, "after": {"product_id": key, "name": name}, "op": "c", "source": source}
    return Record(TOPIC, offset, value, {"product_id": key}, timestamp=START + 1000 * offset, headers={"trace": "é"})


def made(spark: Any, catalog: str, folder: Path) -> Job:
    return Job(spark, catalog, folder, write_project(folder, {"sources": {"erp": {}}, **SHORT_CALENDAR}, [TABLE]))


@pytest.fixture
def job(spark: Any, tmp_path: Path) -> Job:
    return made(spark, MEMORY, tmp_path)


def stream(job: Job, topic: Path, checkpoint: Path) -> None:
    """Land what the topic holds as the streaming job does, from its checkpoint on; Kafka's place is taken by files that look the same."""
    records = job.spark.readStream.schema(job.frame([]).schema).parquet(str(topic))
    query = streaming.query(records, job.landings[TOPIC], {**job.options, "bucket": "b"})
    query.option("checkpointLocation", str(checkpoint)).trigger(availableNow=True).start().awaitTermination()


def landed(job: Job) -> int:
    job.spark.sql(f"REFRESH TABLE {CATALOG}.landing.product")  # the stream's session wrote it, not this one
    return int(job.rows(f"SELECT COUNT(*) FROM {CATALOG}.landing.product")[0][0])


def names(job: Job) -> list[str]:
    return [row["name"] for row in sorted(job.star()["dim_product"], key=lambda row: row["valid_from"])]


def received(job: Job) -> list[tuple[Any, ...]]:
    return job.rows(f"SELECT received, applied, duplicate, skipped, quarantined FROM {job.staging}.counts")


def consumed(job: Job) -> str:
    return str(job.rows(f"SELECT consumed FROM {job.staging}.loads")[0][0])


def test_a_micro_batch_that_lands_again_counts_once(spark: Any, tmp_path: Path) -> None:
    job = made(spark, CATALOG, tmp_path)  # a stream has a session of its own, and sees no tables of another's memory
    job.spark.sql(create_table(job.landings[TOPIC], job.options))
    records = [change(0, "Tea"), Record(TOPIC, 1, "no JSON"), change(2, "Green tea"), Record(TOPIC, 3, None, {"product_id": 1})]
    job.frame(records).write.parquet(str(tmp_path / "topic"))
    stream(job, tmp_path / "topic", tmp_path / "checkpoint")
    stream(job, tmp_path / "topic", tmp_path / "checkpoint")
    assert landed(job) == 4, "a checkpoint is gone on from"
    stream(job, tmp_path / "topic", tmp_path / "the checkpoint is lost")
    assert landed(job) == 8
    header = f"SELECT headers[0].value FROM {CATALOG}.landing.product WHERE `offset` = 0"
    assert bytes(job.rows(header)[0][0]) == "é".encode()
    job.run()
    assert names(job) == ["Tea", "Green tea"]
    assert received(job) == [(4, 2, 0, 1, 1)]


def test_a_load_goes_on_from_what_the_one_before_has_read(job: Job) -> None:
    job.land([change(0, "Tea"), Record(BEATS, 0, {"ts_ms": START + 60_000})])
    job.run()
    assert job.rows(f"SELECT as_of FROM {job.staging}.sources") == [(datetime(2024, 6, 1, 0, 1),)]
    told = job.rows(f"SELECT DISTINCT summary['retailflow.consumed'] FROM {job.staging}.product_log.snapshots")
    assert told == [(consumed(job),)], "the log says what the load that wrote it had read"
    assert json.loads(consumed(job)).keys() == {"product", "_heartbeats_of_erp"}

    job.land([change(2, "Green tea")])
    job.land([change(1, "White tea")])  # late, and below the watermark by then
    rewritten = job.rows(f"CALL {MEMORY}.system.rewrite_data_files(table => 'landing.product', options => map('rewrite-all', 'true'))")
    assert rewritten[0][0] == 3, "landing was compacted between two loads"
    job.land([change(3, "Black tea")])
    job.run()
    assert names(job) == ["Tea", "White tea", "Green tea", "Black tea"]
    assert job.rows("SELECT MIN(`offset`), COUNT(*) FROM landed_product") == [(1, 3)], "what was read before is not read again"

    job.spark.sql(f"UPDATE {job.staging}.loads SET consumed = '{{\"product\": 4611686018427387904}}'")  # of another table, or expired
    job.run()
    assert job.rows("SELECT COUNT(*) FROM landed_product") == [(4,)], "where nobody knows what was read, all of it is"
    assert (names(job), received(job)) == (["Tea", "White tea", "Green tea", "Black tea"], [(4, 4, 0, 0, 0)])


def test_another_content_at_a_coordinate_stops_the_load_and_leaves_no_trace(job: Job) -> None:
    job.land([change(0, "Tea")])
    job.run()
    before = (names(job), received(job), consumed(job))
    job.land([change(1, "Green tea"), change(0, "Coffee")])
    for _ in range(2):
        with pytest.raises(AssertionFailedError, match="RF501"):
            job.run()
        assert (names(job), received(job), consumed(job)) == before, "what stopped one load stops the next"
    job.spark.sql(f"DELETE FROM {MEMORY}.landing.product WHERE CAST(value AS STRING) LIKE '%Coffee%'")
    job.run()
    assert names(job) == ["Tea", "Green tea"], "what was deleted from landing is not read"


def test_bytes_that_are_no_text_are_held_back_and_shown(job: Job) -> None:
    job.land([Record(TOPIC, 0, b'{"a":"\xff"}'), change(1, "Tea")])
    job.run()
    assert job.rows(f"SELECT payload FROM {job.staging}.quarantine") == [("0x7b2261223a22ff227d",)]
    assert names(job) == ["Tea"]


def test_topic_files_can_be_run_on_spark_too(job: Job, tmp_path: Path) -> None:
    append(tmp_path / "topics", [change(0, "Tea"), change(1, "Green tea")])
    report = run(job.project, SparkWarehouse(job.spark, job.schemas, MEMORY), Folders(tmp_path / "topics", tmp_path / "files"))
    assert report.total("applied") == 2
    assert names(job) == ["Tea", "Green tea"]
