"""Whether this retailflow is one that the project asks for."""

import operator
import re
from collections.abc import Callable

from retailflow import __version__
from retailflow.resolve.sink import Sink

_CLAUSE = re.compile(r"\s*(>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+)*)\s*", re.ASCII)
_OPERATORS: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}


def check_requires(sink: Sink, requires: str | None, version: str = __version__) -> None:
    """`requires` is clauses such as `>=0.1`, joined by commas; a pre-release counts as its release."""
    if requires is None:
        return
    for clause in requires.split(","):
        match = _CLAUSE.fullmatch(clause)
        if match is None:
            sink.add("RF015", f"`{clause.strip()}` is not a version range", "requires", hint="write `>=0.1` or `>=0.1,<1`")
        elif not _OPERATORS[match[1]](*_padded(version, match[2])):
            sink.add(
                "RF015", f"this project needs retailflow {clause.strip()}, and this is {version}", "requires", hint="install one that fits"
            )


def _padded(left: str, right: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    a, b = _numbers(left), _numbers(right)
    width = max(len(a), len(b))
    return a + (0,) * (width - len(a)), b + (0,) * (width - len(b))


def _numbers(version: str) -> tuple[int, ...]:
    release = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in release[0].split(".")) if release else (0,)
