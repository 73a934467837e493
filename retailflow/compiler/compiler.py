"""The compiler asks every target for its files and sees to it that no two want the same path."""

from retailflow.artifact import Artifact
from retailflow.model.project import Project
from retailflow.render.templates import Templates
from retailflow.targets.targets import targets


class PathTakenError(Exception):
    """Two targets want one path, or two paths that a case-insensitive file system takes for one: a fault of retailflow."""


SHIPPED = Templates()


def compile(project: Project, templates: Templates = SHIPPED) -> tuple[Artifact, ...]:
    """All files wanted of a project, sorted by path; a pure function of the project and its templates."""
    artifacts = tuple(sorted((a for target in targets(templates) for a in target(project)), key=lambda a: a.path))
    taken: set[str] = set()
    for path in (artifact.path for artifact in artifacts):
        if path.casefold() in taken:
            raise PathTakenError(f"`{path}` is wanted twice")
        taken.add(path.casefold())
    return artifacts
