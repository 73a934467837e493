"""Extract files of a table: which files of a folder they are, and the time each tells."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from retailflow.model.table import Table

_PARTS = re.compile(r"\{time:([^{}]*)\}|(\*\*/?)|(\*)|(\?)|([^{*?]+|\{)")
_TIME = re.compile(r"\{time:[^{}]*\}")
_DIGITS = {"Y": "4", "m": "2", "d": "2", "H": "2", "M": "2", "S": "2", "f": "1,6", "j": "3", "y": "2"}
_HIDDEN = re.compile(r"(^|/)\.")  # files that are still being written, and those of the file system


@dataclass(frozen=True, slots=True)
class ExtractFile:
    """`name`: the path relative to the files folder, which is the extract's id; `time`: what it tells of itself, UTC without a zone."""

    name: str
    path: Path
    time: datetime


def extract_files(table: Table, files: Path) -> Iterator[ExtractFile]:
    """The files that `files.path` of a table matches, by (time, name); one whose name should tell a time and does not is none."""
    if table.extract is None:
        return
    expression, time_format = compiled(table.extract.path)
    found: list[ExtractFile] = []
    for name, path in _below(files):
        match = expression.fullmatch(name)
        if match is not None:
            time = _told(match["time"], time_format, table.source.time_zone) if time_format else _modified(path)
            if time is not None:
                found.append(ExtractFile(name, path, time))
    yield from sorted(found, key=lambda f: (f.time, f.name))


def untimed(tables: Sequence[Table], files: Path) -> Iterator[tuple[Table, str]]:
    """Files that would be extracts of a table if what stands for `{time:…}` in their names were a time, and that are no other table's."""
    timed = [
        (table, _anything_for_time(table.extract.path)) for table in tables if table.extract is not None and "{time:" in table.extract.path
    ]
    if not timed:
        return
    taken = {file.name for table in tables for file in extract_files(table, files)}
    for name, _ in sorted(_below(files)):
        for table, expression in timed:
            if name not in taken and expression.fullmatch(name):
                yield table, name
                break


def _below(files: Path) -> Iterator[tuple[str, Path]]:
    for path in files.rglob("*"):
        name = path.relative_to(files).as_posix()
        if not _HIDDEN.search(name) and path.is_file():
            yield name, path


def _anything_for_time(pattern: str) -> re.Pattern[str]:
    return compiled(_TIME.sub("*", pattern))[0]


def compiled(pattern: str) -> tuple[re.Pattern[str], str]:
    """A regular expression for `files.path`, and the `strftime` format in it. `*` and `?` stay within a folder, `**` does not."""
    expression, time_format = "", ""
    for declared, anywhere, star, one, literal in _PARTS.findall(pattern):
        if declared:
            time_format = declared
            expression += f"(?P<time>{re.sub(r'%(.)|(.)', _directive, declared)})"
        else:
            expression += ".*" if anywhere else "[^/]*" if star else "[^/]" if one else re.escape(literal)
    return re.compile(expression), time_format


def _directive(match: re.Match[str]) -> str:
    if match[1] is None:
        return re.escape(match[2])
    return re.escape("%") if match[1] == "%" else rf"\d{{{_DIGITS[match[1]]}}}" if match[1] in _DIGITS else "[^/]+?"


def _told(text: str, time_format: str, zone: str) -> datetime | None:
    """Local time of the source as UTC: in an overlap the earlier instant, in a gap the offset before it."""
    try:
        local = datetime.strptime(text, time_format)
    except ValueError:
        return None
    if local.tzinfo is None:
        local = local.replace(tzinfo=ZoneInfo(zone), fold=0)
    return local.astimezone(UTC).replace(tzinfo=None)


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime_ns // 1_000 / 1_000_000, UTC).replace(tzinfo=None)
