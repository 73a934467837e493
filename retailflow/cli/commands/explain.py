"""`retailflow explain`: the page of a code."""

from typing import Annotated

import typer

from retailflow.cli.terminal import out
from retailflow.errors import Finding, StopError, did_you_mean


def explain(code: Annotated[str | None, typer.Argument(metavar="CODE", help="Such as RF101; without one, all are listed.")] = None) -> None:
    """Say what a code means, with a wrong and a right example."""
    from retailflow.errors.pages import codes, page

    known = codes()
    if code is None:
        out("\n".join(f"{c}  {page(c).title}" for c in known))
        return
    wanted = code.upper()
    if wanted not in known:
        raise StopError(
            [Finding("RF121", f"there is no code `{code}`", hint=did_you_mean(wanted, known) or "`retailflow explain` lists all")], 2
        )
    out(page(wanted).text)
