"""A backfill after any history differs in nothing; after any tampering with the star it brings back exactly what was there."""

import random
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from retailflow.local.backfill import backfill
from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.local.engine import Warehouse
from retailflow.local.folders import Folders
from retailflow.local.program import program
from retailflow.local.run import run
from retailflow.model.project import Project as Model
from retailflow.sql.dependents import dimensions_of
from retailflow.sql.names import Names
from retailflow.sql.shape import Shown, dimension_columns, fact_columns
from retailflow.types import Kind
from tests.property import harness
from tests.property.telling import Case
from tests.property.troubles import TROUBLE, delivered
from tests.reference.log import Conflict
from tests.reference.model import star

ONE_ERA = frozenset({"incarnations"})  # left out: every era has specs of its own there
KINDS = {name: TROUBLE[name] - ONE_ERA for name in ("every type, flagged, re-snapshot", "lookups", "facts under trouble", "everything")}
Tables = list[tuple[str, tuple[Shown, ...]]]


def prove(features: frozenset[str], examples: int, open_warehouse: Callable[[Path, Model], Warehouse] | None = None) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(delivered(features), st.integers(0, 10_000))
    def law(case: Case, seed: int) -> None:
        history, loads = case.history, case.loads
        try:
            star(history.specs, history.records, history.files)
        except Conflict:
            assume(False)
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            project = harness.write_project(root, history.config, history.tables)
            schemas = (project.naming.staging_schema, project.naming.warehouse_schema)
            warehouse = open_warehouse(root, project) if open_warehouse else DuckDbWarehouse(root / "w.duckdb", schemas)
            with closing(warehouse):
                plan = program(project, warehouse.dialect)
                harness.place(root / "files", history.files)
                for records in loads:
                    harness.append(root / "topics", records)
                    run(project, warehouse, Folders(root / "topics", root / "files"), plan=plan)
                _find_nothing(project, warehouse)
                _mend(project, warehouse, random.Random(seed))

    law()


def _find_nothing(project: Model, warehouse: Warehouse) -> None:
    sound, names = harness.star(project, warehouse), [table.name for table in project.tables]
    assert backfill(project, warehouse, names).total == 0
    for (at,) in warehouse.rows("SELECT as_of FROM staging.sources WHERE as_of IS NOT NULL"):
        assert backfill(project, warehouse, names[:1], at).total == 0  # type: ignore[arg-type]  # a row is of objects, this one of times
    assert harness.star(project, warehouse) == sound


def _mend(project: Model, warehouse: Warehouse, rng: random.Random) -> None:
    names, sound, tables = [table.name for table in project.tables], harness.star(project, warehouse), _tables(project)
    for relation, columns in rng.sample(tables, rng.randint(1, len(tables))):
        _tamper(warehouse, Names(project, warehouse.dialect).warehouse(relation), columns, rng)
    damaged = harness.star(project, warehouse)
    counted = backfill(project, warehouse, names, keep=False)
    assert harness.star(project, warehouse) == damaged, "what is only counted is not changed"
    assert backfill(project, warehouse, names).rows == counted.rows
    mended = harness.star(project, warehouse)
    assert not harness.difference(mended, sound), harness.difference(mended, sound)
    assert (counted.total > 0) == (damaged != sound), counted.rows


def _tables(project: Model) -> Tables:
    found: Tables = []
    for table in project.tables:
        found += [(x.name, dimension_columns(project, table, x)) for x in dimensions_of(table)]
        found += [(f.name, fact_columns(project, table, f)) for f in table.facts]
    return found


def _tamper(warehouse: Warehouse, relation: str, columns: Sequence[Shown], rng: random.Random) -> None:
    """Delete rows, put them in twice, or write other values into them: all, or those with an odd or even number in the first column."""
    d = warehouse.dialect
    sets = {Kind.INTEGER: "{} + 1", Kind.TIMESTAMP: "{} - INTERVAL '1 day'", Kind.BOOLEAN: "NOT {}"}
    shown = [c for c in columns if c.type.kind in sets and c.name != "_since"]
    chosen = rng.choice(shown)
    name = d.ident(chosen.name)
    some = rng.choice(["1 = 1", f"{d.ident(shown[0].name)} % 2 = {rng.randint(0, 1)}" if shown[0].type.kind is Kind.INTEGER else "1 = 1"])
    match rng.randint(0, 2):
        case 0:
            warehouse.execute(f"DELETE FROM {relation} WHERE {some}")
        case 1:
            warehouse.execute(f"INSERT INTO {relation} SELECT * FROM {relation} WHERE {some}")
        case _:
            warehouse.execute(f"UPDATE {relation} SET {name} = {sets[chosen.type.kind].format(name)} WHERE {some}")
