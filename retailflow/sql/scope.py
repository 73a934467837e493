"""One table seen through one dialect: the names its statements share."""

from collections.abc import Sequence
from dataclasses import dataclass

from retailflow.model.project import Project
from retailflow.model.source import Route, SourceKind
from retailflow.model.table import Column, Table
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.names import Names, temp

# The log's own columns; those of the table follow them (Iceberg keeps `_partition`, `_file`, `_pos` for itself). `_sequence` orders the events of a key within an incarnation, compared byte by
# byte; `_commit` is equal for the changes of one commit; `_kind` is 0 for a derived deletion, 1 for a row of a snapshot or extract, 2 else.
LOG_TEXT, LOG_INT, LOG_BIG, LOG_TIME = "text", "int", "big", "time"
LOG_COLUMNS: tuple[tuple[str, str], ...] = (
    ("_topic", LOG_TEXT),
    ("_generation", LOG_INT),
    ("_partition_no", LOG_INT),
    ("_offset", LOG_BIG),
    ("_content", LOG_BIG),
    ("_incarnation", LOG_INT),
    ("_kind", LOG_INT),
    ("_op", LOG_TEXT),
    ("_sequence", LOG_TEXT),
    ("_commit", LOG_TEXT),
    ("_commit_ts", LOG_TIME),
    ("_identity", LOG_TEXT),
    ("_snapshot", LOG_TEXT),
    ("_absent", LOG_TEXT),
)


@dataclass(frozen=True, slots=True)
class Scope:
    project: Project
    table: Table
    d: Dialect

    @property
    def names(self) -> Names:
        return Names(self.project, self.d)

    @property
    def raw(self) -> str:
        """The records a load takes."""
        return f"raw_{self.table.name}" if self.d.holds_arrivals else self.temp("raw")

    @property
    def log(self) -> str:
        return self.names.log(self.table.name)

    def temp(self, kind: str) -> str:
        return temp(kind, self.table.name)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(map(self.d.ident, self.table.key))

    @property
    def values(self) -> tuple[str, ...]:
        """Every column of the table but its key, then the source's spelling of keys that fold."""
        plain = [self.d.ident(c.name) for c in self.table.columns if c.name not in self.table.key]
        return (*plain, *(self.d.ident(spelling(k)) for k in self.table.key if self.table.folds(k)))

    @property
    def stored(self) -> tuple[str, ...]:
        return (*self.keys, *self.values)

    def held(self, column: str) -> str:
        """The name of a column among those the admission of a record uses for itself."""
        return f"v_{column}"

    @property
    def held_keys(self) -> tuple[str, ...]:
        return tuple(map(self.held, self.table.key))

    @property
    def held_stored(self) -> tuple[str, ...]:
        """As `stored`, while a record is being admitted."""
        values = [c.name for c in self.table.columns if c.name not in self.table.key]
        return tuple(map(self.held, (*self.table.key, *values, *(spelling(k) for k in self.table.key if self.table.folds(k)))))

    @property
    def place_width(self) -> int:
        """How many characters of `_sequence` are its place: an LSN, or a time."""
        return 20 if self.table.route is Route.CDC else 18

    @property
    def event_id(self) -> str | None:
        """The column that tells events apart; changes have an identity of their own, also in a table whose plain events had an id."""
        return self.table.event_id if self.table.route is Route.STREAM else None

    @property
    def is_postgres_source(self) -> bool:
        return self.table.source.kind is SourceKind.POSTGRESQL

    def text(self, value: str | int | None) -> str:
        return self.d.literal(value)

    def ordinal(self, column: str) -> str:
        """How `_absent` names a column: its place in the spec, between commas."""
        return f",{[c.name for c in self.table.columns].index(column)},"

    def events(self) -> tuple[Column, ...]:
        """The columns that are read from events."""
        return tuple(c for c in self.table.columns if c.expression is None)


def spelling(key: str) -> str:
    """The column that shows a folded key as the source spells it."""
    return f"{key}_source"


def on(left: str, right: str, columns: Sequence[str]) -> str:
    return " AND ".join(f"{left}.{c} = {right}.{c}" for c in columns)


def qualified(alias: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{c}" for c in columns)
