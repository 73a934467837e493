"""Amazon Redshift. What it accepts cannot be tried here; every construct follows a published page (see docs/reference/redshift.md)."""

from collections.abc import Sequence

from retailflow.sql.dialects.base import Dialect
from retailflow.types import ColumnType, engines


class Redshift(Dialect):
    name = "redshift"
    varchar = "VARCHAR(65535)"

    def type(self, t: ColumnType) -> str:
        return engines.redshift(t)

    def epoch_us(self, x: str) -> str:
        # EXTRACT(EPOCH) is whole seconds for TIMESTAMP, EXTRACT(MICROSECONDS) the part below (dg: EXTRACT function)
        return f"(CAST(EXTRACT(EPOCH FROM {x}) AS BIGINT) * 1000000 + CAST(EXTRACT(MICROSECONDS FROM {x}) AS BIGINT))"

    def from_epoch_us(self, x: str) -> str:
        # DATEADD takes a 32-bit integer, so whole days, then seconds, then microseconds (dg: DATEADD function)
        days, rest = self.floor_div(x, 86_400_000_000), f"MOD(MOD({x}, 86400000000) + 86400000000, 86400000000)"
        return (
            f"DATEADD(microsecond, CAST(MOD({rest}, 1000000) AS INTEGER), "
            f"DATEADD(second, CAST({rest} / 1000000 AS INTEGER), DATEADD(day, CAST({days} AS INTEGER), TIMESTAMP '1970-01-01 00:00:00')))"
        )

    def floor_div(self, x: str, divisor: int) -> str:
        return f"CAST(FLOOR(CAST({x} AS DECIMAL(38,6)) / {divisor}) AS BIGINT)"

    def from_epoch_days(self, x: str) -> str:
        return f"CAST(DATEADD(day, CAST({x} AS INTEGER), DATE '1970-01-01') AS DATE)"

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

    def extract(self, relation: str, document: str, fields: Sequence[tuple[str, tuple[str, ...]]], keep: Sequence[str]) -> str:
        columns = list(keep)
        for name, path in fields:
            steps = f"{document}." + ".".join(f'"{p.replace(chr(34), chr(34) * 2)}"' for p in path)
            columns += [f"CAST({steps} AS VARCHAR(65535)) AS {name}", f"JSON_TYPEOF({steps}) IS NOT NULL AS {name}__is"]
        return f"SELECT {', '.join(columns)} FROM {relation}"

    def content_hash(self, x: str) -> str:
        return f"FNV_HASH({x})"
