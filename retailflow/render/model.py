"""The model as plain data a person can read: types by their names, expressions as text, nothing that says nothing."""

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, assert_never

from retailflow.model import expression as e
from retailflow.types import ColumnType

_EXPRESSIONS = (
    e.ColumnRef, e.Literal, e.Arithmetic, e.Comparison, e.Logical, e.IsNull, e.InList, e.Call, e.Case, e.Cast,
)  # fmt: skip


def as_data(value: object) -> Any:
    """`dict`, `list` and scalars."""
    match value:
        case ColumnType():
            return value.tsql
        case _ if isinstance(value, _EXPRESSIONS):
            return expression_text(value)
        case Enum():
            return value.value
        case tuple():
            return [as_data(item) for item in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            pairs = ((f.name, as_data(getattr(value, f.name))) for f in fields(value))
            return {name: data for name, data in pairs if data is not None and data != [] and data != ""}
        case bool() | int() | str() | None:
            return value
    return str(value)


def expression_text(x: e.Expression) -> str:
    """An expression as T-SQL, with the casts that the types of its parts decided."""
    match x:
        case e.ColumnRef():
            return x.name
        case e.Literal():
            return _literal(x)
        case e.Arithmetic() | e.Comparison():
            return f"({expression_text(x.left)} {x.operator} {expression_text(x.right)})"
        case e.Logical():
            operands = [expression_text(o) for o in x.operands]
            return f"(not {operands[0]})" if x.operator == "not" else f"({f' {x.operator} '.join(operands)})"
        case e.IsNull():
            return f"({expression_text(x.operand)} is {'not ' if x.negated else ''}null)"
        case e.InList():
            return f"({expression_text(x.operand)} {'not ' if x.negated else ''}in ({', '.join(map(_literal, x.values))}))"
        case e.Call():
            return f"{x.function}({', '.join(map(expression_text, x.arguments))})"
        case e.Case():
            branches = " ".join(f"when {expression_text(c)} then {expression_text(v)}" for c, v in x.branches)
            return f"case {branches}{f' else {expression_text(x.otherwise)}' if x.otherwise is not None else ''} end"
        case e.Cast():
            return f"cast({expression_text(x.operand)} as {x.type.tsql})"
        case _:
            assert_never(x)


def _literal(x: e.Literal) -> str:
    if x.value is None:
        return "null"
    if x.type.kind.value in ("integer", "decimal", "float", "boolean"):
        return x.value
    return "'" + x.value.replace("'", "''") + "'"
