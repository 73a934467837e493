"""Which files are scenarios."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from retailflow.errors import Finding, StopError

FOLDER = "tests/scenarios"


def scenario_files(root: Path, named: Sequence[Path]) -> tuple[Path, ...]:
    """The files named, those of the folders named, or those of the project. StopError (exit 2) where there are none."""
    if not named:
        found = tuple(_below(root / FOLDER))
        if not found:
            hint = "a scenario is a YAML file: events in, rows out; docs/reference/scenarios.md tells how to write one"
            raise StopError([Finding("RF530", f"there are no scenarios in `{FOLDER}`", hint=hint)], 2)
        return found
    files: list[Path] = []
    for path in named:
        inside = list(_below(path)) if path.is_dir() else [path] if path.is_file() else []
        if not inside:
            what = "there are no scenarios in" if path.is_dir() else "there is no file"
            raise StopError([Finding("RF530", f"{what} `{path}`", hint=f"scenarios are YAML files; the project's lie in `{FOLDER}`")], 2)
        files += inside
    return tuple(dict.fromkeys(files))


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".yaml", ".yml") and path.is_file():
            yield path


def shown(path: Path, root: Path) -> str:
    """What findings call a file: relative to the project if it lies in it."""
    absolute = path.resolve()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path.as_posix()
