"""Order lines with five as-of lookups: `retailflow run` against the same joins written by hand, over the same typed log.

    python -m benchmarks.star_load [--engine postgres] [--lines 100000] [--keys 2000] [--versions 3] [--steps 0]

`load` is the whole of a run: reading lines of JSON, deciding what each is, the log, counts, and the star. `star` is its part from the typed
log to the fact: which keys are touched and have several events, references and inferred members, the rows, what was there, and re-keying.

`by hand` is one INSERT … SELECT from the same log into a table with the columns and the index of the fact, with a join by the key and by
`valid_from <= sold_at < valid_to` for each dimension; on DuckDB once more with ASOF joins, which take longer there. It knows of no
deletions, no late events, no inferred members, no keys that are there already. The batch brings a tenth more lines, and by hand a watermark
on the log's offset. All is processor time, of this process and of PostgreSQL's; neither has its COMMIT counted. Both must give the same
rows, or the benchmark fails.
"""

import argparse
import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from benchmarks.scd2.postgres_server import server
from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.local.engine import Warehouse
from retailflow.local.folders import Folders
from retailflow.local.postgres_engine import PostgresWarehouse
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


def clock(warehouse: Warehouse) -> Callable[[], float]:
    """Seconds of processor time of this process, and of the one that PostgreSQL has for it, in hundredths."""
    if isinstance(warehouse, DuckDbWarehouse):
        return time.process_time
    [(pid,)] = warehouse.result("SELECT pg_backend_pid()").rows
    stat, tick = Path(f"/proc/{pid}/stat"), os.sysconf("SC_CLK_TCK")

    def spent() -> float:
        return time.process_time() + sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13])) / tick

    return spent


def by_hand(warehouse: Warehouse, now: Callable[[], float], table: str, join: str, until: str, offset: int) -> float:
    """Seconds; fills the table from the log beyond the offset."""
    joins = " ".join(
        f"{join} dw.dim_{name} AS {name} ON {name}.{name}_id = l.{name}_id AND l.sold_at >= {name}.valid_from{until.format(name=name)}"
        for name in DIMENSIONS
    )
    made = {f"{name}_key": f"{name}.{name}_key" for name in DIMENSIONS}
    made |= {"amount": "l.quantity * l.unit_price", "_since": "l._commit_ts"}
    columns = warehouse.result(f"SELECT * FROM {table}", limit=0).columns
    shown = ", ".join(made.get(c, f"l.{c}") for c in columns)
    warehouse.begin()
    began = now()
    warehouse.execute(f"INSERT INTO {table} SELECT {shown} FROM staging.order_line_log AS l {joins} WHERE l._offset > {offset}")
    spent = now() - began
    warehouse.commit()
    return spent


def hold(warehouse: Warehouse, table: str, rows: int) -> None:
    """Stop unless the table has the rows of the fact, and as many as were written."""
    fact = "dw.fact_sales"
    apart = f"(SELECT * FROM {fact} EXCEPT SELECT * FROM {table}) UNION ALL (SELECT * FROM {table} EXCEPT SELECT * FROM {fact})"
    if warehouse.result(apart, limit=1).rows or any(
        warehouse.result(f"SELECT COUNT(*) FROM {name}").rows != ((rows,),) for name in (fact, table)
    ):
        raise SystemExit(f"{table} has other rows")


def prepare(warehouse: Warehouse, ways: Iterable[str]) -> None:
    """Empty tables with the columns and the index of the fact."""
    for way in ways:
        warehouse.execute(f"CREATE TABLE dw.{way} AS SELECT * FROM dw.fact_sales WHERE FALSE")
        for statement in warehouse.dialect.index("dw", way, ("order_id", "line_no")):
            warehouse.execute(statement)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("duckdb", "postgres"), default="duckdb")
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--keys", type=int, default=2_000)
    parser.add_argument("--versions", type=int, default=3)
    parser.add_argument("--steps", type=int, default=0, help="show so many steps of each load")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        made = stack.enter_context(tempfile.TemporaryDirectory(prefix="star-load-"))
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
        schemas = (project.naming.staging_schema, project.naming.warehouse_schema)
        warehouse: Warehouse
        if chosen.engine == "duckdb":
            warehouse = DuckDbWarehouse(folder / "warehouse.duckdb", schemas)
        else:
            warehouse = PostgresWarehouse(stack.enter_context(server(folder / "postgres")).dsn, schemas)
        stack.callback(warehouse.close)
        plan, now = program(project, warehouse.dialect), clock(warehouse)

        def loaded() -> Cost:
            spent: defaultdict[str, float] = defaultdict(float)
            step, since = "", now()

            def observe(name: str, _done: int, _total: int) -> None:
                nonlocal step, since
                seconds = now()
                spent[step] += seconds - since
                step, since = name, seconds

            began = since
            run(project, warehouse, Folders(topics, folder / "files"), observe, plan)
            for name, seconds in sorted(spent.items(), key=lambda item: -item[1])[: chosen.steps]:
                print(f"    {seconds:7.2f} s  {name}")
            star = sum(seconds for name, seconds in spent.items() if name and not name.startswith(TAKING))
            return Cost(now() - began, star)

        loaded()
        ways = {"by_hand": ("LEFT JOIN", " AND l.sold_at < {name}.valid_to")}
        ways |= {"by_hand_asof": ("ASOF LEFT JOIN", "")} if chosen.engine == "duckdb" else {}
        prepare(warehouse, ways)
        written = 0
        for said, count in (("first load", chosen.lines), ("batch", chosen.lines // 10)):
            with (topics / "order_line_changes.jsonl").open("a") as file:
                file.writelines(order_lines(written, count, chosen.keys, chosen.versions))
            ours = loaded()
            hands = {way: by_hand(warehouse, now, f"dw.{way}", *joined, written - 1) for way, joined in ways.items()}
            written += count
            print(f"{said:10} {count:9,} lines   load {ours.load:6.2f} s, star {ours.star:6.2f} s of CPU", flush=True)
            for way, hand in hands.items():
                print(f"    {way:13} {hand:6.2f} s   star {ours.star / hand:5.2f} times", flush=True)
        for way in ways:
            hold(warehouse, f"dw.{way}", written)


if __name__ == "__main__":
    main()
