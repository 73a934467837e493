"""The targets, in one place: adding one is one module and one entry here."""

from collections.abc import Callable, Iterator
from functools import partial

from retailflow.artifact import Artifact
from retailflow.model.project import Project
from retailflow.render.templates import Templates
from retailflow.targets import glue, kafka, lake_sql, redshift, runbooks, terraform, tests, tests_redshift

Target = Callable[[Project], Iterator[Artifact]]


def targets(templates: Templates) -> tuple[Target, ...]:
    """Every target; those that write text other than data are given the templates of the project."""
    return tuple(target for half in halves(templates) for target in half)


def halves(templates: Templates) -> tuple[tuple[Target, ...], tuple[Target, ...]]:
    """The targets in two parts of about equal work that share none of it."""
    of_lake = _Once(lake_sql.emit)
    return (
        (
            kafka.emit,
            partial(glue.emit, templates=templates, sql=of_lake),
            terraform.emit,
            partial(tests.emit, templates=templates, sql=of_lake),
            partial(tests_redshift.emit, templates=templates, files=redshift.files_of),
            partial(runbooks.emit, templates=templates),
        ),
        (partial(redshift.emit, templates=templates),),
    )


class _Once:
    """The files of one project, made the first time they are asked for: several targets need them, and they are much of the work."""

    def __init__(self, make: Target) -> None:
        self._make = make
        self._made: tuple[Project, tuple[Artifact, ...]] | None = None

    def __call__(self, project: Project) -> tuple[Artifact, ...]:
        if self._made is None or self._made[0] is not project:
            self._made = project, tuple(self._make(project))
        return self._made[1]
