"""A runbook a table: what it is, where it flows, and what to type when something is wrong with it."""

from collections.abc import Iterator

from retailflow.artifact import Artifact, header
from retailflow.model.project import Project
from retailflow.model.source import Route
from retailflow.model.table import Table
from retailflow.render.templates import Templates
from retailflow.targets import places
from retailflow.targets.kafka import has_topic


def emit(project: Project, templates: Templates) -> Iterator[Artifact]:
    """`docs/runbooks/<table>.md`."""
    for table in project.tables:
        path = f"docs/runbooks/{table.name}.md"
        staging = project.naming.staging_schema
        text = templates.render(
            "docs/runbook.md.j2",
            counts=f"SELECT * FROM {staging}.counts WHERE topic = {_literal(table.topic.name)} ORDER BY generation, partition_no",
            description=table.description or f"The table {table.name}.",
            hops=tuple(_hops(project, table)),
            log=f"SELECT * FROM {staging}.{table.name}_log ORDER BY _commit_ts DESC LIMIT 20",
            meaning=tuple(_meaning(table)),
            quarantine=(
                f"SELECT code, detail, generation, partition_no, record_offset, payload FROM {staging}.quarantine "
                f"WHERE table_name = {_literal(table.name)} ORDER BY record_ts DESC LIMIT 20"
            ),
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


def _literal(text: str) -> str:
    """A text in the SQL of a command line, where a line break could not be shown."""
    return "'" + "".join(c for c in text if c.isprintable()).replace("'", "''") + "'"
