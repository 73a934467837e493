"""The load: take what is new of every table, then make every touched row of the star what the definitions say, in one transaction."""

from collections.abc import Iterator

from retailflow.model.fact import FactKind
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql import audit_checks, marks, periodic, references
from retailflow.sql import dimension as dimensions
from retailflow.sql import fact as facts
from retailflow.sql.chain import chain, suffix_of
from retailflow.sql.dependents import Dependents, dependents, dimensions_of
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.names import Names, temp
from retailflow.sql.scope import Scope
from retailflow.sql.statement import Assert, Load, Step, Temp
from retailflow.sql.take import take
from retailflow.sql.touch import (
    chain_keys,
    dimension_keys,
    fact_keys_step,
    inferred_keys,
    referred,
    referred_name,
)


def load(project: Project, d: Dialect) -> Load:
    """The whole load of a project; the parts below may be printed one by one."""
    names = Names(project, d)
    steps: list[Step] = [marks.heartbeats(names)]
    for table in project.tables:
        steps += take(Scope(project, table, d))
    return Load((*steps, Step("fold", fold(project, d), _anything(project, d)), marks.loaded(names)))


def _anything(project: Project, d: Dialect) -> str:
    """Whether there is anything to fold: a touched key, or a source seen further than the star was loaded."""
    tests = [f"EXISTS (SELECT 1 FROM {Scope(project, t, d).temp('touched')} AS t)" for t in project.tables]
    moved = f"EXISTS (SELECT 1 FROM {Names(project, d).sources} AS a WHERE a.loaded_as_of IS NULL OR a.loaded_as_of <> a.as_of)"
    return f"SELECT 1 AS something WHERE {' OR '.join([*tests, moved])}"


def fold(project: Project, d: Dialect) -> tuple[Step, ...]:
    """From the keys that were touched to the star."""
    uses = dependents(project)
    steps: list[Step] = []
    for table in project.tables:
        s = Scope(project, table, d)
        steps += [dimension_keys(s, dimension) for dimension in dimensions_of(table)]
        for fact in table.facts:
            steps.append(fact_keys_step(s, fact))
            if fact.kind is FactKind.PERIODIC_SNAPSHOT:
                steps.append(periodic.touch_by_clock(s, fact))
    for table in project.tables:
        steps += _chains(project, table, d, uses)
    for table in project.tables:
        s = Scope(project, table, d)
        steps += [step for fact in table.facts if (step := references.collect(s, fact)) is not None]
    for table in project.tables:
        steps += _dimensions(project, table, d, uses)
    for table in project.tables:
        s = Scope(project, table, d)
        for fact in table.facts:
            steps += facts.refresh(s, fact)
    return (*steps, *_blocking_checks(project, d))


def _blocking_checks(project: Project, d: Dialect) -> Iterator[Step]:
    """What a spec says must hold of the rows that were touched, else nothing of the load is kept."""
    for table in project.tables:
        s = Scope(project, table, d)
        asserts = tuple(Assert(audit.code, audit.message, audit.select) for audit in audit_checks.blocking(s))
        if asserts:
            yield Step(f"checks of {table.name}", asserts, f"SELECT 1 FROM {s.temp('touched')} LIMIT 1")


def _chains(project: Project, table: Table, d: Dialect, uses: Dependents) -> tuple[Step, ...]:
    s = Scope(project, table, d)
    steps: list[Step] = []
    for without, selects in zip((False, True), chain_keys(project, table, d, uses), strict=True):
        if selects:
            wanted = temp("chain_keys", f"{table.name}{suffix_of(without)}")
            steps.append(Step(f"chain keys of {table.name}", (Temp(wanted, " UNION ".join(selects), s.keys),)))
            steps += chain(s, wanted, without_deletions=without)
    return tuple(steps)


def _dimensions(project: Project, table: Table, d: Dialect, uses: Dependents) -> tuple[Step, ...]:
    s = Scope(project, table, d)
    steps: list[Step] = []
    for dimension in dimensions_of(table):
        infers = dimension is table.dimension and bool(uses.referring[table.name])
        if infers:
            steps.append(inferred_keys(project, table, dimension, d, uses))
        steps += dimensions.make(s, dimension)
        if infers:
            steps.append(referred(project, table, dimension, d, uses))
        steps += dimensions.change_rows(s, dimension, referred_name(dimension) if infers else None)
    return tuple(steps)
