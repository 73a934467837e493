"""Loads on the lake whose process is gone, before any statement or while what they committed is published."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from retailflow.runtime import transaction
from retailflow.runtime.branch import Branch
from retailflow.runtime.warehouse import Lake


class Killed(BaseException):
    """The process is gone: nothing is tidied up."""


@contextmanager
def killed_before(statement: int) -> Iterator[None]:
    """Inside, a load is killed before its statement of this number."""
    left = iter(range(statement))
    execute, temp = Lake.execute, Lake.temp

    def tick() -> None:
        if next(left, None) is None:
            raise Killed

    def mortal_execute(self: Lake, sql: str) -> None:
        tick()
        execute(self, sql)

    def mortal_temp(self: Lake, name: str, select: str) -> None:
        tick()
        temp(self, name, select)

    with patch.object(Lake, "execute", mortal_execute), patch.object(Lake, "temp", mortal_temp), _nothing_is_tidied_up():
        yield


@contextmanager
def killed_while_publishing(after: int) -> Iterator[None]:
    """Inside, a load that committed is killed when so many of its tables are published."""
    settle, publish = transaction.Transaction._settle, Branch.publish

    def mortal(self: transaction.Transaction, last: transaction.Counted) -> None:
        left = iter(range(after))

        def publish_some(branch: Branch) -> None:
            if next(left, None) is None:
                raise Killed
            publish(branch)

        with patch.object(Branch, "publish", publish_some if last.load == self.name else publish):
            settle(self, last)

    with patch.object(transaction.Transaction, "_settle", mortal), _nothing_is_tidied_up():
        yield


@contextmanager
def _nothing_is_tidied_up() -> Iterator[None]:
    def dead(self: transaction.Transaction) -> None:
        self.spark.conf.unset("spark.wap.branch")  # it was the session's

    with patch.object(transaction.Transaction, "rollback", dead):
        yield
