"""A file that was read: its values, and where each of them stands."""

from dataclasses import dataclass

from retailflow.errors import Place
from retailflow.source.node import Mapping, Node, Scalar, Sequence, Span, child, plain
from retailflow.source.text import lines_of

Step = str | int


@dataclass(frozen=True, slots=True)
class Document:
    """`path` is relative to the project; a *path of steps* names a value: keys of mappings and numbers of items."""

    path: str
    text: str
    root: Node

    @property
    def data(self) -> object:
        return plain(self.root)

    def node(self, *steps: Step) -> Node | None:
        """The value at a path of steps, None where there is none."""
        node: Node | None = self.root
        for step in steps:
            node = child(node, step) if node is not None else None
        return node

    def raw(self, *steps: Step) -> str:
        """The text of the scalar at a path of steps as it was written; raises KeyError."""
        node = self.node(*steps)
        if not isinstance(node, Scalar):
            raise KeyError(steps)
        return node.raw

    def place(self, *steps: Step) -> Place:
        """Where a value stands, or the nearest thing around it: a shorthand has fewer levels than what it stands for."""
        node, span = self.root, self.root.span
        for step in steps:
            below = child(node, step)
            if below is None:
                break
            span = below.span if below.span.length or not isinstance(node, Mapping) else node.keys[str(step)]
            node = below
        return self._at(span)

    def key_place(self, *steps: Step) -> Place:
        """Where the key of a value stands, or the nearest thing around it."""
        parent = self.node(*steps[:-1])
        if isinstance(parent, Mapping) and str(steps[-1]) in parent.keys:
            return self._at(parent.keys[str(steps[-1])])
        return self.place(*steps)

    def within(self, steps: tuple[Step, ...], text: str, start: int, length: int) -> Place:
        """Where a part of a scalar's text stands; the whole scalar when it is not written on one line as it is read."""
        place = self.place(*steps)
        lines = lines_of(self.text)
        line = lines[place.line - 1] if place.line <= len(lines) else ""
        found = line.find(text, place.column - 1)
        if not text or found < 0 or found > place.column:
            return place
        return Place(self.path, place.line, found + start + 1, max(1, length))

    def _at(self, span: Span) -> Place:
        return Place(self.path, span.line, span.column, max(1, span.length))


def is_shorthand(node: Node | None) -> bool:
    """Whether a value is written as a scalar or a list where a mapping is the long form."""
    return isinstance(node, Scalar | Sequence)
