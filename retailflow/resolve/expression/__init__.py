"""Expressions of specs: T-SQL text to the typed tree of the model."""

import re

from retailflow.model.expression import ColumnRef, Expression
from retailflow.resolve.expression.errors import ExpressionError, UnresolvableError
from retailflow.resolve.expression.scope import Readable, Scope

__all__ = ["ExpressionError", "Readable", "Scope", "UnresolvableError", "read_expression"]

_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")


def read_expression(text: str, scope: Scope) -> Expression:
    """The typed expression; raises ExpressionError, or UnresolvableError where a column has a finding of its own."""
    if _NAME.match(text) and text in scope:
        column = scope[text]
        if column is None:
            raise UnresolvableError(text)
        return column.stands_for if column.stands_for is not None else ColumnRef(text, column.type)
    from retailflow.resolve.expression.typed import read  # sqlglot is loaded for those who need it

    return read(text, scope)
