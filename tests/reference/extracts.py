"""Extract files of route `batch`: every row an outcome of its own, and a mark when the file is a full one (SEMANTICS 2)."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from tests.reference.events import ROW, Admitted, Coordinates, Event, ExtractFile, Held, Mark, Outcome, Quarantined, Skipped
from tests.reference.rows import Fields, Refused, check_row, image, parse_json, read_key, read_row
from tests.reference.spec import Generation, Specs, Table
from tests.reference.values import instant, to_utc

_DIGITS = {"Y": "4", "m": "2", "d": "2", "H": "2", "M": "2", "S": "2", "f": "1,6", "j": "3", "y": "2"}
_PARTS = re.compile(r"\{time:([^}]*)\}|(\*\*/?)|(\*)|(\?)|([^{*?]+|\{)")


def matcher(pattern: str) -> tuple[re.Pattern[str], str | None]:
    """A regular expression for `files.path` and the `strftime` format in it. `*` stays within a directory."""
    expression, time_format = "", None
    for declared, anywhere, star, one, literal in _PARTS.findall(pattern):
        if declared:
            time_format = declared
            expression += (
                "(?P<time>" + re.sub(r"%(\w)|(.)", lambda m: rf"\d{{{_DIGITS[m[1]]}}}" if m[1] else re.escape(m[2]), declared) + ")"
            )
        else:
            expression += ".*" if anywhere else "[^/]*" if star else "[^/]" if one else re.escape(literal)
    return re.compile(expression), time_format


def table_of(specs: Specs, file: ExtractFile) -> Table | None:
    """A file whose name should tell a time and tells none is no table's."""
    return next((t for t in specs.tables.values() if t.files and _is_of(t, file)), None)


def _is_of(table: Table, file: ExtractFile) -> bool:
    assert table.files is not None
    pattern, time_format = matcher(table.files.path)
    match = pattern.fullmatch(file.path)
    try:
        return match is not None and (time_format is None or bool(datetime.strptime(match["time"], time_format)))
    except ValueError:
        return False


def extract_time(table: Table, file: ExtractFile) -> datetime | None:
    """What the path says, in the source's zone, else the modification time."""
    assert table.files is not None
    pattern, time_format = matcher(table.files.path)
    match = pattern.fullmatch(file.path)
    if time_format is None or match is None:
        return file.modified
    return to_utc(datetime.strptime(match["time"], time_format), table.source.zone)


def read_extract(specs: Specs, file: ExtractFile) -> Iterator[tuple[Coordinates, str, Outcome]]:
    """Coordinates, content and outcome of every row; the mark of a full extract stands last, at offset -1."""
    table = table_of(specs, file)
    if table is None or table.files is None:
        return
    number = file.generation if file.generation is not None else table.generation
    generation = table.generation_of(number)
    time = extract_time(table, file)
    for offset, (content, fields) in enumerate(_lines(table.files.format, file.text)):
        try:
            outcome = _row(table, generation, file.path, time, offset, fields)
        except Refused as refused:
            outcome = Quarantined(refused.reason, refused.detail)
        yield (file.path, number, 0, offset), content, outcome
    if table.files.full and generation is not None and generation.route == "batch" and time is not None:
        mark = Mark(table.name, generation.incarnation, file.path, (time,), None, time)
        yield (file.path, number, 0, -1), "", Skipped("mark", table.source.name, time, mark)


def _lines(file_format: str, text: str) -> Iterator[tuple[str, Any]]:
    if file_format == "csv":
        for row in csv.DictReader(io.StringIO(text, newline="")):
            yield repr(row), {name: value or None for name, value in row.items() if name is not None}
    else:
        for line in text.split("\n"):
            if line.strip():
                yield line, line


def _row(table: Table, generation: Generation | None, path: str, time: datetime | None, offset: int, raw: Any) -> Outcome:
    if generation is None:
        raise Refused("generation", path)
    if generation.route != "batch":
        raise Refused("route", f"events of {table.name} come by {generation.route}")
    if time is None:
        raise Refused("unorderable", "no time")
    fields = _fields(raw)
    key = read_key(table, fields) if table.key else (path, generation.number, 0, offset)
    held = Held(table.name, generation.incarnation, path, key, (time,))
    try:
        row = read_row(table, fields)
        check_row(table, row)
        time = _declared(table, row) or time
    except Refused as refused:
        return Quarantined(refused.reason, refused.detail, held)
    event = Event(
        table=table.name,
        key=key,
        kind="extract",
        sequence=(generation.incarnation, (time,), ROW, (path,)),
        time=time,
        row=image(table, row),
        identity=(table.source.name, generation.incarnation, table.name, "extract", key, path),
        begins=table.files is not None and table.files.full,
    )
    return Admitted((event,), held)


def _declared(table: Table, row: Fields) -> datetime | None:
    """The time a row of an incremental extract declares itself."""
    if table.time is None or table.files is None or table.files.full:
        return None
    declared = row.get(table.time)
    if not isinstance(declared, date):
        raise Refused("unorderable", "no time")
    return instant(declared)


def _fields(raw: Any) -> Fields:
    if isinstance(raw, dict):
        return raw
    try:
        value = parse_json(raw)
    except (ValueError, RecursionError):
        raise Refused("undecodable", "not JSON") from None
    if not isinstance(value, dict):
        raise Refused("undecodable", "not an object")
    return value
