"""Runs a random project through the generated load on a real engine and reads the star back, as rows a reference can be held against."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.local.engine import Warehouse
from retailflow.local.folders import Folders
from retailflow.local.program import Program, program
from retailflow.local.run import run
from retailflow.local.scenario.stage import as_it_was
from retailflow.model.project import Project as Model
from retailflow.model.table import Table
from retailflow.resolve import load
from retailflow.sql.dependents import dimensions_of
from retailflow.sql.dialects import Dialect
from retailflow.sql.names import Names
from retailflow.sql.shape import dimension_columns, fact_columns
from tests.reference.events import ExtractFile, Record

Rows = list[dict[str, Any]]
HIDDEN = ("_since",)  # technical columns of facts, no part of the meaning


def write_project(root: Path, config: dict[str, Any], tables: Sequence[dict[str, Any]]) -> Model:
    """A project folder as a person would have it, loaded; the test fails with the findings if it does not resolve."""
    (root / "tables").mkdir(parents=True, exist_ok=True)
    sources = {name: {"server": "db.example.com", "database": name, **source} for name, source in config["sources"].items()}
    config = config | {"sources": sources}
    (root / "retailflow.yaml").write_text(yaml.safe_dump({"version": 1, "name": "proven", **config}, sort_keys=False))
    for table in tables:
        (root / "tables" / f"{table['table']}.yaml").write_text(yaml.safe_dump(table, sort_keys=False))
    project, findings = load(root)
    assert project is not None, "\n".join(f"{f.code} {f.message} {f.place}" for f in findings)
    return project


def append(topics: Path, records: Sequence[Record]) -> None:
    topics.mkdir(parents=True, exist_ok=True)
    for record in records:
        # a file a generation: what was read of one is no part of the next
        name = record.topic if (record.generation or 1) == 1 else f"{record.topic}/{record.generation}"
        path = topics / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        with path.open("a") as stream:
            stream.write(json.dumps(record.line()) + "\n")


def place(files: Path, extracts: Sequence[ExtractFile]) -> None:
    for extract in extracts:
        path = files / extract.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(extract.text)
        if extract.modified is not None:
            modified = extract.modified.replace(tzinfo=UTC)
            nanoseconds = ((modified - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)) * 1000
            os.utime(path, ns=(nanoseconds, nanoseconds))


def star(project: Model, warehouse: Warehouse) -> dict[str, Rows]:
    """Every dimension and fact, its rows as dictionaries sorted by their text."""
    names = Names(project, warehouse.dialect)
    found: dict[str, Rows] = {}
    for table in project.tables:
        shown = {d.name: dimension_columns(project, table, d) for d in dimensions_of(table)}
        shown |= {f.name: fact_columns(project, table, f) for f in table.facts}
        for name, columns in shown.items():
            wanted = [c.name for c in columns if c.name not in HIDDEN and c.name not in _times_of_roles(table, name)]
            select = ", ".join(warehouse.dialect.ident(c) for c in wanted)
            rows = warehouse.rows(f"SELECT {select} FROM {names.warehouse(name)}")
            found[name] = by_text(dict(zip(wanted, row, strict=True)) for row in rows)
    return found


def _times_of_roles(table: Table, fact: str) -> set[str]:
    """Columns a fact keeps only so that a role can be looked up again; the reference does not show them."""
    return {
        role.time
        for f in table.facts
        if f.name == fact
        for role in f.roles
        if role.time and role.time not in {*f.grain, f.time, *f.degenerate, *(by for r in f.roles for by in r.by)}
    }


def by_text(rows: Any) -> Rows:
    return sorted(({k: plain(v) for k, v in row.items()} for row in rows), key=lambda r: repr(sorted(r.items())))


def plain(value: Any) -> Any:
    """Engines differ in how Python sees a number or a time; the value is what counts."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Decimal):
        return str(value.normalize()) if value else "0"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value


Arriving = tuple[list[Record], list[ExtractFile]]


@dataclass(frozen=True)
class Era:
    """A generation of the topics: the project as it was then, its program and what arrives, load by load."""

    project: Model
    plan: Program
    loads: list[Arriving]


def eras(project: Model, dialect: Dialect, loads: Sequence[Sequence[Record]], files: Sequence[ExtractFile]) -> Iterator[Era]:
    """One after the other, the current one last. Together they have about as many loads as there are."""
    current = max((table.era.generation for table in project.tables), default=1)
    size = -(-len(loads) // max(1, len(loads) // current))
    portions = [[record for load in loads[at : at + size] for record in load] for at in range(0, len(loads), size)]
    for generation in range(1, current + 1):
        then = as_it_was(project, current - generation) if generation < current else project
        parts = [[r for r in portion if (r.generation or current) == generation] for portion in portions]
        some = [part for part in parts if part or current == 1] or [[]]
        mine = [f for f in files if (f.generation or current) == generation]
        yield Era(then, program(then, dialect), [(part, mine[n :: len(some)]) for n, part in enumerate(some)])


def deliver(
    config: dict[str, Any],
    tables: Sequence[dict[str, Any]],
    loads: Sequence[Sequence[Record]],
    files: Sequence[ExtractFile] = (),
    open_warehouse: Callable[[Path, Model], Warehouse] | None = None,
    look: Callable[[Model, Warehouse], dict[str, Rows]] = star,
) -> tuple[Model, dict[str, Rows]]:
    """Every load appended to the topics and run; the star that results, or what `look` sees."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        project = write_project(root, config, tables)
        schemas = (project.naming.staging_schema, project.naming.warehouse_schema)
        warehouse = open_warehouse(root, project) if open_warehouse else DuckDbWarehouse(root / "w.duckdb", schemas)
        try:
            for era in eras(project, warehouse.dialect, loads, files):
                for records, extracts in era.loads:
                    place(root / "files", extracts)
                    append(root / "topics", records)
                    run(era.project, warehouse, Folders(root / "topics", root / "files"), plan=era.plan)
            return project, look(project, warehouse)
        finally:
            warehouse.close()


def expected(rows: dict[str, Rows], project: Model) -> dict[str, Rows]:
    """As the reference has it, under our names: it calls the surrogate key of a history like that of its dimension."""
    named = {d.name: d.surrogate_key for table in project.tables for d in dimensions_of(table)[1:]}
    return {
        name: by_text({named[name] if name in named and i == 0 else k: v for i, (k, v) in enumerate(row.items())} for row in found)
        for name, found in rows.items()
    }


def difference(got: dict[str, Rows], want: dict[str, Rows]) -> str:
    """What is missing and what is too much, one row a line; empty when equal."""
    lines = []
    for name in sorted(want.keys() | got.keys()):
        mine, theirs = got.get(name, []), want.get(name, [])
        lines += [f"{name} lacks {row}" for row in theirs if row not in mine]
        lines += [f"{name} has   {row}" for row in mine if row not in theirs]
        if len(mine) != len(theirs) and not lines:
            lines.append(f"{name}: {len(mine)} rows, expected {len(theirs)}")
    return "\n".join(lines)
