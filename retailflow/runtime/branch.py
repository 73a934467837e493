"""A branch of an Iceberg table, to which a load writes, until it is published or dropped.

Iceberg does not repeat the end of a branch where the table gets a snapshot meanwhile, as by a load that writes to a branch of its own: that
is done here. Only loads write to these tables. Where somebody else changed `main` since the branch left it, the two are apart, which a
person has to decide; compaction changes no row, so there the branch takes the place of `main`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from retailflow.runtime.conflict import PATIENCE, insisted

_MAIN = "main"
_COMPACTION = "replace"
_RUBBISH = (0.2,)  # it is looked at again by later loads


class UnpublishedError(Exception):
    """What a load wrote counts, and `main` of a table does not show it yet."""


@dataclass(frozen=True, slots=True)
class Branch:
    """`table`: Iceberg's own object; `history`: Iceberg's `SnapshotUtil`."""

    table: Any
    name: str
    history: Any

    def drop(self) -> None:
        """Remove it, unless another load does."""
        self._end(lambda change: None, _RUBBISH)

    def publish(self) -> None:
        """Make `main` show it, and remove it, unless another load does; UnpublishedError where somebody else changed `main`."""
        self._end(self._move_main, PATIENCE)

    @property
    def is_apart(self) -> bool:
        """Whether somebody who is no load has changed rows of `main`, or may have, since the branch left it."""
        found = self._beside()
        return found is None or any(snapshot.operation() != _COMPACTION for snapshot in found)

    def apart(self) -> UnpublishedError:
        """What to say of a branch that counts and is apart."""
        catalog, _, table = self.table.name().partition(".")
        take = f"CALL {catalog}.system.set_current_snapshot(table => '{table}', ref => '{self.name}')"
        return UnpublishedError(
            f"somebody who is no load changed {self.table.name()}, or its history has expired, before {self.name} could be published. The "
            f"load counts: {take} gives `main` what it wrote, and leaves any other change behind; then run the job again"
        )

    def _end(self, before: Callable[[Any], None], patience: Sequence[float]) -> None:
        def once() -> None:
            self.table.refresh()
            if self.table.refs().containsKey(self.name):
                change = self.table.manageSnapshots()  # what others change from here on makes it fail
                before(change)
                change.removeBranch(self.name).commit()

        insisted(once, UnpublishedError, patience)

    def _move_main(self, change: Any) -> None:
        if self.is_apart:
            raise self.apart()
        if self._beside():
            change.replaceBranch(_MAIN, self.name)
        else:
            change.fastForwardBranch(_MAIN, self.name)

    def _beside(self) -> list[Any] | None:
        """The snapshots of `main`, newest first, since the branch left it: none where only loads write. None where that has expired."""
        head = self.table.refs().get(self.name).snapshotId()
        current = self.table.currentSnapshot()
        at = None if current is None else current.snapshotId()
        found = []
        # the snapshot that the branch left is known as a parent, also where it has expired itself
        while at is not None and at != head and not self.history.isParentAncestorOf(self.table, head, at):
            snapshot = self.table.snapshot(at)
            if snapshot is None:
                return None
            found.append(snapshot)
            at = snapshot.parentId()
        return found
