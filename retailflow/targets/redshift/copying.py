"""`redshift/copy/*.sql`: the way into the log without a streaming view: Parquet files, named by a manifest, and a table for them.

COPY of Parquet goes by position, so the table has the columns of the files in their order: those in which the streaming job lands a topic
(`retailflow.runtime.landing`), or those of an extract (docs/reference/redshift.md). What was copied is shown by `raw_<table>`, like what
a streaming view has: with the coordinates it has there, so what came both ways is taken once.
"""

from collections.abc import Iterator

from retailflow.artifact import Artifact
from retailflow.model.project import Project
from retailflow.model.source import Route
from retailflow.model.table import Table
from retailflow.sql.dialects import REDSHIFT
from retailflow.sql.names import Names
from retailflow.sql.procedure import Printer
from retailflow.targets.redshift import paths
from retailflow.targets.redshift.sql_file import comment, sql_file, statement
from retailflow.targets.redshift.streaming import RECORD_VALUE, parsed, topic_name, unwrapped

_BYTES = "VARBYTE(16777216)"
LANDED = (
    ("generation", "INTEGER"),
    ("kafka_partition", "INTEGER"),
    ("kafka_offset", "BIGINT"),
    ("kafka_timestamp", "TIMESTAMP"),
    ("kafka_timestamp_type", "INTEGER"),
    ("kafka_key", _BYTES),
    ("kafka_value", _BYTES),
    ("kafka_headers", "SUPER"),
)
"""A topic as the streaming job lands it: the order is that of `retailflow.runtime.landing.RECORDS`."""

EXTRACTED = (
    ("path", "VARCHAR(400)"),
    ("generation", "INTEGER"),
    ("row_no", "BIGINT"),
    ("kafka_value", _BYTES),
    ("row_document", _BYTES),
    ("extract_ts", "TIMESTAMP"),
)
"""Rows of extracts: the file, the row in it from 0 (-1: its end mark), the row as it stands there, the same as a JSON object, its time."""

_MANIFEST, _ROLE = "_rf_manifest", "_rf_role"
_WHY = (
    "Brings the Parquet files of a manifest; may be called again, and in any order: a load passes over what it has taken.\n"
    "Of each file the manifest says url, mandatory and meta.content_length. It waits for loads, and they for it."
)


def emit(project: Project) -> Iterator[Artifact]:
    for table in project.tables:
        if table.is_copied:
            yield sql_file(paths.copying(table), _table(project, table), [table])


def columns(table: Table) -> tuple[tuple[str, str], ...]:
    return EXTRACTED if table.route is Route.BATCH else LANDED


def _table(project: Project, table: Table) -> Iterator[str]:
    n, d = Names(project, REDSHIFT), REDSHIFT
    copied = n.copied(table.name)
    defined = ",\n".join(f"  {name} {kind}" for name, kind in columns(table))
    yield statement(
        f"CREATE TABLE IF NOT EXISTS {copied} (\n{defined}\n)", "What was copied and not taken yet, in the columns of its files."
    )
    shown = _extracted(copied) if table.route is Route.BATCH else _landed(copied, d.literal(topic_name(table.topic.name)))
    content = f"COALESCE({d.content_hash('r.record_value')}, 0) AS content"
    order = ("topic", "generation", "partition_no", "record_offset", "record_ts", "record_key", "record_value", "payload")
    select = f"SELECT {', '.join(f'r.{name}' for name in order)}, {content}, r.extract_id, r.extract_ts FROM ({shown}) AS r"
    yield statement(
        d.create_view(n.staging(f"raw_{table.name}"), select),
        "What loads have not taken yet; a text that is no JSON is shown in hexadecimal.",
    )
    yield _procedure(n, table)


def _landed(copied: str, topic: str) -> str:
    rest = f"{REDSHIFT.null('VARCHAR(400)')} AS extract_id, {REDSHIFT.null('TIMESTAMP')} AS extract_ts"
    return (
        f"SELECT {topic} AS topic, s.generation, s.kafka_partition AS partition_no, s.kafka_offset AS record_offset, "
        "CASE WHEN s.kafka_timestamp_type >= 0 THEN s.kafka_timestamp END AS record_ts, "
        f"{unwrapped('s.key_document', of_object=False)} AS record_key, {RECORD_VALUE} AS record_value, "
        f"{unwrapped('s.document', of_object=True)} AS payload, {rest} "
        f"FROM (SELECT c.*, {parsed('c.kafka_key')} AS key_document, {parsed('c.kafka_value')} AS document FROM {copied} AS c) AS s"
    )


def _extracted(copied: str) -> str:
    return (
        "SELECT s.path AS topic, s.generation, 0 AS partition_no, s.row_no AS record_offset, "
        f"{REDSHIFT.null('TIMESTAMP')} AS record_ts, {REDSHIFT.null('SUPER')} AS record_key, {RECORD_VALUE} AS record_value, "
        "CASE WHEN IS_OBJECT(s.document) THEN s.document END AS payload, s.path AS extract_id, s.extract_ts "
        f"FROM (SELECT c.*, {parsed('c.row_document')} AS document FROM {copied} AS c) AS s"
    )


def _procedure(n: Names, table: Table) -> str:
    """Dynamic, since COPY takes no parameters; the manifest and the role enter as texts in quotes."""
    d = n.d
    options = " FORMAT AS PARQUET MANIFEST" + (" SERIALIZETOJSON" if any(kind == "SUPER" for _, kind in columns(table)) else "")
    copy = " || ".join(
        (
            d.literal(f"COPY {n.copied(table.name)} FROM "),
            f"QUOTE_LITERAL({_MANIFEST})",
            d.literal(" IAM_ROLE "),
            f"QUOTE_LITERAL({_ROLE})",
            d.literal(options),
        )
    )
    made = Printer(d, {}).create(
        n.staging(f"copy_{table.name}"),
        [f"LOCK {n.load_lock};", f"EXECUTE {copy};"],
        f"{_MANIFEST} VARCHAR(2000), {_ROLE} VARCHAR(2000)",
    )
    return f"{comment(_WHY)}{made};\n"
