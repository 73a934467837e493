"""Order lines with five as-of lookups on DuckDB: `retailflow run` against the join written by hand over the same typed log.

    python benchmarks/star_load.py [--lines 100000] [--keys 2000] [--versions 3] [--steps 0]

`load` is the whole of a run: reading lines of JSON, deciding what each is, the log, counts, and the star. `star` is its part from the typed
log to the fact: chains, references and inferred members, the rows, the comparison with those there, and re-keying. `by hand` is one
INSERT … SELECT from the same log, with an ASOF JOIN for each dimension: no deletions, no late events, no inferred members, nothing to
compare.
The batch brings a tenth more lines, and by hand a watermark on the log's offset. All is processor time of this process; both must give
the same surrogate keys, or the benchmark fails.
"""

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.local.folders import Folders
from retailflow.local.program import program
from retailflow.local.run import run
from retailflow.resolve import load

PROJECT = """version: 1
name: star
environments: {dev: {account: '111111111111', region: eu-central-1}}
sources: {erp: {kind: sqlserver, server: localhost, database: erp, collation: Latin1_General_100_BIN2, secret: star/erp}}
"""
DIMENSIONS = ("customer", "employee", "product", "promotion", "store")
DIMENSION = """table: {name}
source: erp.dbo.{name}
key: {name}_id
scd: 2
columns: {{{name}_id: int, name: nvarchar(60), kind: varchar(20)}}
"""
FACT = """table: order_line
source: erp.dbo.order_line
key: [order_id, line_no]
columns: {{order_id: int, line_no: smallint, {keys}, sold_at: datetime2(3), quantity: int, unit_price: money}}
facts:
  fact_sales:
    type: transaction
    grain: [order_id, line_no]
    time: sold_at
    dimensions: {{{roles}}}
    measures: {{quantity: , amount: {{expr: quantity * unit_price, type: 'decimal(19,4)'}}}}
"""
EPOCH_MS, HOUR_MS = 1_700_000_000_000, 3_600_000
TAKING = ("admit ", "compare ", "log ", "pass over ", "settle ", "touch ", "read topics", "heartbeats", "horizon of ")


class Cost(NamedTuple):
    load: float
    star: float


def change(table: str, number: int, time_ms: int, row: dict[str, object]) -> str:
    lsn = f"{number >> 24:08x}:{number & 0xFFFFFF:08x}:0001"
    source = {"connector": "sqlserver", "db": "erp", "schema": "dbo", "table": table, "snapshot": "false", "ts_ms": time_ms}
    source |= {"commit_lsn": lsn, "change_lsn": lsn, "event_serial_no": 1}
    value = {"before": None, "after": row, "op": "c", "source": source, "ts_ms": time_ms}
    return json.dumps({"key": {}, "value": value, "partition": 0, "offset": number, "timestamp": time_ms}) + "\n"


def versions(name: str, keys: int, count: int) -> Iterator[str]:
    """Every key starts before the first sale and changes during the sales."""
    for n in range(keys * count):
        key, version = n % keys + 1, n // keys
        row = {f"{name}_id": key, "name": f"{name} {key}", "kind": f"kind {(key + version) % 9}"}
        yield change(name, n, EPOCH_MS + version * 100 * HOUR_MS + key, row)


def order_lines(first: int, count: int, keys: int, most: int) -> Iterator[str]:
    for n in range(first, first + count):
        sold_at = EPOCH_MS + (1 + n * 7919 % (most * 100)) * HOUR_MS + n % 1000
        refers = {f"{name}_id": 1 + n * (7 + 2 * i) % keys for i, name in enumerate(DIMENSIONS)}
        row = {"order_id": n // 4, "line_no": n % 4, **refers, "sold_at": sold_at, "quantity": 1 + n % 5, "unit_price": f"{n % 900}.50"}
        yield change("order_line", n, EPOCH_MS + 1000 * HOUR_MS + n, row)


def by_hand(warehouse: DuckDbWarehouse, offset: int) -> float:
    """Seconds; fills `by_hand` from the log beyond the offset."""
    began = time.process_time()
    shown = ", ".join(f"{name}.{name}_key" for name in DIMENSIONS)
    joins = " ".join(
        f"ASOF LEFT JOIN dw.dim_{name} AS {name} ON {name}.{name}_id = l.{name}_id AND l.sold_at >= {name}.valid_from"
        for name in DIMENSIONS
    )
    warehouse.execute(
        f"INSERT INTO by_hand SELECT l.order_id, l.line_no, {shown}, l.sold_at, l.quantity, l.quantity * l.unit_price "
        f"FROM staging.order_line_log AS l {joins} WHERE l._offset > {offset}"
    )
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--keys", type=int, default=2_000)
    parser.add_argument("--versions", type=int, default=3)
    parser.add_argument("--steps", type=int, default=0, help="show so many steps of each load")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="star-load-") as made:
        folder = Path(made)
        topics = folder / "topics"
        (folder / "tables").mkdir()
        topics.mkdir()
        (folder / "retailflow.yaml").write_text(PROJECT)
        for name in DIMENSIONS:
            (folder / f"tables/{name}.yaml").write_text(DIMENSION.format(name=name))
            with (topics / f"{name}_changes.jsonl").open("w") as file:
                file.writelines(versions(name, chosen.keys, chosen.versions))
        keys, roles = (", ".join(text.format(name=name) for name in DIMENSIONS) for text in ("{name}_id: int", "{name}: {name}_id"))
        (folder / "tables/order_line.yaml").write_text(FACT.format(keys=keys, roles=roles))
        project, findings = load(folder)
        if project is None:
            raise SystemExit("\n".join(f"{f.code} {f.message} {f.place}" for f in findings))
        warehouse = DuckDbWarehouse(folder / "warehouse.duckdb", (project.naming.staging_schema, project.naming.warehouse_schema))
        plan = program(project, warehouse.dialect)

        def loaded() -> Cost:
            spent: defaultdict[str, float] = defaultdict(float)
            step, since = "", time.process_time()

            def observe(name: str, _done: int, _total: int) -> None:
                nonlocal step, since
                now = time.process_time()
                spent[step] += now - since
                step, since = name, now

            began = since
            run(project, warehouse, Folders(topics, folder / "files"), observe, plan)
            for name, seconds in sorted(spent.items(), key=lambda item: -item[1])[: chosen.steps]:
                print(f"    {seconds:7.2f} s  {name}")
            star = sum(seconds for name, seconds in spent.items() if name and not name.startswith(TAKING))
            return Cost(time.process_time() - began, star)

        loaded()
        shown = ", ".join(f"{name}_key BIGINT" for name in DIMENSIONS)
        warehouse.execute(
            f"CREATE TABLE dw.by_hand (order_id INTEGER, line_no SMALLINT, {shown}, sold_at TIMESTAMP, quantity INTEGER, "
            "amount DECIMAL(19,4))"
        )
        written = 0
        for said, count in (("first load", chosen.lines), ("batch", chosen.lines // 10)):
            with (topics / "order_line_changes.jsonl").open("a") as file:
                file.writelines(order_lines(written, count, chosen.keys, chosen.versions))
            ours, hand = loaded(), by_hand(warehouse, written - 1)
            written += count
            times = f"load {ours.load:6.2f} s, star {ours.star:6.2f} s, by hand {hand:6.2f} s of CPU"
            print(f"{said:10} {count:9,} lines   {times}   star {ours.star / hand:5.2f} times by hand", flush=True)
        same = " AND ".join(f"f.{name}_key = h.{name}_key" for name in DIMENSIONS)
        agree = (
            f"SELECT COUNT(*) FROM dw.fact_sales AS f JOIN dw.by_hand AS h USING (order_id, line_no) WHERE {same} AND f.amount = h.amount"
        )
        if warehouse.rows(agree) != [(written,)]:
            raise SystemExit("not the same surrogate keys")
        warehouse.close()


if __name__ == "__main__":
    main()
