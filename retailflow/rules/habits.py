"""What is allowed and seldom meant: warnings."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from retailflow.errors import Finding, Severity, nearest
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.resolve import Loaded, Written
from retailflow.types import Kind


def file_name(written: Written) -> Iterator[Finding]:
    """A table is looked for in the file of its name."""
    stem = PurePosixPath(written.document.path).stem
    if stem != written.spec.table:
        message = f"table `{written.spec.table}` is in a file called `{stem}`"
        hint = f"rename the file to {written.spec.table}.yaml"
        yield Finding("RF016", message, written.document.place("table"), hint, Severity.WARNING)


def group(loaded: Loaded) -> Iterator[Finding]:
    """A group that is almost another one is usually a slip."""
    declared = set(loaded.spec.groups) if loaded.spec is not None else set()
    for written in loaded.written:
        name = written.spec.group
        close = nearest(name, declared) if name is not None and declared and name not in declared else None
        if close is not None and name is not None:
            message = f"group `{name}` is not declared, and `{close}` is"
            hint = f"did you mean `{close}`? Or declare `{name}` under `groups`"
            yield Finding("RF119", message, written.document.place("group"), hint, Severity.WARNING)


def collations(loaded: Loaded) -> Iterator[Finding]:
    """A key that folds case does not find one that does not."""
    if loaded.project is None:
        return
    tables = {table.name for table in loaded.project.tables}
    for written in loaded.written:
        if written.table is None:
            continue
        for fact in written.table.facts:
            for role in fact.roles:
                if role.dimension in tables and _differ(written.table, role.by, loaded.project, role.dimension):
                    place = written.document.place("facts", fact.name, "dimensions", role.name)
                    message = f"one of `{role.name}` and `{role.dimension}` folds the case of its key and the other does not"
                    yield Finding("RF406", message, place, "keys that differ in case will not be found; see `collation`", Severity.WARNING)


def _differ(table: Table, by: tuple[str, ...], project: Project, dimension: str) -> bool:
    """Whether own text columns and the key they name are compared by different collations."""
    target = project.table(dimension)
    pairs = zip(by, target.key, strict=False)
    return any(
        table.has(own) and table.column(own).type.kind is Kind.TEXT and table.source.case_insensitive != target.folds(key)
        for own, key in pairs
    )
