"""The commands, by what they are for: a new one is a module in `commands` and one line here."""

from collections.abc import Callable, Iterator
from importlib import import_module

# Name of the module in `commands` (`add_table` is the command `add-table`) and the panel of `--help` it stands in.
COMMANDS = (
    ("init", "author"),
    ("add_table", "author"),
    ("validate", "author"),
    ("explain", "author"),
    ("schema", "author"),
    ("ls", "author"),
    ("show", "author"),
    ("generate", "build"),
    ("simulate", "prove"),
    ("run", "prove"),
    ("query", "prove"),
    ("audit", "prove"),
    ("backfill", "operate"),
    ("test", "prove"),
    ("lint_sql", "dev"),
)


def commands() -> Iterator[tuple[str, str, Callable[..., None]]]:
    """The name a person types, the panel, and the function, of every command."""
    for module, panel in COMMANDS:
        yield module.replace("_", "-"), panel, getattr(import_module(f"retailflow.cli.commands.{module}"), module)
