"""The tables of the star as expectations see them: columns, what tells rows apart, which columns refer to which dimension."""

from collections.abc import Mapping
from dataclasses import dataclass

from retailflow.model.fact import FactKind
from retailflow.model.project import Project
from retailflow.sql.shape import dimension_columns, fact_columns
from retailflow.types import ColumnType

_TECHNICAL = "_"  # begins the names of columns that are no part of the meaning


@dataclass(frozen=True, slots=True)
class StarTable:
    """`telling`: the columns by which a person tells its rows apart. `references`: surrogate key to the dimension it is of.

    `dates`: the columns that hold the key of a day.
    """

    name: str
    home: str
    columns: Mapping[str, ColumnType]
    telling: tuple[str, ...]
    references: Mapping[str, str]
    dates: frozenset[str]


def star_tables(project: Project) -> dict[str, StarTable]:
    """Every dimension, history and fact, by name."""
    found: dict[str, StarTable] = {}
    for table in project.tables:
        own = table.dimension
        for dimension in [d for d in (own, own.history if own is not None else None) if d is not None]:
            columns = {c.name: c.type for c in dimension_columns(project, table, dimension)}
            found[dimension.name] = StarTable(dimension.name, table.name, columns, (*table.key, "valid_from"), {}, frozenset())
        for fact in table.facts:
            columns = {c.name: c.type for c in fact_columns(project, table, fact) if not c.name.startswith(_TECHNICAL)}
            period = ("period_start",) if fact.kind is FactKind.PERIODIC_SNAPSHOT else ()
            references = {r.surrogate_key: _dimension(project, r.dimension) for r in fact.roles if not r.is_date}
            dates = frozenset(r.surrogate_key for r in fact.roles if r.is_date)
            found[fact.name] = StarTable(fact.name, table.name, columns, (*period, *fact.grain), references, dates)
    return found


def _dimension(project: Project, table: str) -> str:
    dimension = project.table(table).dimension
    return dimension.name if dimension is not None else ""
