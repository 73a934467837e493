"""PostgreSQL 15 and later: the stand-in for Redshift that can run anywhere."""

import hashlib
from collections.abc import Collection, Sequence

from retailflow.sql.dialects.base import Dialect
from retailflow.types import ColumnType, engines

_ROOM = 50  # of the 63 bytes a name may have


class Postgres(Dialect):
    name = "postgres"
    fence = " OFFSET BIGINT '0'"  # 0 alone is cast when it is planned, too late for several processes to read what is within
    by_row = True
    changes_apart = True

    def type(self, t: ColumnType) -> str:
        return engines.postgres(t)

    def index(self, schema: str, table: str, columns: Sequence[str]) -> tuple[str, ...]:
        mark = hashlib.md5(" ".join((table, *columns)).encode(), usedforsecurity=False).hexdigest()[:8]
        name = self.ident(f"{table[:_ROOM]}_{mark}")
        return (f"CREATE INDEX IF NOT EXISTS {name} ON {self.ident(schema)}.{self.ident(table)} ({', '.join(columns)})",)

    def room(self, schema: str, table: str) -> tuple[str, ...]:
        """A row changed within its page needs no new entry in an index."""
        return (f"ALTER TABLE {self.ident(schema)}.{self.ident(table)} SET (fillfactor = 85)",)

    def cast(self, x: str, type_name: str) -> str:
        plain, _, collation = type_name.partition(" COLLATE ")
        return f"CAST({x} AS {plain})" + (f" COLLATE {collation}" if collation else "")

    def lpad(self, x: str, width: int, fill: str = "0") -> str:
        return f"LPAD(CAST({x} AS TEXT), {width}, {self.literal(fill)})"

    def epoch_us(self, x: str) -> str:
        return f"CAST(EXTRACT(EPOCH FROM {x}) * 1000000 AS BIGINT)"

    def from_epoch_us(self, x: str) -> str:
        return f"(TIMESTAMP '1970-01-01' + ({x}) * INTERVAL '1 microsecond')"

    def floor_div(self, x: str, divisor: int) -> str:
        return f"CAST(FLOOR(CAST({x} AS NUMERIC) / {divisor}) AS BIGINT)"

    def from_epoch_days(self, x: str) -> str:
        return f"(DATE '1970-01-01' + CAST({x} AS INTEGER))"

    def time_from_us(self, x: str) -> str:
        return f"CAST(({x}) * INTERVAL '1 microsecond' AS TIME)"

    def add_seconds(self, timestamp: str, seconds: str) -> str:
        return f"({timestamp} + ({seconds}) * INTERVAL '1 second')"

    def days_between(self, start: str, end: str) -> str:
        return f"({end} - {start})"

    def add_days(self, date: str, days: str) -> str:
        return f"({date} + CAST({days} AS INTEGER))"

    def add_months(self, date: str, months: str) -> str:
        return f"CAST({date} + ({months}) * INTERVAL '1 month' AS DATE)"

    def add_microseconds(self, timestamp: str, microseconds: str) -> str:
        return f"({timestamp} + ({microseconds}) * INTERVAL '1 microsecond')"

    def hex32(self, hex8: str) -> str:
        return f"CAST(CAST('x' || {hex8} AS BIT(32)) AS BIGINT)"

    def extract(
        self,
        relation: str,
        document: str,
        fields: Sequence[tuple[str, tuple[str, ...]]],
        keep: Sequence[str],
        told: Collection[str] = (),
    ) -> str:
        """An object that several fields are in is looked for once, and only what is an object has fields by name."""
        heads = {head: f"x__{i}" for i, head in enumerate(dict.fromkeys(path[:-1] for _, path in fields if path[:-1]))}
        columns = list(keep)
        for name, path in fields:
            holder, key = heads.get(path[:-1], document), self.literal(path[-1])
            columns.append(f"{holder} ->> {key} AS {name}")
            columns += [f"({holder} -> {key}) IS NOT NULL AS {name}__is"] if name in told else []
        if heads:
            found = (f"{document} #> ARRAY[{', '.join(map(self.literal, head))}] AS {name}" for head, name in heads.items())
            relation = f"(SELECT *, {', '.join(found)} FROM {relation}{self.fence}) AS y"
        return f"SELECT {', '.join(columns)} FROM {relation}"

    def content_hash(self, x: str) -> str:
        return f"HASHTEXTEXTENDED({x}, 0)"
