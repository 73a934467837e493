"""The program of a run, as a value: the tables it needs and the load it executes."""

import hashlib
from dataclasses import dataclass

from retailflow.model.project import Project
from retailflow.sql.dialects import Dialect
from retailflow.sql.meaning import Meaning
from retailflow.sql.statement import Load


@dataclass(frozen=True, slots=True)
class Program:
    """`schema`: statements that may be run again and again; they are run once for each of their fingerprints. `meanings`: of the specs,
    by which a run tells that they changed; a program without any does not ask."""

    schema: tuple[str, ...]
    load: Load
    meanings: tuple[Meaning, ...] = ()

    @property
    def schema_fingerprint(self) -> str:
        return hashlib.sha256("\0".join(self.schema).encode()).hexdigest()

    @property
    def spec_fingerprint(self) -> str:
        return hashlib.sha256("\0".join(f"{m.kind}\0{m.name}\0{m.text}" for m in self.meanings).encode()).hexdigest()


def program(project: Project, dialect: Dialect) -> Program:
    """What is generated for a project, printed for an engine."""
    from retailflow.sql.load import load
    from retailflow.sql.meaning import meanings
    from retailflow.sql.schema import create

    return Program(create(project, dialect), load(project, dialect), meanings(project, dialect))
