"""A finding is one thing wrong, where, why, and what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A span in a file: `path` relative to the project, lines and columns from 1, `length` in characters."""

    path: str
    line: int = 1
    column: int = 1
    length: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is stable (`RF101`, a page in `errors/catalogue`); `message` has no period and quotes literals in backticks."""

    code: str
    message: str
    place: Place | None = None
    hint: str | None = None
    severity: Severity = Severity.ERROR


class StopError(Exception):
    """Work stops for reasons a person can mend. `exit_code`: 1 findings, 2 usage or configuration, 3 stale.

    `root`: the folder that the paths of places are relative to, by default the current one.
    """

    def __init__(self, findings: Iterable[Finding], exit_code: int = 1, root: Path | None = None) -> None:
        self.findings = tuple(findings)
        self.exit_code = exit_code
        self.root = root
        super().__init__("; ".join(f"{f.code}: {f.message}" for f in self.findings))
