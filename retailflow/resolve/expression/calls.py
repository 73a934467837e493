"""The functions that specs know, and the types of their arguments and results."""

from sqlglot import exp

from retailflow.model import expression as e
from retailflow.resolve.expression import casts, widths
from retailflow.resolve.expression.errors import ExpressionError
from retailflow.types import Kind

NAMES = ("abs", "coalesce", "concat", "isnull", "iif", "len", "lower", "nullif", "round", "substring", "trim", "upper")
MOST_DECIMALS = 30

# sqlglot's class, our name, the arguments it keeps in order; any other argument that is set is one that we do not know.
FORMS: dict[type[exp.Expr], tuple[str, tuple[str, ...]]] = {
    exp.Abs: ("abs", ("this",)),
    exp.Coalesce: ("coalesce", ("this", "expressions")),
    exp.Concat: ("concat", ("expressions",)),
    exp.Length: ("length", ("this",)),
    exp.Lower: ("lower", ("this",)),
    exp.Nullif: ("nullif", ("this", "expression")),
    exp.Round: ("round", ("this", "decimals")),
    exp.Substring: ("substring", ("this", "start", "length")),
    exp.Trim: ("trim", ("this",)),
    exp.Upper: ("upper", ("this",)),
}
_HARMLESS = frozenset(("safe", "coalesce", "is_null"))


def arguments_of(node: exp.Func) -> tuple[str, tuple[exp.Expr, ...]]:
    """Our name of a function, and its arguments."""
    name, kept = FORMS[type(node)]
    if any(value not in (None, False, []) for key, value in node.args.items() if key not in kept and key not in _HARMLESS):
        raise ExpressionError("RF215", f"`{name}` does not take these arguments", _USAGE.get(name))
    arguments: list[exp.Expr] = []
    for key in kept:
        value = node.args.get(key)
        arguments += value if isinstance(value, list) else [] if value is None else [value]
    if name == "length" and isinstance(arguments[0], exp.Cast):
        arguments = [arguments[0].this]  # sqlglot wraps the argument of LEN in a cast to text
    return name, tuple(arguments)


_USAGE = {
    "abs": "write `abs(number)`",
    "length": "write `len(text)`",
    "lower": "write `lower(text)`",
    "nullif": "write `nullif(a, b)`",
    "round": "write `round(number, decimals)`",
    "substring": "write `substring(text, start, length)`",
    "trim": "write `trim(text)`",
    "upper": "write `upper(text)`",
    "concat": "write `concat(a, b)`",
    "coalesce": "write `coalesce(a, b)`",
}
_COUNTS = {"abs": 1, "length": 1, "lower": 1, "nullif": 2, "round": 2, "substring": 3, "trim": 1, "upper": 1}


def call(name: str, arguments: tuple[e.Expression, ...]) -> e.Expression:
    """The typed call; refuses arguments of the wrong number or type."""
    if len(arguments) != _COUNTS.get(name, len(arguments)) or len(arguments) < (2 if name in ("coalesce", "concat") else 1):
        raise ExpressionError("RF215", f"`{name}` does not take {len(arguments)} arguments", _USAGE[name])
    match name:
        case "coalesce" | "nullif":
            return _choice(name, arguments)
        case "abs" | "round":
            return _number(name, arguments)
        case _:
            return _text(name, arguments)


def _choice(name: str, arguments: tuple[e.Expression, ...]) -> e.Expression:
    unified, shared = casts.unify(list(arguments))
    return e.Call(name, tuple(unified), shared)


def _number(name: str, arguments: tuple[e.Expression, ...]) -> e.Expression:
    operand = arguments[0]
    if operand.type.kind not in widths.NUMERIC:
        raise ExpressionError("RF216", f"`{name}` needs a number, not `{operand.type.tsql}`")
    if name == "round":
        decimals = _constant(arguments[1], 0, MOST_DECIMALS, "the second argument of `round`")
        if operand.type.kind is Kind.INTEGER:
            return operand
        if operand.type.kind is Kind.FLOAT:
            raise ExpressionError("RF216", "engines round floats differently", "cast it first: `cast(… as decimal(19,4))`")
        return e.Call(name, (operand, e.Literal(str(decimals), widths.INT)), operand.type)
    return e.Call(name, arguments, operand.type)


def _text(name: str, arguments: tuple[e.Expression, ...]) -> e.Expression:
    texts = arguments[:1] if name == "substring" else arguments
    for operand in texts:
        if operand.type.kind not in (Kind.TEXT, Kind.UUID):
            raise ExpressionError("RF216", f"`{name}` needs text, not `{operand.type.tsql}`", "cast it to `nvarchar(n)`")
    lengths = [36 if t.type.kind is Kind.UUID else t.type.length for t in texts]
    match name:
        case "length":
            return e.Call(name, arguments, widths.INT)
        case "concat":
            total = None if None in lengths else sum(n for n in lengths if n is not None)
            return e.Call(name, arguments, widths.text(total))
        case "substring":
            start = _constant(arguments[1], 1, 10**9, "the start of `substring`")
            count = _constant(arguments[2], 0, 10**9, "the length of `substring`")
            longest = count if lengths[0] is None else min(count, lengths[0])
            constants = (e.Literal(str(start), widths.INT), e.Literal(str(count), widths.INT))
            return e.Call(name, (arguments[0], *constants), widths.text(longest))
        case _:
            return e.Call(name, arguments, widths.text(lengths[0]))


def _constant(operand: e.Expression, low: int, high: int, what: str) -> int:
    if isinstance(operand, e.Literal) and operand.value is not None and operand.type.kind is Kind.INTEGER:
        value = int(operand.value)
        if low <= value <= high:
            return value
    raise ExpressionError("RF215", f"{what} must be a whole number of {low} or more, written out")
