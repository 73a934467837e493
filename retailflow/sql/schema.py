"""DDL: the control tables, the logs, the star; every statement can be run twice."""

from collections.abc import Sequence

from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql.dependents import dimensions_of
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.names import Names
from retailflow.sql.scope import LOG_BIG, LOG_COLUMNS, LOG_INT, LOG_TEXT, LOG_TIME, Scope, spelling
from retailflow.sql.shape import Shown, dimension_columns, fact_columns
from retailflow.sql.zones import zone_rows
from retailflow.types import Kind, parse_type

_TEXT, _LONG = parse_type("varchar(400)"), parse_type("varchar(max)")
_KINDS = {LOG_TEXT: _TEXT, LOG_INT: parse_type("int"), LOG_BIG: parse_type("bigint"), LOG_TIME: parse_type("datetime2(6)")}
_FLAG = parse_type("bit")
_COORDINATES = (("topic", LOG_TEXT), ("generation", LOG_INT), ("partition_no", LOG_INT), ("record_offset", LOG_BIG))
_COUNTS = ("received", "applied", "duplicate", "skipped", "quarantined")


def create(project: Project, d: Dialect) -> tuple[str, ...]:
    """Everything a warehouse needs, in order."""
    statements = list(schemas(project, d)) + list(control_tables(project, d))
    for table in project.tables:
        statements += table_ddl(project, table, d)
    return tuple(statements)


def schemas(project: Project, d: Dialect) -> tuple[str, ...]:
    names = project.naming
    return tuple(f"CREATE SCHEMA IF NOT EXISTS {d.ident(n)}" for n in (names.staging_schema, names.warehouse_schema))


def control_tables(project: Project, d: Dialect) -> tuple[str, ...]:
    n = Names(project, d)
    coordinates = [(c, _KINDS[k]) for c, k in _COORDINATES]
    text, big, time, whole = _TEXT, _KINDS[LOG_BIG], _KINDS[LOG_TIME], _KINDS[LOG_INT]
    tables: list[tuple[str, list[tuple[str, object]]]] = [
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
        (n.sources, [("source", text), ("as_of", time), ("loaded_as_of", time)]),
        (n.numbers, [("n", big)]),
        (
            n.zones,
            [("zone", text), ("utc_from", time), ("utc_to", time), ("local_from", time), ("local_to", time), ("offset_seconds", big)],
        ),
    ]
    created = tuple(_create(d, name, [f"{c} {d.type(t)}" for c, t in columns]) for name, columns in tables)  # type: ignore[arg-type]
    return (*created, *_numbers(n), *_zones(project, d))


def _create(d: Dialect, name: str, columns: Sequence[str], attributes: str = "") -> str:
    return f"CREATE TABLE IF NOT EXISTS {name} (\n  " + ",\n  ".join(columns) + f"\n){attributes}"


def _numbers(n: Names) -> tuple[str, ...]:
    digit = "(" + " UNION ALL ".join(f"SELECT {i} AS n" for i in range(10)) + ")"
    tables = " CROSS JOIN ".join(f"{digit} AS d{i}" for i in range(5))
    value = " + ".join(f"d{i}.n * {10**i}" for i in range(5))
    return (f"DELETE FROM {n.numbers}", f"INSERT INTO {n.numbers} SELECT {value} FROM {tables}")


def _zones(project: Project, d: Dialect) -> tuple[str, ...]:
    zones = {c.time_zone for t in project.tables for c in t.columns if c.type.kind in (Kind.TIMESTAMP, Kind.INSTANT)}
    zones |= {source.time_zone for source in project.sources} | {t.source.time_zone for t in project.tables}
    zones -= {"UTC"}
    n, statements = Names(project, d), []
    for zone in sorted(zones):
        rows = [
            f"({d.literal(r.zone)}, {', '.join(d.timestamp(str(x)) for x in (r.utc_from, r.utc_to, r.local_from, r.local_to))}, {r.offset_seconds})"
            for r in zone_rows([zone])
        ]
        statements.append(f"DELETE FROM {n.zones} WHERE zone = {d.literal(zone)}")
        statements.append(f"INSERT INTO {n.zones} VALUES\n  " + ",\n  ".join(rows))
    return tuple(statements)


def table_ddl(project: Project, table: Table, d: Dialect) -> tuple[str, ...]:
    """The log of a table, its dimension (and history), its facts and their references."""
    n = Names(project, d)
    statements = [log_ddl(project, table, d)]
    for dimension in dimensions_of(table):
        statements.append(_create(d, n.warehouse(dimension.name), _columns(d, dimension_columns(project, table, dimension))))
    for fact in table.facts:
        statements.append(_create(d, n.warehouse(fact.name), _columns(d, fact_columns(project, table, fact))))
        keys = [f"{d.ident(c.name)} {d.type(c.type)} NOT NULL" for c in table.key_columns]
        statements.append(_create(d, n.extra_references(fact.name), [f"dimension {d.type(_TEXT)}", *keys, f"key_text {d.type(_LONG)}"]))
    return tuple(statements)


def _columns(d: Dialect, shown: Sequence[Shown]) -> list[str]:
    return [f"{d.ident(c.name)} {d.type(c.type)}{'' if c.nullable else ' NOT NULL'}" for c in shown]


def log_ddl(project: Project, table: Table, d: Dialect) -> str:
    s = Scope(project, table, d)
    own = [f"{c} {d.type(_KINDS[k])}" for c, k in LOG_COLUMNS]
    keys = [f"{d.ident(c.name)} {d.type(c.type)} NOT NULL" for c in table.key_columns]
    values = [f"{d.ident(c.name)} {d.type(c.type)}" for c in table.columns if c.name not in table.key]
    spellings = [f"{d.ident(spelling(k))} {d.type(table.column(k).type)}" for k in table.key if table.folds(k)]
    return _create(d, s.log, [*own, *keys, *values, *spellings])
