"""A runbook a table: what it is, where it flows, and what to type when something is wrong with it."""

from collections.abc import Iterator

from retailflow.artifact import Artifact, header
from retailflow.model.project import Project
from retailflow.model.source import Route
from retailflow.model.table import Table
from retailflow.render.templates import Templates
from retailflow.sql.dialects.duckdb import DuckDb
from retailflow.sql.names import Names
from retailflow.targets import places
from retailflow.targets.kafka import has_topic


def emit(project: Project, templates: Templates) -> Iterator[Artifact]:
    """`docs/runbooks/<table>.md`."""
    for table in project.tables:
        path = f"docs/runbooks/{table.name}.md"
        text = templates.render(
            "docs/runbook.md.j2",
            description=table.description or f"The table {table.name}.",
            hops=tuple(_hops(project, table)),
            meaning=tuple(_meaning(table)),
            queries=_queries(project, table),
            table=table,
        )
        yield Artifact(path, header(path, table.path) + text, (table.path,))


def _hops(project: Project, table: Table) -> Iterator[tuple[str, str]]:
    schema = project.naming.warehouse_schema
    if table.source_schema and table.source_table:
        yield "source", f"{table.source.name}: {table.source_schema}.{table.source_table}"
    if table.extract is not None:
        yield "files", f"{table.extract.path} ({table.extract.format}, {table.extract.mode})"
    if has_topic(table):
        yield "topic", table.topic.name
        yield "lake, as received", places.landing(project, table)
    yield "log", f"{project.naming.staging_schema}.{table.name}_log"
    if table.dimension is not None:
        yield "dimension", f"{schema}.{table.dimension.name}"
        if table.dimension.history is not None:
            yield "history", f"{schema}.{table.dimension.history.name}"
    for fact in table.facts:
        yield "fact", f"{schema}.{fact.name}"


def _meaning(table: Table) -> Iterator[str]:
    route = {Route.CDC: "changes, captured at the source", Route.STREAM: "a stream of events", Route.BATCH: "files, extract by extract"}
    yield f"It comes as {route[table.route]}; a row is known by {', '.join(table.key) or 'where it stands in its topic'}."
    if table.dimension is not None:
        kind = "one row per key and interval" if table.dimension.versioned else "one row per key"
        yield f"The dimension {table.dimension.name} has {kind}; a deletion at the source: {table.dimension.on_delete}."
    for fact in table.facts:
        yield f"The fact {fact.name} is a {fact.kind.replace('_', ' ')}: one row per {', '.join(fact.grain)}."
    private = [column.name for column in table.columns if column.pii]
    if private:
        yield f"Personal data: {', '.join(private)}."


def _queries(project: Project, table: Table) -> dict[str, tuple[str, ...]]:
    """What to ask the warehouse, by question, each on one line: `query` takes them here, a SQL client takes them there."""
    n = Names(project, DuckDb())
    keys = ", ".join(map(n.d.ident, table.key))
    topic = f" WHERE topic = {_literal(table.topic.name)}" if has_topic(table) else ""
    mine = f"FROM {n.quarantine} WHERE table_name = {_literal(table.name)}"
    latest = ", ".join(filter(None, (keys, "_op, _commit_ts, _topic, _partition_no, _offset")))
    return {
        "arrived": (
            f"SELECT * FROM {n.counts}{topic} ORDER BY topic, generation, partition_no",
            f"SELECT {latest} FROM {n.log(table.name)} ORDER BY _commit_ts DESC LIMIT 20",
        ),
        "one_key": tuple(_one_key(n, table, keys)) if table.key else (),
        "quarantine": (
            f"SELECT code, detail, COUNT(*) AS records {mine} GROUP BY code, detail ORDER BY records DESC",
            f"SELECT topic, generation, partition_no, record_offset, code, detail, payload {mine} ORDER BY record_ts DESC LIMIT 20",
        ),
    }


def _one_key(n: Names, table: Table, keys: str) -> Iterator[str]:
    """Its events in the order that counts, and its versions; for a start, of the least key there is."""
    first, log = n.d.ident(table.key[0]), n.log(table.name)
    yield f"SELECT * FROM {log} WHERE {first} = (SELECT MIN({first}) FROM {log}) ORDER BY {keys}, _incarnation, _sequence"
    if table.dimension is not None:
        shown = n.warehouse((table.dimension.history or table.dimension).name)
        yield f"SELECT * FROM {shown} WHERE {first} = (SELECT MIN({first}) FROM {shown}) ORDER BY {keys}, valid_from"


def _literal(text: str) -> str:
    """A text in the SQL of a command line, where a line break could not be shown."""
    return "'" + "".join(c for c in text if c.isprintable()).replace("'", "''") + "'"
