"""What an audit is: a question whose answer should be empty, and where the history of an offending row is found."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from retailflow.sql.dialects.base import Dialect


class AuditSeverity(StrEnum):
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class History:
    """`relation` holds what is known of an offending row: its rows whose columns equal those the audit shows, in an order.

    `match`: (column the audit shows, column of the relation), both SQL names.
    """

    relation: str
    match: tuple[tuple[str, str], ...]
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """`select` gives the offending rows, none when all is well. `name` is unique; `table` is empty where the whole project is asked."""

    code: str
    name: str
    table: str
    severity: AuditSeverity
    message: str
    select: str
    history: History | None = None


def look_up(audit: Audit, row: Mapping[str, object], d: Dialect) -> str | None:
    """A SELECT of the history of one offending row, given by the bare names of its columns; None where there is none to tell."""
    if audit.history is None:
        return None
    bare = {d.ident(name): value for name, value in row.items()}
    tests = []
    for shown, column in audit.history.match:
        if shown not in bare:
            return None
        value = bare[shown]
        tests.append(f"{column} IS NULL" if value is None else f"{column} = {d.value(value)}")
    order = f" ORDER BY {', '.join(audit.history.order)}" if audit.history.order else ""
    return f"SELECT * FROM {audit.history.relation} WHERE {' AND '.join(tests)}{order}"


def example(audit: Audit) -> str | None:
    """The same with what an audit shows in angle brackets, for a person to fill in."""
    if audit.history is None:
        return None
    bare = ((shown.strip('"'), column) for shown, column in audit.history.match)
    order = f" ORDER BY {', '.join(audit.history.order)}" if audit.history.order else ""
    return f"SELECT * FROM {audit.history.relation} WHERE {' AND '.join(f'{column} = <{shown}>' for shown, column in bare)}{order}"
