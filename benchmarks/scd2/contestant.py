"""What takes part."""

from typing import Protocol

from benchmarks.scd2.batches import Batch
from benchmarks.scd2.customers import Outcome
from benchmarks.scd2.database import Database
from benchmarks.scd2.timing import Command


class Contestant(Protocol):
    """`times`: what its versions begin and end with. `knows_ends`: whether the ends are the times of the commits."""

    @property
    def name(self) -> str: ...

    @property
    def times(self) -> str: ...

    @property
    def knows_ends(self) -> bool: ...

    def prepare(self) -> None:
        """Once, before anything."""
        ...

    def bring_up(self, batch: Batch) -> None:
        """What is there for it before its process starts; not measured."""
        ...

    def command(self, batch: Batch) -> Command:
        """The process that is measured."""
        ...

    def outcome(self) -> Outcome: ...

    def versions(self) -> dict[str, str]:
        """Of what it consists of."""
        ...


def outcome(database: Database, table: str, is_current: str, ended: str = "") -> Outcome:
    """`is_current`: a condition. `ended`: a column with the time a version ended at, if those are the times of commits."""
    epoch = "epoch_ms({})" if database.engine == "duckdb" else "CAST(EXTRACT(EPOCH FROM {}) * 1000 AS BIGINT)"
    ends = f"COALESCE(SUM({epoch.format(ended)}) FILTER (WHERE NOT ({is_current})), 0)" if ended else "0"
    counts = f"COUNT(*), COUNT(*) FILTER (WHERE {is_current}), CAST(SUM(credit_limit) * 100 AS BIGINT)"
    row = database.execute(f"SELECT {counts}, {ends} FROM {table}")[0]
    return Outcome(*map(int, row))
