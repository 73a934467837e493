"""`retailflow schema`: JSON Schema of the spec, for editors."""

from enum import StrEnum
from typing import Annotated

import typer

from retailflow.cli.terminal import out


class What(StrEnum):
    TABLE = "table"
    PROJECT = "project"


def schema(what: Annotated[What, typer.Argument(help="`tables/*.yaml`, or `retailflow.yaml`.")] = What.TABLE) -> None:
    """Print the JSON Schema of a table file or of retailflow.yaml."""
    import json

    from retailflow.spec import json_schema

    out(json.dumps(json_schema(what.value), indent=2, ensure_ascii=False))
