"""What a person writes about a fact."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from retailflow.spec.base import Names, Strict, complaint


class ParentSpec(Strict):
    """Columns of another table's row: the header of a line."""

    by: Names = Field(description="Own columns that name the parent's key, in its order")
    columns: Names = Field(description="Columns of the parent that the fact reads")


class RoleSpec(Strict):
    """A dimension of the fact, in one of its roles."""

    short: ClassVar[str | None] = "by"

    dimension: str | None = Field(default=None, description="Table that feeds the dimension, or `date`; by default the name of the role")
    by: Names = Field(description="Own or parent columns that name the dimension's key, in its order")
    time: str | None = Field(default=None, description="Column that says as of when, if other than the fact's `time`")


class MeasureSpec(Strict):
    """A number of the fact: nothing (the column of that name), an expression, or more."""

    expr: str | None = Field(default=None, description="T-SQL expression over own and parent columns")
    type: str | None = Field(default=None, description="T-SQL type of the result, by default that of the expression")
    additivity: Literal["additive", "semi_additive", "non_additive"] = "additive"
    over_time: Literal["last", "first", "min", "max", "avg"] | None = Field(
        default=None, description="How it folds over time, if semi-additive"
    )
    description: str = ""

    @classmethod
    def lengthen(cls, value: Any) -> Any:
        return {} if value is None else {"expr": value}


class MilestoneSpec(Strict):
    """When something happened: a column, the first or last of a child's column, or the start of a run of statuses."""

    short: ClassVar[str | None] = "column"

    column: str | None = None
    from_: str | None = Field(default=None, alias="from", description="Child table")
    by: Names | None = Field(default=None, description="The child's columns that name this fact's key")
    first: str | None = Field(default=None, description="Column of the child whose least value counts")
    last: str | None = Field(default=None, description="Column of the child whose greatest value counts")
    status: str | None = Field(default=None, description="Own column that holds the status")
    at: str | None = Field(default=None, description="The status that is reached")
    order: list[str] | None = Field(default=None, min_length=1, description="All statuses, earliest first")


class LagSpec(Strict):
    """The time between two milestones."""

    from_: str = Field(alias="from")
    to: str
    unit: Literal["day", "hour", "minute", "second"] = "day"

    @classmethod
    def lengthen(cls, value: Any) -> Any:
        if isinstance(value, list) and len(value) in (2, 3):
            return dict(zip(("from", "to", "unit"), value, strict=False))
        raise complaint("must be two milestones", "write `[start, end]`")


class FactSpec(Strict):
    """A fact that a table feeds."""

    type: Literal["transaction", "factless", "periodic_snapshot", "accumulating_snapshot"]
    grain: Names = Field(description="The key of the table, stated so that a reviewer sees it")
    time: str | None = Field(default=None, description="Column that says as of when dimensions are looked up")
    parent: dict[str, ParentSpec] = Field(default_factory=dict)
    dimensions: dict[str, RoleSpec] = Field(default_factory=dict)
    measures: dict[str, MeasureSpec] = Field(default_factory=dict)
    degenerate: Names | None = Field(default=None, description="Columns shown as they are, by default the grain")
    period: Literal["day", "week", "month"] | None = None
    milestones: dict[str, MilestoneSpec] = Field(default_factory=dict)
    lags: dict[str, LagSpec] = Field(default_factory=dict)
    description: str = ""
