"""`redshift/load/_backfill.sql`: `CALL staging.backfill(table, since)`, which holds the star against the log and mends it."""

from collections.abc import Iterator

from retailflow.artifact import Artifact
from retailflow.model.project import Project
from retailflow.sql import backfill
from retailflow.sql.dialects import REDSHIFT
from retailflow.sql.names import Names
from retailflow.sql.procedure import ROWS, unless_none
from retailflow.sql.statement import Execute, Step
from retailflow.targets.redshift.loads import Loads
from retailflow.targets.redshift.sql_file import sql_file, statement

RESULT = "backfilled"
_WHY = (
    "Folds the table that the first argument names, and all that is made from it, anew from the log; every table where it is NULL.\n"
    "Every key where the second is NULL, else the keys with an event at or after that moment. Only rows that differ are changed; how\n"
    "many they were stands in {result} afterwards, 0 for a sound star. One transaction, which waits for loads and they for it."
)
_COUNT = "What a backfill found, counted: a part of the procedure below."


def emit(project: Project) -> Iterator[Artifact]:
    made = Backfill(Loads(project, REDSHIFT))
    blocks = [*(statement(part, _COUNT) for part in made.counting()), statement(made.main(), _WHY.format(result=made.result))]
    yield sql_file("redshift/load/_backfill.sql", blocks, source="retailflow.yaml")


def result_ddl(project: Project) -> str:
    """What the last backfill found."""
    d = REDSHIFT
    return f"CREATE TABLE IF NOT EXISTS {Names(project, d).staging(RESULT)} (\n  relation VARCHAR(400),\n  differed {d.bigint}\n)"


class Backfill:
    """The procedures of a backfill beside those of a load, in the words of a dialect."""

    def __init__(self, loads: Loads) -> None:
        self.loads, self.project, self.d = loads, loads.project, loads.d
        self.result = loads.names.staging(RESULT)

    def procedures(self) -> tuple[str, ...]:
        """Everything, those called before those that call."""
        parts = (sql for part in self.loads.again for sql in self.loads.procedures(part))
        return (*parts, *self.counting(), self.main())

    def counting(self) -> tuple[str, ...]:
        return self.loads.printer.procedures(self.loads.names.staging("backfill_count"), (self._count(),))

    def main(self) -> str:
        n, d = self.loads.names, self.d
        there = " UNION ALL ".join(f"SELECT {d.cast(d.literal(table.name), d.varchar)} AS table_name" for table in self.project.tables)
        asked = f"SELECT n.table_name, _since AS since FROM ({there}) AS n WHERE _table IS NULL OR n.table_name = _table"
        nobody = f"SELECT 1 AS one WHERE NOT EXISTS (SELECT 1 FROM {backfill.ASKED})"
        blocks = [
            f"LOCK {n.load_lock};",
            f"UPDATE {n.load_lock} SET loads = loads + 1;",
            f"DROP TABLE IF EXISTS {backfill.ASKED};",
            f"CREATE TEMP TABLE {backfill.ASKED} (table_name {d.varchar}, since {d.timestamp_type});",
            f"INSERT INTO {backfill.ASKED} (table_name, since)\n{asked};",
            *unless_none(nobody, ["RAISE EXCEPTION 'RF120: there is no such table (% rows)', " + f"{ROWS};"]),
            *(f"CALL {self.loads.name(part)}();" for part in (*self.loads.again, *self.loads.folded)),
            f"CALL {n.staging('backfill_count')}();",
        ]
        return self.loads.printer.create(n.staging("backfill"), blocks, f"_table {d.varchar}, _since {d.timestamp_type}")

    def _count(self) -> Step:
        counted = (
            Execute(f"INSERT INTO {self.result} (relation, differed) SELECT {self.d.literal(x.relation)}, c.n FROM ({x.count}) AS c")
            for x in backfill.differences(self.project, self.d)
        )
        return Step("how many rows differed", (Execute(f"DELETE FROM {self.result}"), *counted))
