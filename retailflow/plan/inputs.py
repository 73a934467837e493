"""What the files are made from: short hashes of the specs, and which specs may show in the files of which."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from retailflow.model.fact import ChildMilestone
from retailflow.model.project import Project
from retailflow.model.table import Table

_PROJECT = "retailflow.yaml"


@dataclass(frozen=True, slots=True)
class Inputs:
    """`digests`: path to short hash. `neighbours`: for each spec those it names or is named by. `shared`: what all files depend on."""

    digests: Mapping[str, str]
    neighbours: Mapping[str, frozenset[str]]
    shared: frozenset[str] = frozenset()

    def may_show(self, specs: tuple[str, ...], changed: frozenset[str]) -> bool:
        """Whether a file made from `specs` (none: from all) may differ because `changed` have."""
        if not specs:
            return bool(changed)
        reach = self.shared.union(specs, *(self.neighbours.get(spec, frozenset()) for spec in specs))
        return bool(reach & changed)


def read_inputs(root: Path, project: Project, templates: Iterable[str] = ()) -> Inputs:
    """Hash the files of a project: its specs, and `templates`, its own ones, by their path relative to `root`."""
    shared = frozenset((_PROJECT, *templates))
    paths = shared.union(table.path for table in project.tables)
    digests = {path: _digest(root / path) for path in sorted(paths) if (root / path).is_file()}
    return Inputs(digests, neighbours(project), shared)


def neighbours(project: Project) -> dict[str, frozenset[str]]:
    """For each spec the specs one reference away from it, in either direction: their meaning meets in lookups, parents and keys."""
    paths = {table.name: table.path for table in project.tables}
    found: dict[str, set[str]] = {path: set() for path in paths.values()}
    for table in project.tables:
        for name in _references(table):
            if name in paths:
                found[table.path].add(paths[name])
                found[paths[name]].add(table.path)
    return {path: frozenset(others) for path, others in found.items()}


def _references(table: Table) -> Iterator[str]:
    for dimension in (table.dimension, table.dimension and table.dimension.history):
        if dimension is not None:
            yield from (lookup.parent for lookup in dimension.lookups)
    for fact in table.facts:
        yield from (parent.table for parent in fact.parents)
        yield from (role.dimension for role in fact.roles)
        yield from (milestone.table for milestone in fact.milestones if isinstance(milestone, ChildMilestone))


def _digest(path: Path) -> str:
    """Of what counts in it: comments, blank lines and line ends do not."""
    lines = (line.rstrip() for line in path.read_bytes().splitlines())
    return sha256(b"\n".join(line for line in lines if line and not line.lstrip().startswith(b"#"))).hexdigest()[:16]
