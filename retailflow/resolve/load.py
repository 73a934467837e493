"""From the folder of a project to its model, with all findings of all files at once."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from retailflow.errors import Finding, Place, Severity
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.resolve.project import check_project, resolve_calendar, resolve_environments, resolve_groups, resolve_naming
from retailflow.resolve.sink import Sink
from retailflow.resolve.sources import resolve_sources
from retailflow.resolve.table import complete, outline
from retailflow.resolve.tables import Outline, Tables
from retailflow.source import Document, read_document
from retailflow.spec import ProjectSpec, TableSpec, read_project, read_table

PROJECT_FILE = "retailflow.yaml"
TABLES = "tables"


@dataclass(frozen=True, slots=True)
class Written:
    """A table as it was written, and, where nothing stands in the way, as it was resolved."""

    document: Document
    spec: TableSpec
    table: Table | None


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything that could be read. `project` holds the tables that have no errors; `complete` says that none has."""

    spec: ProjectSpec | None
    document: Document | None
    written: tuple[Written, ...]
    project: Project | None
    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        return self.project is not None and not any(f.severity is Severity.ERROR for f in self.findings)

    @property
    def files(self) -> tuple[str, ...]:
        """All that were read of a project without errors, relative to its folder."""
        holidays = (self.spec.calendar.holidays,) if self.spec is not None and self.spec.calendar.holidays else ()
        return (PROJECT_FILE, *(written.document.path for written in self.written), *holidays)


def load(root: Path) -> tuple[Project | None, tuple[Finding, ...]]:
    """The project in a folder, None if any finding is an error; findings of all files, sorted by place."""
    loaded = load_all(root)
    return (loaded.project if loaded.complete else None), loaded.findings


def load_all(root: Path) -> Loaded:
    """As `load`, with what was written beside what it means."""
    with _no_collector():
        return _load_all(root)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Many small values that all live on: the garbage collector would go through them again and again, for half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load_all(root: Path) -> Loaded:
    document, found = read_document(root / PROJECT_FILE, PROJECT_FILE) if (root / PROJECT_FILE).is_file() else (None, (_missing(root),))
    findings = list(found)
    spec = None
    if document is not None:
        spec, found = read_project(document)
        findings += found
    files, broken, more = _read_tables(root)
    findings += more
    tables = _unique(files, findings)
    if spec is None or document is None:
        return Loaded(None, None, tuple(Written(d, s, None) for d, s in tables), None, in_order(findings))
    return resolve(root, document, spec, tables, broken, findings)


def resolve(
    root: Path,
    document: Document,
    spec: ProjectSpec,
    files: Iterable[tuple[Document, TableSpec]],
    broken: frozenset[str] = frozenset(),
    found: Iterable[Finding] = (),
) -> Loaded:
    """From specs to the model: every table by itself first, then what tables say of each other."""
    files, findings, sink = list(files), list(found), Sink(document)
    check_project(sink, spec)
    sources = {source.name: source for source in resolve_sources(sink, spec)}
    sinks = {table.table: Sink(d) for d, table in files}
    outlines: dict[str, Outline] = {s.table: outline(sinks[s.table], d, s, sources) for d, s in files}
    tables = Tables(outlines, broken)
    resolved = {name: complete(sinks[name], found_outline, tables, spec, sources) for name, found_outline in outlines.items()}
    groups = resolve_groups(spec, [(sinks[s.table], s) for _, s in files])
    calendar, more = resolve_calendar(sink, spec, root)
    findings += [*more, *sink.findings, *(f for s in sinks.values() for f in s.findings)]
    project = Project(
        name=spec.name,
        tables=tuple(resolved[name] for name in sorted(resolved) if not sinks[name].failed),
        sources=tuple(sources.values()),
        environments=resolve_environments(spec),
        groups=groups,
        naming=resolve_naming(spec),
        calendar=calendar,
    )
    written = tuple(Written(d, s, None if sinks[s.table].failed else resolved[s.table]) for d, s in files)
    return Loaded(spec, document, written, project, in_order(findings))


def _read_tables(root: Path) -> tuple[list[tuple[Document, TableSpec]], frozenset[str], list[Finding]]:
    """The specs of all readable files, the names of tables in others, and why those are not readable."""
    files: list[tuple[Document, TableSpec]] = []
    broken: set[str] = set()
    findings: list[Finding] = []
    folder = root / TABLES
    paths = sorted(p for pattern in ("*.yaml", "*.yml") for p in folder.rglob(pattern)) if folder.is_dir() else []
    for file in paths:
        path = file.relative_to(root).as_posix()
        document, found = read_document(file, path)
        spec = None
        findings += found
        if document is not None:
            spec, found = read_table(document)
            findings += found
        if document is None or spec is None:
            broken |= {file.stem, _name_in(document)}
        else:
            files.append((document, spec))
    return files, frozenset(broken), findings


def _name_in(document: Document | None) -> str:
    data = document.data if document is not None else None
    return str(data.get("table", "")) if isinstance(data, dict) else ""


def _unique(files: list[tuple[Document, TableSpec]], findings: list[Finding]) -> list[tuple[Document, TableSpec]]:
    """Each name once: the first file has it, later ones are findings."""
    first: dict[str, Document] = {}
    kept = []
    for document, spec in files:
        if spec.table in first:
            message = f"table `{spec.table}` is also in {first[spec.table].path}"
            findings.append(Finding("RF107", message, document.place("table"), hint="rename one, or merge the two files"))
            continue
        first[spec.table] = document
        kept.append((document, spec))
    return kept


def _missing(root: Path) -> Finding:
    return Finding("RF001", f"there is no {PROJECT_FILE} here", Place(PROJECT_FILE), hint="`retailflow init` makes a project")


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By place, then code."""
    return tuple(sorted(findings, key=lambda f: (f.place or Place(""), f.code, f.message)))
