"""Where events stand in the log: commits by number or LSN, each with one time, and the order of changes within them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from retailflow.model.source import SourceKind


@dataclass(slots=True)
class Log:
    """The log of a source as far as the file has told it."""

    kind: SourceKind
    last: int = 0
    times: dict[str, datetime] = field(default_factory=dict)
    changes: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def commit(self, written: int | str | None) -> str:
        """The LSN of a commit; without one it is the next."""
        if isinstance(written, str):
            return written
        self.last = self.last + 1 if written is None else written
        return str(self.last) if self.kind is SourceKind.POSTGRESQL else f"00000000:{self.last:08x}:0001"

    def change(self, commit: str, written: int | str | None) -> str:
        """The LSN of a change within its commit: the number that is written, else one more than the last."""
        if isinstance(written, str):
            return written
        self.changes[commit] = self.changes[commit] + 1 if written is None else written
        number = self.changes[commit]
        if self.kind is SourceKind.POSTGRESQL:
            return str(int(commit) * 1000 + number) if commit.isdecimal() else str(number)
        return f"{commit.rpartition(':')[0] or '00000000:00000000'}:{number:04x}"

    def time(self, commit: str, at: datetime | None) -> datetime | None:
        """The time of a commit, told once for all of its events."""
        if at is not None:
            self.times.setdefault(commit, at)
            return at
        return self.times.get(commit)
