"""`retailflow init`: a new project that validates and runs."""

import os
from pathlib import Path
from typing import Annotated

import typer

from retailflow.cli.terminal import note, out
from retailflow.errors import Finding, StopError


def init(folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder of the project.")] = Path(".")) -> None:
    """Make an empty project; what is there already stays as it is."""
    from retailflow.cli.new_files import write_new
    from retailflow.cli.starter import starter_files

    try:
        folder.mkdir(parents=True, exist_ok=True)
        root = folder.resolve()
        wanted = starter_files(root.name)
        if (root / "tables").is_dir() and any((root / "tables").rglob("*.y*ml")):
            wanted = {path: text for path, text in wanted.items() if path == "retailflow.yaml"}
        new = {path: text for path, text in wanted.items() if not os.path.lexists(root / path)}
        write_new(root, new)
        ignored = _ignore(root)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StopError(
            [Finding("RF635", f"`{error.filename or folder}` cannot be made: {reason}", hint="name another folder")], 2
        ) from None
    made = [*new, *([".gitignore"] if ignored else [])]
    out("\n".join(made)) if made else note("nothing to do: the project is there")
    if made:
        note("next: `retailflow validate`, then `retailflow simulate` and `retailflow run`; `retailflow add-table` for tables of yours")


def _ignore(root: Path) -> bool:
    """Keep local data out of the repository; whether that had to be said."""
    from retailflow.cli.starter import with_ignored

    file = root / ".gitignore"
    text = with_ignored(file.read_text(encoding="utf-8", errors="surrogateescape") if file.exists() else "")
    if text is None:
        return False
    temporary = root / f".gitignore.{os.getpid()}.part"
    try:
        temporary.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
        os.replace(temporary, file)
    finally:
        temporary.unlink(missing_ok=True)
    return True
