"""A typed expression, printed: every arithmetic result is cast to the type the model gives it."""

from typing import assert_never

from retailflow.model import expression as e
from retailflow.sql.dialects.base import Dialect
from retailflow.types import ColumnType, Kind, parse_type

_LONG = parse_type("decimal(19,0)")
_SIDES = ("1e-150", "1e150")  # of float arithmetic
_SINGLE = "1.1754944e-38 AND 3.4028234e38"  # what 32 bits hold
_WHOLE = {8: 3, 16: 5, 32: 10, 64: 19}  # digits of the largest value, by bits


def render(d: Dialect, x: e.Expression, prefix: str = "") -> str:
    """`prefix` stands before column names: an alias (`x.`), or the start of another name for them (`v_`)."""
    match x:
        case e.ColumnRef():
            return named(d, x.name, prefix)
        case e.Literal():
            return constant(d, x.value, x.type)
        case e.Arithmetic():
            return _arithmetic(d, x, prefix)
        case e.Comparison():
            return f"({render(d, x.left, prefix)} {x.operator} {render(d, x.right, prefix)})"
        case e.Logical(operator="not"):
            return f"(NOT {render(d, x.operands[0], prefix)})"
        case e.Logical():
            return "(" + f" {x.operator.upper()} ".join(render(d, o, prefix) for o in x.operands) + ")"
        case e.IsNull():
            return f"({render(d, x.operand, prefix)} IS {'NOT ' if x.negated else ''}NULL)"
        case e.InList():
            members = ", ".join(constant(d, v.value, v.type) for v in x.values)
            return f"({render(d, x.operand, prefix)} {'NOT ' if x.negated else ''}IN ({members}))"
        case e.Call():
            return _call(d, x, prefix)
        case e.Case():
            branches = " ".join(f"WHEN {render(d, c, prefix)} THEN {render(d, v, prefix)}" for c, v in x.branches)
            otherwise = f" ELSE {render(d, x.otherwise, prefix)}" if x.otherwise is not None else ""
            return f"CASE {branches}{otherwise} END"
        case e.Cast():
            return of_type(d, x.operand, x.type, prefix)
        case _:
            assert_never(x)


def named(d: Dialect, column: str, prefix: str) -> str:
    """A column behind a prefix; names are plain, so a longer one needs no quotes."""
    return prefix + d.ident(column) if not prefix or prefix.endswith(".") else prefix + column


def constant(d: Dialect, value: str | None, t: ColumnType) -> str:
    """A literal of a type, from its canonical text."""
    if value is None:
        return d.null(value_type(d, t))
    match t.kind:
        case Kind.TEXT | Kind.UUID | Kind.BINARY:
            return d.literal(value)
        case Kind.BOOLEAN:
            return "TRUE" if value in ("1", "true") else "FALSE"
        case Kind.TIMESTAMP | Kind.INSTANT:
            return d.timestamp(value)
        case Kind.DATE:
            return f"DATE {d.literal(value)}"
        case _:
            return f"CAST({d.literal(value)} AS {value_type(d, t)})"


def value_type(d: Dialect, t: ColumnType) -> str:
    """The type in a cast: no collation, and no length that could cut."""
    return d.varchar if t.kind in (Kind.TEXT, Kind.UUID, Kind.BINARY) else d.type(t)


def of_type(d: Dialect, x: e.Expression, t: ColumnType, prefix: str = "") -> str:
    """The value as a type; NULL where that cannot hold it, so that no value stops a load."""
    value = render(d, x, prefix)
    if x.type.kind is Kind.FLOAT and t.kind is Kind.DECIMAL:
        return d.fit_float(value, t)
    if x.type.kind is t.kind is Kind.FLOAT and t.bits < x.type.bits:
        return f"CASE WHEN ABS({value}) BETWEEN {_SINGLE} THEN {d.cast(value, d.type(t))} WHEN ABS({value}) < 1 THEN 0 END"
    return d.fit(value, t) if _may_not_fit(x.type, t) else d.cast(value, value_type(d, t))


def _may_not_fit(given: ColumnType, wanted: ColumnType) -> bool:
    if not {given.kind, wanted.kind} <= {Kind.INTEGER, Kind.DECIMAL}:
        return False
    (whole, scale), (room, kept) = _digits(given), _digits(wanted)
    return whole > room or (whole == room and (scale > kept or wanted.kind is Kind.INTEGER) and given != wanted)


def _digits(t: ColumnType) -> tuple[int, int]:
    """Before and behind the point."""
    return (_WHOLE[t.bits], 0) if t.kind is Kind.INTEGER else (t.precision - t.scale, t.scale)


def _arithmetic(d: Dialect, x: e.Arithmetic, prefix: str) -> str:
    left, right = render(d, x.left, prefix), render(d, x.right, prefix)
    if x.type.kind is Kind.INTEGER:  # engines count in the type of the operands
        if 64 in (x.left.type.bits, x.right.type.bits):
            left, right = d.cast(left, value_type(d, _LONG)), d.cast(right, value_type(d, _LONG))
            return d.fit(f"{left} {x.operator} {right}", x.type)
        left, right = d.cast(left, value_type(d, x.type)), d.cast(right, value_type(d, x.type))
    if x.operator == "/" and x.type.kind is not Kind.FLOAT:
        right = f"NULLIF({right}, 0)"
    if x.type.kind is Kind.FLOAT:
        left, right = _side(d, x.left, left), _side(d, x.right, right)
        right = f"NULLIF({right}, 0)" if x.operator == "/" else right
    return d.cast(f"{left} {x.operator} {right}", value_type(d, x.type))


def _side(d: Dialect, x: e.Expression, value: str) -> str:
    """A side of float arithmetic: of a size whose products and quotients every engine holds, 0 below it and NULL above. Some engines stop
    at what they cannot hold, others go on with infinity. Whole numbers and decimals are of such a size."""
    if x.type.kind is not Kind.FLOAT or isinstance(x, e.Literal):
        return d.cast(value, d.double)
    low, high = (d.cast(d.literal(bound), d.double) for bound in _SIDES)
    return f"CASE WHEN ABS({value}) BETWEEN {low} AND {high} THEN {d.cast(value, d.double)} WHEN ABS({value}) < {low} THEN {d.cast('0', d.double)} END"


def _call(d: Dialect, x: e.Call, prefix: str) -> str:
    arguments = [render(d, a, prefix) for a in x.arguments]
    match x.function:
        case "concat":
            return "(" + d.concat([f"COALESCE({a}, '')" for a in arguments]) + ")"
        case "length":
            return d.length(arguments[0])
        case "trim":
            return f"TRIM({arguments[0]})"
        case _:
            return f"{x.function.upper()}({', '.join(arguments)})"
