"""Changes of type that mean the same on every engine."""

import re
from decimal import Decimal

from sqlglot import exp

from retailflow.model import expression as e
from retailflow.resolve.expression import widths
from retailflow.resolve.expression.errors import ExpressionError
from retailflow.resolve.expression.literals import LiteralError, canonical, plain
from retailflow.types import ColumnType, Kind, UnknownTypeError

_NUMBER = re.compile(r"\d{0,60}(\.\d{0,60})?")


def target(node: exp.Cast) -> ColumnType:
    """The type a cast names."""
    text = node.to.sql(dialect="tsql")
    try:
        t = widths.type_of(text)
    except UnknownTypeError as error:
        raise ExpressionError("RF201", str(error)) from None
    if t.kind in (Kind.TEXT, Kind.BINARY) and "(" not in text:
        raise ExpressionError("RF216", f"`{text.lower()}` in a cast needs a length", f"write `{text.lower()}(n)`")
    return t


def castable(t: ColumnType, wanted: ColumnType) -> bool:
    """Whether every engine casts alike: numbers where no digit is lost unseen, whole numbers to text, dates to midnight."""
    match t.kind, wanted.kind:
        case Kind.INTEGER, Kind.INTEGER | Kind.DECIMAL | Kind.FLOAT:
            return True
        case ((Kind.DECIMAL | Kind.FLOAT), (Kind.DECIMAL | Kind.FLOAT)):
            return True
        case Kind.BOOLEAN, Kind.INTEGER | Kind.BOOLEAN:
            return True
        case ((Kind.INTEGER | Kind.TEXT | Kind.UUID), Kind.TEXT):
            return wanted.length is None or _characters(t) <= wanted.length
        case Kind.DATE, Kind.TIMESTAMP:
            return True
        case _:
            return t.kind is wanted.kind and t.kind is not Kind.TEXT


def _characters(t: ColumnType) -> float:
    """The most characters a value of a type has as text."""
    match t.kind:
        case Kind.INTEGER:
            return widths.digits_of(t)[0] + 1
        case Kind.UUID:
            return 36
        case _:
            return float("inf") if t.length is None else t.length


def cast(operand: e.Expression, wanted: ColumnType) -> e.Expression:
    """The operand as another type; refuses what engines do differently or what drops digits."""
    if isinstance(operand, e.Literal) and operand.value is None:
        return e.Literal(None, wanted)
    if (written := _written(operand, wanted)) is not None:
        return written
    if not castable(operand.type, wanted):
        raise ExpressionError(
            "RF216", f"`{operand.type.tsql}` does not cast to `{wanted.tsql}` alike everywhere", _instead(operand.type, wanted)
        )
    if operand.type.kind is Kind.BOOLEAN and wanted.kind is Kind.INTEGER:
        no = e.Logical("not", (operand,), widths.BOOLEAN)
        return e.Case(((operand, e.Literal("1", wanted)), (no, e.Literal("0", wanted))), None, wanted)
    return operand if operand.type == wanted else e.Cast(operand, wanted)


def _written(operand: e.Expression, t: ColumnType) -> e.Literal | None:
    """A text that is written out, as the date, time of day or uuid it says; None for anything else."""
    if not isinstance(operand, e.Literal) or operand.value is None or operand.type.kind is not Kind.TEXT:
        return None
    if t.kind not in (Kind.DATE, Kind.TIME, Kind.UUID):
        return None
    try:
        return e.Literal(canonical(operand.value, t, "UTC"), t)
    except LiteralError as error:
        raise ExpressionError("RF208", f"`{operand.value}` {error}") from None


def _instead(t: ColumnType, wanted: ColumnType) -> str | None:
    if wanted.kind is Kind.INTEGER and t.kind in widths.NUMERIC:
        return "keep it a decimal: `cast(… as decimal(p,0))` rounds"
    if wanted.kind is Kind.TEXT and t.kind is Kind.TEXT:
        return "`substring(column, 1, n)` cuts"
    if t.kind in (Kind.TIMESTAMP, Kind.INSTANT):
        return "a datetime is UTC here, so its date may not be the local one; use a date role"
    return None


def number(text: str) -> e.Literal:
    """A numeric literal with the smallest fitting type."""
    if not _NUMBER.fullmatch(text):
        try:
            return e.Literal(repr(float(text)), widths.FLOAT)
        except ValueError:
            raise ExpressionError("RF210", f"`{text}` is not a number") from None
    value = plain(Decimal(text))
    whole = value.partition(".")[0]
    if "." in text:
        written = len(text.partition(".")[2])
        return e.Literal(value, widths.decimal(len(whole.lstrip("0")) + written, written))
    if int(whole) < 2**31:
        return e.Literal(value, widths.INT)
    if int(whole) < 2**63:
        return e.Literal(value, widths.BIGINT)
    if len(whole) > widths.MOST:
        raise ExpressionError("RF217", f"the number has {len(whole)} digits, more than {widths.MOST}")
    return e.Literal(value, widths.decimal(len(whole), 0))


def digits(operand: e.Expression) -> tuple[int, int]:
    """Precision and scale in arithmetic: a whole literal's own digits, else those of the type."""
    if isinstance(operand, e.Literal) and operand.value is not None and operand.type.kind is Kind.INTEGER:
        return max(1, len(operand.value.lstrip("-0"))), 0
    return widths.digits_of(operand.type)


def of_type(operand: e.Expression, t: ColumnType) -> e.Expression:
    """An untyped NULL takes the type of what it meets."""
    return e.Literal(None, t) if isinstance(operand, e.Literal) and operand.value is None else operand


def unify(values: list[e.Expression]) -> tuple[list[e.Expression], ColumnType]:
    """Values of branches, cast to the type they have in common, and that type."""
    columns = [v.type for v in values if not isinstance(v, e.Literal)]
    values = [(_written(v, columns[0]) or v) if columns else v for v in values]
    known = [_sized(v, values) for v in values if not (isinstance(v, e.Literal) and v.value is None)]
    if not known:
        raise ExpressionError("RF216", "a NULL alone has no type", "write `cast(null as …)`")
    shared = known[0]
    for t in known[1:]:
        found = widths.common(shared, t)
        if found is None:
            raise ExpressionError("RF216", f"`{shared.tsql}` and `{t.tsql}` are not of one type", "cast one of them")
        shared = found
    return [_widened(value, shared) for value in values], shared


def _sized(value: e.Expression, others: list[e.Expression]) -> ColumnType:
    """The type of a value; a whole literal among decimals has just its digits."""
    if isinstance(value, e.Literal) and value.type.kind is Kind.INTEGER and any(o.type.kind is Kind.DECIMAL for o in others):
        return widths.decimal(*digits(value))
    return value.type


def _widened(value: e.Expression, t: ColumnType) -> e.Expression:
    if isinstance(value, e.Literal):
        return e.Literal(value.value, t)
    same = value.type.kind is t.kind and (t.kind not in widths.NUMERIC or _size(value.type) == _size(t))
    return value if same else e.Cast(value, t)


def _size(t: ColumnType) -> tuple[int, int, int]:
    return t.bits, t.precision, t.scale
