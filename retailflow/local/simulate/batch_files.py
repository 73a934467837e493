"""Extract files for tables of route batch: what is there at the start of the day, and what is there at its end."""

import csv
import io
import json
import os
import re
from datetime import date, datetime, timedelta
from pathlib import Path

from retailflow.local.simulate.clock import midnight
from retailflow.local.simulate.options import Counts, Options
from retailflow.local.simulate.row import GONE, Row
from retailflow.local.simulate.rows import Rows
from retailflow.model.source import Extract, ExtractMode
from retailflow.types import Kind

_TIME = re.compile(r"\{time:([^{}]*)\}")
_WILD = re.compile(r"\*\*/?|\*|\?")


def write_extracts(rows: Rows, files: Path, options: Options, day: date, counts: Counts) -> list[Path]:
    """Write the table's files; a path without a wildcard or a time has room for one only."""
    extract = rows.table.extract
    if extract is None:
        return []
    first, next_day = _path(extract.path, day), day + timedelta(days=1)
    written = (
        []
        if options.append and any(files.glob(_TIME.sub("*", extract.path)))
        else [_write(rows, extract, files / first, rows.live.rows, day, counts)]
    )
    second = _path(extract.path, next_day)
    if second != first:
        touched = _pass_a_day(rows, day, options)
        content = rows.live.rows if extract.mode is ExtractMode.FULL else touched
        written.append(_write(rows, extract, files / second, content, next_day, counts))
    return written


def _path(pattern: str, day: date) -> str:
    """The path of a pattern for one day."""
    if _TIME.search(pattern):
        pattern = _TIME.sub(lambda m: datetime(day.year, day.month, day.day).strftime(m[1]), pattern)
        return _WILD.sub(lambda m: "" if m[0].startswith("**") else "0", pattern)
    return _WILD.sub(lambda m: {"*": day.isoformat(), "?": "0"}.get(m[0], ""), pattern)


def _pass_a_day(rows: Rows, day: date, options: Options) -> list[Row]:
    """Some rows change, a few go, a few are new."""
    touched: dict[int, Row] = {}
    c = rows.moment
    c.at(midnight(day, rows.table.source.time_zone) + 61_200_000)
    count = len(rows.live)
    for _ in range(int(count * min(options.updates, 1.0) / 3)):
        row = rows.live.popular(c.random())
        row.parts = rows.changed(row, c)
        touched[id(row)] = row
    for _ in range(int(count * min(options.deletes, 0.5))):
        rows.remove(rows.live.popular(c.random()))
    for _ in range(max(1, count // 40)):
        new = rows.create(c)
        if new is not None:
            touched[id(new)] = new
    return [row for row in touched.values() if row.slot != GONE]


def _write(rows: Rows, extract: Extract, path: Path, content: list[Row], day: date, counts: Counts) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _csv(rows, extract, content) if extract.format == "csv" else "".join(f"{row.image}\n" for row in content)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    temporary.write_text(text, encoding="utf-8", newline="")
    seconds = midnight(day, rows.table.source.time_zone) / 1000
    os.utime(temporary, (seconds, seconds))  # the time of an extract that does not tell its own
    os.replace(temporary, path)
    counts.extract_rows += len(content)
    return path


def _csv(rows: Rows, extract: Extract, content: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = [c for c in rows.table.columns if c.expression is None]
    dated = {c.field for c in columns if extract.date_format and c.type.kind in (Kind.DATE, Kind.TIMESTAMP)}
    writer.writerow(c.field for c in columns)
    for row in content:
        image = json.loads(row.image)
        writer.writerow(_cell(value, extract.date_format if field in dated else "") for field, value in image.items())
    return out.getvalue()


def _cell(value: object, date_format: str) -> str:
    if value is None:
        return ""
    return datetime.fromisoformat(str(value)).strftime(date_format) if date_format else str(value)
