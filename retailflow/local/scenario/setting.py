"""The project a scenario plays in: tables of its own, or those of the project around it, with other sources where it says so."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from retailflow.errors import Severity, did_you_mean
from retailflow.model.project import Project
from retailflow.resolve import Loaded, load_all, resolve
from retailflow.resolve.sink import Sink
from retailflow.rules.registry import check
from retailflow.source import Document
from retailflow.source.node import Mapping, Node, Scalar
from retailflow.spec import TableSpec, read_table
from retailflow.spec.scenario import SOURCE, ScenarioSpec, project_around, with_sources


class Setting:
    """Finds the project of one scenario after the other; that of the folder is read once, and only if one asks for it."""

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._loaded: Loaded | None = None

    def around(self) -> Loaded | None:
        """What stands in the folder, read once."""
        if self._loaded is None and self._root is not None:
            self._loaded = load_all(self._root)
        return self._loaded

    def project(self, document: Document, spec: ScenarioSpec, sink: Sink) -> Project | None:
        """The project, None where findings say what is wrong with it."""
        loaded = self._inline(document, spec, sink) if spec.tables is not None else self._given(document, spec, sink)
        if loaded is None:
            return None
        findings = [*loaded.findings, *check(loaded)]
        errors = [f for f in findings if f.severity is Severity.ERROR]
        sink.findings += errors
        return None if errors else loaded.project

    def _given(self, document: Document, spec: ScenarioSpec, sink: Sink) -> Loaded | None:
        around = self.around()
        if around is None or around.spec is None or around.document is None or self._root is None:
            hint = "run it in a project, or give it `tables` of its own"
            sink.add("RF531", "a scenario without `tables` plays in a project, and there is none", hint=hint)
            return None
        for name in spec.sources:
            if name not in around.spec.sources:
                sink.add("RF531", f"there is no source `{name}`", "sources", name, hint=did_you_mean(name, around.spec.sources), key=True)
        if not spec.sources or not around.complete:
            return around
        files = [(written.document, written.spec) for written in around.written]
        return resolve(self._root, _places(document, "sources"), with_sources(around.spec, spec.sources), files)

    def _inline(self, document: Document, spec: ScenarioSpec, sink: Sink) -> Loaded | None:
        files = list(_tables(document, spec, sink))
        used = {(table.source or SOURCE).partition(".")[0].strip() for _, table in files if table.source or table.ingest == "cdc"}
        around = project_around(spec, used)
        if sink.failed:
            return None
        loaded = resolve(Path(), _places(document, "sources"), around, files)
        return replace(loaded, document=_places(document, "sources"))


def _tables(document: Document, spec: ScenarioSpec, sink: Sink) -> Iterator[tuple[Document, TableSpec]]:
    """Every table of the scenario as if it stood in a file of its own, at the place it stands at."""
    for name in spec.tables or {}:
        node = document.node("tables", name)
        if not isinstance(node, Mapping):
            continue
        inner = Document(document.path, document.text, _named(name, node))
        table, findings = read_table(inner)
        sink.findings += findings
        if table is not None:
            yield inner, table


def _named(name: str, node: Mapping) -> Mapping:
    """With the name that stands before it, and, where it says nothing of a source, one."""
    values: dict[str, Node] = {"table": Scalar(node.span, name, name, quoted=False)}
    ingest = node.values.get("ingest")
    if "source" not in node.values and (ingest is None or (isinstance(ingest, Scalar) and ingest.value == "cdc")):
        source = f"{SOURCE}.dbo.{name}"
        values["source"] = Scalar(node.span, source, source, quoted=False)
    values |= node.values
    return Mapping(node.span, {**dict.fromkeys(values, node.span), **node.keys}, values, node.size)


def _places(document: Document, *keys: str) -> Document:
    """The document with nothing but some of its keys: what it says of the project."""
    root = document.root
    if not isinstance(root, Mapping):
        return document
    kept = {key: root.values[key] for key in keys if key in root.values}
    return Document(document.path, document.text, Mapping(root.span, {k: root.keys[k] for k in kept}, kept, root.size))
