"""The project a command works on: where it is, and its model once everything that is wrong was said."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from retailflow.cli.findings import print_findings
from retailflow.cli.options import Format
from retailflow.errors import Finding, StopError

if TYPE_CHECKING:
    from retailflow.model.project import Project

PROJECT_FILE = "retailflow.yaml"


def find_root(project: Path | None) -> Path:
    """The folder named, else this one or the nearest above it that has a retailflow.yaml; StopError (exit 2) if there is none."""
    if project is not None:
        if (project / PROJECT_FILE).is_file():
            return project.resolve()
        raise StopError([Finding("RF001", f"there is no {PROJECT_FILE} in `{project}`", hint="`retailflow init` makes a project")], 2)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    message = f"there is no {PROJECT_FILE} here or in a folder above"
    raise StopError([Finding("RF001", message, hint="`retailflow init` makes a project, `--project DIR` names one")], 2)


def open_project(project: Path | None, format: Format = Format.TEXT) -> "tuple[Path, Project]":
    """The folder and the model of a project without errors; warnings go to stderr. StopError: its errors."""
    from retailflow.cli.known_project import known

    root = find_root(project)
    model, findings = known(root) or _resolved(root)
    if findings:
        print_findings(findings, root, format, result=False)
    return root, model


def _resolved(root: Path) -> "tuple[Project, tuple[Finding, ...]]":
    from retailflow.cli.known_project import keep
    from retailflow.rules import validated

    began = time.time()
    found = validated(root)
    if found.project is None:
        raise StopError(found.findings, root=root)
    keep(root, found.project, found.findings, found.files, began)
    return found.project, found.findings
