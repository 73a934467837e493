"""By what rows of large tables are found, for engines that keep indexes: the keys of logs, dimensions and facts, and surrogate keys."""

from collections.abc import Iterator

from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql.dependents import dimensions_of
from retailflow.sql.dialects.base import Dialect


def create(project: Project, d: Dialect) -> tuple[str, ...]:
    return tuple(statement for table in project.tables for statement in _of(project, table, d))


def _of(project: Project, table: Table, d: Dialect) -> Iterator[str]:
    staging, warehouse = project.naming.staging_schema, project.naming.warehouse_schema
    keys = tuple(map(d.ident, table.key))
    if table.event_id:
        yield from d.index(staging, f"{table.name}_log", ("_identity",))
    if not keys:
        return
    yield from d.index(staging, f"{table.name}_log", keys)
    for dimension in dimensions_of(table):
        yield from d.index(warehouse, dimension.name, keys)
        yield from d.index(warehouse, dimension.name, (d.ident(dimension.surrogate_key),))
        yield from d.room(warehouse, dimension.name)
    for fact in table.facts:
        yield from d.index(warehouse, fact.name, keys)
