"""A source table, complete: everything a target may ask about it."""

from dataclasses import dataclass

from retailflow.checks import Check
from retailflow.model.dimension import Dimension
from retailflow.model.expression import Expression
from retailflow.model.fact import Fact
from retailflow.model.source import Era, Extract, Route, Source, Topic
from retailflow.types import ColumnType, Kind


@dataclass(frozen=True, slots=True)
class Column:
    """`field`: its name at the source. `expression`: it is derived, and not read from the event. `time_zone`: of zoneless datetimes."""

    name: str
    type: ColumnType
    field: str
    nullable: bool
    time_zone: str
    pii: str | None
    description: str
    expression: Expression | None = None


@dataclass(frozen=True, slots=True)
class Columnar:
    """Physical choices on Redshift; empty: decided by the stated rules."""

    distkey: str | None = None
    sortkey: tuple[str, ...] = ()
    diststyle: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` in the order of the spec, `key` names some of them in the order of the spec's `key`.

    `source_schema`, `source_table`: names at the source, None for routes without a database. `eras`: every generation, the current last.
    `warehouse_path`: `stream` or `copy`.
    """

    name: str
    description: str
    owner: str
    group: str
    source: Source
    source_schema: str | None
    source_table: str | None
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    where: Expression | None
    event_id: str | None
    time: str | None
    extract: Extract | None
    topic: Topic
    eras: tuple[Era, ...]
    checks: tuple[Check, ...]
    dimension: Dimension | None
    facts: tuple[Fact, ...]
    warehouse_path: str
    columnar: Columnar
    path: str

    def column(self, name: str) -> Column:
        """The column of that name; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    def has(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    @property
    def key_columns(self) -> tuple[Column, ...]:
        return tuple(map(self.column, self.key))

    @property
    def era(self) -> Era:
        return self.eras[-1]

    @property
    def route(self) -> Route:
        return self.era.route

    @property
    def is_copied(self) -> bool:
        """Whether its rows reach Redshift by COPY, and not through a streaming view: files of route batch have no topic."""
        return self.warehouse_path == "copy" or self.route is Route.BATCH

    def folds(self, column: str) -> bool:
        """Whether a key column's canonical form may differ from the source's spelling (character, case-insensitive)."""
        return self.source.case_insensitive and self.column(column).type.kind is Kind.TEXT
