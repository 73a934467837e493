"""Which specs have a say in what is generated for a table: its own, and those of tables it is made from or that are made from it."""

from collections import defaultdict

from retailflow.model.fact import ChildMilestone
from retailflow.model.project import Project
from retailflow.sql.dependents import dimensions_of


def by_table(project: Project) -> dict[str, tuple[str, ...]]:
    """Names of tables, sorted."""
    near: defaultdict[str, set[str]] = defaultdict(set)
    for table in project.tables:
        near[table.name].add(table.name)
        others = {lookup.parent for dimension in dimensions_of(table) for lookup in dimension.lookups}
        for fact in table.facts:
            others |= {parent.table for parent in fact.parents} | {role.dimension for role in fact.roles if not role.is_date}
            others |= {milestone.table for milestone in fact.milestones if isinstance(milestone, ChildMilestone)}
        for other in others:
            near[table.name].add(other)
            near[other].add(table.name)
    return {name: tuple(sorted(others)) for name, others in near.items()}
