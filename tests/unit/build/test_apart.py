"""Work in a second process gives what it gives in one, errors included."""

import pytest

from retailflow.compiler import compiler
from retailflow.compiler.apart import with_apart
from tests.factories import project


def test_what_both_make_comes_in_order() -> None:
    assert with_apart(lambda: [1, 2], lambda: [3]) == [1, 2, 3]


def test_what_fails_apart_fails_here() -> None:
    def fail() -> list[int]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        with_apart(lambda: [1], fail)


def test_files_are_the_same_however_many_processes_made_them(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = compiler.compile(project())
    monkeypatch.setattr(compiler, "_MANY", 1)
    assert compiler.compile(project()) == alone
