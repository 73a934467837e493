"""The constructs plans are written in; the base is what Redshift, PostgreSQL and DuckDB have in common."""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from datetime import date, datetime

from retailflow.sql.casefold import fold_table
from retailflow.sql.dialects.reserved import RESERVED
from retailflow.types import ColumnType, Kind

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
OPEN_END = "9999-12-31 00:00:00"
BEGINNING = "1900-01-01 00:00:00"
ROWS_OF_AN_INSERT = 500


class Dialect(ABC):
    """Every method takes and returns SQL text. Names and values of people enter through `ident` and `literal` only."""

    name: str
    quote = '"'
    varchar = "VARCHAR"
    bigint = "BIGINT"
    double = "DOUBLE PRECISION"
    timestamp_type = "TIMESTAMP"
    holds_arrivals = (
        True  # `raw_<table>` holds what arrived, in any order and maybe again; else it shows what a topic has beyond the watermark
    )
    reads_calendars = False  # its cast of a date or time that does not exist gives NULL
    longest = 0  # about how many characters of a statement that is built in stages are enough; 0: it may have any number
    computes_once = False  # what is computed in a subquery, however often it is read outside
    fence = (
        ""  # what ends a subquery so that it is not merged into the one around it, which would compute its columns wherever they are read
    )
    believes_keys = False  # a primary key is not enforced, but plans are made as if it were
    changes_apart = False  # new, ended and changed rows each have a statement: MERGE would look for every row and set every column
    by_row = False  # a row is kept as one and found through an index: what is written costs more than what is compared
    has_views = True  # where the star is kept, so that views over it can lie beside it

    # --- names and values -------------------------------------------------------------------------------------------------------------

    def ident(self, name: str) -> str:
        """A name, quoted unless it is plain lower case and no engine reserves it."""
        if _PLAIN.match(name) and name not in RESERVED:
            return name
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def literal(self, value: str | int | None) -> str:
        """A text or integer constant."""
        if value is None:
            return "NULL"
        if isinstance(value, int):
            return str(value)
        return "'" + value.replace("'", "''") + "'"

    def timestamp(self, text: str) -> str:
        return f"TIMESTAMP {self.literal(text)}"

    @abstractmethod
    def type(self, t: ColumnType) -> str:
        """How a column of the type is declared."""

    def table_options(self, keys: Sequence[tuple[str, ColumnType]]) -> str:
        """What follows the columns of a CREATE TABLE; `keys`: the columns (SQL names) its rows are found by, none for a small table."""
        return ""

    def index(self, schema: str, table: str, columns: Sequence[str]) -> tuple[str, ...]:
        """Statements that make rows of a permanent table be found by the columns (SQL names), none where layout does that."""
        return ()

    def side_by_side(self, relation: str) -> str:
        """What stands in FROM, before an alias, for a temporary table whose rows are dear to work on: several threads read it, where an engine
        would take one for so few rows."""
        return relation

    def room(self, schema: str, table: str) -> tuple[str, ...]:
        """Statements that leave room beside the rows of a permanent table whose ends will be changed, none where rows are not changed in place."""
        return ()

    # --- text -------------------------------------------------------------------------------------------------------------------------

    def cast(self, x: str, type_name: str) -> str:
        return f"CAST({x} AS {type_name})"

    def null(self, type_name: str) -> str:
        return self.cast("NULL", type_name)

    def try_cast(self, x: str, type_name: str) -> str:
        """A cast of text that a pattern has accepted; engines with a cast that gives NULL use it."""
        return self.cast(x, type_name)

    def fit(self, x: str, t: ColumnType) -> str:
        """A whole or decimal number as such a type, rounded; NULL where that cannot hold it."""
        if t.kind is Kind.INTEGER:
            low, high = (0, 255) if t.bits == 8 else (-(2 ** (t.bits - 1)), 2 ** (t.bits - 1) - 1)
            return f"CASE WHEN ROUND({x}, 0) BETWEEN {low} AND {high} THEN {self.cast(x, self.type(t))} END"
        if t.precision - t.scale >= 38:
            return self.cast(x, self.type(t))
        return f"CASE WHEN ABS(ROUND({x}, {t.scale})) < 1{'0' * (t.precision - t.scale)} THEN {self.cast(x, self.type(t))} END"

    def fit_float(self, x: str, t: ColumnType) -> str:
        """A float as such a decimal; NULL where that cannot hold it."""
        wide = self.cast(x, f"DECIMAL(38,{t.scale})")
        return f"CASE WHEN ABS({x}) < 1e{t.precision - t.scale} THEN {self.fit(wide, t)} END"

    def text(self, x: str) -> str:
        return self.cast(x, self.varchar)

    def matches(self, x: str, pattern: str) -> str:
        """True when the regular expression is found in x."""
        return f"{x} ~ {self.literal(pattern)}"

    def concat(self, parts: Sequence[str]) -> str:
        return " || ".join(parts)

    def lpad(self, x: str, width: int, fill: str = "0") -> str:
        return f"LPAD({x}, {width}, {self.literal(fill)})"

    def split_part(self, x: str, separator: str, n: int) -> str:
        return f"SPLIT_PART({x}, {self.literal(separator)}, {n})"

    def length(self, x: str) -> str:
        """In characters."""
        return f"CHAR_LENGTH({x})"

    def bytes(self, x: str) -> str:
        return f"OCTET_LENGTH({x})"

    def rtrim(self, x: str, character: str = " ") -> str:
        return f"RTRIM({x}, {self.literal(character)})"

    def fold(self, x: str) -> str:
        """Upper case by the shipped table."""
        return self.translate(x, *fold_table())

    def translate(self, x: str, source: str, target: str) -> str:
        return f"TRANSLATE({x}, {self.literal(source)}, {self.literal(target)})"

    def base64_to_hex(self, x: str) -> str:
        return f"ENCODE(DECODE({x}, 'base64'), 'hex')"

    def contains(self, x: str, needle: str) -> str:
        return f"STRPOS({x}, {self.literal(needle)}) > 0"

    # --- numbers and times ------------------------------------------------------------------------------------------------------------

    @abstractmethod
    def epoch_us(self, x: str) -> str:
        """Timestamp to microseconds since 1970, a bigint."""

    @abstractmethod
    def from_epoch_us(self, x: str) -> str:
        """Microseconds since 1970 to a timestamp."""

    @abstractmethod
    def floor_div(self, x: str, divisor: int) -> str:
        """Integer division towards minus infinity, a bigint."""

    @abstractmethod
    def from_epoch_days(self, x: str) -> str:
        """Days since 1970 to a date."""

    @abstractmethod
    def time_from_us(self, x: str) -> str:
        """Microseconds of the day to a time."""

    def time_us(self, x: str) -> str:
        """A time to microseconds of the day."""
        return f"CAST(EXTRACT(HOUR FROM {x}) * 3600000000 + EXTRACT(MINUTE FROM {x}) * 60000000 + EXTRACT(MICROSECONDS FROM {x}) AS BIGINT)"

    @abstractmethod
    def add_seconds(self, timestamp: str, seconds: str) -> str: ...

    def date_of(self, x: str) -> str:
        return self.cast(x, "DATE")

    def date_key(self, x: str) -> str:
        """A date as the integer yyyymmdd."""
        return f"CAST(EXTRACT(YEAR FROM {x}) * 10000 + EXTRACT(MONTH FROM {x}) * 100 + EXTRACT(DAY FROM {x}) AS INTEGER)"

    def trunc_period(self, x: str, period: str) -> str:
        """The first day of the `day`, `week` (Monday) or `month` of a timestamp or date."""
        return f"CAST(DATE_TRUNC({self.literal(period)}, {x}) AS DATE)"

    @abstractmethod
    def days_between(self, start: str, end: str) -> str:
        """Difference of two dates in days."""

    @abstractmethod
    def add_days(self, date: str, days: str) -> str: ...

    @abstractmethod
    def add_months(self, date: str, months: str) -> str:
        """Of a first of month."""

    @abstractmethod
    def add_microseconds(self, timestamp: str, microseconds: str) -> str: ...

    # --- hashes -----------------------------------------------------------------------------------------------------------------------

    @abstractmethod
    def hex32(self, hex8: str) -> str:
        """Eight hexadecimal digits to a bigint."""

    # --- JSON -------------------------------------------------------------------------------------------------------------------------

    @abstractmethod
    def extract(
        self,
        relation: str,
        document: str,
        fields: Sequence[tuple[str, tuple[str, ...]]],
        keep: Sequence[str],
        told: Collection[str] = (),
    ) -> str:
        """A SELECT over `relation` of the columns `keep` and, for every field (name, path), `<name>` (scalar as text, JSON null as
        NULL) and, if its name is `told`, `<name>__is` (whether the path is there at all)."""

    # --- comparison -------------------------------------------------------------------------------------------------------------------

    def changed(self, a: str, b: str) -> str:
        """1 when two values differ, NULL being a value like others."""
        return f"CASE WHEN {a} = {b} THEN 0 WHEN {a} IS NULL AND {b} IS NULL THEN 0 ELSE 1 END"

    def least(self, a: str, b: str) -> str:
        return f"LEAST({a}, {b})"

    def greatest_of(self, values: Sequence[str]) -> str:
        """Of numbers of which none is NULL; 0 of none."""
        return f"GREATEST({', '.join(values)})" if len(values) > 1 else values[0] if values else "0"

    def greatest(self, a: str, b: str) -> str:
        return f"GREATEST({a}, {b})"

    # --- statements -------------------------------------------------------------------------------------------------------------------

    def delete_using(self, target: str, source: str, keys: Sequence[str]) -> str:
        """Delete the rows of `target` whose `keys` are in the table `source`, which has no alias: not every engine takes one there."""
        return f"DELETE FROM {target} USING {source} WHERE {' AND '.join(f'{target}.{k} = {source}.{k}' for k in keys)}"

    def value(self, x: object) -> str:
        """A constant, from a value of Python."""
        match x:
            case bool():
                return "TRUE" if x else "FALSE"
            case datetime():
                return self.timestamp(str(x))
            case date():
                return f"DATE {self.literal(str(x))}"
            case int() | str() | None:
                return self.literal(x)
            case _:
                raise TypeError(f"no constant for {x!r}")

    def insert_rows(self, table: str, columns: Sequence[tuple[str, ColumnType]], rows: Sequence[Sequence[object]]) -> tuple[str, ...]:
        """Statements that insert rows of constants, `columns` as the table has them; each far below what a statement may have."""
        written = [f"({', '.join(map(self.value, row))})" for row in rows]
        chunks = (written[i : i + ROWS_OF_AN_INSERT] for i in range(0, len(written), ROWS_OF_AN_INSERT))
        return tuple(f"INSERT INTO {table} VALUES\n  " + ",\n  ".join(chunk) for chunk in chunks)

    def series(self, digits: int) -> str:
        """SELECT of the whole numbers of so many digits, as one column."""
        digit = "(" + " UNION ALL ".join(f"SELECT {i} AS n" for i in range(10)) + ")"
        relations = " CROSS JOIN ".join(f"{digit} AS d{i}" for i in range(digits))
        return f"SELECT {' + '.join(f'd{i}.n * {10**i}' for i in range(digits))} FROM {relations}"

    def spread_by(self, column: str) -> str:
        """What a CREATE TABLE … AS says of the column by which its rows are spread over nodes."""
        return ""

    def create_view(self, name: str, select: str) -> str:
        return f"CREATE OR REPLACE VIEW {name} AS\n{select}"

    def delete_where(self, target: str, condition: str) -> str:
        """Columns in `condition` are qualified by `target`."""
        return f"DELETE FROM {target} WHERE {condition}"

    def update_from(self, target: str, column: str, value: str, source: str, alias: str, condition: str) -> str:
        return f"UPDATE {target} SET {column} = {value} FROM {source} AS {alias} WHERE {condition}"

    def take_over(self, target: str, source: str, keys: Sequence[str], columns: Sequence[str], often: Sequence[str]) -> tuple[str, ...]:
        """The same as `merge`, in statements, for a `source` that says in `_difference` how a row differs from what `target` has:
        1 it is not there, 2 in the columns `often` only, 3 in others too."""
        if not self.changes_apart:
            return (self.merge(target, source, keys, columns),)
        same = " AND ".join(f"{target}.{k} = s.{k}" for k in keys)

        def update(sets: Sequence[str], difference: int) -> str:
            values = ", ".join(f"{c} = s.{c}" for c in sets)
            return f"UPDATE {target} SET {values} FROM {source} AS s WHERE s._difference = {difference} AND {same}"

        others = [c for c in columns if c not in keys]
        updates = [*([update(often, 2)] if often else []), *([update(others, 3)] if others else [])]
        values = ", ".join(f"s.{c}" for c in columns)
        return (*updates, f"INSERT INTO {target} ({', '.join(columns)}) SELECT {values} FROM {source} AS s WHERE s._difference = 1")

    def merge(self, target: str, source: str, keys: Sequence[str], columns: Sequence[str]) -> str:
        """Update the rows of `target` whose key columns equal those of a row of `source`, insert the others; `keys` are NOT NULL."""
        on = " AND ".join(f"{target}.{k} = s.{k}" for k in keys)
        sets = ", ".join(f"{c} = s.{c}" for c in columns if c not in keys)
        names, values = ", ".join(columns), ", ".join(f"s.{c}" for c in columns)
        return (
            f"MERGE INTO {target} USING {source} AS s ON {on} "
            f"WHEN MATCHED THEN UPDATE SET {sets} WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({values})"
        )

    @abstractmethod
    def content_hash(self, x: str) -> str:
        """A bigint that differs, as good as always, when the text does; only compared within one engine."""

    def is_text(self, t: ColumnType) -> bool:
        return t.kind in (Kind.TEXT, Kind.UUID, Kind.BINARY)
