"""What the local run remembers beside the load's own tables: how far each file was taken, by what specs the star was made, notes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from retailflow.local.engine import Warehouse
from retailflow.local.topics.portion import Taken
from retailflow.sql.meaning import Meaning


@dataclass(frozen=True, slots=True)
class Position:
    """How far a file was taken, and for whom: for another reader it is read again from its beginning."""

    reader: str
    taken: Taken


@dataclass(frozen=True, slots=True)
class Ledger:
    """Tables of the staging schema, written in the transaction of the load."""

    warehouse: Warehouse
    schema: str

    @property
    def files(self) -> str:
        return f"{self.warehouse.dialect.ident(self.schema)}.files"

    @property
    def notes(self) -> str:
        return f"{self.warehouse.dialect.ident(self.schema)}.notes"

    @property
    def meanings(self) -> str:
        """See `sql.meaning`."""
        return f"{self.warehouse.dialect.ident(self.schema)}.meanings"

    @property
    def reached(self) -> str:
        """How far each table has seen its source; heartbeats of their own topic under no table."""
        return f"{self.warehouse.dialect.ident(self.schema)}.reached"

    def create(self) -> None:
        d = self.warehouse.dialect
        self.warehouse.execute(f"CREATE SCHEMA IF NOT EXISTS {d.ident(self.schema)}")
        columns = f"path {d.varchar}, reader {d.varchar}, bytes {d.bigint}, head_hash {d.varchar}, tail_hash {d.varchar}"
        self.warehouse.execute(f"CREATE TABLE IF NOT EXISTS {self.files} ({columns})")
        self.warehouse.execute(f"CREATE TABLE IF NOT EXISTS {self.notes} (name {d.varchar}, value {d.varchar})")
        columns = f"kind {d.varchar}, name {d.varchar}, table_name {d.varchar}, meaning {d.varchar}"
        self.warehouse.execute(f"CREATE TABLE IF NOT EXISTS {self.meanings} ({columns})")
        columns = f"source {d.varchar}, table_name {d.varchar}, as_of {d.timestamp_type}"
        self.warehouse.execute(f"CREATE TABLE IF NOT EXISTS {self.reached} ({columns})")

    def positions(self) -> dict[str, Position]:
        """By the name of the file."""
        rows = self.warehouse.rows(f"SELECT path, reader, bytes, head_hash, tail_hash FROM {self.files}")
        return {str(path): Position(str(reader), Taken(int(str(size)), str(head), str(tail))) for path, reader, size, head, tail in rows}

    def advance(self, positions: Mapping[str, Position]) -> None:
        if not positions:
            return
        literal = self.warehouse.dialect.literal
        names = ", ".join(map(literal, positions))
        values = ", ".join(
            f"({literal(name)}, {literal(p.reader)}, {p.taken.bytes}, {literal(p.taken.head_hash)}, {literal(p.taken.tail_hash)})"
            for name, p in positions.items()
        )
        self.warehouse.execute(self.warehouse.dialect.delete_where(self.files, f"{self.files}.path IN ({names})"))
        self.warehouse.execute(f"INSERT INTO {self.files} (path, reader, bytes, head_hash, tail_hash) VALUES {values}")

    def note(self, name: str) -> str | None:
        rows = self.warehouse.rows(f"SELECT value FROM {self.notes} WHERE name = {self.warehouse.dialect.literal(name)}")
        return str(rows[0][0]) if rows else None

    def write_note(self, name: str, value: str) -> None:
        d, literal = self.warehouse.dialect, self.warehouse.dialect.literal
        self.warehouse.execute(d.delete_where(self.notes, f"{self.notes}.name = {literal(name)}"))
        self.warehouse.execute(f"INSERT INTO {self.notes} (name, value) VALUES ({literal(name)}, {literal(value)})")

    def known_meanings(self) -> dict[tuple[str, str], Meaning]:
        """By kind and name."""
        rows = self.warehouse.rows(f"SELECT kind, name, table_name, meaning FROM {self.meanings}")
        return {(str(kind), str(name)): Meaning(str(kind), str(name), str(table), str(text)) for kind, name, table, text in rows}

    def write_meanings(self, meanings: Iterable[Meaning]) -> None:
        """In the place of all that were known."""
        literal = self.warehouse.dialect.literal
        values = ", ".join(f"({', '.join(map(literal, (m.kind, m.name, m.table, m.text)))})" for m in meanings)
        self.warehouse.execute(f"DELETE FROM {self.meanings}")
        if values:
            self.warehouse.execute(f"INSERT INTO {self.meanings} (kind, name, table_name, meaning) VALUES {values}")
