"""What changes a warehouse here: one transaction, all or nothing, begun again where somebody else changed the same meanwhile."""

from collections.abc import Callable
from typing import TypeVar

from retailflow.errors import Finding, StopError
from retailflow.local.engine import Warehouse
from retailflow.runtime.conflict import ConflictError, retried

Made = TypeVar("Made")


def transact(warehouse: Warehouse, work: Callable[[], Made], keep: bool = True) -> Made:
    """What `work` gives, done in a transaction that is kept, or (`keep`) only looked at; after its error the warehouse is as it was.

    `work` may be called several times. StopError RF534 (exit 2) when every try met somebody else's change.
    """

    def attempt() -> Made:
        warehouse.begin()
        try:
            made = work()
            if keep:
                warehouse.commit()
            else:
                warehouse.rollback()
        except BaseException:
            warehouse.rollback()
            raise
        return made

    try:
        return retried(attempt)
    except ConflictError as error:
        hint = "only runs of retailflow should write to the star; find who else does, then run again: nothing of this load was kept"
        raise StopError([Finding("RF534", f"others keep changing what this load works on: {error}", hint=hint)], 2) from error
