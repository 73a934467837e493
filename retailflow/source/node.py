"""YAML values with the span each was written at."""

from collections.abc import Iterator
from dataclasses import dataclass

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value stands: line and column from 1, length in characters on its first line (0: written as nothing)."""

    line: int
    column: int
    length: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """`raw` is the text as written, without quotes; `value` what YAML 1.2 takes it for; `size` of every node counts nodes below it."""

    span: Span
    value: Plain
    raw: str
    quoted: bool
    size: int = 1


@dataclass(frozen=True, slots=True)
class Sequence:
    span: Span
    items: tuple["Node", ...]
    size: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys are texts, each once."""

    span: Span
    keys: dict[str, Span]
    values: dict[str, "Node"]
    size: int


Node = Scalar | Sequence | Mapping


def plain(node: Node) -> object:
    """The value as `dict`, `list` and scalars."""
    match node:
        case Scalar(value=value):
            return value
        case Sequence(items=items):
            return [plain(item) for item in items]
        case Mapping(values=values):
            return {key: plain(value) for key, value in values.items()}


def child(node: Node, step: str | int) -> Node | None:
    """One step down, None where there is nothing of that name or number."""
    match node:
        case Mapping(values=values):
            return values.get(str(step))
        case Sequence(items=items) if isinstance(step, int) and 0 <= step < len(items):
            return items[step]
    return None


def scalars(node: Node) -> Iterator[Scalar]:
    """Every scalar below a node, in the order of the file."""
    match node:
        case Scalar():
            yield node
        case Sequence(items=items):
            for item in items:
                yield from scalars(item)
        case Mapping(values=values):
            for value in values.values():
                yield from scalars(value)
