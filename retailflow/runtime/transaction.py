"""One load, many tables, all or none: a load writes to a branch of every table it changes, and one commit makes it count.

Iceberg commits each table alone. So a load has a name of its own, writes to the branch `load_<name>` of every table (write-audit-publish:
`spark.wap.branch`, which tables take part in by `write.wap.enabled`), and reads its own writes there. The one row of the table `loads`
says whose turn it is:

1. begin: take the row (`open`); what an earlier load left behind is settled first: one that committed is published to its end, one that
   did not is forgotten, branch by branch.
2. commit: the row, if it still bears our name, becomes `committed`. This is the one commit that counts.
3. publish: the `main` of each table moves forward to the branch, which goes.

Killed before 2 a load leaves no trace in any `main`; killed after it, the next one publishes the rest. Of two loads at once the one that
began last wins; the other finds the row taken when it wants to commit, and fails without effect.

Each snapshot says in its summary which load made it (`retailflow.load`) and what that load had read (`retailflow.consumed`: the snapshot of
each landing table). The row keeps what the last load that committed had read: from there the next one goes on.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from retailflow.runtime.names import identifier, literal

BRANCH = "load_"
SUMMARY = "retailflow.load"
CONSUMED = "retailflow.consumed"
_WAP = "spark.wap.branch"
_MAIN = "main"
_COLUMNS = "`load` STRING NOT NULL, `state` STRING NOT NULL, `consumed` STRING"


class OvertakenError(Exception):
    """Another load began after this one, which therefore has no effect."""


@dataclass(slots=True)
class Transaction:
    """`catalog`: the Spark catalog; `schemas`: its namespaces whose tables loads change, the first of which holds `loads`.

    `consumed`: by landing table the snapshot read to; once begun, by the load before, until `consume` says what this one reads.
    """

    spark: Any
    catalog: str
    schemas: Sequence[str]
    name: str = field(default_factory=lambda: uuid4().hex)
    consumed: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Settle what was left behind, and take the turn."""
        self._create()
        last, state = self._turn()
        while last != self.name:
            if state == "committed":
                self._publish(last)
            self._take(last, state)
            last, state = self._turn()
        self._forget()
        self._jvm.org.apache.iceberg.EnvironmentContext.put(SUMMARY, self.name)
        self.consume(self._last_consumed())
        self.spark.conf.set(_WAP, BRANCH + self.name)

    def consume(self, snapshots: Mapping[str, int]) -> None:
        """Say, before anything is written, what the load reads."""
        self.consumed = dict(snapshots)
        self._jvm.org.apache.iceberg.EnvironmentContext.put(CONSUMED, self._told())

    def commit(self) -> None:
        """Make the load count, then visible; raises OvertakenError when another began meanwhile."""
        self._leave()
        change = f"SET `state` = 'committed', `consumed` = {literal(self._told())}"
        self.spark.sql(f"UPDATE {self._loads} {change} WHERE `load` = {literal(self.name)}")
        if self._turn() != (self.name, "committed"):
            self._drop(self.name)
            raise OvertakenError(f"another load began after load {self.name}; nothing of this one was kept")
        self._publish(self.name)

    def rollback(self) -> None:
        """As if the load had not begun."""
        self._leave()
        self._drop(self.name)

    # --- the turn -----------------------------------------------------------------------------------------------------------------------

    @property
    def _loads(self) -> str:
        return ".".join(map(identifier, (self.catalog, self.schemas[0], "loads")))

    def _create(self) -> None:
        for schema in self.schemas:
            self.spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {identifier(self.catalog)}.{identifier(schema)}")
        # rows are rewritten, not marked: of two changes at once the second then finds its file gone, and fails
        modes = ", ".join(f"'write.{change}.mode' = 'copy-on-write'" for change in ("delete", "update", "merge"))
        self.spark.sql(
            f"CREATE TABLE IF NOT EXISTS {self._loads} ({_COLUMNS}) USING iceberg "
            f"TBLPROPERTIES ('format-version' = '2', 'write.wap.enabled' = 'false', {modes})"
        )

    def _take(self, last: str, state: str) -> None:
        """Take the row, if it is still what was seen of it."""
        as_seen = f"t.`load` = {literal(last)} AND t.`state` = {literal(state)}"
        self.spark.sql(
            f"MERGE INTO {self._loads} AS t USING (SELECT {literal(self.name)} AS `load`) AS s ON TRUE "
            f"WHEN MATCHED AND {as_seen} THEN UPDATE SET `load` = s.`load`, `state` = 'open' "
            "WHEN NOT MATCHED THEN INSERT (`load`, `state`, `consumed`) VALUES (s.`load`, 'open', '{}')"
        )

    def _turn(self) -> tuple[str, str]:
        """(the load that began last, its state)."""
        self.spark.sql(f"REFRESH TABLE {self._loads}")
        rows = self.spark.sql(f"SELECT `load`, `state` FROM {self._loads}").collect()
        return (str(rows[0][0]), str(rows[0][1])) if rows else ("", "none")

    def _last_consumed(self) -> dict[str, int]:
        rows = self.spark.sql(f"SELECT `consumed` FROM {self._loads}").collect()
        return {str(table): int(snapshot) for table, snapshot in json.loads(rows[0][0] or "{}").items()}

    def _told(self) -> str:
        return json.dumps(self.consumed, sort_keys=True)

    def _leave(self) -> None:
        """What snapshots are told stays until the next load says otherwise: Iceberg 1.7, which Glue 5.0 runs, cannot take it back."""
        self.spark.conf.unset(_WAP)

    # --- branches -----------------------------------------------------------------------------------------------------------------------

    @property
    def _jvm(self) -> Any:
        return self.spark._jvm

    def _tables(self) -> Iterator[Any]:
        load = self._jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable
        for schema in self.schemas:
            for row in self.spark.sql(f"SHOW TABLES IN {identifier(self.catalog)}.{identifier(schema)}").collect():
                if not row["isTemporary"]:
                    table = load(self.spark._jsparkSession, ".".join(map(identifier, (self.catalog, schema, row["tableName"]))))
                    table.refresh()
                    yield table

    def _publish(self, name: str) -> None:
        branch = BRANCH + name
        for table in self._tables():
            if table.refs().containsKey(branch):
                _settled(table, branch, table.manageSnapshots().fastForwardBranch(_MAIN, branch).removeBranch(branch))

    def _drop(self, name: str) -> None:
        for table in self._tables():
            if table.refs().containsKey(BRANCH + name):
                _settled(table, BRANCH + name, table.manageSnapshots().removeBranch(BRANCH + name))

    def _forget(self) -> None:
        """Every load's branch goes: what committed was published before, and nothing else counts."""
        for table in self._tables():
            for branch in list(table.refs().keySet()):
                if branch.startswith(BRANCH):
                    _settled(table, branch, table.manageSnapshots().removeBranch(branch))


def _settled(table: Any, branch: str, change: Any) -> None:
    """Commit a change that ends a branch, unless another load that settles the same has done so."""
    try:
        change.commit()
    except Exception:
        table.refresh()
        if table.refs().containsKey(branch):
            raise
