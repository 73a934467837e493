"""One table: first by itself (`outline`), then with what it refers to (`complete`)."""

from collections.abc import Mapping

from retailflow.errors import did_you_mean
from retailflow.model.expression import Expression
from retailflow.model.source import Source, Topic
from retailflow.model.table import Columnar, Table
from retailflow.resolve.checks import resolve_checks
from retailflow.resolve.columns import read_at, resolve_columns
from retailflow.resolve.dimensions import resolve_dimension
from retailflow.resolve.expression import Readable
from retailflow.resolve.facts import FactResolver
from retailflow.resolve.reference import MOMENTS, column, time_column
from retailflow.resolve.sink import Sink
from retailflow.resolve.sources import resolve_eras, resolve_files, source_of
from retailflow.resolve.tables import Outline, Tables
from retailflow.source import Document
from retailflow.spec import ProjectSpec, TableSpec
from retailflow.spec.table import KafkaSpec
from retailflow.types import Kind


def outline(sink: Sink, document: Document, spec: TableSpec, sources: Mapping[str, Source]) -> Outline:
    """What a table is without looking at others."""
    source, _, _ = source_of(Sink(document), spec, dict(sources))
    key = tuple(spec.key or ((spec.event_id,) if spec.event_id else ()))
    columns = resolve_columns(sink, spec, source, key)
    found = Outline(document, spec, source, columns, key)
    _key(sink, found)
    _events(sink, found)
    return found


def _key(sink: Sink, table: Outline) -> None:
    spec = table.spec
    if spec.key is None:
        if spec.ingest != "stream":
            sink.add("RF012", "`key` is missing", hint="a business key tells one row from another: `key: column`, or `key: [a, b]`")
        return
    for number, name in enumerate(spec.key):
        steps = ("key", number)
        if name in spec.key[:number]:
            sink.add("RF101", f"key column `{name}` is given twice", *steps)
        elif name not in table.columns:
            sink.add("RF101", f"key column `{name}` is not a column of `{table.name}`", *steps, hint=did_you_mean(name, table.columns))
        else:
            _key_column(sink, table, name, number)


def _key_column(sink: Sink, table: Outline, name: str, number: int) -> None:
    spec, found = table.spec.columns[name], table.columns[name]
    if spec.expr is not None:
        sink.add(
            "RF220",
            f"key column `{name}` is derived, and a deletion brings the key alone",
            "key",
            number,
            hint="name a column of the source",
        )
    if spec.nullable:
        sink.add("RF203", f"key column `{name}` cannot be NULL", "columns", name, "nullable", hint="delete `nullable`")
    if found is None:
        return
    if found.type.kind is Kind.FLOAT:
        sink.add(
            "RF202", f"`{name}` is `{found.type.tsql}`, and floats cannot be keys", "key", number, hint="floats do not compare exactly"
        )
    elif found.type.kind in (Kind.TEXT, Kind.BINARY) and found.type.length is None:
        sink.add(
            "RF202", f"`{name}` is `{found.type.tsql}`, too long for a key", "key", number, hint="declare a length, such as `nvarchar(80)`"
        )


def _events(sink: Sink, table: Outline) -> None:
    spec, what = table.spec, f"`{table.name}`"
    if spec.event_id is not None:
        found = column(sink, table.columns, spec.event_id, what, "event_id")
        if spec.time is None:
            sink.add(
                "RF131", "`event_id` needs `time`: events of one id are ordered by it", "event_id", hint="add `time: <a datetime column>`"
            )
        if found is not None and found.type.kind is Kind.FLOAT:
            sink.add("RF202", f"`{spec.event_id}` is `{found.type.tsql}`, and floats cannot identify", "event_id")
    earlier = {era.ingest for era in spec.earlier}
    if spec.time is not None:
        time_column(sink, table.columns, spec.time, what, "time", kinds=MOMENTS)
        if spec.ingest == "batch" and spec.files is not None and spec.files.mode == "full" and "stream" not in earlier:
            hint = "all that a full extract says, it says of its own time; delete `time`, or say `mode: incremental`"
            sink.add("RF131", "`time` is not for tables of full extracts", "time", key=True, hint=hint)
    for key, routes in (("event_id", {"stream"}), ("time", {"stream", "batch"})):
        if getattr(spec, key) is not None and not routes & {spec.ingest, *earlier}:
            hint = "change events have an order of their own; delete it, or change `ingest`"
            sink.add("RF131", f"`{key}` is not for tables of `ingest: {spec.ingest}`", key, key=True, hint=hint)
    for name in dict.fromkeys(n for n in (spec.event_id, spec.time) if n is not None):
        if name in spec.columns and spec.columns[name].expr is not None:
            sink.add("RF220", f"`{name}` is derived, and must be read from the event", "event_id" if name == spec.event_id else "time")


def complete(sink: Sink, table: Outline, tables: Tables, project: ProjectSpec, sources: Mapping[str, Source]) -> Table:
    """The table with all that it refers to; with findings in the sink it may be incomplete."""
    spec = table.spec
    source, source_schema, source_table = source_of(sink, spec, dict(sources))
    return Table(
        name=spec.table,
        description=spec.description,
        owner=project.defaults.owner if spec.owner is None else spec.owner,
        group=spec.group or project.defaults.group,
        source=source,
        source_schema=source_schema,
        source_table=source_table,
        columns=tuple(c for c in table.columns.values() if c is not None),
        key=table.key,
        where=_where(sink, table),
        event_id=spec.event_id,
        time=spec.time,
        extract=resolve_files(sink, spec),
        topic=_topic(spec, project),
        eras=resolve_eras(sink, spec, source),
        checks=resolve_checks(sink, table, tables),
        dimension=resolve_dimension(sink, table, tables),
        facts=tuple(FactResolver(sink, table, tables, name).resolve() for name in spec.facts),
        warehouse_path=spec.warehouse_path or "stream",
        columnar=_columnar(sink, table),
        path=table.document.path,
    )


def _where(sink: Sink, table: Outline) -> Expression | None:
    if table.spec.where is None:
        return None
    scope = {name: Readable(c.type, c.time_zone, c.expression) if c is not None else None for name, c in table.columns.items()}
    condition = read_at(sink, table.spec.where, scope, "where")
    if condition is not None and condition.type.kind is not Kind.BOOLEAN:
        sink.add("RF218", f"`where` is `{condition.type.tsql}`, not a condition", "where", hint="write a comparison")
    return condition


def _topic(spec: TableSpec, project: ProjectSpec) -> Topic:
    """A table's own words stand before the project's."""
    defaults, own = project.defaults.kafka, spec.kafka
    name = own.topic or project.naming.topic.replace("{table}", spec.table)
    partitions = own.partitions or defaults.partitions or 3
    return Topic(name, partitions, own.replication_factor or defaults.replication_factor or 3, _config(defaults, own))


def _config(defaults: KafkaSpec, own: KafkaSpec) -> tuple[tuple[str, str], ...]:
    merged = {**defaults.config, **own.config}
    return tuple((key, setting_text(value)) for key, value in sorted(merged.items()))


def setting_text(value: object) -> str:
    """A setting as the platforms write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _columnar(sink: Sink, table: Outline) -> Columnar:
    spec, what = table.spec.redshift, f"`{table.name}`"
    if spec.distkey is not None:
        column(sink, table.columns, spec.distkey, what, "redshift", "distkey")
        if spec.diststyle not in (None, "key"):
            hint = "write `diststyle: key`, or delete one of the two"
            sink.add("RF407", f"a `distkey` does not go with `diststyle: {spec.diststyle}`", "redshift", "diststyle", hint=hint)
    elif spec.diststyle == "key":
        sink.add("RF407", "`diststyle: key` needs a `distkey`", "redshift", "diststyle", hint="name the column")
    for number, name in enumerate(spec.sortkey or ()):
        column(sink, table.columns, name, what, "redshift", "sortkey", number)
    return Columnar(spec.distkey, tuple(spec.sortkey or ()), spec.diststyle)
