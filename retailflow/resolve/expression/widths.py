"""The types of results: how arithmetic widens, and what two branches have in common.

Decimals follow SQL Server (Redshift's `+ - *` agree), with precision capped at 38 in a way that keeps the scale of `+ - *`:

    a + b, a - b   scale max(s1, s2)      precision max(s1, s2) + max(p1 - s1, p2 - s2) + 1
    a * b          scale s1 + s2          precision p1 + p2 + 1
    a / b          scale max(6, s1 + p2 + 1), less where whole digits (p1 - s1 + s2) need the room, but at least 6

A scale beyond 37 is refused. An integer counts as a decimal of its largest value's digits (a literal, of its own), integers among
themselves stay integers (32 bits when both have at most 16, else 64), and a float makes everything float.
"""

from functools import lru_cache

from retailflow.resolve.expression.errors import ExpressionError
from retailflow.types import ColumnType, Kind, parse_type

MOST = 38
MOST_SCALE = 37
LEAST_QUOTIENT_SCALE = 6
NUMERIC = frozenset((Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT))
_DIGITS = {8: 3, 16: 5, 32: 10, 64: 19}

type_of = lru_cache(maxsize=4096)(parse_type)
BOOLEAN = parse_type("bit")
FLOAT = parse_type("float")
INT = parse_type("int")
BIGINT = parse_type("bigint")
DATE = parse_type("date")


def decimal(precision: int, scale: int) -> ColumnType:
    """A decimal of that many digits; refuses scales that no engine holds."""
    if scale > MOST_SCALE:
        raise ExpressionError("RF217", f"the result needs {scale} fractional digits, more than {MOST_SCALE}", "cast a side to fewer digits")
    return type_of(f"decimal({min(MOST, max(precision, scale, 1))},{scale})")


def text(length: int | None) -> ColumnType:
    """Text of that many UTF-16 units, None for any."""
    return type_of(f"nvarchar({max(length, 1)})" if length is not None and length <= 4000 else "nvarchar(max)")


def digits_of(t: ColumnType) -> tuple[int, int]:
    """Precision and scale of an integer or decimal type."""
    return (_DIGITS[t.bits], 0) if t.kind is Kind.INTEGER else (t.precision, t.scale)


def arithmetic(operator: str, left: ColumnType, right: ColumnType, digits: tuple[tuple[int, int], tuple[int, int]]) -> ColumnType:
    """The type of `left operator right`; `digits` of both sides, which for literals are fewer than their types'."""
    if Kind.FLOAT in (left.kind, right.kind):
        return FLOAT
    if left.kind is right.kind is Kind.INTEGER:
        if operator == "/":
            raise ExpressionError(
                "RF212", "an integer divided by an integer loses the fraction", "cast one side: `cast(… as decimal(10,4))`"
            )
        return INT if max(left.bits, right.bits) <= 16 else BIGINT
    (p1, s1), (p2, s2) = digits
    match operator:
        case "*":
            return decimal(p1 + p2 + 1, s1 + s2)
        case "/":
            whole = p1 - s1 + s2
            scale = max(LEAST_QUOTIENT_SCALE, min(s1 + p2 + 1, MOST - whole))
            return decimal(whole + scale, min(scale, MOST_SCALE))
        case _:
            return decimal(max(s1, s2) + max(p1 - s1, p2 - s2) + 1, max(s1, s2))


def common(left: ColumnType, right: ColumnType) -> ColumnType | None:
    """The type that holds values of both, None when there is none."""
    if left == right:
        return left
    if left.kind in NUMERIC and right.kind in NUMERIC:
        return _common_number(left, right)
    if left.kind is not right.kind:
        return None
    match left.kind:
        case Kind.TEXT:
            return text(None if left.length is None or right.length is None else max(left.length, right.length))
        case Kind.TIMESTAMP | Kind.INSTANT | Kind.TIME:
            return left if left.fraction >= right.fraction else right
        case Kind.BINARY:
            return type_of("varbinary(max)")
        case _:
            return left


def _common_number(left: ColumnType, right: ColumnType) -> ColumnType:
    if Kind.FLOAT in (left.kind, right.kind):
        return FLOAT
    if left.kind is right.kind is Kind.INTEGER:
        return left if left.bits >= right.bits else right
    (p1, s1), (p2, s2) = digits_of(left), digits_of(right)
    scale = max(s1, s2)
    found = decimal(max(p1 - s1, p2 - s2) + scale, scale)
    return next((t for t in (left, right) if (t.precision, t.scale) == (found.precision, found.scale)), found)
