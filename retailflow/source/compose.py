"""YAML text to nodes: duplicates, tags, merge keys and bombs are findings, and so is whatever is not YAML."""

from collections.abc import Iterator
from typing import NoReturn

import yaml

from retailflow.errors import Finding, Place
from retailflow.source.document import Document
from retailflow.source.mistakes import explain
from retailflow.source.node import Mapping, Node, Scalar, Sequence, Span
from retailflow.source.scalar import resolve
from retailflow.source.text import lines_of

MAX_DEPTH = 30
MAX_NODES = 200_000
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it is there: five times as fast


class _RefusedError(Exception):
    """Reading stops here."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def compose(text: str, path: str) -> tuple[Document | None, tuple[Finding, ...]]:
    """The document in a text, None when a finding says that there is none."""
    composer = _Composer(text, path)
    try:
        root = composer.document()
    except _RefusedError as refused:
        return None, (*composer.findings, refused.finding)
    except yaml.YAMLError as error:
        return None, (*composer.findings, explain(error, text, path))
    return Document(path, text, root), tuple(composer.findings)


class _Composer:
    """Pulls events one by one, so that hostile input is refused before it is read whole."""

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.lines = lines_of(text)
        self.events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=_Loader))
        self.anchors: dict[str, Node] = {}
        self.findings: list[Finding] = []

    def document(self) -> Node:
        next(self.events)  # the stream begins
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            raise _RefusedError(Finding("RF010", "the file is empty", Place(self.path)))
        self._no_directive(event)
        root = self._node(next(self.events), 0)
        next(self.events)  # the document ends
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            self._refuse("RF010", "a second document begins here", self._span(event), "one file holds one document: split the file")
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if depth > MAX_DEPTH:
            self._refuse("RF009", f"values are nested more than {MAX_DEPTH} levels deep", self._span(event))
        match event:
            case yaml.AliasEvent():
                return self._alias(event)
            case yaml.ScalarEvent():
                node: Node = self._scalar(event)
            case yaml.SequenceStartEvent():
                node = self._sequence(event, depth)
            case _:
                node = self._mapping(event, depth)
        if node.size > MAX_NODES:
            self._refuse("RF009", f"aliases blow this value up to more than {MAX_NODES:,} values", node.span, "write it without anchors")
        self._no_tag(event)
        if anchor := getattr(event, "anchor", None):
            self.anchors[anchor] = node
        return node

    def _alias(self, event: yaml.AliasEvent) -> Node:
        anchored = self.anchors.get(str(event.anchor))
        if anchored is None:
            self._refuse("RF009", f"alias `*{event.anchor}` has no anchor above it", self._span(event))
        return anchored

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        plain = event.style in (None, "")
        value = resolve(event.value) if plain else event.value
        return Scalar(self._span(event), value, event.value, not plain)

    def _sequence(self, start: yaml.SequenceStartEvent, depth: int) -> Sequence:
        items, size = [], 1
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
            size += items[-1].size
        span = self._span(start, event) if start.flow_style or not items else items[0].span
        return Sequence(span, tuple(items), size)

    def _mapping(self, start: yaml.Event, depth: int) -> Mapping:
        keys: dict[str, Span] = {}
        values: dict[str, Node] = {}
        size = 1
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            name = self._key(key, keys)
            value = self._node(next(self.events), depth + 1)
            size += 1 + value.size
            if name is not None:
                keys[name], values[name] = key.span, value
        span = self._span(start, event) if getattr(start, "flow_style", True) or not keys else next(iter(keys.values()))
        return Mapping(span, keys, values, size)

    def _key(self, key: Node, taken: dict[str, Span]) -> str | None:
        """The text of a key, None when a finding says that it is none."""
        if not isinstance(key, Scalar):
            self._find("RF008", "a key must be a word, not a list or a mapping", key.span)
            return None
        if key.raw == "<<" and not key.quoted:
            self._find("RF008", "merge keys (`<<`) are not used here", key.span, "write the keys out, or set a default in retailflow.yaml")
            return None
        if key.raw in taken:
            first = taken[key.raw].line
            self._find("RF007", f"`{key.raw}` is given twice; first on line {first}", key.span, "keep one of them")
            return None
        return key.raw

    def _no_tag(self, event: yaml.Event) -> None:
        tag: str | None = getattr(event, "tag", None)
        if tag is not None:
            name = tag.replace("tag:yaml.org,2002:", "!!")
            self._find("RF008", f"tags (`{name}`) are not used here", self._span(event), "quote a value to make it text")

    def _no_directive(self, event: yaml.Event) -> None:
        if getattr(event, "tags", None):
            self._find("RF008", "`%TAG` directives are not used here", self._span(event), "delete the line")

    def _span(self, event: yaml.Event, end: yaml.Event | None = None) -> Span:
        start, stop = event.start_mark, (end or event).end_mark
        if start is None or stop is None:
            return Span(1, 1, 1)
        if stop.line == start.line:
            length = stop.column - start.column
        else:
            length = len(self.lines[start.line]) - start.column if start.line < len(self.lines) else 1
        return Span(start.line + 1, start.column + 1, length)

    def _find(self, code: str, message: str, span: Span, hint: str | None = None) -> None:
        self.findings.append(Finding(code, message, Place(self.path, span.line, span.column, max(1, span.length)), hint))

    def _refuse(self, code: str, message: str, span: Span, hint: str | None = None) -> NoReturn:
        raise _RefusedError(Finding(code, message, Place(self.path, span.line, span.column, max(1, span.length)), hint))
