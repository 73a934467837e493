"""New files of a project: checked before there is anything, put in place in one step, never over another."""

import os
from collections.abc import Mapping
from pathlib import Path

from retailflow.errors import Finding, Severity, StopError


def would_be_wrong(root: Path, tables: Mapping[str, str]) -> list[Finding]:
    """The errors that the project would have more with these table files (path to text). StopError: it cannot be read even now."""
    from retailflow.resolve import load_all, resolve
    from retailflow.rules.registry import check
    from retailflow.source import compose
    from retailflow.spec import read_table

    now = load_all(root)
    if now.spec is None or now.document is None:
        raise StopError(now.findings, root=root)
    files = [(w.document, w.spec) for w in now.written]
    findings: list[Finding] = []
    for path, text in tables.items():
        document, found = compose(text, path)
        spec, more = read_table(document) if document is not None else (None, ())
        findings += [*found, *more]
        if document is not None and spec is not None:
            home = next((d.path for d, s in files if s.table == spec.table), None)
            if home is not None:
                hint = "choose another name, or edit that file"
                findings.append(Finding("RF631", f"table `{spec.table}` is in {home} already", document.place("table"), hint))
            files.append((document, spec))
    then = resolve(root, now.document, now.spec, files, frozenset(), findings)
    before = {*now.findings, *check(now)}
    return [f for f in (*then.findings, *check(then)) if f.severity is Severity.ERROR and f not in before]


def write_new(root: Path, files: Mapping[str, str]) -> None:
    """Write all of the files or none. Raises FileExistsError when one is there, OSError when a folder cannot be written."""
    written: list[Path] = []
    try:
        for path, text in files.items():
            _write(root / path, text)
            written.append(root / path)
    except OSError:
        for file in written:
            file.unlink(missing_ok=True)
        raise


def _write(target: Path, text: str) -> None:
    """Whole under another name first; the link fails if the place was taken meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        temporary.write_bytes(text.encode())
        try:
            os.link(temporary, target)
            return
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):  # a file system, or a platform, without links
            pass
        with target.open("xb") as file:
            file.write(text.encode())
    finally:
        temporary.unlink(missing_ok=True)
