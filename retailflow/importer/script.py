"""What stands in a script, before types are resolved: tables, alias types, constraints added later, descriptions."""

from dataclasses import dataclass, field

from retailflow.errors import Finding
from retailflow.importer.imported import ForeignKey
from retailflow.importer.tokens import Token

Name = tuple[str, str]  # schema, name


@dataclass(frozen=True, slots=True)
class WrittenType:
    """A type as written: the parts of its name and the tokens of its arguments."""

    parts: tuple[str, ...]
    arguments: tuple[str, ...]
    token: Token


@dataclass(frozen=True, slots=True)
class WrittenColumn:
    """`type` is None for a computed column; `nullable` None when nothing is said."""

    name: str
    type: WrittenType | None
    nullable: bool | None
    token: Token


@dataclass(slots=True)
class WrittenTable:
    name: Name
    token: Token
    columns: list[WrittenColumn] = field(default_factory=list)
    key: tuple[str, ...] = ()
    unique: list[tuple[str, ...]] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    description: str = ""


@dataclass(slots=True)
class Script:
    """`path` is what findings call the file. Constraints and descriptions may name tables of other scripts."""

    path: str
    text: str
    tables: list[WrittenTable] = field(default_factory=list)
    types: dict[Name, tuple[WrittenType, bool | None]] = field(default_factory=dict)
    added: list[WrittenTable] = field(default_factory=list)
    descriptions: dict[tuple[Name, str], str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def named(parts: tuple[str, ...]) -> Name:
    """Schema and name; objects without a schema belong to `dbo`."""
    return (parts[-2] if len(parts) > 1 and parts[-2] else "dbo"), parts[-1]


def folded(name: Name) -> Name:
    """As SQL Server compares names by default: without regard to case."""
    return name[0].lower(), name[1].lower()
