"""The lake as a load sees it: temporary relations that are pinned, statements on Iceberg tables, guards and assertions.

A temporary relation is a view over rows that were computed once, when it was made: a view alone would be computed anew by every
statement that reads it, from tables that earlier statements of the load have changed meanwhile, and its plan would grow with every step.
The rows are kept by a checkpoint: in the executors (`localCheckpoint`), or in a folder every executor reaches, which outlives the loss of
an executor. A checkpoint keeps the size that was estimated for its plan, and a join is estimated as the product of its sides: after some
ten rounds of joins with itself the estimate of one relation had a million digits, and planning never ended. So the rows are given to
Spark anew, without their history; how large they are it sees when it shuffles them (adaptive execution).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SHOWN_ROWS = 10
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    "spark.sql.storeAssignmentPolicy": "ANSI",
    "spark.sql.legacy.ctePrecedencePolicy": "CORRECTED",
}
"""What the statements rely on. `spark.sql.ansi.enabled` may be on or off."""


class AssertionFailedError(Exception):
    """A load that must stop: `code`, `message`, and the first rows of what stands against it."""

    def __init__(self, code: str, message: str, rows: Sequence[Any]) -> None:
        self.code = code
        self.rows = tuple(rows)
        shown = [", ".join(f"{name}={value}" for name, value in row.asDict().items()) for row in self.rows]
        super().__init__("\n  ".join([f"{code}: {message}", *shown]))


@dataclass(frozen=True, slots=True)
class Lake:
    """One session. `reliable`: keep temporary relations in the checkpoint folder of the session instead of in the executors.

    `partitions`: at most so many a temporary relation, None for as many as its query gives.
    """

    spark: Any
    reliable: bool = False
    partitions: int | None = None

    def configure(self) -> None:
        for name, value in SETTINGS.items():
            self.spark.conf.set(name, value)

    def execute(self, sql: str) -> None:
        self.spark.sql(sql)

    def frame(self, sql: str) -> Any:
        return self.spark.sql(sql)

    def temp(self, name: str, select: str) -> None:
        """Make the temporary relation, in the place of one of the same name."""
        self.keep(name, self.spark.sql(select))

    def keep(self, name: str, frame: Any) -> None:
        rows = frame if self.partitions is None else frame.coalesce(self.partitions)
        pinned = rows.checkpoint(eager=True) if self.reliable else rows.localCheckpoint(eager=True)
        plan = pinned._jdf.queryExecution().logical()
        anew = self.spark._jsparkSession.internalCreateDataFrame(plan.rdd(), pinned._jdf.schema(), False)
        anew.createOrReplaceTempView(name)

    def holds(self, guard: str) -> bool:
        """Whether the query has a row."""
        return bool(self.spark.sql(guard).head(1))

    def check(self, code: str, message: str, select: str) -> None:
        """Stop with the first rows of what must not be there."""
        rows = self.spark.sql(select).head(SHOWN_ROWS)
        if rows:
            raise AssertionFailedError(code, message, rows)
