"""The targets, in one place: adding one is one module and one entry here."""

from collections.abc import Callable, Iterator
from functools import partial

from retailflow.artifact import Artifact
from retailflow.model.project import Project
from retailflow.render.templates import Templates
from retailflow.targets import glue, kafka, redshift, runbooks, terraform, tests, tests_redshift

Target = Callable[[Project], Iterator[Artifact]]


def targets(templates: Templates) -> tuple[Target, ...]:
    """Every target; those that write text other than data are given the templates of the project."""
    return (
        kafka.emit,
        partial(glue.emit, templates=templates),
        terraform.emit,
        partial(redshift.emit, templates=templates),
        partial(tests.emit, templates=templates),
        partial(tests_redshift.emit, templates=templates, files=redshift.files_of),
        partial(runbooks.emit, templates=templates),
    )
