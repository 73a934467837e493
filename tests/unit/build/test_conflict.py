"""What meets somebody else's change is done again, a few times; what fails for reasons of its own is not."""

import logging
from collections.abc import Callable

import pytest

from retailflow.runtime.conflict import ConflictError, retried


def failing(times: int, error: Exception) -> tuple[list[int], Callable[[], str]]:
    """The tries so far, and what fails so many times."""
    tries: list[int] = []

    def work() -> str:
        tries.append(len(tries))
        if len(tries) <= times:
            raise error
        return "done"

    return tries, work


@pytest.mark.parametrize("times", [0, 1, 3])
def test_a_conflict_is_tried_again_and_told(times: int, caplog: pytest.LogCaptureFixture) -> None:
    tries, work = failing(times, ConflictError("somebody was first"))
    with caplog.at_level(logging.WARNING):
        assert retried(work, [0, 0, 0]) == "done"
    assert len(tries) == times + 1
    assert [r.getMessage() for r in caplog.records] == ["somebody was first; begun again in 0.0 s"] * times


def test_there_is_an_end_to_it() -> None:
    tries, work = failing(99, ConflictError("somebody is always first"))
    with pytest.raises(ConflictError, match="always first"):
        retried(work, [0, 0, 0])
    assert len(tries) == 4


def test_another_error_is_not_tried_again() -> None:
    tries, work = failing(99, ValueError("nobody else's fault"))
    with pytest.raises(ValueError, match="nobody"):
        retried(work, [0, 0, 0])
    assert len(tries) == 1
