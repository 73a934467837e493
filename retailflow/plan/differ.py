"""One path held against the disk: is what is there ours to replace, and why is something else wanted?"""

from retailflow.artifact import Artifact
from retailflow.errors import Finding, Place
from retailflow.plan.disk import Disk, RefusedError
from retailflow.plan.inputs import Inputs
from retailflow.plan.manifest import Manifest, digest
from retailflow.plan.plan import Cause, Change, ChangeKind


class Differ:
    """Knows what was written last, from what, and by which version of retailflow."""

    def __init__(self, disk: Disk, known: Manifest, inputs: Inputs, tool: str, overwrite: tuple[str, ...]) -> None:
        self._disk, self._known, self._inputs, self._tool, self._overwrite = disk, known, inputs, tool, overwrite
        digests = inputs.digests
        self._changed = frozenset(p for p in digests.keys() | known.specs.keys() if digests.get(p) != known.specs.get(p))

    def wanted(self, artifact: Artifact) -> Change | None:
        """What has to happen for a file that is wanted; None when it is as it should be."""
        path, after = artifact.path, artifact.content.encode()
        try:
            before = self._disk.read(path)
        except RefusedError as error:
            return self._refused(path, after, error)
        if before is not None and (before == after or before.replace(b"\r\n", b"\n") == after):
            return None
        if before is None:
            return Change(path, ChangeKind.CREATE, None, after, self._cause(artifact, after))
        if self._may_go(path, before):
            return Change(path, ChangeKind.UPDATE, before, after, self._cause(artifact, after))
        return self._conflict(path, before, after)

    def removed(self, path: str) -> Change | None:
        """What has to happen for a file that was written once and is wanted no more."""
        try:
            before = self._disk.read(path)
        except RefusedError as error:
            return self._refused(path, None, error)
        if before is None:
            return None
        if self._may_go(path, before):
            return Change(path, ChangeKind.DELETE, before, None, Cause.SPEC if self._changed else Cause.TOOL)
        return self._conflict(path, before, None)

    def _may_go(self, path: str, before: bytes) -> bool:
        """Whether what is there is ours, the product of a merge, or given up by name."""
        return (
            digest(before) in self._known.files.get(path, frozenset())
            or path in self._known.contested
            or has_conflict_markers(before)
            or any(path == given or path.startswith(f"{given}/") for given in self._overwrite)
        )

    def _cause(self, artifact: Artifact, after: bytes) -> Cause:
        """Told from the specs: what no changed one can reach has changed because retailflow has."""
        if digest(after) in self._known.files.get(artifact.path, frozenset()):
            return Cause.RESTORED
        if self._known.tool is None:
            return Cause.SPEC
        if not self._inputs.may_show(artifact.specs, self._changed):
            return Cause.TOOL
        return Cause.SPEC if self._known.tool == self._tool else Cause.EITHER

    def _conflict(self, path: str, before: bytes, after: bytes | None) -> Change:
        code, what = ("RF601", "was edited by hand") if path in self._known.files else ("RF602", "was not written by retailflow")
        hint = f"move the change to the spec or a template, or give it up: `retailflow generate --overwrite {path}`"
        finding = Finding(code, f"`{path}` {what}", self._place(path), hint)
        return Change(path, ChangeKind.CONFLICT, before, after, finding=finding)

    def _refused(self, path: str, after: bytes | None, error: RefusedError) -> Change:
        hint = "remove it: generated files are real files in real folders"
        return Change(path, ChangeKind.CONFLICT, None, after, finding=Finding("RF603", str(error), self._place(path), hint))

    def _place(self, path: str) -> Place:
        return Place(f"{self._disk.root.name}/{path}")


def has_conflict_markers(content: bytes) -> bool:
    """Whether a merge left its two sides in the text."""
    lines = content.splitlines()
    return any(line.startswith(b"<<<<<<< ") for line in lines) and any(line.startswith(b">>>>>>> ") for line in lines)
