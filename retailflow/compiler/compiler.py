"""The compiler asks every target for its files and sees to it that no two want the same path."""

from collections.abc import Sequence

from retailflow.artifact import Artifact
from retailflow.compiler.apart import with_apart
from retailflow.model.project import Project
from retailflow.render.templates import Templates
from retailflow.targets.targets import Target, halves


class PathTakenError(Exception):
    """Two targets want one path, or two paths that a case-insensitive file system takes for one: a fault of retailflow."""


SHIPPED = Templates()
_MANY = 200  # tables from which on a second process is worth its start


def compile(project: Project, templates: Templates = SHIPPED) -> tuple[Artifact, ...]:
    """All files wanted of a project, sorted by path; a pure function of the project and its templates."""
    here, there = halves(templates)
    if len(project.tables) >= _MANY:
        made = with_apart(lambda: _made(here, project), lambda: _made(there, project))
    else:
        made = [*_made(here, project), *_made(there, project)]
    artifacts = tuple(sorted(made, key=lambda artifact: artifact.path))
    taken: set[str] = set()
    for path in (artifact.path for artifact in artifacts):
        if path.casefold() in taken:
            raise PathTakenError(f"`{path}` is wanted twice")
        taken.add(path.casefold())
    return artifacts


def _made(targets: Sequence[Target], project: Project) -> list[Artifact]:
    return [artifact for target in targets for artifact in target(project)]
