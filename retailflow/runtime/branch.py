"""A branch of an Iceberg table, to which a load writes, until it is published or dropped.

Iceberg does not repeat the end of a branch where the table gets a snapshot meanwhile, as by a load that writes to a branch of its own: that
is done here. Only loads write to these tables. Where somebody else changed `main` since the branch left it, the two are apart, which a
person has to decide; compaction changes no row, so there the branch takes the place of `main`.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

PAUSES = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
"""Seconds between the tries of what a catalog refuses."""
_MAIN = "main"
_COMPACTION = "replace"


class UnpublishedError(Exception):
    """What a branch holds counts, and `main` does not show it yet."""


@dataclass(frozen=True, slots=True)
class Branch:
    """`table`: Iceberg's own object; `is_ancestor(table, snapshot, earlier)`: whether the earlier one is in the history of the snapshot."""

    table: Any
    name: str
    is_ancestor: Callable[[Any, int, int], bool]

    @property
    def is_there(self) -> bool:
        return bool(self.table.refs().containsKey(self.name))

    def drop(self) -> None:
        """Remove it, unless another load does."""
        self._end(lambda change: None)

    def publish(self) -> None:
        """Make `main` show it, and remove it, unless another load does; UnpublishedError where that cannot be."""
        try:
            self._end(self._move_main)
        except UnpublishedError:
            raise
        except Exception as error:
            hint = "run the job again: it publishes the load and goes on"
            raise UnpublishedError(f"{self.name} counts, and {self.table.name()} does not show it yet; {hint}") from error

    def others(self) -> list[Any]:
        """The snapshots of `main`, newest first, that changed rows and are not in the branch's history: none where only loads write."""
        return [snapshot for snapshot in self._beside() if snapshot.operation() != _COMPACTION]

    def _end(self, before: Callable[[Any], None]) -> None:
        failure: Exception | None = None
        for pause in PAUSES:
            time.sleep(pause * random.uniform(0.5, 1))
            if not self.is_there:
                return
            try:
                change = self.table.manageSnapshots()  # what others change from here on makes it fail
                before(change)
                change.removeBranch(self.name).commit()
                return
            except UnpublishedError:
                raise
            except Exception as error:
                failure = error
                self.table.refresh()
        raise failure or RuntimeError(f"{self.name} of {self.table.name()} does not end, and no reason is given")

    def _move_main(self, change: Any) -> None:
        beside = list(self._beside())
        if others := self.others():
            raise UnpublishedError(
                f"{self.table.name()} was changed ({', '.join(s.operation() for s in others)}) by somebody who is no load, just before "
                f"{self.name} was to be published. Take that back (CALL system.rollback_to_snapshot, to snapshot {beside[-1].parentId()}) "
                "and run the job again, which publishes the load and goes on"
            )
        if beside:
            change.replaceBranch(_MAIN, self.name)
        else:
            change.fastForwardBranch(_MAIN, self.name)

    def _beside(self) -> Iterator[Any]:
        head = self.table.refs().get(self.name).snapshotId()
        snapshot = self.table.currentSnapshot()
        while snapshot is not None and not self.is_ancestor(self.table, head, snapshot.snapshotId()):
            yield snapshot
            snapshot = None if snapshot.parentId() is None else self.table.snapshot(snapshot.parentId())
