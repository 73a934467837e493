"""The load as Spark runs it: `glue/sql/<table>/<order>_<stage>_<what>.sql`, run in the order of the files' names, not of their folders.

A file holds the statements of one part of the load, each behind a line that says what it is (`retailflow.runtime.script`). The catalog's
databases differ between environments, so they are called `${staging}` and `${warehouse}`: variables that Spark itself fills in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from retailflow.artifact import Artifact, header
from retailflow.model.project import Project
from retailflow.sql import marks
from retailflow.sql.dialects import SPARK
from retailflow.sql.lines import lines
from retailflow.sql.load import Part, anything, folds, takes
from retailflow.sql.names import Names
from retailflow.sql.schema import control_tables, dates_ddl, schemas, table_ddl
from retailflow.sql.seed import Seed, seeds
from retailflow.sql.statement import Assert, Execute, Step, Temp
from retailflow.targets import lake_raw

PROJECT = "_project"  # no table's name: what belongs to all
_ORDER = {"take": 30, "touch": 40, "chain": 50, "references": 60, "refresh": 70, "check": 90}
_FACTS = 80  # refreshed after every dimension


def emit(project: Project) -> Iterator[Artifact]:
    """What makes the tables, then the load; all of it can be run again and again."""
    if not project.tables:
        return
    there = replace(project, naming=replace(project.naming, staging_schema="${staging}", warehouse_schema="${warehouse}"))
    names = Names(there, SPARK)
    yield _file(PROJECT, "00_schemas", _statements(schemas(there, SPARK)))
    yield _file(PROJECT, "01_control", _statements((*control_tables(there, SPARK), dates_ddl(there, SPARK))))
    for seed in seeds(there, SPARK):
        what = "".join(c if c.isalnum() else "_" for c in seed.name.lower())
        yield _file(PROJECT, f"02_{what}", _step(_once(names, seed)))
    for table in there.tables:
        yield _file(table.name, f"10_tables_{table.name}", _statements(table_ddl(there, table, SPARK)), table.path)
    yield _file(PROJECT, "15_raw_heartbeats", _step(lake_raw.raw_heartbeats(there)))
    for table in there.tables:
        yield _file(table.name, f"16_raw_{table.name}", _step(lake_raw.raw(table)), table.path)
    yield _file(PROJECT, "20_heartbeats", _step(marks.heartbeats(names)))
    for part in takes(there, SPARK):
        yield _part(part)
    yield _file(PROJECT, "35_anything", ["--: go on if", *lines(anything(there, SPARK))])
    for part in folds(there, SPARK):
        yield _part(part)
    yield _file(PROJECT, "95_loaded", _step(marks.loaded(names)))


def _once(names: Names, seed: Seed) -> Step:
    """Fill a seed, unless these rows are what it has."""
    d = names.d
    has = f"SELECT 1 FROM {names.seeds} AS s WHERE s.seed = {d.literal(seed.name)} AND s.fingerprint = {d.literal(seed.fingerprint)}"
    return Step(f"rows of {seed.name}", tuple(map(Execute, seed.statements)), f"SELECT 1 WHERE NOT EXISTS ({has})")


def _part(part: Part) -> Artifact:
    is_fact = part.stage == "refresh" and any(fact.name == part.name for fact in part.table.facts)
    order = _FACTS if is_fact else _ORDER[part.stage]
    made = (line for step in part.steps for line in _step(step))
    return _file(part.table.name, f"{order}_{part.stage}_{part.name}", made, part.table.path)


def _file(folder: str, what: str, made: Iterable[str], source: str = "retailflow.yaml") -> Artifact:
    path = f"glue/sql/{folder}/{what}.sql"
    return Artifact(path, header(path, source) + "\n".join(made) + "\n", (source,))


def _statements(statements: Iterable[str]) -> Iterator[str]:
    for statement in statements:
        yield from ("--: execute", *lines(statement))


def _step(step: Step) -> Iterator[str]:
    yield f"--: step {step.name}"
    if step.guard is not None:
        yield from ("--: only if", *lines(step.guard))
    for statement in step.body:
        match statement:
            case Temp(name=name, select=select):
                yield from (f"--: temp {name}", *lines(select))
            case Execute(sql=sql):
                yield from ("--: execute", *lines(sql))
            case Assert(code=code, message=message, select=select):
                yield from (f"--: assert {code} {message}", *lines(select))
            case Step():
                yield from _step(statement)
    yield "--: end"
