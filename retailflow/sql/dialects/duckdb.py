"""DuckDB, the embedded warehouse."""

import json
from collections.abc import Collection, Sequence

from retailflow.sql.dialects import duckdb_json
from retailflow.sql.dialects.base import Dialect
from retailflow.types import ColumnType, engines

_VECTOR = 2048  # rows that DuckDB works on at a time


class DuckDb(Dialect):
    name = "duckdb"
    double = "DOUBLE"
    computes_once = True
    changes_apart = True

    def type(self, t: ColumnType) -> str:
        return engines.duckdb(t)

    def try_cast(self, x: str, type_name: str) -> str:
        return f"TRY_CAST({x} AS {type_name})"

    def fit(self, x: str, t: ColumnType) -> str:
        return f"TRY(CAST({x} AS {self.type(t)}))"

    def fit_float(self, x: str, t: ColumnType) -> str:
        return self.fit(x, t)

    def matches(self, x: str, pattern: str) -> str:
        return f"REGEXP_MATCHES({x}, {self.literal(pattern)})"

    def length(self, x: str) -> str:
        return f"LENGTH({x})"

    def bytes(self, x: str) -> str:
        return f"STRLEN({x})"

    def rtrim(self, x: str, character: str = " ") -> str:
        # RTRIM with a character builds its set of characters for every row
        return f"CASE WHEN SUFFIX({x}, {self.literal(character)}) THEN {super().rtrim(x, character)} ELSE {x} END"

    def translate(self, x: str, source: str, target: str) -> str:
        # TRANSLATE builds its map for every row; for ASCII, UPPER gives the same
        return (
            f"CASE WHEN STRLEN({x}) = LENGTH({x}) THEN UPPER({x}) ELSE TRANSLATE({x}, {self.literal(source)}, {self.literal(target)}) END"
        )

    def lpad(self, x: str, width: int, fill: str = "0") -> str:
        return f"LPAD(CAST({x} AS VARCHAR), {width}, {self.literal(fill)})"

    def base64_to_hex(self, x: str) -> str:
        return f"LOWER(HEX(FROM_BASE64({x})))"

    def contains(self, x: str, needle: str) -> str:
        return f"CONTAINS({x}, {self.literal(needle)})"

    def epoch_us(self, x: str) -> str:
        return f"EPOCH_US({x})"

    def from_epoch_us(self, x: str) -> str:
        return f"MAKE_TIMESTAMP(CAST({x} AS BIGINT))"

    def floor_div(self, x: str, divisor: int) -> str:
        return f"(({x}) // {divisor} - CASE WHEN ({x}) % {divisor} < 0 THEN 1 ELSE 0 END)"

    def from_epoch_days(self, x: str) -> str:
        return f"(DATE '1970-01-01' + CAST({x} AS INTEGER))"

    def time_from_us(self, x: str) -> str:
        return f"CAST(MAKE_TIMESTAMP(CAST({x} AS BIGINT)) AS TIME)"

    def add_seconds(self, timestamp: str, seconds: str) -> str:
        return f"({timestamp} + TO_SECONDS(CAST({seconds} AS BIGINT)))"

    def days_between(self, start: str, end: str) -> str:
        return f"DATE_DIFF('day', {start}, {end})"

    def add_days(self, date: str, days: str) -> str:
        return f"({date} + CAST({days} AS INTEGER))"

    def add_months(self, date: str, months: str) -> str:
        return f"CAST({date} + TO_MONTHS(CAST({months} AS INTEGER)) AS DATE)"

    def add_microseconds(self, timestamp: str, microseconds: str) -> str:
        return f"({timestamp} + TO_MICROSECONDS({microseconds}))"

    def hex32(self, hex8: str) -> str:
        return f"CAST('0x' || {hex8} AS BIGINT)"

    def side_by_side(self, relation: str) -> str:
        # a thread takes a whole row group, which in memory has 122,880 rows whatever one asks for; the parts of a UNION ALL are read at once
        halves = (f"SELECT * FROM {relation} WHERE (rowid // {_VECTOR}) % 2 = {half}" for half in (0, 1))
        return f"({' UNION ALL '.join(halves)})"

    def extract(
        self,
        relation: str,
        document: str,
        fields: Sequence[tuple[str, tuple[str, ...]]],
        keep: Sequence[str],
        told: Collection[str] = (),
    ) -> str:
        return duckdb_json.extract(self.literal, relation, document, fields, keep, told)

    def insert_rows(self, table: str, columns: Sequence[tuple[str, ColumnType]], rows: Sequence[Sequence[object]]) -> tuple[str, ...]:
        # as one JSON text a column: a thousand rows of VALUES take DuckDB a tenth of a second
        lists = [json.dumps([row[i] for row in rows], default=str) for i in range(len(columns))]
        values = [
            f"UNNEST(FROM_JSON({self.literal(text)}, {self.literal(json.dumps([self.type(t)]))}))"
            for text, (_, t) in zip(lists, columns, strict=True)
        ]
        return (f"INSERT INTO {table} SELECT {', '.join(values)}",)

    def content_hash(self, x: str) -> str:
        return f"CAST(HASH({x}) >> 1 AS BIGINT)"
