"""Everything that can be said about a project before anything is made of it."""

from pathlib import Path

from retailflow.errors import Finding, Severity
from retailflow.model.project import Project
from retailflow.resolve import in_order, load_all
from retailflow.rules.registry import check


def validate(root: Path) -> tuple[Project | None, tuple[Finding, ...]]:
    """The project in a folder, None if any finding is an error; findings of all files and all rules, sorted by place."""
    loaded = load_all(root)
    findings = in_order((*loaded.findings, *check(loaded)))
    failed = any(f.severity is Severity.ERROR for f in findings)
    return (None if failed else loaded.project), findings
