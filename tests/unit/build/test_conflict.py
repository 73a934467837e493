"""What meets somebody else's change is done again, a few times; what fails for reasons of its own is not."""

import logging
from collections.abc import Callable

import pytest

from retailflow.runtime.conflict import ConflictError, insisted, retried


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


@pytest.mark.parametrize("times", [0, 1, 3])
def test_what_a_server_refuses_is_asked_for_again(times: int) -> None:
    tries, work = failing(times, OSError("the connection was lost"))
    assert insisted(work, patience=[0, 0, 0]) == "done"
    assert len(tries) == times + 1


def test_insisting_ends_with_the_last_refusal_and_with_what_is_no_refusal() -> None:
    tries, work = failing(99, OSError("the connection was lost"))
    with pytest.raises(OSError, match="lost"):
        insisted(work, patience=[0, 0, 0])
    assert len(tries) == 4
    tries, work = failing(99, ValueError("never"))
    with pytest.raises(ValueError, match="never"):
        insisted(work, ValueError, [0, 0, 0])
    assert len(tries) == 1
