"""What a Glue job is started with: `--name value` pairs, ours among Glue's own."""

import sys
from collections.abc import Sequence


class MissingArgumentError(Exception):
    """The job was started without something it needs."""


def read(names: Sequence[str], arguments: Sequence[str] | None = None, optional: Sequence[str] = ()) -> dict[str, str]:
    """The values of `names` (all needed) and `optional`, from `--name value` or `--name=value`; everything else is passed over."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    found: dict[str, str] = {}
    while words:
        word = words.pop(0)
        name, assigned, value = word.removeprefix("--").partition("=")
        if word.startswith("--") and name in {*names, *optional}:
            found[name] = value if assigned else (words.pop(0) if words else "")
    missing = [name for name in names if not found.get(name)]
    if missing:
        raise MissingArgumentError("start the job with " + ", ".join(f"--{name} VALUE" for name in missing))
    return found
