"""A typed expression: what `expr`, `where` and measures say, with the type of every part decided."""

from dataclasses import dataclass

from retailflow.types import ColumnType


@dataclass(frozen=True, slots=True)
class ColumnRef:
    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Literal:
    """`value` is the canonical text (`1.5`, `open`, `2024-01-01`, `1` of bits, datetimes in UTC, binary in hexadecimal); None is NULL."""

    value: str | None
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`operator` is one of `+ - * /`; the result is cast to `type`, which the resolver widened from both sides; by zero is NULL."""

    operator: str
    left: "Expression"
    right: "Expression"
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operator` is one of `= <> < <= > >=`; boolean, NULL when a side is."""

    operator: str
    left: "Expression"
    right: "Expression"
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Logical:
    """`operator` is `and`, `or` or `not` (one operand)."""

    operator: str
    operands: tuple["Expression", ...]
    type: ColumnType


@dataclass(frozen=True, slots=True)
class IsNull:
    operand: "Expression"
    negated: bool
    type: ColumnType


@dataclass(frozen=True, slots=True)
class InList:
    operand: "Expression"
    values: tuple[Literal, ...]
    negated: bool
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Call:
    """`function` is one of `coalesce`, `nullif`, `abs`, `round`, `upper`, `lower`, `trim`, `length`, `substring`, `concat`.

    `round` is of decimals, and has, like `substring`, whole literals after its first argument. To `concat` NULL is empty.
    """

    function: str
    arguments: tuple["Expression", ...]
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Case:
    """Searched CASE: (condition, value) pairs, then the ELSE."""

    branches: tuple[tuple["Expression", "Expression"], ...]
    otherwise: "Expression | None"
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Cast:
    operand: "Expression"
    type: ColumnType


Expression = ColumnRef | Literal | Arithmetic | Comparison | Logical | IsNull | InList | Call | Case | Cast


def columns_of(expression: Expression) -> frozenset[str]:
    """The names of the columns an expression reads."""
    match expression:
        case ColumnRef(name=name):
            return frozenset((name,))
        case Literal():
            return frozenset()
        case Arithmetic() | Comparison():
            return columns_of(expression.left) | columns_of(expression.right)
        case Logical():
            return frozenset().union(*map(columns_of, expression.operands))
        case IsNull() | InList() | Cast():
            return columns_of(expression.operand)
        case Call():
            return frozenset().union(*map(columns_of, expression.arguments))
        case Case():
            parts = [part for branch in expression.branches for part in branch]
            parts += [expression.otherwise] if expression.otherwise is not None else []
            return frozenset().union(*map(columns_of, parts))
