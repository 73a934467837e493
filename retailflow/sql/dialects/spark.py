"""Spark 3.5 with Iceberg, as AWS Glue 5 runs it; with `spark.sql.ansi.enabled` on or off, in a session whose zone is UTC."""

from collections.abc import Collection, Sequence

from retailflow.sql.dialects.base import Dialect
from retailflow.types import ColumnType, Kind, engines

# Jackson reads a number of many digits as a double when it is to be a text; in quotes it stays what it is. Group 1 is what stands before
# a number, texts whole; possessive, so that no long value makes the pattern match step back or recurse.
_NUMBERS = r'(?s)\G((?:[^"0-9-]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+)(-?[0-9][-+0-9.eE]*+)'
# `${…}` would be substituted by Spark itself, in texts too; and a statement's lines are its own.
_ESCAPES = (("\\", "\\\\"), ("'", "\\'"), ("${", "$\\u007B"), ("\n", "\\n"), ("\r", "\\r"))
_UNBUCKETED = (Kind.BOOLEAN, Kind.FLOAT)


class Spark(Dialect):
    """`buckets`: into how many parts the tables are split by their keys."""

    name = "spark"
    quote = "`"
    varchar = "STRING"
    double = "DOUBLE"
    timestamp_type = "TIMESTAMP_NTZ"
    has_views = False

    def __init__(self, buckets: int = 16) -> None:
        self.buckets = buckets

    def type(self, t: ColumnType) -> str:
        return engines.spark(t)

    def literal(self, value: str | int | None) -> str:
        if isinstance(value, str):
            for plain, escaped in _ESCAPES:
                value = value.replace(plain, escaped)
            return f"'{value}'"
        return super().literal(value)

    def table_options(self, keys: Sequence[tuple[str, ColumnType]]) -> str:
        """Iceberg, split by the first key column; changes are marked, not rewritten; loads write to branches (`runtime.transaction`)."""
        column = next((name for name, t in keys if t.kind not in _UNBUCKETED), None)
        split = f"\nPARTITIONED BY (BUCKET({self.buckets}, {column}))" if column else ""
        marked = ", ".join(f"'write.{change}.mode' = 'merge-on-read'" for change in ("delete", "update", "merge"))
        return f"\nUSING iceberg{split}\nTBLPROPERTIES ('format-version' = '2', 'write.wap.enabled' = 'true', {marked})"

    def timestamp(self, text: str) -> str:
        return f"TIMESTAMP_NTZ {self.literal(text)}"

    def try_cast(self, x: str, type_name: str) -> str:
        return f"TRY_CAST({x} AS {type_name})"

    def fit(self, x: str, t: ColumnType) -> str:
        return f"TRY_CAST({x} AS {self.type(t)})"

    def fit_float(self, x: str, t: ColumnType) -> str:
        return self.fit(x, t)

    def matches(self, x: str, pattern: str) -> str:
        return f"{x} RLIKE {self.literal(_java_regex(pattern))}"

    def lpad(self, x: str, width: int, fill: str = "0") -> str:
        return f"LPAD(CAST({x} AS STRING), {width}, {self.literal(fill)})"

    def rtrim(self, x: str, character: str = " ") -> str:
        return f"RTRIM({self.literal(character)}, {x})"

    def base64_to_hex(self, x: str) -> str:
        return f"LOWER(HEX(UNBASE64({x})))"

    def contains(self, x: str, needle: str) -> str:
        return f"CONTAINS({x}, {self.literal(needle)})"

    def epoch_us(self, x: str) -> str:
        return f"UNIX_MICROS(CAST({x} AS TIMESTAMP_LTZ))"

    def from_epoch_us(self, x: str) -> str:
        return f"CAST(TIMESTAMP_MICROS({x}) AS TIMESTAMP_NTZ)"

    def floor_div(self, x: str, divisor: int) -> str:
        return f"CAST((({x}) - PMOD({x}, {divisor})) DIV {divisor} AS BIGINT)"

    def from_epoch_days(self, x: str) -> str:
        return f"DATE_FROM_UNIX_DATE(CAST({x} AS INT))"

    def time_from_us(self, x: str) -> str:
        return f"DATE_FORMAT(CAST(TIMESTAMP_MICROS({x}) AS TIMESTAMP_NTZ), 'HH:mm:ss.SSSSSS')"

    def time_us(self, x: str) -> str:
        return f"UNIX_MICROS(CAST(CONCAT('1970-01-01 ', {x}) AS TIMESTAMP_LTZ))"

    def add_seconds(self, timestamp: str, seconds: str) -> str:
        return f"({timestamp} + MAKE_DT_INTERVAL(0, 0, 0, {seconds}))"

    def trunc_period(self, x: str, period: str) -> str:
        day = self.date_of(x)
        return day if period == "day" else f"TRUNC({day}, {self.literal(period)})"

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

    def extract(
        self,
        relation: str,
        document: str,
        fields: Sequence[tuple[str, tuple[str, ...]]],
        keep: Sequence[str],
        told: Collection[str] = (),
    ) -> str:
        heads = tuple(dict.fromkeys(path[0] for _, path in fields if len(path) > 1))
        whole = f"REGEXP_REPLACE({document}, {self.literal(_NUMBERS)}, '$1\"$2\"')"
        parsed = f"SELECT *, FROM_JSON({whole}, 'map<string,string>') AS x__m FROM {relation}"
        maps = [f"FROM_JSON(x__m[{self.literal(head)}], 'map<string,string>') AS x__{i}" for i, head in enumerate(heads)]
        columns = list(keep)
        for name, path in fields:
            m, key = "x__m" if len(path) == 1 else f"x__{heads.index(path[0])}", self.literal(path[-1])
            columns.append(f"{m}[{key}] AS {name}")
            columns += [f"COALESCE(MAP_CONTAINS_KEY({m}, {key}), FALSE) AS {name}__is"] if name in told else []
        return f"SELECT {', '.join(columns)} FROM (SELECT {', '.join(['*', *maps])} FROM ({parsed}) AS w) AS x"

    def series(self, digits: int) -> str:
        # a cross join of unions would have a partition for every number
        return f"SELECT EXPLODE(SEQUENCE(0L, {10**digits - 1}L)) AS n"

    def delete_using(self, target: str, source: str, keys: Sequence[str]) -> str:
        condition = " AND ".join(f"{target}.{k} = {source}.{k}" for k in keys)
        return f"MERGE INTO {target} USING {source} ON {condition} WHEN MATCHED THEN DELETE"

    def delete_where(self, target: str, condition: str) -> str:
        # a plain DELETE decides by the files of `main` whether to drop whole files, though it writes to a branch
        return f"MERGE INTO {target} USING (SELECT 1 AS one) AS o ON {condition} WHEN MATCHED THEN DELETE"

    def update_from(self, target: str, column: str, value: str, source: str, alias: str, condition: str) -> str:
        return f"MERGE INTO {target} USING {source} AS {alias} ON {condition} WHEN MATCHED THEN UPDATE SET {column} = {value}"

    def content_hash(self, x: str) -> str:
        return f"XXHASH64({x})"


def _java_regex(pattern: str) -> str:
    """The same in Java's words: there `$` matches before a last line break too, and a class can hold classes."""
    out, i, within = [], 0, False
    while i < len(pattern):
        c = pattern[i]
        if c == "\\":
            out.append(pattern[i : i + 2])
            i += 2
            continue
        if within:
            out.append("\\" + c if c in "[&" else c)
            within = c != "]"
        elif c == "[":
            length = 2 if pattern[i + 1 : i + 2] == "^" else 1
            out.append(pattern[i : i + length])
            i += length - 1
            within = True
        else:
            out.append("\\z" if c == "$" else c)
        i += 1
    return "".join(out)
