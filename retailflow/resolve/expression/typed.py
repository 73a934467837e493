"""sqlglot's tree to our typed one: every name is looked up, every part has a type, and what engines disagree about is refused."""

from collections.abc import Callable

from sqlglot import exp

from retailflow.errors import did_you_mean
from retailflow.model import expression as e
from retailflow.resolve.expression import calls, casts, widths
from retailflow.resolve.expression.compare import comparable
from retailflow.resolve.expression.errors import ExpressionError, UnresolvableError
from retailflow.resolve.expression.scope import Scope
from retailflow.resolve.expression.syntax import parse_expression, refused, span
from retailflow.types import ColumnType, Kind

UNTYPED_NULL = e.Literal(None, widths.text(1))
_COMPARISONS = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_ARITHMETIC = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}


def read(text: str, scope: Scope) -> e.Expression:
    """The typed expression in a text; raises ExpressionError, or UnresolvableError where another finding says why."""
    tree = parse_expression(text)
    try:
        expression = _Reader(scope).read(tree)
    except RecursionError:
        raise ExpressionError("RF210", "the expression is nested too deep") from None
    if is_null(expression):
        raise ExpressionError("RF216", "NULL alone has no type", "write `cast(null as …)`")
    return expression


def is_null(expression: e.Expression) -> bool:
    return expression is UNTYPED_NULL


class _Reader:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.forms: dict[type[exp.Expr], Callable[..., e.Expression]] = {
            exp.Column: self._column,
            exp.Literal: self._literal,
            exp.National: lambda node: _text(str(node.this)),
            exp.HexString: lambda node: e.Literal(str(node.this).lower(), widths.type_of("varbinary(max)")),
            exp.Null: lambda node: UNTYPED_NULL,
            exp.Boolean: lambda node: e.Literal("1" if node.this else "0", widths.BOOLEAN),
            exp.Paren: lambda node: self.read(node.this),
            exp.Neg: self._negative,
            exp.Not: lambda node: self._logical("not", (node.this,)),
            exp.And: lambda node: self._logical("and", (node.this, node.expression)),
            exp.Or: lambda node: self._logical("or", (node.this, node.expression)),
            exp.Is: self._is,
            exp.In: self._in,
            exp.Between: self._between,
            exp.Case: self._case,
            exp.If: self._if,
            exp.Cast: lambda node: casts.cast(self.read(node.this), casts.target(node)),
            **dict.fromkeys(_COMPARISONS, self._comparison),
            **dict.fromkeys(_ARITHMETIC, self._arithmetic),
            **dict.fromkeys(calls.FORMS, self._call),
        }

    def read(self, node: exp.Expr) -> e.Expression:
        form = self.forms.get(type(node))
        if form is None:
            raise refused(node)
        try:
            return form(node)
        except ExpressionError as error:
            raise error.at(*span(node)) from None

    def _column(self, node: exp.Column) -> e.Expression:
        if not isinstance(node.this, exp.Identifier) or len(node.parts) != 1:
            raise ExpressionError("RF211", f"`{node.sql()}` names no column of this table", "write the name of the column alone")
        name = node.name.lower()
        if name not in self.scope:
            raise ExpressionError("RF211", f"`{node.name}` is not a column that can be read here", did_you_mean(name, self.scope))
        column = self.scope[name]
        if column is None:
            raise UnresolvableError(name)
        return column.stands_for if column.stands_for is not None else e.ColumnRef(name, column.type)

    def _literal(self, node: exp.Literal) -> e.Expression:
        return _text(node.this) if node.is_string else casts.number(node.this)

    def _negative(self, node: exp.Neg) -> e.Expression:
        operand = self.read(node.this)
        if operand.type.kind not in widths.NUMERIC:
            raise ExpressionError("RF216", f"`-` needs a number, not `{operand.type.tsql}`")
        if isinstance(operand, e.Literal) and operand.value is not None:
            return e.Literal(operand.value.removeprefix("-") if operand.value.startswith("-") else f"-{operand.value}", operand.type)
        return self._combine("-", e.Literal("0", operand.type if operand.type.kind is Kind.FLOAT else widths.INT), operand)

    def _arithmetic(self, node: exp.Binary) -> e.Expression:
        return self._combine(_ARITHMETIC[type(node)], self.read(node.this), self.read(node.expression))

    def _combine(self, operator: str, left: e.Expression, right: e.Expression) -> e.Expression:
        left, right = casts.of_type(left, right.type), casts.of_type(right, left.type)
        for side in (left, right):
            if side.type.kind not in widths.NUMERIC:
                hint = "use `concat(a, b)`" if side.type.kind is Kind.TEXT and operator == "+" else None
                raise ExpressionError("RF216", f"`{operator}` needs numbers, not `{side.type.tsql}`", hint)
        result = widths.arithmetic(operator, left.type, right.type, (casts.digits(left), casts.digits(right)))
        return e.Arithmetic(operator, left, right, result)

    def _comparison(self, node: exp.Binary) -> e.Expression:
        left, right = comparable(self.read(node.this), self.read(node.expression), self.scope)
        return e.Comparison(_COMPARISONS[type(node)], left, right, widths.BOOLEAN)

    def _logical(self, operator: str, nodes: tuple[exp.Expr, ...]) -> e.Expression:
        operands = tuple(self.read(node) for node in nodes)
        if operator == "not" and isinstance(operands[0], e.IsNull | e.InList) and not operands[0].negated:
            inner = operands[0]
            if isinstance(inner, e.IsNull):
                return e.IsNull(inner.operand, True, inner.type)
            return e.InList(inner.operand, inner.values, True, inner.type)
        for operand in operands:
            _condition(operand, f"`{operator}`")
        return e.Logical(operator, operands, widths.BOOLEAN)

    def _is(self, node: exp.Is) -> e.Expression:
        if not isinstance(node.expression, exp.Null):
            raise refused(node)
        return e.IsNull(self.read(node.this), False, widths.BOOLEAN)

    def _in(self, node: exp.In) -> e.Expression:
        if node.args.get("query") is not None:
            raise refused(node.args["query"])
        if not node.expressions:
            raise ExpressionError("RF210", "`in` has no values")
        operand = self.read(node.this)
        values = []
        for item in node.expressions:
            value = self.read(item)
            if is_null(value) or not isinstance(value, e.Literal):
                raise ExpressionError("RF214", "`in` takes a list of values", "write comparisons, joined by `or`", *span(item))
            _, value = comparable(operand, value, self.scope)
            values.append(value)
        literals = tuple(v for v in values if isinstance(v, e.Literal))
        return e.InList(operand, literals, False, widths.BOOLEAN)

    def _between(self, node: exp.Between) -> e.Expression:
        operand = self.read(node.this)
        low, high = self.read(node.args["low"]), self.read(node.args["high"])
        first, low = comparable(operand, low, self.scope)
        second, high = comparable(operand, high, self.scope)
        least, most = e.Comparison(">=", first, low, widths.BOOLEAN), e.Comparison("<=", second, high, widths.BOOLEAN)
        return e.Logical("and", (least, most), widths.BOOLEAN)

    def _case(self, node: exp.Case) -> e.Expression:
        subject = self.read(node.this) if node.this is not None else None
        branches = []
        for branch in node.args["ifs"]:
            condition = self.read(branch.this)
            if subject is not None:
                condition = e.Comparison("=", *comparable(subject, condition, self.scope), widths.BOOLEAN)
            branches.append((_condition(condition, "`when`"), self.read(branch.args["true"])))
        default = node.args.get("default")
        return self._choice(branches, self.read(default) if default is not None else None)

    def _if(self, node: exp.If) -> e.Expression:
        if node.args.get("false") is None:
            raise ExpressionError("RF215", "`iif` takes a condition and two values")
        branch = (_condition(self.read(node.this), "`iif`"), self.read(node.args["true"]))
        return self._choice([branch], self.read(node.args["false"]))

    def _choice(self, branches: list[tuple[e.Expression, e.Expression]], otherwise: e.Expression | None) -> e.Expression:
        values = [value for _, value in branches] + ([otherwise] if otherwise is not None else [])
        unified, shared = casts.unify(values)
        pairs = tuple((condition, value) for (condition, _), value in zip(branches, unified, strict=False))
        return e.Case(pairs, unified[len(branches)] if otherwise is not None else None, shared)

    def _call(self, node: exp.Func) -> e.Expression:
        name, arguments = calls.arguments_of(node)
        return calls.call(name, tuple(self.read(argument) for argument in arguments))


def _text(value: str) -> e.Literal:
    return e.Literal(value, widths.text(len(value)))


def _condition(operand: e.Expression, what: str) -> e.Expression:
    if operand.type.kind is not Kind.BOOLEAN:
        raise ExpressionError("RF216", f"{what} needs a condition, not `{operand.type.tsql}`", "write a comparison")
    return operand


def type_of_condition(t: ColumnType) -> bool:
    return t.kind is Kind.BOOLEAN
