"""Spark 3.5 with Iceberg, as AWS Glue 5 runs it."""

from collections.abc import Sequence

from retailflow.sql.dialects.base import Dialect
from retailflow.types import ColumnType, engines


class Spark(Dialect):
    name = "spark"
    quote = "`"
    varchar = "STRING"
    double = "DOUBLE"
    timestamp_type = "TIMESTAMP_NTZ"

    def type(self, t: ColumnType) -> str:
        return engines.spark(t)

    def literal(self, value: str | int | None) -> str:
        if isinstance(value, str):
            return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        return super().literal(value)

    def timestamp(self, text: str) -> str:
        return f"TIMESTAMP_NTZ {self.literal(text)}"

    def try_cast(self, x: str, type_name: str) -> str:
        return f"TRY_CAST({x} AS {type_name})"

    def matches(self, x: str, pattern: str) -> str:
        return f"{x} RLIKE {self.literal(pattern)}"

    def rtrim(self, x: str, character: str = " ") -> str:
        return f"RTRIM({self.literal(character)}, {x})"

    def base64_to_hex(self, x: str) -> str:
        return f"LOWER(HEX(UNBASE64({x})))"

    def contains(self, x: str, needle: str) -> str:
        return f"CONTAINS({x}, {self.literal(needle)})"

    def epoch_us(self, x: str) -> str:
        return f"UNIX_MICROS(CAST({x} AS TIMESTAMP))"

    def from_epoch_us(self, x: str) -> str:
        return f"CAST(TIMESTAMP_MICROS({x}) AS TIMESTAMP_NTZ)"

    def floor_div(self, x: str, divisor: int) -> str:
        return f"CAST(FLOOR(CAST({x} AS DECIMAL(38,6)) / {divisor}) AS BIGINT)"

    def from_epoch_days(self, x: str) -> str:
        return f"DATE_FROM_UNIX_DATE(CAST({x} AS INT))"

    def time_from_us(self, x: str) -> str:
        return f"DATE_FORMAT(CAST(TIMESTAMP_MICROS({x}) AS TIMESTAMP_NTZ), 'HH:mm:ss.SSSSSS')"

    def time_us(self, x: str) -> str:
        return f"UNIX_MICROS(CAST(CONCAT('1970-01-01 ', {x}) AS TIMESTAMP))"

    def add_seconds(self, timestamp: str, seconds: str) -> str:
        return f"({timestamp} + MAKE_DT_INTERVAL(0, 0, 0, {seconds}))"

    def days_between(self, start: str, end: str) -> str:
        return f"DATEDIFF({end}, {start})"

    def add_days(self, date: str, days: str) -> str:
        return f"DATE_ADD({date}, CAST({days} AS INT))"

    def add_months(self, date: str, months: str) -> str:
        return f"ADD_MONTHS({date}, CAST({months} AS INT))"

    def add_microseconds(self, timestamp: str, microseconds: str) -> str:
        return f"({timestamp} + MAKE_DT_INTERVAL(0, 0, 0, {microseconds} / 1000000BD))"

    def hex32(self, hex8: str) -> str:
        return f"CAST(CONV({hex8}, 16, 10) AS BIGINT)"

    def extract(self, relation: str, document: str, fields: Sequence[tuple[str, tuple[str, ...]]], keep: Sequence[str]) -> str:
        heads = tuple(dict.fromkeys(path[:-1] for _, path in fields))
        maps = ", ".join(f"FROM_JSON({self._head(document, head)}, 'map<string,string>') AS x__{i}" for i, head in enumerate(heads))
        columns = list(keep)
        for name, path in fields:
            m, key = f"x__{heads.index(path[:-1])}", self.literal(path[-1])
            columns += [f"{m}[{key}] AS {name}", f"COALESCE(MAP_CONTAINS_KEY({m}, {key}), FALSE) AS {name}__is"]
        return f"SELECT {', '.join(columns)} FROM (SELECT *, {maps} FROM {relation}) AS x"

    def _head(self, document: str, head: tuple[str, ...]) -> str:
        if not head:
            return document
        return f"GET_JSON_OBJECT({document}, {self.literal('$' + ''.join(f'.{p}' for p in head))})"

    def delete_using(self, target: str, source: str, alias: str, condition: str) -> str:
        return f"MERGE INTO {target} USING {source} AS {alias} ON {condition} WHEN MATCHED THEN DELETE"

    def update_from(self, target: str, column: str, value: str, source: str, alias: str, condition: str) -> str:
        return f"MERGE INTO {target} USING {source} AS {alias} ON {condition} WHEN MATCHED THEN UPDATE SET {column} = {value}"

    def content_hash(self, x: str) -> str:
        return f"XXHASH64({x})"
