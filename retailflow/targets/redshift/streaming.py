"""`redshift/streaming/*.sql`: topics as Redshift reads them, raw, and views of what loads have not taken yet.

A streaming view can never be changed, only dropped and read anew from what the topic still keeps; so it holds what Kafka delivers and a
guarded parse of it, and everything that may change is in plain views and in the load. Its name carries the generation of the topic: a
topic that was made again gets another view.
"""

from collections.abc import Iterator

from retailflow.artifact import Artifact
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql.dialects import REDSHIFT
from retailflow.sql.judge import is_ahead
from retailflow.sql.names import Names
from retailflow.targets import kafka
from retailflow.targets.redshift import paths
from retailflow.targets.redshift.environments import BROKERS, NAME, ROLE, placeholder
from retailflow.targets.redshift.sql_file import comment, sql_file, statement

_MOST_BYTES = 65535  # of a VARCHAR
_MOST_HEX = 30000
HEARTBEATS = "raw_heartbeats"
# A value as text: what is no JSON, and may be no text, in hexadecimal; what is longer than a text can be, by its length and its beginning.
RECORD_VALUE = (
    "CASE WHEN s.kafka_value IS NULL THEN NULL\n"
    f"    WHEN OCTET_LENGTH(s.kafka_value) > CASE WHEN s.document IS NULL THEN {_MOST_HEX} ELSE {_MOST_BYTES} END\n"
    "      THEN 'of ' || CAST(OCTET_LENGTH(s.kafka_value) AS VARCHAR(20)) || ' bytes, first 0x' || "
    "FROM_VARBYTE(SUBSTRING(s.kafka_value, 1, 1000), 'hex')\n"
    "    WHEN s.document IS NULL THEN '0x' || FROM_VARBYTE(s.kafka_value, 'hex')\n"
    "    ELSE FROM_VARBYTE(s.kafka_value, 'utf-8') END"
)


def emit(project: Project) -> Iterator[Artifact]:
    streamed = tuple(table for table in project.tables if not table.is_copied)
    if not streamed:
        return
    yield sql_file("redshift/streaming/_cluster.sql", [_cluster(project)], source="retailflow.yaml")
    sources = beating(project)
    if sources:
        yield sql_file("redshift/streaming/_heartbeats.sql", _heartbeats(project, sources), source="retailflow.yaml")
    for table in streamed:
        yield sql_file(paths.streaming(table), _table(project, table), [table])


def beating(project: Project) -> tuple[str, ...]:
    """Names of the sources whose heartbeats Redshift reads."""
    return tuple(source.name for source, tables in kafka.captured_sources(project) if not all(table.is_copied for table in tables))


def view_name(project: Project, name: str, generation: int) -> str:
    """The streaming view of a topic."""
    return Names(project, REDSHIFT).staging(f"stream_{name}_g{generation}")


def topic_name(pattern: str) -> str:
    """A topic as its environment calls it, still to be filled in where the name says so."""
    return pattern.replace("{env}", placeholder(NAME))


def _external(project: Project) -> str:
    return REDSHIFT.ident(f"{project.naming.staging_schema}_kafka")


def _cluster(project: Project) -> str:
    role, brokers = (REDSHIFT.literal(placeholder(name)) for name in (ROLE, BROKERS))
    create = f"CREATE EXTERNAL SCHEMA IF NOT EXISTS {_external(project)}\nFROM KAFKA\nIAM_ROLE {role}\nAUTHENTICATION iam\nURI {brokers}"
    why = "The Kafka cluster. `redshift/environments/<env>.json` says what stands for ${…}; brokers listen for IAM on port 9098."
    return statement(create, why)


def _stream(project: Project, name: str, topic: str, generation: int) -> Iterator[str]:
    """The streaming view of a topic."""
    quoted = '"' + topic_name(topic).replace('"', '""') + '"'
    if topic != topic.lower():
        yield statement(
            "SET enable_case_sensitive_identifier TO true",
            "The topic has capital letters: set this for the cluster or workgroup too, else automatic refreshes do not find it.",
        )
    yield comment("One view a topic; where it exists already, this fails and nothing is to do.").rstrip("\n")
    yield statement(
        f"CREATE MATERIALIZED VIEW {view_name(project, name, generation)}\nDISTSTYLE EVEN SORTKEY (kafka_offset) AUTO REFRESH YES AS\n"
        "SELECT kafka_partition, kafka_offset, kafka_timestamp_type, kafka_timestamp, kafka_headers, refresh_time,\n"
        f"  kafka_key, kafka_value, {parsed('kafka_key')} AS key_document,\n  {parsed('kafka_value')} AS document\n"
        f"FROM {_external(project)}.{quoted}"
    )


def parsed(value: str) -> str:
    """In a CASE, never in a WHERE: that would drop tombstones and whatever is no JSON."""
    return f"CASE WHEN CAN_JSON_PARSE({value}) THEN JSON_PARSE({value}) END"


def _table(project: Project, table: Table) -> Iterator[str]:
    yield from _stream(project, table.name, table.topic.name, table.era.generation)
    n, d = Names(project, REDSHIFT), REDSHIFT
    view, topic = view_name(project, table.name, table.era.generation), d.literal(topic_name(table.topic.name))
    watermark = f"w.topic = {topic} AND w.generation = {table.era.generation} AND w.partition_no = s.kafka_partition"
    coordinates = (
        f"{topic} AS topic, {table.era.generation} AS generation, CAST(s.kafka_partition AS INTEGER) AS partition_no, "
        "s.kafka_offset AS record_offset"
    )
    columns = (
        f"{coordinates},\n"
        "  CASE WHEN s.kafka_timestamp_type <> 'U' THEN s.kafka_timestamp END AS record_ts,\n"
        f"  {unwrapped('s.key_document', of_object=False)} AS record_key,\n  {RECORD_VALUE} AS record_value,\n"
        f"  {unwrapped('s.document', of_object=True)} AS payload"
    )
    content = f"COALESCE({d.content_hash('r.record_value')}, 0) AS content"
    rest = f"{d.null('VARCHAR(400)')} AS extract_id, {d.null('TIMESTAMP')} AS extract_ts"
    fresh = f"FROM {view} AS s\nLEFT JOIN {n.watermarks} AS w ON {watermark}\nWHERE s.kafka_offset > COALESCE(w.last_offset, -1)"
    reached = f"FROM {view} AS s\nJOIN {n.watermarks} AS w ON {watermark} AND w.last_offset = s.kafka_offset"
    yield statement(
        d.create_view(n.staging(f"raw_{table.name}"), f"SELECT r.*, {content}, {rest}\nFROM (\nSELECT {columns}\n{fresh}\n) AS r"),
        "What loads have not taken yet; a text that is no JSON is shown in hexadecimal.",
    )
    shown, known = "r.topic, r.generation, r.partition_no, r.record_offset", f"{coordinates},\n  {RECORD_VALUE} AS record_value"
    yield statement(
        d.create_view(n.staging(f"last_{table.name}"), f"SELECT {shown}, {content}\nFROM (\nSELECT {known}\n{reached}\n) AS r"),
        "The last record taken of each partition: a load stops if it is not what it was.",
    )
    yield from _dropped(project, table)


def unwrapped(document: str, *, of_object: bool) -> str:
    """A document, out of the wrapper of a converter that writes its schema too; where asked for, only if it is an object."""
    wrapped = f'GET_NUMBER_ATTRIBUTES({document}) = 2 AND JSON_TYPEOF({document}."schema") IS NOT NULL'
    inner = f'{document}."payload"'
    is_wrapper = f"WHEN {wrapped} AND JSON_TYPEOF({inner}) IS NOT NULL THEN"
    inside = f"CASE WHEN IS_OBJECT({inner}) THEN {inner} END" if of_object else inner
    other = "" if of_object else f" ELSE {document}"
    return f"CASE WHEN IS_OBJECT({document}) THEN CASE {is_wrapper} {inside} ELSE {document} END{other} END"


def _dropped(project: Project, table: Table) -> Iterator[str]:
    """Records that the platform itself left out count as quarantined."""
    n, d = Names(project, REDSHIFT), REDSHIFT
    view = view_name(project, table.name, table.era.generation).rpartition(".")[2]
    topic, name = d.literal(topic_name(table.topic.name)), d.literal(table.name)
    columns = (
        f"{topic} AS topic, {table.era.generation} AS generation, CAST(e.partition_id AS INTEGER) AS partition_no, "
        f"CAST(e.position AS BIGINT) AS record_offset, {name} AS table_name, 'dropped' AS code, MAX(TRIM(e.error_reason)) AS detail"
    )
    errors = f"FROM pg_catalog.sys_stream_scan_errors AS e\nWHERE TRIM(e.mv_name) = {d.literal(view)}"
    select = f"SELECT {columns}\n{errors}\nGROUP BY e.partition_id, e.position"
    yield statement(
        d.create_view(n.staging(f"dropped_{table.name}"), select),
        "Records that were too large or could not be read: the platform drops them, and `count_dropped` counts them.",
    )


def _heartbeats(project: Project, sources: tuple[str, ...]) -> Iterator[str]:
    """How far each source has been seen, as far as that is news."""
    n, d = Names(project, REDSHIFT), REDSHIFT
    selects = []
    for source in sources:
        name = f"heartbeat_{source}"
        yield from _stream(project, name, f"__debezium-heartbeat.{source}", 1)
        ms = 'CAST(s.document."ts_ms" AS VARCHAR(40))'
        time = d.from_epoch_us(f"{d.try_cast(ms, d.bigint)} * 1000")
        found = f"SELECT {d.literal(source)} AS source, {time} AS commit_ts FROM {view_name(project, name, 1)} AS s"
        digits = d.matches(ms, "^[0-9]{1,15}$")
        stamp = "CASE WHEN s.kafka_timestamp_type <> 'U' THEN s.kafka_timestamp END"
        believed = f"NOT COALESCE({is_ahead(d, f'CASE WHEN {digits} THEN {time} END', stamp)}, FALSE)"
        selects.append(f"{found} WHERE {digits} AND {believed}")
    latest = "\nUNION ALL\n".join(selects)
    news = f"SELECT h.source, MAX(h.commit_ts) AS commit_ts\nFROM (\n{latest}\n) AS h\nLEFT JOIN {n.sources} AS a ON a.source = h.source"
    where = "WHERE a.as_of IS NULL OR h.commit_ts > a.as_of\nGROUP BY h.source"
    yield statement(d.create_view(n.staging(HEARTBEATS), f"{news}\n{where}"), "How far each source has been seen, where loads know less.")
