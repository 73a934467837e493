"""The Spark SQL that batch jobs run: one statement a file, `glue/sql/<table>/<order>_<what>.sql`, run in the order of their names."""

from collections.abc import Iterator

from retailflow.artifact import Artifact
from retailflow.model.project import Project


def emit(project: Project) -> Iterator[Artifact]:
    """None yet: the plans are printed for Spark with the lake."""
    yield from ()
