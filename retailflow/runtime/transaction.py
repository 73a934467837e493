"""One load, many tables, all or none: a load writes to a branch of every table it changes, and one commit makes it count.

Iceberg commits each table alone. So a load has a name of its own, writes to a branch of every table (write-audit-publish:
`spark.wap.branch`, which tables take part in by `write.wap.enabled`), and reads its own writes there. The one row of the table `loads`
names the load that counted last, and has its turn: how many counted so far.

1. begin: read the row. What is left of the load it names is published; branches of loads that began before it, and can count no more, go.
2. commit: the row, if its turn is still the one that was seen, takes our name and the next turn. This is the one commit that counts.
3. publish: the `main` of each table moves forward to the branch, which goes.

Killed before 2 a load leaves no trace in any `main`; killed after it, the next one publishes the rest. Of loads at once the first that
commits wins: each other finds that the turn is over, fails without effect (`OvertakenError`), and can begin again. So none waits for one
that is dead, and one that is overtaken is overtaken by one that counts. Branches say the turn that their load saw: those of the present
turn may be alive. Loads that share a schema must share the table `loads`, or they would take each other's branches for rubbish.

A load that finds, before its commit, that somebody who is no load changed a table begins again; what becomes of such a change between
commit and publication is told in `branch.py`.

Each snapshot says in its summary which load made it (`retailflow.load`) and what that load had read (`retailflow.consumed`: the snapshot of
each landing table). The row keeps what the last load that committed had read: from there the next one goes on.
"""

import json
import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import uuid4

from retailflow.runtime.branch import Branch, UnpublishedError
from retailflow.runtime.conflict import PATIENCE, ConflictError, insisted
from retailflow.runtime.names import identifier, literal

SUMMARY = "retailflow.load"
CONSUMED = "retailflow.consumed"
_WAP = "spark.wap.branch"
_REFUSED = "org.apache.iceberg.exceptions.CommitFailedException"
_REMEMBERED = 50  # loads whose names the row keeps
_LOOKED_AT = 60.0  # seconds after which a load looks again whether it was overtaken
_LOG = logging.getLogger(__name__)
_COLUMNS = "`load` STRING NOT NULL, `turn` BIGINT NOT NULL, `consumed` STRING, `before` STRING"
_BRANCH = re.compile(r"load_(?P<turn>[0-9]+)_(?P<load>[0-9a-f]+)")


class OvertakenError(ConflictError):
    """Another load committed after this one began, which therefore has no effect."""


class Counted(NamedTuple):
    """The row of `loads`: the load that counted last, how many did, what it had read, and the names of some that counted before it."""

    load: str = ""
    turn: int = 0
    consumed: str = "{}"
    before: tuple[str, ...] = ()


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
    _has_begun: bool = False
    _looked: float = 0.0

    @property
    def branch(self) -> str:
        return f"load_{self._seen.turn}_{self.name}"

    def begin(self) -> None:
        """Settle what was left behind, and go on from the load that counted last."""
        self._create()
        self._seen = self._last()
        self._has_begun, self._looked = True, time.monotonic()
        self._settle(self._seen)
        self._jvm.org.apache.iceberg.EnvironmentContext.put(SUMMARY, self.name)
        self.consume({str(table): int(snapshot) for table, snapshot in json.loads(self._seen.consumed).items()})
        self.spark.conf.set(_WAP, self.branch)

    def consume(self, snapshots: Mapping[str, int]) -> None:
        """Say, before anything is written, what the load reads."""
        self.consumed = dict(snapshots)
        self._jvm.org.apache.iceberg.EnvironmentContext.put(CONSUMED, self._told())

    def look(self) -> None:
        """Raise OvertakenError if another load has committed since this one began; asked often, it looks once a minute."""
        if time.monotonic() - self._looked > _LOOKED_AT:
            self._looked = time.monotonic()
            if self._is_overtaken:
                raise self._overtaken()

    def commit(self) -> None:
        """Make the load count, then visible.

        OvertakenError when another has committed since it began; ConflictError when somebody who is no load changed a table: nothing is
        kept. UnpublishedError when it counts and is not visible yet. Where the catalog keeps failing, so that it is open whether the load
        counts, its branches stay: a later load sees which it was, and publishes or removes them. A load that read nothing and wrote nothing
        overtakes nobody.
        """
        self._leave()
        written = insisted(lambda: [branch for branch in self._branches() if branch.name == self.branch])
        crossed = [branch.table.name() for branch in written if branch.is_apart]
        if self._is_overtaken:  # asked last: what the other published, or removed of ours, was before
            self._drop()
            raise self._overtaken()
        if crossed:
            self._drop()
            others = f"somebody who is no load changed {', '.join(crossed)}, or history has expired"
            raise ConflictError(f"{others}; nothing of load {self.name} was kept")
        if not written and self._told() == self._seen.consumed:
            return
        last = self._take_turn()
        if last.load == self.name:
            self._show(last)
        elif self.name not in last.before:  # else it counted, and another that counted since has published it
            self._drop()
            raise self._overtaken()

    def rollback(self) -> None:
        """As if the load had not begun."""
        self._leave()
        self._drop()

    def met(self, error: Exception) -> ConflictError | None:
        """What a load that failed with `error`, and is rolled back, failed of if that was another load; else, or if nobody can tell, None.

        One that was overtaken may have read some tables as they were before the other, some as after. And a table refuses a change (after
        `commit.retry.num-retries` of its own) when it gets one of another load each time, even on another branch.
        """
        try:
            is_overtaken = self._has_begun and self._is_overtaken
        except Exception:
            return None
        if is_overtaken:
            return self._overtaken()
        if _REFUSED in str(error):
            return ConflictError(f"a table that load {self.name} wrote to was changed each time; nothing of the load was kept")
        return None

    @property
    def _is_overtaken(self) -> bool:
        return self._last().turn != self._seen.turn

    def _overtaken(self) -> OvertakenError:
        return OvertakenError(f"another load has committed since load {self.name} began; nothing of this one was kept")

    # --- the turn -----------------------------------------------------------------------------------------------------------------------

    @property
    def _loads(self) -> str:
        return ".".join(map(identifier, (self.catalog, self.schemas[0], "loads")))

    def _create(self) -> None:
        for schema in self.schemas:
            self.spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {identifier(self.catalog)}.{identifier(schema)}")
        # rows are rewritten, not marked: of two changes at once the second then finds its file gone, and fails
        self.spark.sql(
            f"CREATE TABLE IF NOT EXISTS {self._loads} ({_COLUMNS}) USING iceberg TBLPROPERTIES ('format-version' = '2', "
            "'write.wap.enabled' = 'false', 'write.merge.mode' = 'copy-on-write', 'write.merge.isolation-level' = 'serializable')"
        )

    def _take_turn(self) -> Counted:
        """Take the row if it is still what was seen of it; what it says then.

        An error does not say whether it was taken, and may only be that another load looked at the row in vain, which writes it anew.
        So the row is asked; while it says what it said, taking it again is safe.
        """
        seen = self._seen
        before = [seen.load, *seen.before][:_REMEMBERED] if seen.load else []
        texts = {"load": self.name, "consumed": self._told(), "before": json.dumps(before)}
        row = ", ".join([f"{seen.turn + 1}L AS `turn`", *(f"{literal(text)} AS `{name}`" for name, text in texts.items())])
        columns = ("turn", *texts)
        take = (
            f"MERGE INTO {self._loads} AS t USING (SELECT {row}) AS s ON TRUE "
            f"WHEN MATCHED AND t.`turn` = {seen.turn} AND t.`load` = {literal(seen.load)} "
            f"THEN UPDATE SET {', '.join(f'`{c}` = s.`{c}`' for c in columns)} "
            f"WHEN NOT MATCHED THEN INSERT ({', '.join(f'`{c}`' for c in columns)}) VALUES ({', '.join(f's.`{c}`' for c in columns)})"
        )
        failure: Exception | None = None
        for pause in (0.0, *PATIENCE):
            time.sleep(pause)
            try:
                self.spark.sql(take)
            except Exception as error:
                failure = error
            last = self._last()
            if last.turn != seen.turn:
                return last
        raise failure or RuntimeError(f"the row of {self._loads} is not taken, and no reason is given")

    def _last(self) -> Counted:
        rows = insisted(self._read)
        if not rows:
            return Counted()
        load, turn, consumed, before = rows[0]
        return Counted(str(load), int(turn), str(consumed or "{}"), tuple(json.loads(before or "[]")))

    def _read(self) -> list[Any]:
        self.spark.sql(f"REFRESH TABLE {self._loads}")
        return list(self.spark.sql(f"SELECT `load`, `turn`, `consumed`, `before` FROM {self._loads}").collect())

    def _told(self) -> str:
        return json.dumps(self.consumed, sort_keys=True)

    def _leave(self) -> None:
        """What snapshots are told stays until the next load says otherwise: Iceberg 1.7, which Glue 5.0 runs, cannot take it back."""
        self.spark.conf.unset(_WAP)

    # --- branches -----------------------------------------------------------------------------------------------------------------------

    @property
    def _jvm(self) -> Any:
        return self.spark._jvm

    def _branches(self) -> Iterator[Branch]:
        """All that loads have in the tables, those that end meanwhile too."""
        iceberg = self._jvm.org.apache.iceberg
        for schema in self.schemas:
            for row in self.spark.sql(f"SHOW TABLES IN {identifier(self.catalog)}.{identifier(schema)}").collect():
                if not row["isTemporary"]:
                    name = ".".join(map(identifier, (self.catalog, schema, row["tableName"])))
                    table = iceberg.spark.Spark3Util.loadIcebergTable(self.spark._jsparkSession, name)
                    table.refresh()
                    for branch in list(table.refs().keySet()):
                        if _BRANCH.fullmatch(branch):
                            yield Branch(table, branch, iceberg.util.SnapshotUtil)

    def _settle(self, last: Counted) -> None:
        """Publish the load that counted last, and forget those that began before it did.

        UnpublishedError, before any table shows the load, where one was changed by somebody else.
        """
        branches = [(branch, *_began(branch.name)) for branch in self._branches()]
        counting = [branch for branch, _, load in branches if load == last.load]
        for branch in counting:
            if branch.is_apart:
                raise branch.apart()
        for branch in counting:
            branch.publish()
        for branch, turn, load in branches:
            if load != last.load and turn < last.turn:
                _forget(branch)

    def _show(self, last: Counted) -> None:
        """Settle this load, which counts."""
        try:
            self._settle(last)
        except UnpublishedError:
            raise
        except Exception as error:
            raise UnpublishedError(f"load {self.name} counts, and is not visible in all tables yet; run the job again") from error

    def _drop(self) -> None:
        try:
            for branch in self._branches():
                if branch.name == self.branch:
                    _forget(branch)
        except Exception as error:
            _LOG.warning("%s stays where it is: %s", self.branch, _first_line(error))


def _forget(branch: Branch) -> None:
    """What fails here is only told: it is tried again by later loads, and until then in nobody's way."""
    try:
        branch.drop()
    except Exception as error:
        _LOG.warning("%s of %s stays for now: %s", branch.name, branch.table.name(), _first_line(error))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _began(branch: str) -> tuple[int, str]:
    """The turn that a load saw when it began, and its name."""
    found = _BRANCH.fullmatch(branch)
    assert found is not None
    return int(found["turn"]), found["load"]
