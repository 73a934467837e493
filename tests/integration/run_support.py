"""A shop of one small table for tests of `run`: its project, its events as topic lines, its star."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.local.engine import Row
from retailflow.local.folders import Folders
from retailflow.local.report import Report
from retailflow.local.run import run
from retailflow.model.project import Project
from tests.factories import project

TOPIC = "customer_changes"
DAY_MS = 86_400_000


def change(key: int, name: str | None, at: int, *, offset: int | None = None, op: str | None = None) -> dict[str, Any]:
    """Change number `at` of the log: it sets the name of a customer, or deletes it when there is none."""
    row = None if name is None else {"customer_id": key, "name": name}
    time = 1_700_000_000_000 + at * DAY_MS
    source = {"ts_ms": time, "commit_lsn": f"00000027:{at:08x}:0001", "change_lsn": f"00000027:{at:08x}:0001", "event_serial_no": 1}
    value = {"before": {"customer_id": key}, "after": row, "op": op or ("d" if row is None else "u"), "source": source}
    place = {"offset": at if offset is None else offset}
    return {"key": {"customer_id": key}, "value": value, "partition": 0, **place, "timestamp": time}


def text(records: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


class Shop:
    """A folder with topics, extracts and a warehouse."""

    def __init__(self, folder: Path, model: Project | None = None) -> None:
        self.model = model or project()
        self.folders = Folders(folder / "topics", folder / "files")
        self.database = folder / "warehouse.duckdb"
        for made in (self.folders.topics, self.folders.files):
            made.mkdir(parents=True)

    def write(self, content: str | bytes, name: str = f"{TOPIC}.jsonl") -> Path:
        path = self.folders.topics / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def append(self, content: str, name: str = f"{TOPIC}.jsonl") -> None:
        with (self.folders.topics / name).open("a", encoding="utf-8", newline="") as file:
            file.write(content)

    def run(self) -> Report:
        warehouse = self.open()
        try:
            return run(self.model, warehouse, self.folders)
        finally:
            warehouse.close()

    def open(self) -> DuckDbWarehouse:
        return DuckDbWarehouse(self.database, ("staging", "dw"), wait=0.2)

    def rows(self, sql: str) -> list[Row]:
        warehouse = self.open()
        try:
            return warehouse.rows(sql)
        finally:
            warehouse.close()

    def star(self) -> list[Row]:
        return self.rows("SELECT * FROM dw.dim_customer ORDER BY ALL")

    def everything(self) -> list[Row]:
        """The star and all that was remembered, but for how far which file was read."""
        tables = ("dw.dim_customer", "staging.customer_log", "staging.quarantine", "staging.passed", "staging.counts", "staging.sources")
        return [(table, *row) for table in tables for row in self.rows(f"SELECT * FROM {table} ORDER BY ALL")]


def sums(report: Report) -> tuple[int, ...]:
    """received, applied, duplicate, skipped, quarantined"""
    return tuple(report.total(fate) for fate in ("received", "applied", "duplicate", "skipped", "quarantined"))
