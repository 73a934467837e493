"""What the parts of a project mean, as texts: where two texts are equal, so is what was made by them, whatever else the specs say.

A warehouse keeps them beside what it holds, so that a load can tell what a changed spec makes stale: `ADMISSION` is what decides how the
records of a table become its log, `STATES` what decides how the log is read, then each dimension and fact, and every relation and view as
it is created.
"""

import json
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any

from retailflow.checks import OnFail
from retailflow.model.project import Project
from retailflow.model.source import Route
from retailflow.model.table import Column, Table
from retailflow.sql import schema, views
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.names import Names
from retailflow.types import Kind

ADMISSION, STATES, DIMENSION, FACT, RELATION, VIEW = "admission", "states", "dimension", "fact", "relation", "view"
RULES = 1  # raised when retailflow itself reads specs otherwise than before: then everything is folded anew
_TOLD = ("description", "additivity", "over_time")  # to people, not to the load
_OF_THE_ERA = ("files", "identity", "source", "topic")  # how the events of the current era come


@dataclass(frozen=True, slots=True)
class Meaning:
    """`name` is unique within `kind`; relations and views are named as SQL names them. `table`: the table of the spec, empty for views."""

    kind: str
    name: str
    table: str
    text: str


def meanings(project: Project, d: Dialect) -> tuple[Meaning, ...]:
    return tuple(_meanings(project, d))


def _meanings(project: Project, d: Dialect) -> Iterator[Meaning]:
    for table in project.tables:
        yield Meaning(ADMISSION, table.name, table.name, _text(admission(table)))
        yield Meaning(STATES, table.name, table.name, _text({"rules": RULES, "where": table.where, "zone": table.source.time_zone}))
        if table.dimension is not None:
            yield Meaning(DIMENSION, table.dimension.name, table.name, _text(table.dimension))
        for fact in table.facts:
            yield Meaning(FACT, fact.name, table.name, _text(fact))
        for name, statement in schema.relations(project, table, d):
            yield Meaning(RELATION, name, table.name, statement)
    for view in (*views.members(project, d), *views.roles(project, d)) if d.has_views else ():
        yield Meaning(VIEW, Names(project, d).warehouse(view.name), "", view.statement)


def admission(table: Table) -> dict[str, Any]:
    """By part: a reader is told which of them changed. The order of columns counts, since the log says by it which are absent."""
    checks = [c for c in table.checks if c.looks_at_one_row and c.on_fail is OnFail.QUARANTINE]
    return {
        "rules": RULES,
        "columns": [_column(c) for c in table.columns],
        "key": [(k, table.folds(k)) for k in table.key],
        "checks": checks,
        "eras": [(e.generation, e.incarnation, e.route) for e in table.eras],
        "source": (table.source.name, table.source.kind, table.source_schema, table.source_table),
        "topic": None if table.route is Route.BATCH else table.topic.name,
        "identity": (table.event_id, table.time),
        "files": None if table.extract is None else (table.extract, table.source.time_zone),
    }


def _column(c: Column) -> tuple[Any, ...]:
    zone = c.time_zone if c.type.kind in (Kind.TIMESTAMP, Kind.INSTANT) else None
    return c.name, c.type.tsql, c.field, zone, c.expression


def admits_otherwise(before: str, now: str) -> tuple[str, ...]:
    """The parts of an admission that changed so that records taken before have to be taken again."""
    old, new = json.loads(before), json.loads(now)
    kept = all(era in new["eras"] for era in old["eras"])
    begun = kept and len(new["eras"]) > len(old["eras"])  # a new era says nothing of those before it
    ignored = {"eras"} if kept else set()
    ignored |= set(_OF_THE_ERA) if begun else set()
    return tuple(part for part in sorted(new) if part not in ignored and old.get(part) != new[part])


def source_of(text: str) -> str:
    """The source that an admission names."""
    return str(json.loads(text)["source"][0])


def _text(value: object) -> str:
    return json.dumps(_spelt(value), ensure_ascii=False, sort_keys=True)


def _spelt(value: Any) -> Any:
    """Fields that have their default are left out: a field that a later retailflow adds changes no text."""
    if is_dataclass(value):
        told = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in _TOLD}
        defaults = {f.name: f.default for f in fields(value) if f.default is not MISSING}
        said = {name: _spelt(x) for name, x in told.items() if name not in defaults or defaults[name] != x}
        return [type(value).__name__, said]
    if isinstance(value, dict):
        return {name: _spelt(x) for name, x in value.items()}
    if isinstance(value, list | tuple):
        return [_spelt(x) for x in value]
    return value
