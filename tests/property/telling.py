"""A history that failed, told so that a person can follow it: the specs, what came in each load, the rows that differ."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.property.harness import Rows
from tests.reference.events import Record
from tests.reference.histories import Project

_KEYS = ("valid_from", "period_start")


@dataclass(frozen=True, repr=False)
class Case:
    """A random history and how it is delivered."""

    history: Project
    loads: list[list[Record]]

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """What hypothesis shows of it; the whole is in `told`."""
        printer.text(repr(self))

    def __repr__(self) -> str:
        return f"<{len(self.history.tables)} tables, {len(self.history.records)} records, {len(self.loads)} loads>"


def told(case: Case, got: dict[str, Rows], want: dict[str, Rows]) -> str:
    """Empty when the stars are equal."""
    differences = list(_differences(got, want))
    return "\n".join(["", *_specs(case.history), *_arrivals(case), *differences]) if differences else ""


def _specs(history: Project) -> Iterator[str]:
    for spec in ({"sources": history.config["sources"]}, *history.tables):
        yield yaml.safe_dump(spec, sort_keys=False, default_flow_style=None, width=150).rstrip()
        yield ""


def _arrivals(case: Case) -> Iterator[str]:
    for file in case.history.files:
        yield f"file {file.path} of generation {file.generation}:"
        yield from (f"  {line}" for line in file.text.splitlines())
    for number, load in enumerate(case.loads, start=1):
        yield f"load {number}: {len(load)} record{'' if len(load) == 1 else 's'}"
        yield from (f"  {_record(record)}" for record in load)
    yield ""


def _record(record: Record) -> str:
    """What counts of a record in a line; an envelope is taken apart."""
    at = f"{record.topic}/{record.generation}/{record.offset}"
    at += "" if record.timestamp is None else f" ({record.timestamp})"
    value = record.value
    if not isinstance(value, dict) or "op" not in value or "source" not in value:
        return f"{at} {_json(value)}"
    source = {k: v for k, v in value["source"].items() if k not in ("connector", "schema", "snapshot") and v is not None}
    rows = " ".join(f"{k} {_json(value[k])}" for k in ("before", "after") if value.get(k) is not None)
    return f"{at} {value['op']} {rows or 'key ' + _json(record.key)} {_json(source)}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _differences(got: dict[str, Rows], want: dict[str, Rows]) -> Iterator[str]:
    """Rows of one key and start that are not alike as one line of columns, all others whole."""
    for name in sorted(want.keys() | got.keys()):
        mine, theirs = list(got.get(name, [])), list(want.get(name, []))
        for row in list(mine):
            if row in theirs:
                mine.remove(row)
                theirs.remove(row)
        for row in theirs:
            other = next((m for m in mine if _told_apart(m) == _told_apart(row)), None)
            if other is None:
                yield f"{name} lacks {_line(row)}"
            else:
                mine.remove(other)
                differing = [k for k in {**row, **other} if row.get(k) != other.get(k)]
                columns = "; ".join(f"{k} is {other.get(k)!r}, should be {row.get(k)!r}" for k in differing)
                yield f"{name} {_line({k: v for k, v in row.items() if k not in differing})}: {columns}"
        yield from (f"{name} has   {_line(row)}" for row in mine)


def _told_apart(row: dict[str, Any]) -> list[Any]:
    """What stands in its key columns, and its start."""
    return [v for k, v in row.items() if k in _KEYS or k in ("site", "product_id", "category_id", "purchase_id", "line_no")]


def _line(row: dict[str, Any]) -> str:
    return ", ".join(f"{k}={v}" for k, v in row.items())
