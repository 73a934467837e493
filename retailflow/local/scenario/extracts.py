"""Extract files of route batch, as their spec says they are written."""

import csv
import io
import json

from retailflow.local.extract_path import compiled
from retailflow.local.scenario.encode import NoValueError, in_file, utc
from retailflow.local.scenario.rows import Rows, Steps
from retailflow.local.scenario.scenario import Extract
from retailflow.model.source import Extract as ExtractSpec
from retailflow.model.source import Route
from retailflow.model.table import Table
from retailflow.resolve.sink import Sink
from retailflow.source.node import Sequence
from retailflow.spec.scenario import EventSpec


def extract(table: Table, entry: EventSpec, steps: Steps, sink: Sink) -> Extract | None:
    """The file of an entry, None where a finding says why there is none."""
    files, path = table.extract, entry.extract or ""
    ages = [age for age, era in enumerate(reversed(table.eras)) if era.route is Route.BATCH]
    if files is None or not ages:
        sink.add("RF532", f"`{table.name}` does not come in files", *steps, "extract", hint="set `ingest: batch` and `files` in its spec")
        return None
    if compiled(files.path)[0].fullmatch(path) is None or path.startswith("/") or ".." in path.split("/") or not path.isprintable():
        sink.add("RF532", f"`{path}` is not matched by `{files.path}`", *steps, "extract", hint="the table would not read this file")
        return None
    if (entry.rows is None) == (entry.text is None):
        sink.add("RF532", "an extract has either `rows` or `text`", *steps)
        return None
    text = entry.text if entry.rows is None else _written(Rows(table, sink), files, (*steps, "rows"))
    try:
        at = None if entry.at is None else utc(entry.at)
    except NoValueError as error:
        sink.add("RF533", f"`{entry.at}` {error}", *steps, "at")
        return None
    if at is None and "{time" not in files.path:
        sink.add("RF532", "nothing says when this extract was made", *steps, hint="write `at: 2024-03-01 10:00`")
    return Extract(table.name, ages[0], path, text or "", at)


def _written(rows: Rows, files: ExtractSpec, steps: Steps) -> str:
    found = _rows(rows, files, steps)
    if files.format == "json":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
    header = list(dict.fromkeys(name for row in found for name in row)) or [c.field for c in rows.table.columns if c.expression is None]
    for number, row in enumerate(found):
        if missing := [name for name in header if name not in row]:
            hint = "write `null` for an empty field"
            rows.sink.add("RF532", f"a row of a CSV file cannot be without `{missing[0]}`, which others have", *steps, number, hint=hint)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([row.get(name) or "" for name in header] for row in found)
    return text.getvalue()


def _rows(rows: Rows, files: ExtractSpec, steps: Steps) -> list[dict[str, str | None]]:
    node = rows.sink.document.node(*steps)
    found: list[dict[str, str | None]] = []
    for number in range(len(node.items) if isinstance(node, Sequence) else 0):
        row: dict[str, str | None] = {}
        for column, value in rows.columns((*steps, number)):
            try:
                row[column.field] = in_file(column.type, value, files.date_format)
            except NoValueError as error:
                rows.sink.add("RF533", f"the value of `{column.name}` {error}", *steps, number, column.name, hint=f"`{column.type.tsql}`")
        found.append(row)
    return found
