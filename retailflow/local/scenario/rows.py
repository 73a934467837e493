"""Rows as a person writes them, as the objects that go over the wire."""

from collections.abc import Mapping
from dataclasses import dataclass

from retailflow.errors import did_you_mean
from retailflow.local.scenario.encode import NoValueError, on_wire
from retailflow.local.scenario.scenario import Json
from retailflow.model.table import Column, Table
from retailflow.resolve.sink import Sink
from retailflow.source import Step
from retailflow.source.node import Mapping as MappingNode
from retailflow.source.node import Node

Fields = dict[str, Json]
Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Reads the rows of one table; what is wrong goes to the sink."""

    table: Table
    sink: Sink

    def image(self, steps: Steps) -> Fields:
        """Fields by their name at the source; those that are not written are not there."""
        return {column.field: self._value(column, node, (*steps, column.name)) for column, node in self.columns(steps)}

    def columns(self, steps: Steps) -> list[tuple[Column, Node]]:
        """The columns that a mapping in the document names."""
        node = self.sink.document.node(*steps)
        found: list[tuple[Column, Node]] = []
        for name, value in node.values.items() if isinstance(node, MappingNode) else ():
            column = self._column(name, (*steps, name))
            if column is not None:
                found.append((column, value))
        return found

    def key(self, steps: Steps) -> Fields:
        """The key: a value alone, values in the order of the key, or by column."""
        node = self.sink.document.node(*steps)
        if isinstance(node, MappingNode):
            return self.image(steps)
        columns = self.table.key_columns
        if len(columns) != 1 or node is None:
            names = ", ".join(f"`{c.name}`" for c in columns)
            self.sink.add("RF532", f"the key of `{self.table.name}` is {names}", *steps, hint="write `{column: value, …}`")
            return {}
        return {columns[0].field: self._value(columns[0], node, steps)}

    def key_of(self, image: Mapping[str, Json]) -> Fields | None:
        """The message key of a row, None where a part of it is not there."""
        fields = [c.field for c in self.table.key_columns]
        return {f: image[f] for f in fields} if all(f in image for f in fields) and fields else None

    def _column(self, name: str, steps: Steps) -> Column | None:
        if not self.table.has(name):
            hint = did_you_mean(name, [c.name for c in self.table.columns]) or "a field that the spec does not know goes under `raw`"
            self.sink.add("RF532", f"`{name}` is not a column of `{self.table.name}`", *steps, hint=hint, key=True)
            return None
        column = self.table.column(name)
        if column.expression is not None:
            self.sink.add("RF532", f"`{name}` is derived, so no event has it", *steps, hint="leave it out", key=True)
            return None
        return column

    def _value(self, column: Column, node: Node, steps: Steps) -> Json:
        try:
            return on_wire(column.type, node)
        except NoValueError as error:
            hint = f"`{column.name}` is `{column.type.tsql}`; what is malformed on purpose goes under `raw`"
            self.sink.add("RF533", f"the value of `{column.name}` {error}", *steps, hint=hint)
            return None
