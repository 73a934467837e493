"""Checks: their values in the type of the column they look at."""

from collections.abc import Sequence

from retailflow.checks import Check, CheckKind, OnFail
from retailflow.model.table import Column
from retailflow.resolve.expression.literals import LiteralError, canonical
from retailflow.resolve.patterns import regex_mistake
from retailflow.resolve.reference import column, names_key
from retailflow.resolve.sink import Sink
from retailflow.resolve.tables import Outline, Tables
from retailflow.source import Step
from retailflow.spec.table import ColumnChecksSpec
from retailflow.types import Kind

_ORDERED = frozenset((Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT, Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.INSTANT, Kind.TEXT))


def resolve_checks(sink: Sink, outline: Outline, tables: Tables) -> tuple[Check, ...]:
    """Every check of a table: of columns in the order of the spec, then those that look at other rows."""
    found: list[Check] = []
    for name, spec in outline.spec.columns.items():
        own = outline.columns[name]
        if own is not None:
            found += _of_column(sink, own, spec.checks, "columns", name, "checks")
    return (*found, *_of_table(sink, outline, tables))


def _of_column(sink: Sink, own: Column, spec: ColumnChecksSpec, *steps: Step) -> list[Check]:
    on_fail, names = OnFail(spec.on_fail), (own.name,)
    found = []
    if spec.not_null:
        found.append(Check(CheckKind.NOT_NULL, names, on_fail))
    if spec.matches is not None:
        if own.type.kind is not Kind.TEXT:
            sink.add("RF223", f"`{own.name}` is `{own.type.tsql}`, and `matches` reads text", *steps, "matches", key=True)
        elif mistake := regex_mistake(spec.matches):
            hint = "literals, classes, `. * + ? {m,n} | ( ) ^ $` and `\\d \\w \\s` mean the same on every engine"
            sink.add("RF209", f"the pattern {mistake}", *steps, "matches", hint=hint)
        found.append(Check(CheckKind.MATCHES, names, on_fail, (spec.matches,)))
    if spec.in_ is not None:
        values = tuple(v for v in (_value(sink, own, *steps, "in", number) for number in range(len(spec.in_))) if v is not None)
        _once(sink, values, *steps, "in")
        found.append(Check(CheckKind.IN, names, on_fail, values))
    if spec.between is not None:
        found += _between(sink, own, on_fail, *steps, "between")
    return found


def _between(sink: Sink, own: Column, on_fail: OnFail, *steps: Step) -> list[Check]:
    if own.type.kind not in _ORDERED:
        sink.add("RF223", f"`{own.name}` is `{own.type.tsql}`, which has no order that engines share", *steps, key=True)
        return []
    low, high = _value(sink, own, *steps, 0), _value(sink, own, *steps, 1)
    if low is None or high is None:
        return []
    if _number(low, own) > _number(high, own):
        sink.add("RF208", f"nothing is between `{low}` and `{high}`", *steps, hint="write the lesser value first")
    return [Check(CheckKind.BETWEEN, (own.name,), on_fail, (low, high))]


def _number(value: str, own: Column) -> tuple[float, str]:
    return (float(value), "") if own.type.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT) else (0.0, value)


def _value(sink: Sink, own: Column, *steps: Step) -> str | None:
    raw = sink.document.raw(*steps)
    try:
        return canonical(raw, own.type, own.time_zone)
    except LiteralError as error:
        sink.add("RF208", f"`{raw}` {error}, as `{own.name}` is `{own.type.tsql}`", *steps)
        return None


def _once(sink: Sink, values: Sequence[str], *steps: Step) -> None:
    for number, value in enumerate(values):
        if value in values[:number]:
            sink.add("RF208", f"`{value}` is given twice", *steps, number)
            return


def _of_table(sink: Sink, outline: Outline, tables: Tables) -> list[Check]:
    spec, found = outline.spec.checks, []
    on_fail, what = OnFail(spec.on_fail), f"`{outline.name}`"
    for number, names in enumerate(spec.unique):
        for position, name in enumerate(names):
            column(sink, outline.columns, name, what, "checks", "unique", number, position)
        found.append(Check(CheckKind.UNIQUE, tuple(names), on_fail))
    for name, table in spec.relationship.items():
        steps = ("checks", "relationship", name)
        target = tables.find(sink, table, *steps)
        if column(sink, outline.columns, name, what, *steps) is not None and target is not None:
            names_key(sink, outline.columns, (name,), what, target, *steps)
        found.append(Check(CheckKind.RELATIONSHIP, (name,), on_fail, (table,)))
    return found
