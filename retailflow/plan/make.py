"""Making a plan: every file wanted and every file once written, held against what is there."""

from collections.abc import Iterable
from pathlib import Path

from retailflow.artifact import Artifact
from retailflow.errors import Finding, Place
from retailflow.plan import manifest
from retailflow.plan.differ import Differ
from retailflow.plan.disk import Disk, RefusedError
from retailflow.plan.inputs import Inputs
from retailflow.plan.manifest import digest
from retailflow.plan.plan import Change, ChangeKind, Plan


def make(
    artifacts: Iterable[Artifact],
    folder: Path,
    inputs: Inputs,
    tool: str,
    overwrite: Iterable[str] = (),
    notes: tuple[str, ...] = (),
) -> Plan:
    """The difference between `artifacts` and `folder`. `overwrite`: paths, or folders, whose hand edits may go."""
    disk = Disk(folder)
    changes: list[Change] = []
    try:
        before = disk.read(manifest.NAME)
    except RefusedError as error:
        hint = "put a real folder and file in its place, or remove it"
        finding = Finding("RF603", str(error), Place(f"{folder.name}/{manifest.NAME}"), hint)
        refused = Change(manifest.NAME, ChangeKind.CONFLICT, None, None, finding=finding)
        return Plan((refused,), (), b"", None, b"", tool, None, notes)
    known = manifest.load(before)
    wanted = {artifact.path: artifact for artifact in artifacts}
    differ = Differ(disk, known, inputs, tool, tuple(path.strip("/") for path in overwrite))
    changes += [change for artifact in wanted.values() if (change := differ.wanted(artifact))]
    changes += [change for path in known.files if path not in wanted and (change := differ.removed(path))]
    changes.sort(key=lambda change: change.path)

    files = {path: digest(artifact.content.encode()) for path, artifact in wanted.items()}
    touched = {change.path for change in changes}
    unchanged = tuple(sorted(wanted.keys() - touched))
    return Plan(
        changes=tuple(changes),
        unchanged=unchanged,
        manifest=manifest.dump(files, inputs.digests, tool),
        manifest_before=before,
        journal=manifest.dump({path: files[path] for path in unchanged}, known.specs, known.tool, _pending(changes)),
        tool=tool,
        tool_before=known.tool,
        notes=notes,
    )


def _pending(changes: Iterable[Change]) -> dict[str, list[str]]:
    return {c.path: sorted({digest(side) for side in (c.before, c.after) if side is not None}) for c in changes}
