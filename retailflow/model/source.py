"""Where events come from: the source database, the topic, the extract files, and how that changed over time."""

from dataclasses import dataclass
from enum import StrEnum


class SourceKind(StrEnum):
    SQLSERVER = "sqlserver"
    POSTGRESQL = "postgresql"


class Route(StrEnum):
    CDC = "cdc"
    STREAM = "stream"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class Source:
    """`secret` names where credentials are kept, never what they are. `time_zone`: IANA name of zoneless datetimes."""

    name: str
    kind: SourceKind
    server: str
    database: str
    time_zone: str
    case_insensitive: bool
    incarnation: int
    secret: str
    collation: str = "SQL_Latin1_General_CP1_CI_AS"


@dataclass(frozen=True, slots=True)
class Era:
    """A generation of a table's topic, the incarnation it belongs to and the route its events come by."""

    generation: int
    incarnation: int
    route: Route


@dataclass(frozen=True, slots=True)
class Topic:
    """`config`: topic-level keys in Kafka's own words, sorted, all values as text."""

    name: str
    partitions: int
    replication_factor: int
    config: tuple[tuple[str, str], ...]


class ExtractMode(StrEnum):
    FULL = "full"
    INCREMENTAL = "incremental"


@dataclass(frozen=True, slots=True)
class Extract:
    """`path`: a glob relative to the files folder, with at most one `{time:strftime}`; `min_rows`: fewer keys make a full one incomplete.

    `date_format`: how the files write dates and datetimes, in the directives of `strptime`; empty: as ISO 8601.
    """

    path: str
    format: str
    mode: ExtractMode
    min_rows: int = 0
    date_format: str = ""
