"""A key with very many events among others with few: what a load costs that touches it, and one that does not.

    python benchmarks/hot_key.py [--events 100000] [--keys 10000] [--batch 1000] [--kind plain|rich|parent|fact] [--dsn ADDRESS] [--steps 5]

`plain` is a dimension of type 2. `rich` has every type, a flag for deletions, and events that do not tell every column. Of `parent` the hot
key is looked up by another dimension, and of `fact` it is what many rows of a fact refer to. Each load is shown with the processor time of
this process (on PostgreSQL, with `--dsn`, wall time, since a server does the work) and, with `--steps`, with the steps that took most.
Compare runs with half and with all of the events: times that grow fourfold are quadratic.
"""

import argparse
import json
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.local.engine import Warehouse
from retailflow.local.folders import Folders
from retailflow.local.program import program
from retailflow.local.run import run
from retailflow.model.project import Project
from retailflow.resolve import load

PROJECT = """version: 1
name: hot
environments: {dev: {account: '111111111111', region: eu-central-1}}
sources: {erp: {kind: sqlserver, server: localhost, database: erp, collation: Latin1_General_100_BIN2, secret: hot/erp}}
"""
COLUMNS = "{a: varchar(20), b: int, c: varchar(20), d: varchar(20), happened_at: datetime2(3)}"
RICH = (
    "{a: varchar(20), b: {type: int, scd: 1}, c: {type: varchar(20), scd: 3}, d: {type: varchar(20), scd: 6}, "
    "happened_at: {type: datetime2(3), scd: 0}}"
)
THING = "table: thing\nsource: erp.dbo.Thing\nkey: thing_id\nscd: 2\ncolumns:\n  {{thing_id: int, {columns}}}\n{more}"
CHILD = """table: part
source: erp.dbo.Part
key: part_id
scd: 2
columns: {part_id: int, thing_id: int, name: varchar(20)}
dimension: {lookups: {thing: {by: thing_id, columns: [a, b], scd: 2}}}
"""
FACT = """table: sale
source: erp.dbo.Sale
key: sale_id
columns: {sale_id: int, thing_id: int, sold_at: datetime2(3), amount: int}
facts:
  fact_sale: {type: transaction, grain: sale_id, time: sold_at, dimensions: {thing: thing_id}, measures: {amount: }}
"""
OTHERS = {"parent": ("Part", "part", CHILD), "fact": ("Sale", "sale", FACT)}
EPOCH_MS, SECOND = 1_700_000_000_000, 1000
HOT = 0


class Source:
    """Writes changes of tables in the order of their commits, one each second."""

    def __init__(self, topics: Path, rich: bool) -> None:
        self._topics, self._rich, self._commits = topics, rich, 0
        self._offsets: Counter[str] = Counter()
        topics.mkdir(parents=True)

    def write(self, name: str, rows: Iterator[dict[str, object]]) -> None:
        topic = self._topics / f"{name.lower()}_changes.jsonl"
        with topic.open("a", encoding="utf-8") as file:
            file.writelines(self._line(name, row) + "\n" for row in rows)

    def things(self, keys: list[int]) -> Iterator[dict[str, object]]:
        for key in keys:
            n = self._commits
            row = {"thing_id": key, "a": f"a{n % 7}", "b": n, "c": f"c{n % 5}", "d": f"d{n % 11}", "happened_at": EPOCH_MS + n * SECOND}
            if self._rich and n % 4 == 0:
                del row["a"], row["d"]
            yield row

    def parts(self, count: int, events: int) -> Iterator[dict[str, object]]:
        yield from ({"part_id": n, "thing_id": n, "name": f"part {n}"} for n in range(1, count))
        yield from ({"part_id": count, "thing_id": HOT, "name": f"name {n}"} for n in range(events))

    def sales(self, first: int, count: int) -> Iterator[dict[str, object]]:
        for n in range(first, first + count):
            sold = EPOCH_MS + n * 7919 % max(self._commits, 1) * SECOND
            yield {"sale_id": n, "thing_id": HOT if n % 2 == 0 else n % 5000, "sold_at": sold, "amount": n}

    def _line(self, name: str, row: dict[str, object]) -> str:
        self._commits += 1
        self._offsets[name] += 1
        time_ms, lsn = EPOCH_MS + self._commits * SECOND, f"{self._commits >> 24:08x}:{self._commits & 0xFFFFFF:08x}:0001"
        source = {"connector": "sqlserver", "db": "erp", "schema": "dbo", "table": name, "snapshot": "false", "ts_ms": time_ms}
        source |= {"commit_lsn": lsn, "change_lsn": lsn, "event_serial_no": 1}
        key = {next(iter(row)): next(iter(row.values()))}
        value = {"before": None, "after": row, "op": "c", "source": source, "ts_ms": time_ms}
        return json.dumps({"key": key, "value": value, "partition": 0, "offset": self._offsets[name], "timestamp": time_ms})


def prepare(folder: Path, kind: str) -> Project:
    tables = folder / "tables"
    tables.mkdir(parents=True)
    (folder / "retailflow.yaml").write_text(PROJECT)
    columns, more = (RICH, "dimension: {on_delete: flag}\n") if kind == "rich" else (COLUMNS, "")
    (tables / "thing.yaml").write_text(THING.format(columns=columns[1:-1], more=more))
    if kind in OTHERS:
        _, name, text = OTHERS[kind]
        (tables / f"{name}.yaml").write_text(text)
    project, findings = load(folder)
    if project is None:
        raise SystemExit("\n".join(f"{f.code} {f.message} {f.place}" for f in findings))
    return project


def open_warehouse(folder: Path, project: Project, dsn: str | None) -> Warehouse:
    schemas = (project.naming.staging_schema, project.naming.warehouse_schema)
    if dsn is None:
        return DuckDbWarehouse(folder / "warehouse.duckdb", schemas)
    from retailflow.local.postgres_engine import PostgresWarehouse

    return PostgresWarehouse(dsn, schemas)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--keys", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--kind", choices=("plain", "rich", *OTHERS), default="plain")
    parser.add_argument("--dsn", help="a PostgreSQL with an empty database")
    parser.add_argument("--steps", type=int, default=0, help="show so many steps of each load")
    chosen = parser.parse_args()
    clock: Callable[[], float] = time.perf_counter if chosen.dsn else time.process_time
    with tempfile.TemporaryDirectory(prefix="hot-key-") as made:
        folder = Path(made)
        project = prepare(folder, chosen.kind)
        source = Source(folder / "topics", chosen.kind == "rich")
        warehouse = open_warehouse(folder, project, chosen.dsn)
        plan = program(project, warehouse.dialect)
        costs: dict[str, float] = {}

        def loaded(said: str) -> None:
            spent: defaultdict[str, float] = defaultdict(float)
            step = ""
            began = since = clock()

            def observe(name: str, _done: int, _total: int) -> None:
                nonlocal step, since
                now = clock()
                spent[step] += now - since
                step, since = name, now

            run(project, warehouse, Folders(folder / "topics", folder / "files"), observe, plan)
            costs[said] = round(clock() - began, 2)
            print(f"{said:34} {costs[said]:7.2f} s", flush=True)
            for name, seconds in sorted(spent.items(), key=lambda item: -item[1])[: chosen.steps]:
                print(f"    {seconds:7.2f} s  {name}")

        source.write("Thing", source.things(list(range(1, chosen.keys + 1)) + [HOT] * chosen.events))
        loaded("first load")
        others = [1 + n % chosen.keys for n in range(chosen.batch)]
        if chosen.kind in OTHERS:
            rows = source.parts(1000, chosen.events // 2) if chosen.kind == "parent" else source.sales(0, chosen.events)
            source.write(OTHERS[chosen.kind][0], rows)
            loaded("the other table")
        source.write("Thing", source.things(others))
        loaded("not the hot key")
        source.write("Thing", source.things([*others[1:], HOT]))
        loaded("the hot key once")
        source.write("Thing", source.things([*others[:-10], *[HOT] * 10]))
        loaded("the hot key ten times")
        if chosen.kind == "fact":
            source.write("Sale", source.sales(chosen.events, chosen.batch))
            loaded("more facts on it")
        warehouse.close()
        print(json.dumps({"kind": chosen.kind, "events": chosen.events, "seconds": costs}))


if __name__ == "__main__":
    main()
