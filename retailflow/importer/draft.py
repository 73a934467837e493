"""A table spec to be written: what is known of a new table before there is a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DraftColumn:
    """`field`: the name at the source, empty when the same; `pii`: what it looks like, to be written as a comment."""

    name: str
    type: str
    field: str = ""
    nullable: bool = True
    description: str = ""
    pii: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """`source`: `erp.Sales.Customer`; `ingest`: `cdc`, `stream` or `batch`; `relationships`: column to table; `remarks`: last comments."""

    name: str
    source: str
    ingest: str
    key: tuple[str, ...]
    columns: tuple[DraftColumn, ...]
    scd: int | None = None
    owner: str = ""
    group: str = ""
    description: str = ""
    files: str = ""
    time: str = ""
    relationships: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()
