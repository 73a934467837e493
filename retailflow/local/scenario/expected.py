"""Rows that a person expects, typed as the star has them."""

import struct
from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from retailflow.errors import did_you_mean
from retailflow.local.scenario.encode import NoValueError, clock, decimal, moment, utc
from retailflow.local.scenario.rows import Steps
from retailflow.local.scenario.scenario import ExpectedRow, ExpectedTable, Reference, Star, Value
from retailflow.local.scenario.shape import StarTable
from retailflow.resolve.sink import Sink
from retailflow.source.node import Mapping as MappingNode
from retailflow.source.node import Node, Scalar
from retailflow.spec.scenario import ExpectedTable as ExpectedTableSpec
from retailflow.types import ColumnType, Kind

_WORDS = {"open": datetime(9999, 12, 31), "beginning": datetime(1900, 1, 1)}


def expectations(tables: Mapping[str, StarTable], spec: Mapping[str, ExpectedTableSpec], sink: Sink, *steps: str) -> Star:
    """What is said of each table; what names no table, no column or no value goes to the sink."""
    found: list[ExpectedTable] = []
    for name, expected in spec.items():
        if name not in tables:
            hint = did_you_mean(name, tables) or f"there are: {', '.join(tables)}"
            sink.add("RF532", f"the star has no table `{name}`", *steps, name, hint=hint, key=True)
            continue
        at = (*steps, name, "rows") if isinstance(sink.document.node(*steps, name), MappingNode) else (*steps, name)
        rows = tuple(_row(tables, tables[name], sink, (*at, number)) for number in range(len(expected.rows)))
        named = {column for row in rows for column in row.values}
        columns = dict.fromkeys((*(c for c in tables[name].telling if c in named), *(c for c in tables[name].columns if c in named)))
        found.append(ExpectedTable(name, tuple(columns), rows, expected.exact))
    return tuple(found)


def _row(tables: Mapping[str, StarTable], table: StarTable, sink: Sink, steps: Steps) -> ExpectedRow:
    return ExpectedRow(_values(tables, table, sink, steps), sink.document.place(*steps).line)


def _values(tables: Mapping[str, StarTable], table: StarTable, sink: Sink, steps: Steps) -> dict[str, Value | Reference]:
    node, found = sink.document.node(*steps), dict[str, Value | Reference]()
    for name, value in node.values.items() if isinstance(node, MappingNode) else ():
        at = (*steps, name)
        if name not in table.columns:
            hint = did_you_mean(name, table.columns)
            sink.add("RF532", f"`{table.name}` has no column `{name}`", *at, hint=hint, key=True)
            continue
        try:
            found[name] = _value(tables, table, name, value, sink, at)
        except NoValueError as error:
            sink.add("RF533", f"the value of `{name}` {error}", *at, hint=f"`{name}` is `{table.columns[name].tsql}`")
    return found


def _value(tables: Mapping[str, StarTable], table: StarTable, name: str, node: Node, sink: Sink, steps: Steps) -> Value | Reference:
    if isinstance(node, MappingNode) and name in table.references:
        dimension = tables[table.references[name]]
        return Reference(dimension.name, _values(tables, dimension, sink, steps))
    if not isinstance(node, Scalar):
        raise NoValueError("must be one value")
    if node.value is None and not node.quoted:
        return None
    if name in table.dates and "-" in node.raw[1:]:
        return int(moment(node.raw)[0].strftime("%Y%m%d"))
    return typed(table.columns[name], node.raw)


def typed(type_: ColumnType, text: str) -> Value:
    """A value of the star as it is written; times are UTC. NoValueError."""
    return _TYPED[type_.kind](type_, text)


def _boolean(type_: ColumnType, text: str) -> Value:
    if text.lower() not in ("true", "false", "1", "0"):
        raise NoValueError("is neither `true` nor `false`")
    return text.lower() in ("true", "1")


def _integer(type_: ColumnType, text: str) -> Value:
    number = decimal(text)
    if number != int(number):
        raise NoValueError("is not a whole number")
    return int(number)


def _float(type_: ColumnType, text: str) -> Value:
    return single(float(decimal(text))) if type_.bits == 32 else float(decimal(text))


def _moment(type_: ColumnType, text: str) -> Value:
    return _WORDS[text] if text in _WORDS else utc(text)


_TYPED: dict[Kind, Callable[[ColumnType, str], Value]] = {
    Kind.BOOLEAN: _boolean,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: lambda _, text: decimal(text),
    Kind.FLOAT: _float,
    Kind.DATE: lambda _, text: moment(text)[0].date(),
    Kind.TIME: lambda _, text: clock(text)[0],
    Kind.TIMESTAMP: _moment,
    Kind.INSTANT: _moment,
    Kind.UUID: lambda _, text: text.upper(),
    Kind.BINARY: lambda _, text: text.removeprefix("0x").lower(),
    Kind.TEXT: lambda _, text: text,
}


def single(number: float) -> float:
    """The nearest number of 32 bits."""
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        raise NoValueError("is too large") from None


def shown(value: Value) -> str:
    """A value of the star as a person would write it in a scenario."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case datetime():
            word = next((w for w, at in _WORDS.items() if at == value), None)
            return word or _without_zeros(value)
        case date() | time():
            return value.isoformat()
        case _:
            return f"{value:f}" if hasattr(value, "as_tuple") else str(value)


def _without_zeros(at: datetime) -> str:
    text = at.isoformat(" ", timespec="auto")
    return text.removesuffix(" 00:00:00") if text.endswith(" 00:00:00") else text.removesuffix(":00")
