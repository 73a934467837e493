"""Progress of long work on stderr, only where somebody watches and only once it takes long."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from retailflow.cli.terminal import colour

PATIENCE = 1.0  # seconds


@contextmanager
def steps() -> Iterator[Callable[[str, int, int], None]]:
    """An observer of steps: a bar with the name of the one under way."""
    if not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, no_color=not colour(sys.stderr))
    columns = (BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn(), TextColumn("{task.description}"))
    progress = Progress(*columns, console=console, transient=True)
    task = progress.add_task("", total=None)
    started = time.monotonic()

    def observe(step: str, done: int, total: int) -> None:
        progress.update(task, description=step, completed=done, total=total)
        if not progress.live.is_started and time.monotonic() - started > PATIENCE:
            progress.start()

    try:
        yield observe
    finally:
        progress.stop()
