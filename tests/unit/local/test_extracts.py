"""Extract files: which they are, when they were taken, what their rows say, and when they are complete."""

import json
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from retailflow.local.engine import RawRecord
from retailflow.local.extracts import MARK_OFFSET, extract_files, read_extract, untimed
from retailflow.model.source import Era, Extract, ExtractMode, Route
from retailflow.model.table import Table
from tests.factories import ERP, column, table

COLUMNS = (column("sku", "varchar(5)", nullable=False), column("price", "money"), column("since", "datetime"), column("on_day", "date"))


def batch(path: str = "prices.csv", **changes: Any) -> Table:
    extract = replace(Extract(path, "json" if path.endswith("jsonl") else "csv", ExtractMode.FULL), **changes)
    return table("price", columns=COLUMNS, key=("sku",), eras=(Era(3, 1, Route.BATCH),), extract=extract)


def read(folder: Path, each: Table, content: str | bytes, name: str = "prices.csv") -> list[RawRecord]:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (file,) = extract_files(each, folder)
    return list(read_extract(each, file))


def rows(records: list[RawRecord]) -> list[Any]:
    return [r.payload if r.payload is None else json.loads(r.payload) for r in records if r.record_offset != MARK_OFFSET]


def mark(records: list[RawRecord]) -> int | None:
    """How many keys the end mark counts, None without a mark."""
    found = [json.loads(r.payload or "") for r in records if r.record_offset == MARK_OFFSET]
    assert all(m["retailflow"] == "snapshot_end" for m in found)
    return found[0]["keys"] if found else None


def test_rows_have_coordinates_and_the_time_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("")
    os.utime(tmp_path / "prices.csv", (1_700_000_000.25, 1_700_000_000.25))
    found = read(tmp_path, batch(), 'sku,price,since,on_day\nA,1.5,,2024-01-01\n"B ""b""",,x,\n')
    os.utime(tmp_path / "prices.csv", (1_700_000_000.25, 1_700_000_000.25))
    (file,) = extract_files(batch(), tmp_path)
    found = list(read_extract(batch(), file))
    assert [(r.topic, r.generation, r.partition_no, r.record_offset) for r in found] == [
        ("prices.csv", 3, 0, n) for n in (0, 1, MARK_OFFSET)
    ]
    assert {(r.extract_id, r.extract_ts, r.record_ts, r.record_key) for r in found} == {
        ("prices.csv", datetime(2023, 11, 14, 22, 13, 20, 250_000), None, None)
    }
    assert rows(found) == [
        {"sku": "A", "price": "1.5", "since": None, "on_day": "2024-01-01"},
        {"sku": 'B "b"', "price": None, "since": "x", "on_day": None},
    ]
    assert all(r.record_value == r.payload for r in found)
    assert mark(found) == 2


def test_dates_as_the_files_write_them(tmp_path: Path) -> None:
    found = read(
        tmp_path, batch(date_format="%m/%d/%Y"), "sku,price,since,on_day\nA,1/2/2024,7/4/1996,12/31/1999\nB,,2024-01-01,31/12/1999\n"
    )
    assert rows(found) == [
        {"sku": "A", "price": "1/2/2024", "since": "1996-07-04", "on_day": "1999-12-31"},
        {"sku": "B", "price": None, "since": "2024-01-01", "on_day": "31/12/1999"},
    ]
    assert json.loads(found[0].record_value or "")["since"] == "7/4/1996"
    timed = read(tmp_path, batch(date_format="%d.%m.%y %H:%M"), "sku,since\nA,04.07.96 13:05\n")
    assert rows(timed) == [{"sku": "A", "since": "1996-07-04T13:05:00"}]


@pytest.mark.parametrize(
    ("line", "raw"),
    [
        ("A,1,2,3,4", "A,1,2,3,4"),
        ("A,1", "A,1"),
        ('"A"x,1,2,3', '"A"x,1,2,3'),
        ('A,"1,2,3', 'A,"1,2,3'),
        ("A\x00,1,2,3", "A\\x00,1,2,3"),
    ],
)
def test_what_is_no_row_comes_as_its_text_and_the_extract_is_not_complete(tmp_path: Path, line: str, raw: str) -> None:
    found = read(tmp_path, batch(), f"sku,price,since,on_day\nB,,,\n{line}\n")
    assert [r.payload is None for r in found] == [False, True, False]
    assert (found[1].record_value or "").strip() == raw
    assert mark(found) == 2  # one key and one row of which nobody knows the key: no one can hold that many


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    found = read(tmp_path, batch(), b"sku,price,since,on_day\nM\xfcn,,,\nB,,,\n")
    assert (found[0].payload, found[0].record_value) == (None, "M\\xfcn,,,")
    assert rows(found)[1]["sku"] == "B"


@pytest.mark.parametrize(
    ("keys", "count"),
    [(["a", "A", "a  "], 1), (["a", "b"], 2), (["a", ""], 2), (["a", "toolong"], 2), ([], 0)],
)
def test_distinct_keys_are_counted_in_canonical_form(tmp_path: Path, keys: list[str], count: int) -> None:
    assert mark(read(tmp_path, batch(), "sku,price\n" + "".join(f"{k},1\n" for k in keys))) == count
    sensitive = replace(batch(), source=replace(ERP, case_insensitive=False))
    assert mark(read(tmp_path, sensitive, "sku,price\na,1\nA,1\n")) == 2


@pytest.mark.parametrize("content", ["", "\n", "price\n1\n", "sku,sku\na,b\n"])
def test_a_file_that_names_no_key_says_nothing_about_keys(tmp_path: Path, content: str) -> None:
    assert mark(read(tmp_path, batch(), content)) is None


def test_incremental_extracts_have_no_mark(tmp_path: Path) -> None:
    assert mark(read(tmp_path, batch(mode=ExtractMode.INCREMENTAL), "sku\na\n")) is None


def test_json_lines(tmp_path: Path) -> None:
    lines = [
        '{"sku": "A", "price": 1.10}',
        "",
        '{"sku": "B"',
        "[1]",
        '{"sku": "C", "price": NaN}',
        '{"sku": "D\\u0000"}',
        '{"sku": "E\\\\u0000"}',
    ]
    found = read(tmp_path, batch("p.jsonl"), "\n".join(lines), "p.jsonl")
    assert [r.record_value for r in found[:6]] == [line for line in lines if line]
    assert [r.payload is not None for r in found[:6]] == [True, False, False, False, False, True]
    assert found[0].payload == lines[0]
    dated = read(tmp_path, batch("p.jsonl", date_format="%d.%m.%Y"), '{"sku": "A", "price": 1.10, "since": "4.7.1996"}', "p.jsonl")
    assert rows(dated) == [{"sku": "A", "price": "1.10", "since": "1996-07-04"}]


def test_which_files_and_when(tmp_path: Path) -> None:
    for name in (
        "a/20240331T0230.csv",
        "a/20241027T0230.csv",
        "a/b/20240101T0000.csv",
        "a/.20240101T0000.csv",
        "a/20240101T00.csv",
        "x.csv",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("sku\n")
    each = batch("a/{time:%Y%m%dT%H%M}.csv")  # Berlin: the first is in a gap, the second in an overlap
    assert [(f.name, f.time) for f in extract_files(each, tmp_path)] == [
        ("a/20240331T0230.csv", datetime(2024, 3, 31, 1, 30)),
        ("a/20241027T0230.csv", datetime(2024, 10, 27, 0, 30)),
    ]
    assert [f.name for f in extract_files(batch("a/*/*.csv"), tmp_path)] == ["a/b/20240101T0000.csv"]
    assert {f.name for f in extract_files(batch("**/*.csv"), tmp_path)} >= {"a/b/20240101T0000.csv"}
    assert [f.name for f in extract_files(batch("?.csv"), tmp_path)] == ["x.csv"]
    assert list(extract_files(batch("nothing/*.csv"), tmp_path)) == []
    assert list(extract_files(batch("*.csv"), tmp_path / "missing")) == []


def test_a_name_without_a_time_is_told_and_never_guessed(tmp_path: Path) -> None:
    """By the time of its file an old full extract would stand last, and delete what came since."""
    names = ("a/20240101.csv", "a/20241301.csv", "a/2024-01-02.csv", "a/.20240103.csv", "a/b/x.csv", "a/notes.txt", "a/other-1.csv")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("sku\n")
    timed, other = batch("a/{time:%Y%m%d}.csv"), batch("a/other-*.csv")
    assert [f.name for f in extract_files(timed, tmp_path)] == ["a/20240101.csv"]
    assert [name for _, name in untimed((timed, other), tmp_path)] == ["a/2024-01-02.csv", "a/20241301.csv"]
    assert list(untimed((other,), tmp_path)) == []
