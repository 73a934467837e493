"""From landing to what a load begins with: `raw_<table>` of records as received (or rows of extract files), and `raw_heartbeats`.

The runtime shows what no load has read yet as `landed_<table>`, and reads the bytes of a record (`record_key`, `record_text`,
`record_payload`). Topics are called differently in environments: `${environment}` is filled in by Spark.
"""

from collections.abc import Iterator

from retailflow.model.project import Project
from retailflow.model.source import Route
from retailflow.model.table import Table
from retailflow.sql.dialects import SPARK
from retailflow.sql.judge import is_ahead
from retailflow.sql.statement import Step, Temp
from retailflow.targets.kafka import captured_sources, has_topic, heartbeat_topic

_LAST_US = 253_402_300_799_999_999  # of the year 9999
HEARTBEATS = "raw_heartbeats"
_HAS_TIME = f"l.timestamp_type <> -1 AND UNIX_MICROS(l.`timestamp`) BETWEEN 0 AND {_LAST_US}"
_TIME = f"CASE WHEN {_HAS_TIME} THEN CAST(l.`timestamp` AS {SPARK.timestamp_type}) END"


def records(project: Project) -> tuple[str, ...]:
    """The landing tables of topics."""
    return (*(t.name for t in project.tables if has_topic(t)), *(landing_of(source.name) for source, _ in captured_sources(project)))


def extracts(project: Project) -> tuple[str, ...]:
    """The landing tables of extract files."""
    return tuple(t.name for t in project.tables if not has_topic(t))


def heartbeats(project: Project, tables: tuple[Table, ...]) -> Iterator[tuple[str, str]]:
    """(topic, landing table) of the heartbeats that are to land with these tables: those of the sources whose first table is among them."""
    for source, captured in captured_sources(project):
        if captured[0] in tables:
            yield heartbeat_topic(source, captured).name, landing_of(source.name)


def landing_of(source: str) -> str:
    """The landing table of a source's heartbeats."""
    return f"_heartbeats_of_{source.replace('-', '_')}"


def raw_heartbeats(project: Project) -> Step:
    d = SPARK
    seen = [_seen(source.name) for source, _ in captured_sources(project)]
    nothing = f"SELECT {d.null(d.varchar)} AS source, {d.null(d.timestamp_type)} AS commit_ts WHERE FALSE"
    return Step("heartbeats that have landed", (Temp(HEARTBEATS, "\nUNION ALL\n".join(seen) or nothing),))


def _seen(source: str) -> str:
    d = SPARK
    bodies = f"(SELECT record_payload(l.value) AS payload, {_TIME} AS record_ts FROM landed_{landing_of(source)} AS l) AS b"
    digits = d.matches("ts_ms", "^[0-9]{1,15}$")
    time = d.from_epoch_us(f"{d.try_cast('ts_ms', d.bigint)} * 1000")
    read = d.extract(bodies, "payload", [("ts_ms", ("ts_ms",))], ["record_ts"])
    time = f"CASE WHEN {digits} THEN {time} END"
    believed = f"NOT COALESCE({is_ahead(d, time, 'record_ts')}, FALSE)"
    return f"SELECT {d.literal(source)} AS source, {time} AS commit_ts FROM ({read}) AS h WHERE {digits} AND {believed}"


def raw(table: Table) -> Step:
    columns = _of_file() if table.route is Route.BATCH else _of_record(table)
    landed = f"SELECT {columns}\nFROM landed_{table.name} AS l WHERE l.generation IN ({_generations(table)})"
    content = f"COALESCE({SPARK.content_hash('r.record_value')}, 0) AS content"
    return Step(f"what has landed of {table.name}", (Temp(f"raw_{table.name}", f"SELECT r.*, {content}\nFROM (\n{landed}\n) AS r"),))


def _generations(table: Table) -> str:
    """Those of the incarnation that the load is of."""
    era = table.era
    return ", ".join(str(e.generation) for e in table.eras if (e.incarnation, e.route) == (era.incarnation, era.route))


def _of_record(table: Table) -> str:
    d = SPARK
    topic = d.literal(table.topic.name).replace("{env}", "${environment}")
    return (
        f"{topic} AS topic, l.generation, l.`partition` AS partition_no, l.`offset` AS record_offset, {_TIME} AS record_ts, "
        "record_key(l.`key`) AS record_key, record_text(l.value) AS record_value, record_payload(l.value) AS payload, "
        f"{d.null(d.varchar)} AS extract_id, {d.null(d.timestamp_type)} AS extract_ts"
    )


def _of_file() -> str:
    d = SPARK
    return (
        f"l.path AS topic, l.generation, 0 AS partition_no, l.number AS record_offset, {d.null(d.timestamp_type)} AS record_ts, "
        f"{d.null(d.varchar)} AS record_key, l.value AS record_value, l.payload, l.path AS extract_id, l.extract_ts"
    )
