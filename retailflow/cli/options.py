"""Options that mean the same in every command."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", help="Folder of retailflow.yaml (default: this one or the nearest above it).", show_default=False),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How findings are printed.")]
SelectOption = Annotated[
    list[str] | None,
    typer.Option("--select", help="Tables: name, glob, group:x, +name (what it needs), name+ (what needs it).", show_default=False),
]
