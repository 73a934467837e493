"""Findings on the terminal, in the format that was asked for."""

import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from retailflow.cli.options import Format
from retailflow.cli.terminal import colour, note, out
from retailflow.errors import Finding, StopError


def lines_below(root: Path) -> Callable[[str], Sequence[str]]:
    """Reads the lines of files below a folder; empty where there is no such file or it is no text."""
    from retailflow.source import lines_of

    @cache
    def lines(path: str) -> Sequence[str]:
        try:
            return lines_of((root / path).read_bytes().decode("utf-8-sig"))
        except (OSError, ValueError):
            return ()

    return lines


def print_findings(findings: Sequence[Finding], root: Path, format: Format, result: bool = True) -> None:
    """Findings are the result of `validate`, and on stderr a by-product of anything else (as text there, whatever the format)."""
    from retailflow.render.findings import as_github, as_json, as_text

    stream = sys.stdout if result else sys.stderr
    match format if result else Format.TEXT:
        case Format.JSON:
            text = as_json(findings)
        case Format.GITHUB:
            text = as_github(findings)
        case _:
            text = as_text(findings, lines_below(root), colour(stream))
    (out if result else note)(text) if text else None


def print_stop(stop: StopError) -> None:
    """What stopped a command, on stderr."""
    print_findings(stop.findings, stop.root or Path.cwd(), Format.TEXT, result=False)
