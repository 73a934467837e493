"""Where text goes: results to stdout, all else to stderr, colour only where a person looks (who prints it decides, see `colour`)."""

import os
import sys
from typing import TextIO

import typer


def out(text: str) -> None:
    """A result, on stdout."""
    typer.echo(text, nl=not text.endswith("\n"), color=True)


def note(text: str) -> None:
    """Anything else, on stderr."""
    typer.echo(text, err=True, nl=not text.endswith("\n"), color=True)


def colour(stream: TextIO) -> bool:
    """Whether to colour what goes to a stream (https://no-color.org: any non-empty NO_COLOR says no)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def stdout_colour() -> bool:
    return colour(sys.stdout)
