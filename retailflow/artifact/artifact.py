"""An artifact is one file wanted: where it goes and what stands in it."""

from dataclasses import dataclass

_FORBIDDEN = frozenset('<>:"|?*\\')


class UnsafePathError(ValueError):
    """A path that would leave the folder it belongs to, or that not every file system can hold."""


def check_path(path: str) -> None:
    """Accept `a/b.c` only: relative, no step upward, no character that a file system of some reader refuses."""
    parts = path.split("/")
    if not path or any(part in ("", ".", "..") or part != part.strip() or part.endswith(".") for part in parts):
        raise UnsafePathError(f"`{path!r}` is not a plain relative path")
    if any(c in _FORBIDDEN or not c.isprintable() for c in path):
        raise UnsafePathError(f"`{path!r}` has a character that file systems do not share")


@dataclass(frozen=True, slots=True)
class Artifact:
    """`path` is relative to `generated/`, with `/`. `specs`: paths of the spec files it was made from; none means the whole project."""

    path: str
    content: str
    specs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_path(self.path)
