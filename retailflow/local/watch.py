"""Watching: a run whenever a file of the folders has changed."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from retailflow.local.folders import Folders
from retailflow.local.report import Report

Look = frozenset[tuple[str, int, int]]


def watch(take: Callable[[], Report], folders: Folders, interval: float, sleep: Callable[[float], None] = time.sleep) -> Iterator[Report]:
    """A report of a run now, and of one after every change, without end; between runs nothing is held open."""
    while True:
        before = look(folders)
        yield take()
        while (now := look(folders)) == before:
            sleep(interval)
        while extracts_of(now, folders) != extracts_of(before, folders):  # one may still be being written: wait until it stands still
            before = now
            sleep(interval)
            now = look(folders)


def look(folders: Folders) -> Look:
    """Every file there is, with its size and time of change; what is gone again before it was looked at is left out."""
    found: set[tuple[str, int, int]] = set()
    for folder in (folders.topics, folders.files):
        for path in folder.rglob("*") if folder.is_dir() else ():
            found.update(_facts(path))
    return frozenset(found)


def extracts_of(seen: Look, folders: Folders) -> Look:
    """The part of a look that is extracts."""
    return frozenset(fact for fact in seen if Path(fact[0]).is_relative_to(folders.files))


def _facts(path: Path) -> Iterator[tuple[str, int, int]]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return
    if path.is_file():
        yield str(path), stat.st_size, stat.st_mtime_ns
