"""Applying a plan: deletions, then files, each in one step; a journal before them and the manifest after."""

from pathlib import Path

from retailflow.plan import manifest
from retailflow.plan.disk import Disk
from retailflow.plan.plan import Change, ChangeKind, Plan


class ChangedMeanwhileError(Exception):
    """Somebody changed a file between the making of the plan and its turn; nothing of it was overwritten."""


def apply(plan: Plan, folder: Path) -> None:
    """Make `folder` what the plan says. Interrupted anywhere, a new plan finishes the work; a plan with conflicts is not applied."""
    if plan.conflicts:
        raise ValueError("a plan with conflicts cannot be applied")
    disk = Disk(folder)
    if plan.changes:
        disk.write(manifest.NAME, plan.journal)
    for change in sorted(plan.changes, key=lambda change: change.kind is not ChangeKind.DELETE):
        _apply(change, disk)
    if not plan.is_empty:
        disk.write(manifest.NAME, plan.manifest)
    disk.sweep()


def _apply(change: Change, disk: Disk) -> None:
    if disk.read(change.path) != change.before:
        raise ChangedMeanwhileError(f"`{change.path}` changed while files were being written; run again")
    if change.after is None:
        disk.delete(change.path)
    else:
        disk.write(change.path, change.after)
