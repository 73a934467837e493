"""Everything that can be said about a project before anything is made of it."""

from dataclasses import dataclass
from pathlib import Path

from retailflow.errors import Finding, Severity
from retailflow.model.project import Project
from retailflow.resolve import in_order, load_all
from retailflow.rules.registry import check


@dataclass(frozen=True, slots=True)
class Validated:
    """`project`: None if any finding is an error. `findings`: of all files and all rules, sorted by place. `files`: all that were read of a
    project without errors, relative to its folder."""

    project: Project | None
    findings: tuple[Finding, ...]
    files: tuple[str, ...]


def validate(root: Path) -> tuple[Project | None, tuple[Finding, ...]]:
    """The project in a folder and its findings, see `Validated`."""
    found = validated(root)
    return found.project, found.findings


def validated(root: Path) -> Validated:
    loaded = load_all(root)
    findings = in_order((*loaded.findings, *check(loaded)))
    failed = any(f.severity is Severity.ERROR for f in findings)
    return Validated(None if failed else loaded.project, findings, loaded.files)
