"""The columns of the star's tables, in order, with their types: one list for DDL, loads, audits and tests."""

from dataclasses import dataclass

from retailflow.model.dimension import Dimension
from retailflow.model.fact import ChildMilestone, ColumnMilestone, Fact, FactKind
from retailflow.model.project import Project
from retailflow.model.table import Column, Table
from retailflow.sql.scope import spelling
from retailflow.types import ColumnType, Kind, parse_type

_BIGINT = parse_type("bigint")
_INT = parse_type("int")
_TIME = parse_type("datetime2(6)")
_DATE = parse_type("date")
_BOOL = parse_type("bit")


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of a table of the star."""

    name: str
    type: ColumnType
    nullable: bool
    description: str = ""


def dimension_columns(project: Project, table: Table, dimension: Dimension) -> tuple[Shown, ...]:
    shown = [Shown(dimension.surrogate_key, _BIGINT, False, "surrogate key")]
    shown += [Shown(c.name, c.type, False, c.description) for c in table.key_columns]
    shown += [Shown(spelling(k), table.column(k).type, True, "as the source spells it") for k in table.key if table.folds(k)]
    kinds = {a.column: a.scd for a in dimension.attributes}
    for c in table.columns:
        if c.name == dimension.effective or c.name in kinds:
            shown.append(Shown(c.name, c.type, True, c.description))
            extra = kinds[c.name].extra_prefix if c.name in kinds else None
            if extra == "previous_" or (extra and dimension.versioned):
                shown.append(Shown(f"{extra}{c.name}", c.type, True, c.description))
    for lookup in dimension.lookups:
        parent = project.table(lookup.parent)
        shown += [Shown(lc.name, parent.column(lc.column).type, True, parent.column(lc.column).description) for lc in lookup.columns]
    return (
        *shown,
        Shown("valid_from", _TIME, False, "UTC, included"),
        Shown("valid_to", _TIME, False, "UTC, excluded; open: 9999-12-31"),
        Shown("is_current", _BOOL, False),
        Shown("is_deleted", _BOOL, False),
        Shown("is_inferred", _BOOL, False, "referred to by a fact, and not there yet"),
    )


def raw_column(project: Project, table: Table, fact: Fact, name: str) -> Column:
    """A raw column of a fact: the table's own or its parent's."""
    parent = fact.parent_of(name)
    return (project.table(parent.table) if parent else table).column(name)


def fact_columns(project: Project, table: Table, fact: Fact) -> tuple[Shown, ...]:
    shown = [Shown("period_start", _DATE, False, "first local day of the period")] if fact.kind is FactKind.PERIODIC_SNAPSHOT else []
    shown += [Shown(r.surrogate_key, _INT if r.is_date else _BIGINT, False, f"as of {_as_of(fact, r.time)}") for r in fact.roles]
    for name in fact.shown_columns:
        c = raw_column(project, table, fact, name)
        shown.append(Shown(name, c.type, name not in fact.grain, c.description))
    shown += [Shown(m.name, m.type, True, m.description) for m in fact.measures]
    for milestone in fact.milestones:
        match milestone:
            case ColumnMilestone():
                t = raw_column(project, table, fact, milestone.column).type
            case ChildMilestone():
                t = project.table(milestone.table).column(milestone.column).type
            case _:
                t = _TIME
        if milestone.name not in {s.name for s in shown}:
            shown.append(Shown(milestone.name, t, True))
    shown += [Shown(lag.name, _BIGINT, True, f"whole {lag.unit}s from {lag.start} to {lag.end}") for lag in fact.lags]
    return (*shown, Shown("_since", _TIME, True, "when the current life of the key began"))


def _as_of(fact: Fact, time: str | None) -> str:
    return time or fact.time or "the first state of the current life"


def is_date(t: ColumnType) -> bool:
    return t.kind is Kind.DATE
