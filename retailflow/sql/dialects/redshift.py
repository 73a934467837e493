"""Amazon Redshift. What it accepts cannot be tried here; every construct follows a published page (see docs/reference/redshift.md)."""

from collections.abc import Collection, Sequence

from retailflow.sql.dialects.base import Dialect
from retailflow.types import ColumnType, engines

_EPOCH = "TIMESTAMP '1970-01-01 00:00:00'"
_DAY_US = 86_400_000_000


class Redshift(Dialect):
    name = "redshift"
    varchar = "VARCHAR(65535)"
    believes_keys = True
    holds_arrivals = False
    reads_calendars = True
    longest = 100_000

    def type(self, t: ColumnType) -> str:
        return engines.redshift(t)

    def literal(self, value: str | int | None) -> str:
        # a backslash in a string escapes what follows it (dg: POSIX operators, LIKE)
        return super().literal(value.replace("\\", "\\\\") if isinstance(value, str) else value)

    def try_cast(self, x: str, type_name: str) -> str:
        return f"TRY_CAST({x} AS {type_name})"

    def lpad(self, x: str, width: int, fill: str = "0") -> str:
        return f"LPAD(CAST({x} AS VARCHAR), {width}, {self.literal(fill)})"

    def epoch_us(self, x: str) -> str:
        # a BIGINT; EXTRACT(EPOCH) is an INTEGER, which ends in 2038 (dg: DATEDIFF and EXTRACT functions)
        return f"DATEDIFF(microsecond, {_EPOCH}, {x})"

    def from_epoch_us(self, x: str) -> str:
        # DATEADD takes an INTEGER, so whole days, then seconds, then microseconds (dg: DATEADD function)
        of_day = f"MOD(MOD({x}, {_DAY_US}) + {_DAY_US}, {_DAY_US})"
        days = f"CAST((({x}) - {of_day}) / {_DAY_US} AS INTEGER)"
        return (
            f"DATEADD(microsecond, CAST(MOD({of_day}, 1000000) AS INTEGER), "
            f"DATEADD(second, CAST({of_day} / 1000000 AS INTEGER), DATEADD(day, {days}, {_EPOCH})))"
        )

    def floor_div(self, x: str, divisor: int) -> str:
        # six decimal places are enough for the divisors in use (1000, 7): none of their quotients is nearer to the next whole number
        return f"CAST(FLOOR(CAST({x} AS DECIMAL(38,6)) / {divisor}) AS BIGINT)"

    def from_epoch_days(self, x: str) -> str:
        return f"CAST(DATEADD(day, CAST({x} AS INTEGER), DATE '1970-01-01') AS DATE)"

    def time_us(self, x: str) -> str:
        # EXTRACT gives each part alone, microseconds without the seconds (dg: Date parts)
        parts = (("HOUR", 3_600_000_000), ("MINUTE", 60_000_000), ("SECOND", 1_000_000), ("MICROSECOND", 1))
        return "(" + " + ".join(f"CAST(EXTRACT({part} FROM {x}) AS BIGINT) * {us}" for part, us in parts) + ")"

    def time_from_us(self, x: str) -> str:
        return f"CAST({self.from_epoch_us(x)} AS TIME)"

    def add_seconds(self, timestamp: str, seconds: str) -> str:
        return f"DATEADD(second, CAST({seconds} AS INTEGER), {timestamp})"

    def days_between(self, start: str, end: str) -> str:
        return f"DATEDIFF(day, {start}, {end})"

    def add_days(self, date: str, days: str) -> str:
        return f"CAST(DATEADD(day, CAST({days} AS INTEGER), {date}) AS DATE)"

    def add_months(self, date: str, months: str) -> str:
        return f"CAST(ADD_MONTHS({date}, CAST({months} AS INTEGER)) AS DATE)"

    def add_microseconds(self, timestamp: str, microseconds: str) -> str:
        return f"DATEADD(microsecond, {microseconds}, {timestamp})"

    def hex32(self, hex8: str) -> str:
        return f"STRTOL({hex8}, 16)"

    def base64_to_hex(self, x: str) -> str:
        return f"LOWER(FROM_VARBYTE(TO_VARBYTE({x}, 'base64'), 'hex'))"

    def extract(
        self,
        relation: str,
        document: str,
        fields: Sequence[tuple[str, tuple[str, ...]]],
        keep: Sequence[str],
        told: Collection[str] = (),
    ) -> str:
        columns = list(keep)
        for name, path in fields:
            steps = f"{document}." + ".".join(f'"{p.replace(chr(34), chr(34) * 2)}"' for p in path)
            # an object or array cast to text is NULL (dg: limitations of SUPER); as JSON it is told from none
            whole = f"CASE WHEN IS_OBJECT({steps}) OR IS_ARRAY({steps}) THEN JSON_SERIALIZE({steps})"
            columns.append(f"{whole} ELSE CAST({steps} AS VARCHAR(65535)) END AS {name}")
            columns += [f"JSON_TYPEOF({steps}) IS NOT NULL AS {name}__is"] if name in told else []
        return f"SELECT {', '.join(columns)} FROM {relation}"

    def spread_by(self, column: str) -> str:
        return f" DISTKEY ({column})"

    def create_view(self, name: str, select: str) -> str:
        # bound late, so that tables can be swapped, and columns widened or dropped, below it (dg: CREATE VIEW)
        return f"{super().create_view(name, select)}\nWITH NO SCHEMA BINDING"

    def content_hash(self, x: str) -> str:
        return f"FNV_HASH({x})"
