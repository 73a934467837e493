"""The `retailflow` command: registers every command and turns what was raised into an exit code."""

import sys
import traceback
from typing import Annotated

import typer

from retailflow import __version__
from retailflow.cli.registry import commands
from retailflow.errors import StopError

INTERNAL = 70  # sysexits EX_SOFTWARE; 0 to 3 have meanings of their own


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"retailflow {__version__}")
        raise typer.Exit


def _main(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")] = False,
) -> None:
    """One YAML file per source table in, everything that carries it to a star schema out."""


def build() -> typer.Typer:
    """The application with all of its commands."""
    app = typer.Typer(
        name="retailflow", add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, callback=_main
    )
    for name, panel, function in commands():
        app.command(name, rich_help_panel=panel)(function)
    return app


def main() -> None:
    """Entry point. Exit codes: 0 clean, 1 findings, 2 usage or configuration, 3 stale, 70 a fault of retailflow itself."""
    try:
        build()()
    except StopError as stop:
        from retailflow.cli.findings import print_stop

        print_stop(stop)
        sys.exit(stop.exit_code)
    except Exception:
        traceback.print_exc()
        typer.echo("\nThis is a fault of retailflow, not of your files. Please report it with the lines above.", err=True)
        sys.exit(INTERNAL)
