"""The whole of what was written, complete and frozen: what every target and every engine reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from retailflow.model.dimension import Dimension
from retailflow.model.fact import Fact
from retailflow.model.source import Source
from retailflow.model.table import Table


@dataclass(frozen=True, slots=True)
class Environment:
    """One cloud account and region the project is deployed to. `settings`: sizes and ARNs of what exists, sorted, for Terraform."""

    name: str
    account: str
    region: str
    settings: tuple[tuple[str, str | int | bool], ...]


@dataclass(frozen=True, slots=True)
class Holiday:
    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The date dimension: both ends included. `fiscal_start`: month in which the 4-4-5 year begins (its first Monday-based week)."""

    first: date
    last: date
    fiscal_start: int
    holidays: tuple[Holiday, ...]


@dataclass(frozen=True, slots=True)
class Naming:
    """Patterns with `{table}` and `{env}` in them."""

    topic: str
    bucket: str
    landing: str
    staging: str
    dimensions: str
    facts: str
    staging_schema: str
    warehouse_schema: str


@dataclass(frozen=True, slots=True)
class Group:
    """Tables of one group share jobs. `settings` in Glue's own words, sorted."""

    name: str
    settings: tuple[tuple[str, str], ...]


@dataclass(frozen=True)  # no slots: what is asked of all tables again and again is kept
class Project:
    """`tables`, `environments`, `sources` and `groups` are sorted by name."""

    name: str
    tables: tuple[Table, ...]
    sources: tuple[Source, ...]
    environments: tuple[Environment, ...]
    groups: tuple[Group, ...]
    naming: Naming
    calendar: Calendar

    def table(self, name: str) -> Table:
        """The table of that name; raises KeyError."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Table]:
        return {table.name: table for table in self.tables}

    def dimensions(self) -> Iterator[tuple[Table, Dimension]]:
        return ((t, t.dimension) for t in self.tables if t.dimension is not None)

    def facts(self) -> Iterator[tuple[Table, Fact]]:
        return ((t, f) for t in self.tables for f in t.facts)
