"""What a load is made of: statements in order, some only when there is something to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Temp:
    """(Re)create the temporary table `name` from a SELECT. `key`: columns to distribute by and to index where that helps.

    `is_cheap`: it is made of columns of one temporary table that stays as it is, so a columnar engine may compute it whenever it is read.
    """

    name: str
    select: str
    key: tuple[str, ...] = ()
    is_cheap: bool = False


@dataclass(frozen=True, slots=True)
class Execute:
    """Run one statement that changes a permanent table."""

    sql: str


@dataclass(frozen=True, slots=True)
class Assert:
    """Stop the load with `code` if the SELECT returns a row; its rows are what a person is shown."""

    code: str
    message: str
    select: str


@dataclass(frozen=True, slots=True)
class Step:
    """Statements, or steps, run in order, all or none: only if `guard` (a SELECT) returns a row, always when it is None."""

    name: str
    body: tuple["Temp | Execute | Assert | Step", ...]
    guard: str | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """One transaction. Steps in order; what the caller provides before it is told in `sql.take`."""

    steps: tuple[Step, ...]
