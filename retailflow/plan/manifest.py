"""The manifest: what retailflow wrote, so that what a person wrote is never taken for it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from retailflow.artifact import UnsafePathError, check_path, dump_json

NAME = "manifest.json"
_ENTRY = re.compile(r'"((?:[^"\\]|\\.)*)": "([0-9a-f]{64})"')  # nothing else in a manifest is that long


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files`: for each path the hashes of what retailflow may have left there. `specs`: short hashes of what it was made from.

    `contested`: paths on which the two sides of an unsolved merge differ.
    """

    files: Mapping[str, frozenset[str]] = field(default_factory=dict)
    specs: Mapping[str, str] = field(default_factory=dict)
    tool: str | None = None
    contested: frozenset[str] = frozenset()


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal; line ends of other systems count as ours."""
    return sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def dump(files: Mapping[str, str], specs: Mapping[str, str], tool: str | None, pending: Mapping[str, list[str]] | None = None) -> bytes:
    """The text of a manifest. `pending`: what may stand in files while a run is under way; an interrupted one knows its own."""
    data: dict[str, object] = {"files": dict(files), "specs": dict(specs), "tool": tool}
    if pending:
        data["pending"] = dict(pending)
    return dump_json(data).encode()


def load(content: bytes | None) -> Manifest:
    """Read a manifest; from one that is broken (an unsolved merge) everything that can be read."""
    if content is None:
        return Manifest()
    try:
        data = json.loads(content)
        known = {path: frozenset((value,)) for path, value in _texts(data["files"]).items()}
        for path, values in data.get("pending", {}).items():
            known[path] = known.get(path, frozenset()) | frozenset(map(str, values))
        tool = None if data["tool"] is None else str(data["tool"])
        return Manifest({path: values for path, values in known.items() if _safe(path)}, _texts(data["specs"]), tool)
    except (ValueError, KeyError, TypeError, AttributeError):
        return _salvage(content.decode(errors="replace"))


def _texts(data: Mapping[object, object]) -> dict[str, str]:
    return {str(key): str(value) for key, value in data.items()}


def _salvage(text: str) -> Manifest:
    known: dict[str, frozenset[str]] = {}
    for quoted, value in _ENTRY.findall(text):
        path = json.loads(f'"{quoted}"')
        if _safe(path):
            known[path] = known.get(path, frozenset()) | {value}
    return Manifest(known, contested=frozenset(path for path, hashes in known.items() if len(hashes) > 1))


def _safe(path: str) -> bool:
    try:
        check_path(path)
    except UnsafePathError:
        return False
    return path.casefold() != NAME
