"""What a script says of its tables."""

from dataclasses import dataclass, field

from retailflow.errors import Finding, Place


@dataclass(frozen=True, slots=True)
class ImportedColumn:
    """`type`: T-SQL type text in our spelling (`nvarchar(25)`), alias types resolved."""

    name: str
    type: str
    nullable: bool
    place: Place
    description: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of a table name `target_columns` of another (empty: its primary key)."""

    columns: tuple[str, ...]
    schema: str
    table: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportedTable:
    """`key`: the columns of the primary key, empty when there is none; `unique`: other sets of columns that are."""

    schema: str
    name: str
    columns: tuple[ImportedColumn, ...]
    key: tuple[str, ...]
    place: Place
    unique: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    description: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Imported:
    """Tables in the order of the scripts; those with an error among the `findings` are left out, and named in `broken`."""

    tables: tuple[ImportedTable, ...]
    findings: tuple[Finding, ...]
    broken: frozenset[str] = field(default_factory=frozenset)
