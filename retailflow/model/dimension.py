"""A dimension: how the chain of a key's states is read as rows with a validity."""

from dataclasses import dataclass
from enum import StrEnum

from retailflow.scd import Scd


class OnDelete(StrEnum):
    CLOSE = "close"
    FLAG = "flag"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class LookupColumn:
    """`name` in the dimension, `column` in the parent table."""

    name: str
    column: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """Attributes of a parent table; `by`: own columns in the order of the parent's key; `scd` is OVERWRITE or VERSION."""

    parent: str
    by: tuple[str, ...]
    columns: tuple[LookupColumn, ...]
    scd: Scd


@dataclass(frozen=True, slots=True)
class Attribute:
    """A non-key column of the table as the dimension shows it."""

    column: str
    scd: Scd


@dataclass(frozen=True, slots=True)
class Dimension:
    """`name` is the bare table name (`dim_customer`). `effective` and key columns are not among `attributes`.

    `history`: the versioned companion of type 4 (this one is then unversioned); it carries its own attributes and lookups.
    """

    name: str
    table: str
    surrogate_key: str
    attributes: tuple[Attribute, ...]
    lookups: tuple[Lookup, ...]
    on_delete: OnDelete
    effective: str | None
    beginning: bool
    salt: str
    description: str
    history: "Dimension | None" = None
    is_history: bool = False

    @property
    def versioned(self) -> bool:
        """A history always is; another if a column or lookup of it opens versions."""
        return self.is_history or any(a.scd.opens_versions for a in self.attributes) or any(lk.scd.opens_versions for lk in self.lookups)
