"""A fact: one row per key of its table (and period), with surrogate keys that an as-of lookup gives now."""

from dataclasses import dataclass
from enum import StrEnum

from retailflow.model.expression import Expression
from retailflow.types import ColumnType


class FactKind(StrEnum):
    TRANSACTION = "transaction"
    FACTLESS = "factless"
    PERIODIC_SNAPSHOT = "periodic_snapshot"
    ACCUMULATING_SNAPSHOT = "accumulating_snapshot"


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Additivity(StrEnum):
    ADDITIVE = "additive"
    SEMI_ADDITIVE = "semi_additive"
    NON_ADDITIVE = "non_additive"


@dataclass(frozen=True, slots=True)
class Parent:
    """Columns of another table's row, named by `by` (own columns in the order of the parent's key)."""

    table: str
    by: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """A dimension in one of its roles. `by`: own or parent columns in the order of the dimension's key; `dimension`: a table, or `date`.

    `time`: the column that gives the as-of of this role (default the fact's).
    """

    name: str
    dimension: str
    by: tuple[str, ...]
    time: str | None
    surrogate_key: str

    @property
    def is_date(self) -> bool:
        return self.dimension == "date"


@dataclass(frozen=True, slots=True)
class Measure:
    name: str
    expression: Expression
    type: ColumnType
    additivity: Additivity
    over_time: str | None
    description: str


@dataclass(frozen=True, slots=True)
class ColumnMilestone:
    """The value of an own or parent column."""

    name: str
    column: str


@dataclass(frozen=True, slots=True)
class ChildMilestone:
    """The minimum (`first`) or maximum of a column over the live rows of a child table; `by`: its columns that name this fact's key."""

    name: str
    table: str
    by: tuple[str, ...]
    column: str
    first: bool


@dataclass(frozen=True, slots=True)
class StatusMilestone:
    """When the last unbroken run of states at or past `at` began; `order` lists the statuses, earliest first."""

    name: str
    column: str
    at: str
    order: tuple[str, ...]


Milestone = ColumnMilestone | ChildMilestone | StatusMilestone


@dataclass(frozen=True, slots=True)
class Lag:
    """`unit` is `day` (difference of local dates), `hour`, `minute` or `second`."""

    name: str
    start: str
    end: str
    unit: str


@dataclass(frozen=True, slots=True)
class Fact:
    """`name` is the bare table name. `grain` is the key of the table. `degenerate`: own or parent columns shown as they are."""

    name: str
    table: str
    kind: FactKind
    grain: tuple[str, ...]
    time: str | None
    parents: tuple[Parent, ...]
    roles: tuple[Role, ...]
    measures: tuple[Measure, ...]
    degenerate: tuple[str, ...]
    period: Period | None
    milestones: tuple[Milestone, ...]
    lags: tuple[Lag, ...]
    description: str

    def parent_of(self, column: str) -> Parent | None:
        """The parent a column comes from, None when it is the table's own."""
        return next((p for p in self.parents if column in p.columns), None)

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """Raw columns in the order the table has them: grain, keys of dimensions, times, degenerate; each once."""
        keys = tuple(column for role in self.roles for column in role.by)
        times = (*((self.time,) if self.time else ()), *(role.time for role in self.roles if role.time))
        return tuple(dict.fromkeys((*self.grain, *keys, *times, *self.degenerate)))
