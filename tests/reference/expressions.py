"""Expressions of a spec: the arithmetic of measures and derived columns, the conditions of `where` (three-valued, as in SQL).

A recursive-descent parser that yields functions from a row to a value. NULL in, NULL out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.reference.values import EXACT, Value

Row = Mapping[str, Value]
Evaluate = Callable[[Row], Any]

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*|\.\d+)|'((?:[^']|'')*)'|([A-Za-z_]\w*)|(<>|!=|<=|>=|[-+*/()<>=,]))", re.ASCII)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression and the columns it names."""

    evaluate: Evaluate
    columns: frozenset[str]


def parse(text: str) -> Expression:
    parser = _Parser(_tokens(text))
    evaluate = parser.either()
    parser.expect("end")
    return Expression(evaluate, frozenset(parser.columns))


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"cannot read {text[position:]!r}")
        number, string, name, symbol = match.groups()
        if number is not None:
            tokens.append(("number", number))
        elif string is not None:
            tokens.append(("string", string.replace("''", "'")))
        elif name is not None:
            word = name.lower()
            tokens.append((word, word) if word in ("and", "or", "not", "is", "in", "null", "true", "false") else ("name", name))
        else:
            tokens.append((symbol, symbol))
        position = match.end()
    return [*tokens, ("end", "")]


def _arithmetic(symbol: str, a: Any, b: Any) -> Any:
    """Floats make it float arithmetic, everything else is exact."""
    if a is None or b is None:
        return None
    if isinstance(a, float) or isinstance(b, float):
        a, b = _side(a), _side(b)
        if a is None or b is None or (symbol == "/" and b == 0):
            return None
    else:
        a, b = Decimal(a), Decimal(b)
    match symbol:
        case "+":
            return a + b if isinstance(a, float) else EXACT.add(a, b)
        case "-":
            return a - b if isinstance(a, float) else EXACT.subtract(a, b)
        case "*":
            return a * b if isinstance(a, float) else EXACT.multiply(a, b)
        case _:
            return a / b if isinstance(a, float) else EXACT.divide(a, b)


def _side(value: Any) -> float | None:
    """A side of float arithmetic: nothing too large, and nothing between 0 and what is too small."""
    size = abs(float(value))
    return None if size > 1e150 else 0.0 if size < 1e-150 else float(value)


def _both(a: Any, b: Any) -> bool | None:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def _not(a: Any) -> bool | None:
    return None if a is None else not a


def _compare(symbol: str, a: Any, b: Any) -> bool | None:
    if a is None or b is None:
        return None
    if isinstance(a, float) != isinstance(b, float):
        a, b = float(a), float(b)
    return _COMPARISONS[symbol](a, b)


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.position, self.columns = tokens, 0, set[str]()

    def accept(self, *kinds: str) -> str | None:
        kind, text = self.tokens[self.position]
        if kind not in kinds:
            return None
        self.position += 1
        return text

    def expect(self, kind: str) -> str:
        text = self.accept(kind)
        if text is None:
            raise ValueError(f"expected {kind}, found {self.tokens[self.position][1]!r}")
        return text

    def either(self) -> Evaluate:
        left = self.all()
        while self.accept("or"):
            left = (lambda a, b: lambda row: _not(_both(_not(a(row)), _not(b(row)))))(left, self.all())
        return left

    def all(self) -> Evaluate:
        left = self.negation()
        while self.accept("and"):
            left = (lambda a, b: lambda row: _both(a(row), b(row)))(left, self.negation())
        return left

    def negation(self) -> Evaluate:
        if self.accept("not"):
            operand = self.negation()
            return lambda row: _not(operand(row))
        return self.condition()

    def condition(self) -> Evaluate:
        left = self.sum()
        symbol = self.accept(*_COMPARISONS)
        if symbol is not None:
            right = self.sum()
            return lambda row: _compare(symbol, left(row), right(row))
        if self.accept("is"):
            negated = self.accept("not") is not None
            self.expect("null")
            return lambda row: (left(row) is None) != negated
        negated = self.accept("not") is not None
        if self.accept("in"):
            return self.membership(left, negated)
        if negated:
            raise ValueError("expected in")
        return left

    def membership(self, left: Evaluate, negated: bool) -> Evaluate:
        self.expect("(")
        options = [self.sum()]
        while self.accept(","):
            options.append(self.sum())
        self.expect(")")

        def member(row: Row) -> bool | None:
            answers = [_compare("=", left(row), option(row)) for option in options]
            found = True if True in answers else None if None in answers else False
            return _not(found) if negated else found

        return member

    def sum(self) -> Evaluate:
        left = self.product()
        while symbol := self.accept("+", "-"):
            left = (lambda s, a, b: lambda row: _arithmetic(s, a(row), b(row)))(symbol, left, self.product())
        return left

    def product(self) -> Evaluate:
        left = self.unary()
        while symbol := self.accept("*", "/"):
            left = (lambda s, a, b: lambda row: _arithmetic(s, a(row), b(row)))(symbol, left, self.unary())
        return left

    def unary(self) -> Evaluate:
        if self.accept("-"):
            operand = self.unary()
            return lambda row: _arithmetic("-", 0, operand(row))
        return self.atom()

    def atom(self) -> Evaluate:
        if self.accept("("):
            inner = self.either()
            self.expect(")")
            return inner
        if self.accept("null"):
            return lambda row: None
        if (number := self.accept("number")) is not None:
            return lambda row: Decimal(number)
        if (string := self.accept("string")) is not None:
            return lambda row: string
        if (boolean := self.accept("true", "false")) is not None:
            return lambda row: boolean == "true"
        name = self.expect("name")
        self.columns.add(name)
        return lambda row: row.get(name)


def compute(expression: Expression, row: Row) -> Value:
    """The value of an arithmetic expression; one float column makes all of it float arithmetic."""
    values: dict[str, Any] = {name: row.get(name) for name in expression.columns}
    if any(isinstance(value, float) for value in values.values()):
        values = {name: None if value is None else float(value) for name, value in values.items()}
    result: Value = expression.evaluate(values)
    return result
