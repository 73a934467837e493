"""Two sides of a comparison, brought to types that compare alike on every engine."""

from retailflow.model import expression as e
from retailflow.resolve.expression.errors import ExpressionError
from retailflow.resolve.expression.literals import LiteralError, canonical
from retailflow.resolve.expression.scope import Scope
from retailflow.resolve.expression.widths import NUMERIC
from retailflow.types import ColumnType, Kind

_MOMENTS = frozenset((Kind.TIMESTAMP, Kind.INSTANT))
_FROM_TEXT = frozenset((Kind.TEXT, Kind.UUID, Kind.DATE, Kind.TIME, *_MOMENTS))


def comparable(left: e.Expression, right: e.Expression, scope: Scope) -> tuple[e.Expression, e.Expression]:
    """Both sides; a literal takes the type of the other side, a local time becomes UTC in the zone of the column it stands against."""
    for side in (left, right):
        if isinstance(side, e.Literal) and side.value is None:
            raise ExpressionError("RF216", "a comparison with NULL is never true", "write `is null` or `is not null`")
    left_literal, right_literal = isinstance(left, e.Literal), isinstance(right, e.Literal)
    if right_literal and not left_literal:
        return left, _adapted(right, left, scope)
    if left_literal and not right_literal:
        return _adapted(left, right, scope), right
    if not _same_kind(left.type, right.type):
        raise ExpressionError("RF216", f"`{left.type.tsql}` and `{right.type.tsql}` do not compare", "cast one side")
    return left, right


def _same_kind(left: ColumnType, right: ColumnType) -> bool:
    for kinds in (NUMERIC, _MOMENTS):
        if left.kind in kinds and right.kind in kinds:
            return True
    return left.kind is right.kind


def _adapted(literal: e.Expression, other: e.Expression, scope: Scope) -> e.Expression:
    if not isinstance(literal, e.Literal) or literal.value is None:
        return literal
    given, wanted = literal.type.kind, other.type.kind
    if given in NUMERIC and wanted in NUMERIC:
        return literal
    fits = given is wanted or (given is Kind.TEXT and wanted in _FROM_TEXT) or (given is Kind.INTEGER and wanted is Kind.BOOLEAN)
    if not fits:
        raise ExpressionError("RF216", f"`{literal.value}` does not compare with `{other.type.tsql}`", "write a value of that type")
    if given is Kind.TEXT is wanted:
        return e.Literal(literal.value.rstrip(" "), literal.type)
    try:
        value = f"0x{literal.value}" if given is Kind.BINARY else literal.value
        return e.Literal(canonical(value, other.type, _zone(other, scope)), other.type)
    except LiteralError as error:
        raise ExpressionError("RF208", f"`{literal.value}` {error}") from None


def _zone(expression: e.Expression, scope: Scope) -> str:
    """The zone of the datetimes an expression reads; refuses two."""
    if expression.type.kind is not Kind.TIMESTAMP:
        return "UTC"
    columns = (scope.get(name) for name in sorted(e.columns_of(expression)))
    zones = tuple(dict.fromkeys(c.zone for c in columns if c is not None and c.type.kind is Kind.TIMESTAMP))
    if len(zones) > 1:
        raise ExpressionError("RF216", f"local times of two zones ({', '.join(zones)}) meet one literal", "compare them one by one")
    return zones[0] if zones else "UTC"
