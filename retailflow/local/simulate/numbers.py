"""What a numeric column says, by its name and within its type and checks."""

import random
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from retailflow.checks import Check, CheckKind
from retailflow.local.simulate.naming import parts
from retailflow.local.simulate.wire import integer_limits, scaled
from retailflow.types import ColumnType, Kind

_MONEY = frozenset({"price", "cost", "amount", "total", "fee", "freight", "value", "net", "gross", "balance", "budget", "refund", "paid"})
_SHARES = frozenset({"discount", "rate", "share", "tax", "ratio", "margin", "vat"})
_STOCK = frozenset({"stock", "hand", "level", "available", "reserved", "inventory"})
_ENDINGS = (Decimal("0.99"), Decimal("0.50"), Decimal("0.00"), Decimal("0.90"))


def pool(name: str, type_: ColumnType, checks: tuple[Check, ...], chance: random.Random, count: int) -> list[str]:
    """`count` JSON texts."""
    low, high = _limits(type_, checks)
    draw = _drawn(set(parts(name)), type_)
    values = [min(max(draw(chance), low), high) for _ in range(count)]
    between = next((c for c in checks if c.kind is CheckKind.BETWEEN), None)
    if between is not None and len(set(values)) < 4 < high - low:
        values = [low + (high - low) * Decimal(int(chance.random() * 1000)) / 1000 for _ in range(count)]
    return [_written(v, type_) for v in values]


def _written(value: Decimal, type_: ColumnType) -> str:
    match type_.kind:
        case Kind.INTEGER:
            return str(int(value))
        case Kind.FLOAT:
            return str(float(round(value, 4)))
        case _:
            return scaled(int(value.scaleb(type_.scale)), type_.scale)


def _limits(type_: ColumnType, checks: tuple[Check, ...]) -> tuple[Decimal, Decimal]:
    if type_.kind is Kind.INTEGER:
        low, high = map(Decimal, integer_limits(type_))
    elif type_.kind is Kind.DECIMAL:
        high = (Decimal(10) ** type_.precision - 1).scaleb(-type_.scale)
        low = -high
    else:
        low, high = Decimal(-(10**9)), Decimal(10**9)
    for check in checks:
        if check.kind is CheckKind.BETWEEN:
            try:
                low, high = max(low, Decimal(check.values[0])), min(high, Decimal(check.values[1]))
            except InvalidOperation:
                continue
    return low, high


def _drawn(name: set[str], type_: ColumnType) -> Callable[[random.Random], Decimal]:
    if type_.kind is Kind.INTEGER:
        low, high = _whole(name)
        return lambda chance: Decimal(low + int(chance.random() ** 2 * (high - low + 1)))
    if name & {"percent", "percentage", "pct"} or (name & _SHARES and type_.kind is Kind.DECIMAL and type_.scale < 2):
        return lambda chance: Decimal((0, 0, 0, 5, 10, 15, 20, 25)[int(chance.random() * 8)])
    if name & _SHARES and "amount" not in name:
        return lambda chance: Decimal((0, 0, 0, 5, 10, 15, 20, 25)[int(chance.random() * 8)]) / 100
    if name & _MONEY:
        return lambda chance: Decimal(1 + int(chance.random() ** 3 * 400)) + _ENDINGS[int(chance.random() * 4)]
    if "salary" in name:
        return lambda chance: Decimal(28_000 + 500 * int(chance.random() * 90))
    if name & {"lat", "latitude", "lon", "lng", "longitude"}:
        return lambda chance: Decimal(int(chance.random() * 900_000)) / 10_000
    return lambda chance: Decimal(int(chance.random() ** 2 * 50_000)) / 100


def _whole(name: set[str]) -> tuple[int, int]:
    if name & {"quantity", "qty", "count", "units"} and not name & _STOCK:
        return 1, 8
    if name & _STOCK:
        return 0, 400
    if "year" in name:
        return 2012, 2024
    if name & {"rating", "stars", "score", "priority"}:
        return 1, 5
    if name & {"points"}:
        return 0, 5000
    if name & {"discount", "percent"}:
        return 0, 30
    return 1, 120
