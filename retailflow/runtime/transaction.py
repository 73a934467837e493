"""One load, many tables, all or none: a load writes to a branch of every table it changes, and one commit makes it count.

Iceberg commits each table alone. So a load has a name of its own, writes to a branch of every table (write-audit-publish:
`spark.wap.branch`, which tables take part in by `write.wap.enabled`), and reads its own writes there. The one row of the table `loads`
names the load that counted last, and has its turn: how many counted so far.

1. begin: read the row. What is left of the load it names is published; branches of loads that began before it, and can count no more, go.
2. commit: the row, if its turn is still the one that was seen, takes our name and the next turn. This is the one commit that counts.
3. publish: the `main` of each table moves forward to the branch, which goes.

Killed before 2 a load leaves no trace in any `main`; killed after it, the next one publishes the rest. Of loads at once the first that
commits wins: each other finds that the turn is over, fails without effect (`OvertakenError`), and can begin again. So none waits for one
that is dead, and whenever one fails another has counted. Branches say the turn that their load saw: those of the present turn may be alive.

Each snapshot says in its summary which load made it (`retailflow.load`) and what that load had read (`retailflow.consumed`: the snapshot of
each landing table). The row keeps what the last load that committed had read: from there the next one goes on.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import uuid4

from retailflow.runtime.conflict import ConflictError
from retailflow.runtime.names import identifier, literal

SUMMARY = "retailflow.load"
CONSUMED = "retailflow.consumed"
_WAP = "spark.wap.branch"
_MAIN = "main"
_REFUSED = "org.apache.iceberg.exceptions.CommitFailedException"
_TRIES = 10
_COLUMNS = "`load` STRING NOT NULL, `turn` BIGINT NOT NULL, `consumed` STRING"
_BRANCH = re.compile(r"load_(?P<turn>[0-9]+)_(?P<load>[0-9a-f]+)")


class OvertakenError(ConflictError):
    """Another load committed after this one began, which therefore has no effect."""


class Counted(NamedTuple):
    """The row of `loads`: the load that counted last, how many did, and what that one had read."""

    load: str = ""
    turn: int = 0
    consumed: str = "{}"


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
    _seen: Counted = field(default_factory=Counted)

    @property
    def branch(self) -> str:
        return f"load_{self._seen.turn}_{self.name}"

    def begin(self) -> None:
        """Settle what was left behind, and go on from the load that counted last."""
        self._create()
        self._seen = self._last()
        self._settle(self._seen)
        self._jvm.org.apache.iceberg.EnvironmentContext.put(SUMMARY, self.name)
        self.consume({str(table): int(snapshot) for table, snapshot in json.loads(self._seen.consumed).items()})
        self.spark.conf.set(_WAP, self.branch)

    def consume(self, snapshots: Mapping[str, int]) -> None:
        """Say, before anything is written, what the load reads."""
        self.consumed = dict(snapshots)
        self._jvm.org.apache.iceberg.EnvironmentContext.put(CONSUMED, self._told())

    def commit(self) -> None:
        """Make the load count, then visible; raises OvertakenError when another has committed since it began.

        A load that read nothing and wrote nothing overtakes nobody. Where the catalog keeps failing, so that it is open whether the load
        counts, its branches stay: a later load sees which it was, and publishes or removes them.
        """
        self._leave()
        if self._did_nothing():
            return
        last = self._take_turn()
        if last.load == self.name:
            self._settle(last)
        else:
            self._drop()
            raise self._overtaken()

    def rollback(self) -> None:
        """As if the load had not begun."""
        self._leave()
        self._drop()

    def met(self, error: Exception) -> ConflictError | None:
        """What a load that failed with `error`, and is rolled back, failed of if it was another load; None where it was not.

        One that was overtaken may have read some tables as they were before the other, some as after. And a table refuses a change (after
        `commit.retry.num-retries` of its own) when it gets one of another load each time, even on another branch.
        """
        if self._is_overtaken:
            return self._overtaken()
        if _REFUSED in str(error):
            return ConflictError(f"a table that load {self.name} wrote to was changed each time; nothing of the load was kept")
        return None

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

    def _take_turn(self) -> Counted:
        """Take the row if it is still what was seen of it; what it says then: our name, or whose it is.

        An error does not say whether it was taken, and may only be that another load looked at the row in vain, which writes it anew.
        So the row is asked; while it says what it said, taking it again is safe.
        """
        row = f"SELECT {literal(self.name)} AS `load`, {self._seen.turn + 1}L AS `turn`, {literal(self._told())} AS `consumed`"
        failure: Exception | None = None
        for _ in range(_TRIES):
            try:
                self.spark.sql(
                    f"MERGE INTO {self._loads} AS t USING ({row}) AS s ON TRUE "
                    f"WHEN MATCHED AND t.`turn` = {self._seen.turn} "
                    "THEN UPDATE SET `load` = s.`load`, `turn` = s.`turn`, `consumed` = s.`consumed` "
                    "WHEN NOT MATCHED THEN INSERT (`load`, `turn`, `consumed`) VALUES (s.`load`, s.`turn`, s.`consumed`)"
                )
            except Exception as error:
                failure = error
            last = self._last()
            if last.turn != self._seen.turn:
                return last
        raise failure or RuntimeError(f"the row of {self._loads} is not taken, and no reason is given")

    def _last(self) -> Counted:
        self.spark.sql(f"REFRESH TABLE {self._loads}")
        rows = self.spark.sql(f"SELECT `load`, `turn`, `consumed` FROM {self._loads}").collect()
        return Counted(str(rows[0][0]), int(rows[0][1]), str(rows[0][2] or "{}")) if rows else Counted()

    @property
    def _is_overtaken(self) -> bool:
        return self._last().turn != self._seen.turn

    def _overtaken(self) -> OvertakenError:
        return OvertakenError(f"another load has committed since load {self.name} began; nothing of this one was kept")

    def _did_nothing(self) -> bool:
        """Whether the load read nothing and wrote nothing; branches go only after the turn has, so that one is looked at last."""
        has_read = self._told() != self._seen.consumed
        return not has_read and not any(table.refs().containsKey(self.branch) for table in self._tables()) and not self._is_overtaken

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

    def _settle(self, last: Counted) -> None:
        """Publish the load that counted last; forget those that began before it did."""
        for table in self._tables():
            for branch in list(table.refs().keySet()):
                read = _BRANCH.fullmatch(branch)
                if read and read["load"] == last.load:
                    _ended(table, branch, is_published=True)
                elif read and int(read["turn"]) < last.turn:
                    _ended(table, branch)

    def _drop(self) -> None:
        for table in self._tables():
            if table.refs().containsKey(self.branch):
                _ended(table, self.branch)


def _ended(table: Any, branch: str, is_published: bool = False) -> None:
    """Remove a branch, published to `main` before, unless another load that settles the same does so first.

    Iceberg does not repeat such a change where the table gets a snapshot meanwhile, as by a load that writes to a branch of its own.
    """
    failure: Exception | None = None
    for _ in range(_TRIES):
        if not table.refs().containsKey(branch):
            return
        try:
            change = table.manageSnapshots()
            if is_published:
                change.fastForwardBranch(_MAIN, branch)
            change.removeBranch(branch).commit()
            return
        except Exception as error:
            failure = error
            table.refresh()
    raise failure or ValueError(branch)
