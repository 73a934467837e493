"""What a load needs of a warehouse that runs here: statements, transactions, temporary tables, raw records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from retailflow.local.topics.portion import Portion
from retailflow.sql.dialects import Dialect
from retailflow.sql.statement import Temp

Row = tuple[object, ...]

# The raw relation, column by column; `json` is what the engine keeps JSON in.
RAW_COLUMNS = (
    "topic",
    "generation",
    "partition_no",
    "record_offset",
    "record_ts",
    "record_key",
    "record_value",
    "payload",
    "content",
    "extract_id",
    "extract_ts",
)


class RawRecord(NamedTuple):
    """A record as it arrived. Texts are JSON where the column is; times are UTC without a zone; the engine adds the content's hash."""

    topic: str
    generation: int
    partition_no: int
    record_offset: int
    record_ts: datetime | None
    record_key: str | None
    record_value: str | None
    payload: str | None
    extract_id: str | None = None
    extract_ts: datetime | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """What is new of one topic: portions of its files, which all belong to `generation`."""

    topic: str
    generation: int
    portions: tuple[Portion, ...]


@dataclass(frozen=True, slots=True)
class Result:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


class QueryError(Exception):
    """A query that the engine refused: `message` in its words, `unknown` the table it does not know, `hint` its own advice."""

    def __init__(self, message: str, unknown: str | None = None, hint: str | None = None) -> None:
        self.message = message
        self.unknown = unknown
        self.hint = hint
        super().__init__(message)


class Warehouse(Protocol):
    """One connection. Unqualified names are looked up among temporary tables, then in the staging and warehouse schemas.

    Within a transaction `execute`, `rows`, `result` and `commit` raise ConflictError where somebody else changed the same meanwhile.
    """

    @property
    def dialect(self) -> Dialect: ...

    @property
    def place(self) -> str:
        """Where it is, as a person would say it: the path of a file, an address without credentials."""
        ...

    def execute(self, sql: str) -> None: ...

    def drop(self, kind: str, relation: str) -> None:
        """Drop a `TABLE` or `VIEW` if it is there; StopError RF518 when something that is not ours needs it."""
        ...

    def rows(self, sql: str) -> list[Row]: ...

    def count(self, relation: str) -> int:
        """How many rows a table has; of a large one about how many, where counting would read it."""
        ...

    def result(self, sql: str, limit: int | None = None) -> Result:
        """Rows with the names of their columns; at most `limit` of them."""
        ...

    def read(self, sql: str, limit: int | None = None) -> Result:
        """The result of one SELECT of a person; raises QueryError for anything else, and for what fails."""
        ...

    def begin(self) -> None: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def temp(self, temp: Temp) -> None:
        """Make the temporary table, in the place of one of the same name."""
        ...

    def load_raw(self, relation: str, intakes: Sequence[Intake]) -> None:
        """Make the temporary table `relation` (columns: RAW_COLUMNS) and fill it with the records of the portions."""
        ...

    def append_raw(self, relation: str, records: Iterable[RawRecord]) -> None:
        """Add records to a table that `load_raw` made."""
        ...

    def close(self) -> None: ...
