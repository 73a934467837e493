"""The compiler asks every target for its files and sees to it that no two want the same path."""

from retailflow.artifact import Artifact
from retailflow.model.project import Project
from retailflow.targets.targets import TARGETS


class PathTakenError(Exception):
    """Two targets want one path, or two paths that a case-insensitive file system takes for one: a fault of retailflow."""


def compile(project: Project) -> tuple[Artifact, ...]:
    """All files wanted of a project, sorted by path; a pure function of the project."""
    artifacts = tuple(sorted((a for target in TARGETS for a in target(project)), key=lambda a: a.path))
    taken: set[str] = set()
    for path in (artifact.path for artifact in artifacts):
        if path.casefold() in taken:
            raise PathTakenError(f"`{path}` is wanted twice")
        taken.add(path.casefold())
    return artifacts
