"""Who is made from a table: dimensions that look it up, facts that have it as a parent, a child or a dimension; found once for a project."""

from collections import defaultdict
from dataclasses import dataclass

from retailflow.model.dimension import Dimension, Lookup
from retailflow.model.fact import ChildMilestone, Fact, Parent, Role
from retailflow.model.project import Project
from retailflow.model.table import Table


@dataclass(frozen=True, slots=True)
class Dependents:
    """Each by the name of the table that others are made from."""

    lookups: dict[str, list[tuple[Table, Dimension, Lookup]]]
    parents: dict[str, list[tuple[Table, Fact, Parent]]]
    children: dict[str, list[tuple[Table, Fact, ChildMilestone]]]
    referring: dict[str, list[tuple[Table, Fact]]]


def dependents(project: Project) -> Dependents:
    found = Dependents(defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list))
    for table in project.tables:
        for dimension in dimensions_of(table):
            for lookup in dimension.lookups:
                found.lookups[lookup.parent].append((table, dimension, lookup))
        for fact in table.facts:
            for parent in fact.parents:
                found.parents[parent.table].append((table, fact, parent))
            for milestone in fact.milestones:
                if isinstance(milestone, ChildMilestone):
                    found.children[milestone.table].append((table, fact, milestone))
            for name in referring(fact):
                found.referring[name].append((table, fact))
    return found


def dimensions_of(table: Table) -> tuple[Dimension, ...]:
    """The dimension of a table and, for type 4, its history."""
    if table.dimension is None:
        return ()
    return (table.dimension, table.dimension.history) if table.dimension.history else (table.dimension,)


def referring(fact: Fact) -> dict[str, list[Role]]:
    """The dimensions a fact refers to, each with its roles."""
    roles: dict[str, list[Role]] = {}
    for role in fact.roles:
        if not role.is_date:
            roles.setdefault(role.dimension, []).append(role)
    return roles
