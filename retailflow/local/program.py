"""The program of a run, as a value: the tables it needs and the load it executes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from retailflow.model.project import Project
from retailflow.sql.dialects import Dialect
from retailflow.sql.meaning import Meaning
from retailflow.sql.statement import Load


@dataclass(frozen=True, slots=True)
class Program:
    """`schema`: statements that may be run again and again, and those of `filling` after them, made of `origin`: once for each of their
    fingerprints. `meanings`: of the specs, by which a run tells that they changed; a program without any does not ask."""

    schema: tuple[str, ...]
    load: Load
    meanings: tuple[Meaning, ...] = ()
    filling: Callable[[], tuple[str, ...]] = tuple
    origin: str = ""

    @property
    def schema_fingerprint(self) -> str:
        return hashlib.sha256("\0".join((*self.schema, self.origin)).encode()).hexdigest()

    @property
    def spec_fingerprint(self) -> str:
        return hashlib.sha256("\0".join(f"{m.kind}\0{m.name}\0{m.text}" for m in self.meanings).encode()).hexdigest()


def program(project: Project, dialect: Dialect) -> Program:
    """What is generated for a project, printed for an engine."""
    from retailflow.sql.load import load
    from retailflow.sql.meaning import meanings
    from retailflow.sql.schema import filling, structure
    from retailflow.sql.seed import origin

    fill = cache(partial(filling, project, dialect))
    return Program(structure(project, dialect), load(project, dialect), meanings(project, dialect), fill, origin(project, dialect))
