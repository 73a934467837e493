"""A plan is a value: what would be created, updated and deleted, what stays, and what stands in the way."""

from dataclasses import dataclass
from enum import StrEnum

from retailflow.errors import Finding


class ChangeKind(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    CONFLICT = "conflict"


class Cause(StrEnum):
    """Why a file differs from what was generated last."""

    SPEC = "spec"
    TOOL = "tool"  # no spec it comes from has changed: retailflow has
    EITHER = "either"  # both have changed since
    RESTORED = "restored"  # neither: the file itself was removed, edited or merged


@dataclass(frozen=True, slots=True)
class Change:
    """One file. `before`: what is there, None when nothing is; `after`: what is wanted, None when nothing is; `finding`: of a conflict."""

    path: str
    kind: ChangeKind
    before: bytes | None
    after: bytes | None
    cause: Cause = Cause.SPEC
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`changes` and `unchanged` are sorted by path. `journal`: the manifest while work is under way; `manifest`: when it is done.

    `manifest_before` is what `manifest.json` holds now. `notes` are things a reader should know that change no file.
    """

    changes: tuple[Change, ...]
    unchanged: tuple[str, ...]
    manifest: bytes
    manifest_before: bytes | None
    journal: bytes
    tool: str
    tool_before: str | None
    notes: tuple[str, ...] = ()

    @property
    def conflicts(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.kind is ChangeKind.CONFLICT)

    @property
    def is_empty(self) -> bool:
        """Whether everything, the manifest included, is as wanted."""
        return not self.changes and self.manifest == self.manifest_before

    def count(self, kind: ChangeKind) -> int:
        return sum(change.kind is kind for change in self.changes)
