"""What a person writes about a dimension."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from retailflow.spec.base import Names, Strict


def _renamed(value: Any) -> Any:
    return {value: value} if isinstance(value, str) else value


_NAME_OR_RENAMING = {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
LookupColumns = Annotated[dict[str, str], BeforeValidator(_renamed), WithJsonSchema(_NAME_OR_RENAMING)]


class LookupSpec(Strict):
    """Attributes of a parent table, shown in this dimension."""

    by: Names = Field(description="Own columns that name the parent's key, in its order")
    columns: list[LookupColumns] = Field(min_length=1, description="Columns of the parent, or `{shown: column}`")
    scd: Literal[1, 2] = Field(default=1, description="1: the parent's latest values; 2: its values at each moment")


class DimensionSpec(Strict):
    """The dimension that a table feeds."""

    short: ClassVar[str | None] = None

    name: str | None = Field(default=None, description="Name of the table, by default `dim_<table>`")
    on_delete: Literal["close", "flag", "ignore"] = Field(default="close", description="What a deletion at the source does")
    effective: str | None = Field(default=None, description="Column that says since when a row holds")
    beginning: bool = Field(default=True, description="Whether the first snapshot's rows hold since 1900-01-01")
    salt: str = Field(default="", description="Changes surrogate keys, should two collide")
    lookups: dict[str, LookupSpec] = Field(default_factory=dict)
    description: str = ""
