"""The targets, in one place: adding one is one module and one entry here."""

from collections.abc import Callable, Iterator
from functools import partial

from retailflow.artifact import Artifact
from retailflow.model.project import Project
from retailflow.render.templates import Templates
from retailflow.targets import glue, kafka, runbooks, terraform, tests

Target = Callable[[Project], Iterator[Artifact]]


def targets(templates: Templates) -> tuple[Target, ...]:
    """Every target; those that write text other than data are given the templates of the project."""
    return (
        kafka.emit,
        partial(glue.emit, templates=templates),
        terraform.emit,
        partial(tests.emit, templates=templates),
        partial(runbooks.emit, templates=templates),
    )
