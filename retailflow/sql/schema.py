"""DDL: the control tables, the logs, the star; every statement can be run twice."""

from collections.abc import Sequence

from retailflow.model.fact import FactKind
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql import calendar, indexes, layout, views
from retailflow.sql.dependents import dimensions_of
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.names import Names
from retailflow.sql.scope import LOG_BIG, LOG_COLUMNS, LOG_INT, LOG_TEXT, LOG_TIME, Scope, spelling
from retailflow.sql.seed import ZONES, seeds
from retailflow.sql.shape import Shown, dimension_columns, fact_columns
from retailflow.types import ColumnType, parse_type

_TEXT, _LONG = parse_type("varchar(400)"), parse_type("varchar(max)")
_KINDS = {LOG_TEXT: _TEXT, LOG_INT: parse_type("int"), LOG_BIG: parse_type("bigint"), LOG_TIME: parse_type("datetime2(6)")}
_FLAG = parse_type("bit")
_COORDINATES = (("topic", LOG_TEXT), ("generation", LOG_INT), ("partition_no", LOG_INT), ("record_offset", LOG_BIG))
_COUNTS = ("received", "applied", "duplicate", "skipped", "quarantined")


def create(project: Project, d: Dialect) -> tuple[str, ...]:
    """Everything a warehouse needs, in order."""
    return (*structure(project, d), *filling(project, d))


def structure(project: Project, d: Dialect) -> tuple[str, ...]:
    """Everything but the rows of the seeds."""
    statements = [*schemas(project, d), *control_tables(project, d), dates_ddl(project, d)]
    for table in project.tables:
        statements += table_ddl(project, table, d)
    statements += indexes.create(project, d)
    return (*statements, *(views.create(project, d) if d.has_views else ()))


def filling(project: Project, d: Dialect) -> tuple[str, ...]:
    return tuple(statement for seed in seeds(project, d) for statement in seed.statements)


def schemas(project: Project, d: Dialect) -> tuple[str, ...]:
    names = project.naming
    return tuple(f"CREATE SCHEMA IF NOT EXISTS {d.ident(n)}" for n in (names.staging_schema, names.warehouse_schema))


def control_tables(project: Project, d: Dialect) -> tuple[str, ...]:
    n = Names(project, d)
    coordinates = [(c, _KINDS[k]) for c, k in _COORDINATES]
    text, big, time, whole = _TEXT, _KINDS[LOG_BIG], _KINDS[LOG_TIME], _KINDS[LOG_INT]
    tables: list[tuple[str, list[tuple[str, ColumnType]]]] = [
        (n.watermarks, [*coordinates[:3], ("last_offset", big)]),
        (n.counts, [*coordinates[:3], *((c, big) for c in _COUNTS)]),
        (n.passed, [*coordinates, ("table_name", text), ("content", big), ("fate", text)]),
        (
            n.quarantine,
            [
                *coordinates,
                ("table_name", text),
                ("code", text),
                ("detail", text),
                ("payload", _LONG),
                ("content", big),
                ("key_text", _LONG),
                ("incarnation", whole),
                ("snapshot_id", text),
                ("place", text),
                ("record_ts", time),
            ],
        ),
        (
            n.marks,
            [
                ("table_name", text),
                ("incarnation", whole),
                ("snapshot_id", text),
                ("place", text),
                ("sequence", text),
                ("commit_ts", time),
                ("expected_keys", big),
                ("complete", _FLAG),
            ],
        ),
        (n.horizon, [("table_name", text), ("incarnation", whole), ("last_commit", text), ("commit_ts", time), ("all_known", _FLAG)]),
        (n.sources, [("source", text), ("as_of", time), ("loaded_as_of", time)]),
        (n.seeds, [("seed", text), ("fingerprint", text)]),
        (n.numbers, [("n", big)]),
        (n.zones, list(ZONES)),
    ]
    return tuple(_create(d, name, [f"{c} {d.type(t)}{_required(c)}" for c, t in columns]) for name, columns in tables)


def _required(column: str) -> str:
    """By what rows of control tables are found is never NULL, else a MERGE would insert them again and again."""
    return " NOT NULL" if column in ("source", "table_name", *(c for c, _ in _COORDINATES)) else ""


def dates_ddl(project: Project, d: Dialect) -> str:
    """The date dimension."""
    columns = [f"{d.ident(c)} {d.type(t)}{'' if c in calendar.NULLABLE else ' NOT NULL'}" for c, t in calendar.columns()]
    return _create(d, Names(project, d).dates, columns, primary=(calendar.KEY,))


def _create(d: Dialect, name: str, columns: Sequence[str], keys: Sequence[tuple[str, ColumnType]] = (), primary: Sequence[str] = ()) -> str:
    """`primary`: bare names of the columns no two rows share, told to engines that do not enforce it."""
    declared = [f"PRIMARY KEY ({', '.join(map(d.ident, primary))})"] if primary and d.believes_keys else []
    return f"CREATE TABLE IF NOT EXISTS {name} (\n  " + ",\n  ".join([*columns, *declared]) + f"\n){d.table_options(keys)}"


def table_ddl(project: Project, table: Table, d: Dialect) -> tuple[str, ...]:
    """The log of a table, its dimension (and history), its facts and their references."""
    return tuple(statement for _, statement in relations(project, table, d))


def relations(project: Project, table: Table, d: Dialect) -> tuple[tuple[str, str], ...]:
    """As `table_ddl`, each with the name of the relation; the log is the first."""
    n, by = Names(project, d), _by_key(table, d)
    made = [(n.log(table.name), log_ddl(project, table, d))]
    for dimension in dimensions_of(table):
        name, shown = n.warehouse(dimension.name), dimension_columns(project, table, dimension)
        made.append((name, _create(d, name, _columns(d, shown), by, (dimension.surrogate_key,))))
    for fact in table.facts:
        name, shown = n.warehouse(fact.name), fact_columns(project, table, fact)
        grain = ("period_start", *table.key) if fact.kind is FactKind.PERIODIC_SNAPSHOT else table.key
        primary = layout.primary_key(tuple((c.name, c.type) for c in shown if c.name in grain))
        made.append((name, _create(d, name, _columns(d, shown), by, primary)))
        keys = [f"{d.ident(c.name)} {d.type(c.type)} NOT NULL" for c in table.key_columns]
        extra = n.extra_references(fact.name)
        made.append((extra, _create(d, extra, [f"dimension {d.type(_TEXT)}", *keys, f"key_text {d.type(_LONG)}"], by)))
    return tuple(made)


def _by_key(table: Table, d: Dialect) -> list[tuple[str, ColumnType]]:
    return [(d.ident(c.name), c.type) for c in table.key_columns]


def _columns(d: Dialect, shown: Sequence[Shown]) -> list[str]:
    return [f"{d.ident(c.name)} {d.type(c.type)}{'' if c.nullable else ' NOT NULL'}" for c in shown]


def log_ddl(project: Project, table: Table, d: Dialect) -> str:
    s = Scope(project, table, d)
    own = [f"{c} {d.type(_KINDS[k])}" for c, k in LOG_COLUMNS]
    keys = [f"{d.ident(c.name)} {d.type(c.type)} NOT NULL" for c in table.key_columns]
    values = [f"{d.ident(c.name)} {d.type(c.type)}" for c in table.columns if c.name not in table.key]
    spellings = [f"{d.ident(spelling(k))} {d.type(table.column(k).type)}" for k in table.key if table.folds(k)]
    return _create(d, s.log, [*own, *keys, *values, *spellings], _by_key(table, d))
