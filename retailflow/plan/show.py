"""A plan as a person or a program reads it."""

from collections.abc import Iterator
from difflib import unified_diff

from retailflow.plan import manifest
from retailflow.plan.plan import Cause, Change, ChangeKind, Plan

_SIGN = {ChangeKind.CREATE: "+", ChangeKind.UPDATE: "~", ChangeKind.DELETE: "-", ChangeKind.CONFLICT: "!"}


def as_text(plan: Plan, with_diff: bool = False) -> str:
    """`+ ~ -` and `!` lines, each with its unified diff if asked for, then what they add up to."""
    lines = []
    for change in plan.changes:
        lines.append(f"{_SIGN[change.kind]} {change.path}{_because(change, plan)}")
        if with_diff:
            lines += diff(change)
    if not plan.changes and not plan.is_empty:
        lines.append(f"~ {manifest.NAME}")
    lines += [f"note: {note}" for note in plan.notes]
    if plan.is_empty:
        return "\n".join((*lines, f"up to date: {len(plan.unchanged)} files"))
    counts = [f"{plan.count(kind)} to {kind}" for kind in (ChangeKind.CREATE, ChangeKind.UPDATE, ChangeKind.DELETE)]
    if plan.conflicts:
        counts.append(f"{len(plan.conflicts)} in the way")
    return "\n".join((*lines, ", ".join((*counts, f"{len(plan.unchanged)} unchanged"))))


def as_data(plan: Plan, with_diff: bool = False) -> dict[str, object]:
    """The same for `--format json`."""
    return {
        "changes": [_change(change, with_diff) for change in plan.changes],
        "manifest": plan.manifest != plan.manifest_before,
        "notes": list(plan.notes),
        "stale": not plan.is_empty,
        "tool": {"before": plan.tool_before, "now": plan.tool},
        "unchanged": len(plan.unchanged),
    }


def diff(change: Change) -> Iterator[str]:
    """The lines of a unified diff of one file."""
    before, after = ((side or b"").decode(errors="replace").splitlines() for side in (change.before, change.after))
    old = "/dev/null" if change.before is None else f"a/{change.path}"
    new = "/dev/null" if change.after is None else f"b/{change.path}"
    return unified_diff(before, after, old, new, lineterm="")


def _change(change: Change, with_diff: bool) -> dict[str, object]:
    data: dict[str, object] = {"path": change.path, "kind": change.kind.value, "cause": change.cause.value}
    if change.finding is not None:
        data |= {"code": change.finding.code, "message": change.finding.message, "hint": change.finding.hint}
    return data | ({"diff": list(diff(change))} if with_diff else {})


def _because(change: Change, plan: Plan) -> str:
    if change.kind is ChangeKind.CONFLICT:
        return ""
    version = f"retailflow {plan.tool_before} -> {plan.tool}" if plan.tool_before != plan.tool else "retailflow itself"
    match change.cause:
        case Cause.SPEC:
            return ""
        case Cause.TOOL:
            return f"  ({version})"
        case Cause.EITHER:
            return f"  (spec, {version})"
        case Cause.RESTORED:
            return "  (restored)"
