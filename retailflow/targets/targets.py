"""The targets, in one place: adding one is one module and one entry here."""

from collections.abc import Callable, Iterator

from retailflow.artifact import Artifact
from retailflow.model.project import Project
from retailflow.targets import kafka

Target = Callable[[Project], Iterator[Artifact]]

TARGETS: tuple[Target, ...] = (kafka.emit,)
