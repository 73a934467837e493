"""What must hold of rows, and what happens when it does not."""

from dataclasses import dataclass
from enum import StrEnum


class OnFail(StrEnum):
    QUARANTINE = "quarantine"  # row checks only: the row is not admitted
    WARN = "warn"
    BLOCK = "block"  # the load stops


class CheckKind(StrEnum):
    NOT_NULL = "not_null"
    MATCHES = "matches"
    IN = "in"
    BETWEEN = "between"
    UNIQUE = "unique"
    RELATIONSHIP = "relationship"


@dataclass(frozen=True, slots=True)
class Check:
    """`values`: the pattern of `matches`, the members of `in`, (low, high) of `between`, (table,) of `relationship`; canonical texts.

    A check is a predicate true of every bad row; NULL is bad for `not_null` only.
    """

    kind: CheckKind
    columns: tuple[str, ...]
    on_fail: OnFail
    values: tuple[str, ...] = ()

    @property
    def looks_at_one_row(self) -> bool:
        return self.kind in (CheckKind.NOT_NULL, CheckKind.MATCHES, CheckKind.IN, CheckKind.BETWEEN)
