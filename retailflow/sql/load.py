"""The load: take what is new of every table, then make every touched row of the star what the definitions say, in one transaction."""

from dataclasses import dataclass

from retailflow.model.dimension import Dimension
from retailflow.model.fact import FactKind
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql import audit_checks, lone, marks, onward, periodic, references
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

FOLD = "fold"


@dataclass(frozen=True, slots=True)
class Part:
    """What a load does for one table, dimension or fact at one stage; `name` tells which and is unique. `table` is the table of the spec."""

    stage: str
    name: str
    table: Table
    steps: tuple[Step, ...]


def load(project: Project, d: Dialect) -> Load:
    """The whole load of a project; the parts below may be printed one by one."""
    names = Names(project, d)
    taken = [step for part in takes(project, d) for step in part.steps]
    folded = Step(FOLD, fold(project, d), anything(project, d))
    return Load((marks.heartbeats(names), *taken, folded, marks.loaded(names)))


def before_fold(steps: tuple[Step, ...], more: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps of a load with more between what is taken and the fold; as they are where nothing is folded."""
    at = next((i for i, step in enumerate(steps) if step.name == FOLD), None)
    return steps if at is None else (*steps[:at], *more, *steps[at:])


def takes(project: Project, d: Dialect) -> tuple[Part, ...]:
    return tuple(Part("take", table.name, table, take(Scope(project, table, d))) for table in project.tables)


def anything(project: Project, d: Dialect) -> str:
    """Whether there is anything to fold: a touched key, or a source seen further than the star was loaded."""
    tests = [f"EXISTS (SELECT 1 FROM {Scope(project, t, d).temp('touched')} AS t)" for t in project.tables]
    moved = f"EXISTS (SELECT 1 FROM {Names(project, d).sources} AS a WHERE a.loaded_as_of IS NULL OR a.loaded_as_of <> a.as_of)"
    return f"SELECT 1 AS something WHERE {' OR '.join([*tests, moved])}"


def fold(project: Project, d: Dialect) -> tuple[Step, ...]:
    """From the keys that were touched to the star."""
    return tuple(step for part in folds(project, d) for step in part.steps)


def folds(project: Project, d: Dialect) -> tuple[Part, ...]:
    """The fold, part by part, in order; parts with nothing to do are left out."""
    uses = dependents(project)
    scopes = [Scope(project, table, d) for table in project.tables]
    parts = [Part("touch", s.table.name, s.table, _touched(s)) for s in scopes]
    parts += [Part("chain", s.table.name, s.table, _chains(project, s.table, d, uses)) for s in scopes]
    for s in scopes:
        for fact in s.table.facts:
            parts.append(Part("references", fact.name, s.table, references.collect(s, fact)))
    for s in scopes:
        parts += [Part("refresh", x.name, s.table, _dimension(s, x, uses)) for x in dimensions_of(s.table)]
    parts += [Part("refresh", fact.name, s.table, tuple(facts.refresh(s, fact))) for s in scopes for fact in s.table.facts]
    parts += [Part("check", s.table.name, s.table, _blocking_checks(s)) for s in scopes]
    return tuple(part for part in parts if part.steps)


def _touched(s: Scope) -> tuple[Step, ...]:
    steps: list[Step] = []
    for dimension in dimensions_of(s.table):
        steps += [onward.find(s, dimension)] if onward.goes_on(dimension) else []
        steps.append(dimension_keys(s, dimension))
    for fact in s.table.facts:
        steps.append(fact_keys_step(s, fact))
        if fact.kind is FactKind.PERIODIC_SNAPSHOT:
            steps.append(periodic.touch_by_clock(s, fact))
        steps += lone.several(s, fact)
    return tuple(steps)


def _blocking_checks(s: Scope) -> tuple[Step, ...]:
    """What a spec says must hold of the rows that were touched, else nothing of the load is kept."""
    asserts = tuple(Assert(audit.code, audit.message, audit.select) for audit in audit_checks.blocking(s))
    return (Step(f"checks of {s.table.name}", asserts, f"SELECT 1 FROM {s.temp('touched')} LIMIT 1"),) if asserts else ()


def _chains(project: Project, table: Table, d: Dialect, uses: Dependents) -> tuple[Step, ...]:
    s = Scope(project, table, d)
    steps: list[Step] = []
    for without, selects in zip((False, True), chain_keys(project, table, d, uses), strict=True):
        if selects:
            wanted = temp("chain_keys", f"{table.name}{suffix_of(without)}")
            steps.append(Step(f"chain keys of {table.name}", (Temp(wanted, " UNION ".join(selects), s.keys),)))
            steps += chain(s, wanted, without_deletions=without)
    return tuple(steps)


def _dimension(s: Scope, dimension: Dimension, uses: Dependents) -> tuple[Step, ...]:
    """Nothing is asked of a dimension of which no key was touched; facts that refer to it are told that none moved."""
    project, table, d = s.project, s.table, s.d
    infers = dimension is table.dimension and bool(uses.referring[table.name])
    refreshed = (
        *dimensions.make(s, dimension),
        *((referred(project, table, dimension, d, uses),) if infers else ()),
        *dimensions.change_rows(s, dimension, referred_name(dimension) if infers else None),
    )
    to_do = dimensions.to_do(dimension)
    steps = (Step(f"refresh {dimension.name}", refreshed, f"SELECT 1 AS something WHERE {to_do}"),)
    if not infers:
        return steps
    still = Step(f"leave {dimension.name}", (dimensions.none_moved(s, dimension),), f"SELECT 1 AS something WHERE NOT ({to_do})")
    return (inferred_keys(project, table, dimension, d, uses), *steps, still)
