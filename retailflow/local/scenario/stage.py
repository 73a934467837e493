"""A warehouse that scenarios are played in, one after the other: made once for a project, empty again before each."""

import os
import tempfile
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from retailflow.local.engine import Warehouse
from retailflow.local.folders import Folders
from retailflow.local.open import Engine
from retailflow.local.program import Program, program
from retailflow.local.run import run
from retailflow.model.project import Project
from retailflow.model.table import Table

_SCHEMAS = count()


@dataclass(frozen=True, slots=True)
class Engines:
    """Which engine, and where."""

    engine: Engine = Engine.DUCKDB
    dsn: str = ""


class Stage:
    """`project` as it stands on this stage: on a shared server it has schemas of its own."""

    def __init__(self, project: Project, engines: Engines) -> None:
        self._project = project
        self._engines = engines
        self._home = _home(project, engines)
        self._programs: dict[int, Program] = {}
        self._warehouse = _open(self._home, engines)
        self._filled: tuple[str, ...] | None = None

    @property
    def warehouse(self) -> Warehouse:
        return self._warehouse

    @property
    def original(self) -> Project:
        return self._project

    def project(self, age: int = 0) -> Project:
        """As it was that many generations ago."""
        return self._home if age == 0 else as_it_was(self._home, age)

    def program(self, age: int) -> Program:
        """It says nothing of what its specs mean: generations come in any order here, and that is no change of specs."""
        if age not in self._programs:
            self._programs[age] = replace(program(self.project(age), self._warehouse.dialect), meanings=())
        return self._programs[age]

    def clear(self) -> None:
        """Forget all that was loaded; what stands there before the first load stays."""
        if self._filled is None:
            self._filled = self._set_up()
            return
        for table in self._filled:
            self._warehouse.execute(f"DELETE FROM {table}")

    def _set_up(self) -> tuple[str, ...]:
        """Make every table by a load of nothing; those it leaves empty are the ones that loads fill."""
        with tempfile.TemporaryDirectory(prefix="retailflow-scenario-") as folder:
            run(self._home, self._warehouse, Folders(Path(folder), Path(folder)), plan=self.program(0))
        d = self._warehouse.dialect
        listed = ", ".join(map(d.literal, _schemas(self._home)))
        tables = self._warehouse.rows(
            f"SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ({listed}) "
            "AND table_type = 'BASE TABLE' ORDER BY 1, 2"
        )
        names = [f"{d.ident(str(schema))}.{d.ident(str(name))}" for schema, name in tables]
        return tuple(name for name in names if not self._warehouse.rows(f"SELECT 1 FROM {name} LIMIT 1"))

    def close(self) -> None:
        """What was made on a server of somebody else goes."""
        try:
            if self._engines.engine is Engine.POSTGRES:
                for schema in _schemas(self._home):
                    self._warehouse.execute(f"DROP SCHEMA IF EXISTS {self._warehouse.dialect.ident(schema)} CASCADE")
        finally:
            self._warehouse.close()


def as_it_was(project: Project, age: int) -> Project:
    """The project before the last `age` generations of its topics."""
    return replace(project, tables=tuple(_before(table, age) for table in project.tables))


def _before(table: Table, age: int) -> Table:
    eras = table.eras[: max(1, len(table.eras) - age)]
    return replace(table, eras=eras, source=replace(table.source, incarnation=eras[-1].incarnation))


def _home(project: Project, engines: Engines) -> Project:
    """On a server that others use nothing is touched but schemas made for this stage."""
    if engines.engine is Engine.DUCKDB:
        return project
    mark = f"retailflow_test_{os.getpid()}_{next(_SCHEMAS)}"
    return replace(project, naming=replace(project.naming, staging_schema=f"{mark}_staging", warehouse_schema=f"{mark}_dw"))


def _schemas(project: Project) -> tuple[str, str]:
    return project.naming.staging_schema, project.naming.warehouse_schema


def _open(project: Project, engines: Engines) -> Warehouse:
    match engines.engine:
        case Engine.DUCKDB:
            from retailflow.local.duckdb_engine import DuckDbWarehouse

            embedded = DuckDbWarehouse(None, _schemas(project))
            embedded.execute("SET threads = 1")  # there are few rows, and several stages at once
            return embedded
        case Engine.POSTGRES:
            from retailflow.local.postgres_engine import PostgresWarehouse

            return PostgresWarehouse(engines.dsn, _schemas(project))
