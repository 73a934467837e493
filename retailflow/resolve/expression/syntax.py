"""Text to sqlglot's tree, and what is refused by its form alone."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from retailflow.resolve.expression.errors import ExpressionError

MOST_CHARACTERS = 4000
MOST_NESTED = 60
_CLOCKS = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.CurrentDatetime, exp.Rand, exp.Uuid, exp.CurrentUser)
_CLOCK_NAMES = frozenset((
    "getutcdate", "sysutcdatetime", "sysdatetimeoffset", "newsequentialid", "now", "random", "sysdate", "suser_sname", "session_user",
))  # fmt: skip
_QUERIES = (exp.Query, exp.Subquery, exp.Exists, exp.Any, exp.All)


# What is written otherwise here: as a person writes it, what to write.
_OPERATORS: dict[type[exp.Expr], tuple[str, str | None]] = {
    exp.Mod: ("%", None),
    exp.IntDiv: ("div", None),
    exp.Like: ("like", "use `substring(column, 1, n) = '…'`"),
    exp.DPipe: ("||", "use `concat(a, b)`"),
    exp.Collate: ("collate", None),
    exp.TryCast: ("try_cast", "use `cast`, on a type that always fits"),
    exp.Convert: ("convert", "use `cast(… as …)`"),
}


def parse_expression(text: str) -> exp.Expr:
    """One T-SQL expression; raises ExpressionError."""
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(
            "RF210", f"the expression has more than {MOST_CHARACTERS} characters", "derive parts of it in a column of their own"
        )
    if _nesting(text) > MOST_NESTED:
        raise ExpressionError("RF210", f"the expression is nested more than {MOST_NESTED} levels deep")
    try:
        with _quiet():
            trees = parse(text, dialect="tsql")
    except SqlglotError as error:
        raise _syntax(error, text) from None
    except RecursionError:
        raise ExpressionError("RF210", "the expression is nested too deep") from None
    tree = trees[0] if len(trees) == 1 else None
    if tree is None or isinstance(tree, exp.Block):
        raise ExpressionError("RF210", "this is not one expression", "write one value, without `;`")
    return tree


@contextmanager
def _quiet() -> Iterator[None]:
    """What sqlglot cannot read it logs and passes on as a command; here that is refused, and needs no second voice."""
    logger = logging.getLogger("sqlglot")
    logger.disabled, before = True, logger.disabled
    try:
        yield
    finally:
        logger.disabled = before


def _nesting(text: str) -> int:
    depth = deepest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    return deepest + text.lower().count("case ")


def _syntax(error: SqlglotError, text: str) -> ExpressionError:
    details = getattr(error, "errors", None) or [{}]
    highlight, before = details[0].get("highlight") or "", details[0].get("start_context") or ""
    if not highlight:
        return ExpressionError("RF210", "this is not a T-SQL expression")
    if "Required keyword" in str(error):
        return ExpressionError("RF210", f"a value is missing beside `{highlight}`", None, len(before), len(highlight))
    message = f"this is not a T-SQL expression: `{highlight}` is not expected here"
    return ExpressionError("RF210", message, None, min(len(before), len(text)), len(highlight))


def span(node: exp.Expr) -> tuple[int, int]:
    """Start and length of what a tree was read from, (0, 0) where no part of it knows."""
    known = [part.meta for part in node.walk() if "start" in part.meta]
    if not known:
        return 0, 0
    start = min(int(meta["start"]) for meta in known)
    return start, max(int(meta["end"]) for meta in known) - start + 1


def _own_span(node: exp.Expr) -> tuple[int, int]:
    """The name of a function, where it is known, else all of the call."""
    meta = node.meta
    return (int(meta["start"]), int(meta["end"]) - int(meta["start"]) + 1) if "start" in meta else span(node)


def refused(node: exp.Expr) -> ExpressionError:
    """Why a form that the language of specs does not have is refused."""
    name = node.this if isinstance(node, exp.Anonymous) else node.sql_name() if isinstance(node, exp.Func) else ""
    if isinstance(node, _CLOCKS) or str(name).lower() in _CLOCK_NAMES:
        why = "the star must be the same whenever it is built: use a column of the event"
        return ExpressionError("RF213", "clock, random and session functions are refused", why, *_own_span(node))
    if isinstance(node, _QUERIES):
        return ExpressionError("RF214", "subqueries are refused", "bring other tables in by `lookups` or `parent`", *_own_span(node))
    if isinstance(node, exp.Window | exp.AggFunc):
        return ExpressionError("RF214", "aggregates and windows are refused", "an expression sees one row", *_own_span(node))
    if type(node) in _OPERATORS:
        operator, hint = _OPERATORS[type(node)]
        return ExpressionError("RF214", f"`{operator}` is not an operator that specs know", hint, *_own_span(node))
    if name and not isinstance(node, exp.Struct):
        return ExpressionError("RF215", f"`{str(name).lower()}` is not a function that specs know", _functions(), *_own_span(node))
    known = "known: arithmetic, comparisons, `and or not`, `in`, `between`, `is null`, `case`, `cast`"
    return ExpressionError("RF214", "this form is not one that specs know", known, *_own_span(node))


def _functions() -> str:
    from retailflow.resolve.expression.calls import NAMES

    return f"known: {', '.join(f'`{n}`' for n in NAMES)}"
