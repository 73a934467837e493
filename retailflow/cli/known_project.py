"""A project as it was resolved before, kept in its `.retailflow` folder: its specs need not be read again while nothing changed.

Any doubt, and it is resolved anew: a file more, less or other, another retailflow, Python or library, a text that was cut short.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from retailflow import __version__
from retailflow.errors import Finding
from retailflow.local.open import default_folder
from retailflow.model.project import Project
from retailflow.model.stored import as_json, from_json

_FILE = "project.json"
_TABLES = "tables"
_SETTLED = 1.0  # seconds; clocks of file systems are coarse
_LIBRARIES = ("pydantic", "sqlglot", "yaml")
Known = tuple[Project, tuple[Finding, ...]]


def known(root: Path) -> Known | None:
    """The project and its findings; None when it has to be resolved."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads((default_folder(root) / _FILE).read_text(encoding="utf-8"))
        files = kept["files"]
        tables = {path for path in files if path.startswith(f"{_TABLES}/")}
        if (
            kept["tool"] == _tool()
            and tables == set(_tables(root))
            and files == _hashes(root, files)
            and kept["hash"] == _hash(kept["text"])
        ):
            return _checked(from_json(kept["text"]))
    return None


def keep(root: Path, project: Project, findings: tuple[Finding, ...], files: Iterable[str], began: float) -> None:
    """`files`: all that were read from `began` on, relative to the root. Nothing is kept without such a folder, where it cannot be written,
    or if a file may have changed while it was read."""
    folder = default_folder(root)
    with suppress(OSError, ValueError, TypeError, KeyError):
        files, text = tuple(files), as_json((project, findings))
        statuses = [(root / file).stat() for file in files]
        moved = any(max(status.st_mtime, status.st_ctime) > began - _SETTLED for status in statuses)
        if moved or not folder.is_dir() or from_json(text) != (project, findings):
            return
        kept = {"tool": _tool(), "files": _hashes(root, files), "hash": _hash(text), "text": text}
        written = folder / f"{_FILE}.{os.getpid()}"
        written.write_text(json.dumps(kept), encoding="utf-8")
        written.replace(folder / _FILE)


def _checked(value: object) -> Known:
    match value:
        case (Project() as project, tuple() as findings) if all(isinstance(f, Finding) for f in findings):
            return project, findings
    raise ValueError("not a project with its findings")


def _tables(root: Path) -> Iterator[str]:
    folder = root / _TABLES
    return (file.relative_to(root).as_posix() for pattern in ("*.yaml", "*.yml") for file in folder.rglob(pattern))


def _hashes(root: Path, files: Iterable[str]) -> dict[str, str]:
    return {path: hashlib.sha256((root / path).read_bytes()).hexdigest() for path in sorted(files)}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _tool() -> str:
    """What a model is made by: the files of retailflow with their times, Python, and when a library was last installed."""
    package = Path(__file__).parents[1]
    seen = [__version__, sys.version, str(package)]
    for library in _LIBRARIES:
        spec = find_spec(library)
        if spec is None or spec.origin is None:
            raise ValueError(f"{library} is nowhere to be found")
        installed = Path(spec.origin)
        seen += [str(installed), str(installed.stat().st_mtime_ns), str(installed.parents[1].stat().st_mtime_ns)]
    for folder, folders, names in os.walk(package):
        folders.sort()
        for name in sorted(n for n in names if n.endswith(".py")):
            status = (Path(folder) / name).stat()
            seen.append(f"{folder}/{name} {status.st_size} {status.st_mtime_ns}")
    return _hash("\n".join(seen))
