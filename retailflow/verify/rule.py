"""A rule: a code, how bad it is, and a function from a statement to what is wrong with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.tokenizer_core import Token

from retailflow.errors import Severity
from retailflow.verify.catalog import Catalog
from retailflow.verify.statement import Statement


@dataclass(frozen=True, slots=True)
class Problem:
    """`at`: the token or node that has to change, None for the whole statement."""

    message: str
    at: Token | exp.Expr | None = None
    hint: str | None = None


Check = Callable[[Statement, Catalog], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """The docstring of `check` says what the platform does, and where that is written (see docs/reference/redshift.md for the pages)."""

    code: str
    check: Check
    severity: Severity = Severity.ERROR


def warning(code: str, check: Check) -> Rule:
    return Rule(code, check, Severity.WARNING)


def span(at: Token | exp.Expr | None, statement: Statement) -> tuple[int, int]:
    """Where that is within the file or the body, and its length."""
    if isinstance(at, Token):
        return at.start, at.end + 1 - at.start
    if at is not None:
        for node in at.walk():
            if "start" in node.meta:
                return int(node.meta["start"]), int(node.meta["end"]) + 1 - int(node.meta["start"])
    first = statement.tokens[0]
    return first.start, first.end + 1 - first.start
