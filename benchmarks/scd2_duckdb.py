"""A customer dimension of type 2 on DuckDB: `retailflow run` against close-and-insert SQL written by hand, a process for each batch.

    python benchmarks/scd2_duckdb.py [--keys 1000000] [--batch 50000] [--batches 5] [--folder DIR]

Each batch changes so many keys: 90 % updates, 7 % inserts, 3 % deletes. Ours reads it as lines of a topic (with the row before and after),
keeps a log of it and would splice a late event; the hand-written SQL reads it typed, from Parquet, keeps no log and loses late events.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

COLUMNS = {
    "customer_id": "int",
    "email": "nvarchar(320)",
    "first_name": "nvarchar(80)",
    "last_name": "nvarchar(80)",
    "tier": "varchar(10)",
    "phone": "varchar(24)",
    "street": "nvarchar(120)",
    "city": "nvarchar(80)",
    "postcode": "varchar(12)",
    "country": "char(2)",
    "credit_limit": "decimal(12,2)",
    "updated_at": "datetime2(3)",
}
PROJECT = """version: 1
name: bench
environments: {dev: {account: '111111111111', region: eu-central-1}}
sources: {erp: {kind: sqlserver, server: localhost, database: erp, collation: Latin1_General_100_BIN2, secret: bench/erp}}
"""
TIERS = ("bronze", "silver", "gold")
EPOCH_MS = 1_700_000_000_000
RETAILFLOW = "from retailflow.cli.app import main; main()"
HAND = """
import sys, duckdb
batch, database = sys.argv[1:]
c = duckdb.connect(database)
c.execute("BEGIN")
c.execute(f"CREATE TEMP TABLE batch AS SELECT * FROM read_parquet('{batch}')")
c.execute(open(database + ".close.sql").read())
c.execute(open(database + ".insert.sql").read())
c.execute("COMMIT")
c.close()
"""


class Change(NamedTuple):
    """`version` counts the changes of a key; the row is a function of both."""

    op: str
    key: int
    version: int


class Cost(NamedTuple):
    """`cpu`: seconds of processor time, which others on the machine disturb least."""

    seconds: float
    cpu: float
    megabytes: int


def values(key: int, version: int) -> tuple[str, ...]:
    """JSON of every column but the key."""
    return (
        f'"customer{key}@example.com"',
        f'"First {key % 9973}"',
        f'"Last {key % 99991}"',
        f'"{TIERS[(key + version) % 3]}"',
        f'"+49 40 {key:07d}"',
        f'"{key % 300} Long Street"',
        f'"City {(key + version) % 5000}"',
        f'"{key % 99999:05d}"',
        '"DE"',
        f'"{key % 50_000}.{version % 100:02d}"',
        str(EPOCH_MS + version * 86_400_000 + key % 1000),
    )


def row(key: int, version: int) -> str:
    names = list(COLUMNS)[1:]
    return f'{{"customer_id":{key},' + ",".join(f'"{name}":{value}' for name, value in zip(names, values(key, version), strict=True)) + "}"


def batches(keys: int, size: int, count: int) -> Iterator[list[Change]]:
    """First every key, then the batches."""
    rng = random.Random(7)
    version = dict.fromkeys(range(keys), 0)
    yield [Change("c", key, 0) for key in version]
    following = keys
    for _ in range(count):
        inserts, deletes = size * 7 // 100, size * 3 // 100
        touched = rng.sample(sorted(version), size - inserts)
        changes = [Change("d", key, version.pop(key)) for key in touched[:deletes]]
        for key in touched[deletes:]:
            version[key] += 1
            changes.append(Change("u", key, version[key]))
        for key in range(following, following + inserts):
            version[key] = 0
            changes.append(Change("c", key, 0))
        following += inserts
        rng.shuffle(changes)
        yield changes


def lines(changes: list[Change], number: int, first: int) -> Iterator[str]:
    """A change a line, as the connector writes it. A batch is committed within one day."""
    for i, (op, key, version) in enumerate(changes, start=first):
        time_ms = EPOCH_MS + number * 86_400_000 + (i - first) % 80_000_000
        before = "null" if op == "c" else row(key, version - (op == "u"))
        after = "null" if op == "d" else row(key, version)
        lsn = f"{i >> 24:08x}:{i & 0xFFFFFF:08x}:0001"
        yield (
            f'{{"key":{{"customer_id":{key}}},"value":{{"before":{before},"after":{after},"op":"{op}","source":{{"connector":"sqlserver",'
            f'"db":"erp","schema":"dbo","table":"Customer","snapshot":"false","ts_ms":{time_ms},"commit_lsn":"{lsn}","change_lsn":"{lsn}",'
            f'"event_serial_no":1}},"ts_ms":{time_ms + 200}}},"partition":{i % 3},"offset":{i // 3},"timestamp":{time_ms + 300}}}\n'
        )


def prepare(folder: Path) -> None:
    tables = folder / "tables"
    tables.mkdir(parents=True)
    (folder / "retailflow.yaml").write_text(PROJECT)
    columns = "".join(f"  {name}: {kind}\n" for name, kind in COLUMNS.items())
    (tables / "customer.yaml").write_text(f"table: customer\nsource: erp.dbo.Customer\nkey: customer_id\nscd: 2\ncolumns:\n{columns}")
    attributes = [name for name in COLUMNS if name != "customer_id"]
    changed = " OR ".join(f"d.{name} IS DISTINCT FROM b.{name}" for name in attributes)
    names = ", ".join(COLUMNS)
    with duckdb.connect(str(folder / "hand.duckdb")) as hand:
        types = {"int": "INTEGER", "datetime2(3)": "TIMESTAMP", "decimal(12,2)": "DECIMAL(12,2)"}
        typed = ", ".join(f"{name} {types.get(kind, 'VARCHAR')}" for name, kind in COLUMNS.items())
        hand.execute(f"CREATE TABLE dim_customer ({typed}, valid_from TIMESTAMP, valid_to TIMESTAMP, is_current BOOLEAN)")
    (folder / "hand.duckdb.close.sql").write_text(
        "UPDATE dim_customer AS d SET valid_to = b.changed_at, is_current = FALSE FROM batch AS b "
        f"WHERE d.is_current AND d.customer_id = b.customer_id AND (b.op = 'd' OR {changed})"
    )
    (folder / "hand.duckdb.insert.sql").write_text(
        f"INSERT INTO dim_customer SELECT {names}, changed_at, TIMESTAMP '9999-12-31', TRUE FROM batch AS b WHERE b.op <> 'd' "
        "AND NOT EXISTS (SELECT 1 FROM dim_customer AS d WHERE d.is_current AND d.customer_id = b.customer_id)"
    )


def stage(topic: Path, parquet: Path, read_from: int) -> None:
    """The lines of a batch as typed columns, for the hand-written SQL."""
    batch = topic.with_suffix(".part")
    with topic.open("rb") as source, batch.open("wb") as target:
        source.seek(read_from)
        shutil.copyfileobj(source, target, 1 << 20)
    shown = {"int": "INTEGER", "decimal(12,2)": "DECIMAL(12,2)"}
    image = "(CASE WHEN value->>'op' = 'd' THEN value->'before' ELSE value->'after' END)"
    typed = ", ".join(
        f"epoch_ms(CAST({image}->>'{n}' AS BIGINT)) AS {n}"
        if k == "datetime2(3)"
        else f"CAST({image}->>'{n}' AS {shown.get(k, 'VARCHAR')}) AS {n}"
        for n, k in COLUMNS.items()
    )
    duckdb.sql(
        f"COPY (SELECT value->>'op' AS op, {typed}, epoch_ms(CAST(value->'source'->>'ts_ms' AS BIGINT)) AS changed_at "
        f"FROM read_ndjson('{batch}', columns = {{value: 'JSON'}})) TO '{parquet}' (FORMAT parquet)"
    )
    batch.unlink()


def timed(*command: str) -> Cost:
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, "NO_COLOR": "1"}
    )
    said = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(said.decode())
    return Cost(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024)


def shape(database: Path, table: str) -> tuple[object, ...]:
    """Both must have the same versions: how many, how many open, and a sum over their ends."""
    with duckdb.connect(str(database), read_only=True) as connection:
        ends = "SUM(epoch_ms(CASE WHEN is_current THEN NULL ELSE valid_to END))"
        found = connection.execute(f"SELECT COUNT(*), COUNT(*) FILTER (is_current), {ends} FROM {table}").fetchone()
    return found or ()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=50_000)
    parser.add_argument("--batches", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to work, and to leave everything (default: a temporary folder)")
    chosen = parser.parse_args()
    folder = (chosen.folder or Path(tempfile.mkdtemp(prefix="scd2-"))).resolve()
    prepare(folder)
    topic, parquet = folder / ".retailflow/topics/customer_changes.jsonl", folder / "batch.parquet"
    topic.parent.mkdir(parents=True)
    ours: list[Cost] = []
    hand: list[Cost] = []
    taken = 0
    for number, changes in enumerate(batches(chosen.keys, chosen.batch, chosen.batches)):
        size = topic.stat().st_size if topic.exists() else 0
        with topic.open("a", encoding="utf-8") as file:
            file.writelines(lines(changes, number, taken))
        taken += len(changes)
        stage(topic, parquet, size)
        ours.append(timed(RETAILFLOW, "run", "--project", str(folder)))
        hand.append(timed(HAND, str(parquet), str(folder / "hand.duckdb")))
        name = f"batch {number}" if number else "first load"
        mine = f"retailflow {ours[-1].seconds:6.2f} s, {ours[-1].cpu:6.2f} s of CPU, {ours[-1].megabytes:5} MB"
        both = f"{mine}   by hand {hand[-1].seconds:6.2f} s, {hand[-1].cpu:6.2f} s of CPU"
        print(f"{name:12} {len(changes):9,} changes   {both}", flush=True)
    here, there = shape(folder / ".retailflow/warehouse.duckdb", "dw.dim_customer"), shape(folder / "hand.duckdb", "dim_customer")
    if here != there:
        raise SystemExit(f"not the same versions: {here} and {there}")
    busy = [statistics.median(cost.cpu for cost in costs[1:]) for costs in (ours, hand)]
    median, theirs = (statistics.median(cost.seconds for cost in costs[1:]) for costs in (ours, hand))
    result = {
        "keys": chosen.keys,
        "batch": chosen.batch,
        "retailflow": round(median, 3),
        "by_hand": round(theirs, 3),
        "ratio": round(median / theirs, 2),
        "cpu": [round(seconds, 2) for seconds in busy],
        "cpu_ratio": round(busy[0] / busy[1], 2),
    }
    print(json.dumps(result | {"peak_megabytes": max(cost.megabytes for cost in ours), "first_load": round(ours[0].seconds, 2)}))
    if chosen.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
