"""DuckDB reads topic files itself; what it makes of every line is what Python makes of it."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from retailflow.local.duckdb_engine import DuckDbWarehouse
from retailflow.local.engine import Intake, Row
from retailflow.local.topics.lines import numbered
from retailflow.local.topics.portion import Taken, new_portion
from retailflow.local.topics.records import records

ENVELOPE = '{"before":null,"after":{"a":1.5,"b":"x\\"y é ,}","c":[1,{"z":true}],"d":"-12"},"op":"c","n":"http://info//b, ]"}'
VALUES: list[str] = [
    *[ENVELOPE] * 4,
    *[json.dumps(ENVELOPE), "null", "5", "true", "[1]", '""', "{}", '"{}"', '"[]"', '"tomb"', '"\\u0000x"', '{"a":"\\u0000"}'],
    *['{"a":"\\\\u0000"}', '{"a":"\\ud800"}', '{"a":"\\u00e9\\ud83d\\ude00"}', '{"a":1,}', '{"a":NaN}', '{"schema":1,"payload":null}'],
    *[
        f'{{"schema":{{"a":1}},"payload":{ENVELOPE}}}',
        json.dumps(f'{{"schema":null, "payload":{ENVELOPE}}}'),
        '{"schema":1,"payload":2,"x":3}',
    ],
    *map(
        json.dumps,
        ['{"a":"\\u0000"}', '{"a":1,}', '{"a":nan}', '{"a":"nan ,}"}', '{"broken', '{"a":1}x', ' {"a" : 1}\n ', '{"a":"\\ud800"}'],
    ),
]
KEYS: list[str] = [
    *['{"id":1}', "null", '"C-17"', '"{\\"id\\":1}"', "7", '"7"', '{"schema":{},"payload":{"id":3}}', '{"schema":1,"payload":null}'],
    *['"{\\"id\\":1,}"', '{"id":"\\u0000"}', '"{\\"a\\""', "[1,2]", '"payload"', '""'],
]
OFFSETS: list[str] = [*["%d"] * 6, "null", '"12"', "1.5", "-1", "1e3", "99999999999999999999", "9223372036854775807"]
PARTITIONS = ["0", "1", "2", "0", "1", "2", "null", "-1", '"a"', "2147483648", "2147483647"]
TIMES = ["1700000000123", "1700000000123", "null", "-1", '"x"', "99999999999999999", "0"]
NO_RECORDS: list[str] = [
    "",
    "garbage",
    "garbage",
    "[1]",
    "5",
    "null",
    "   ",
    "\ufeff{}",
    "a\rb",
    '{"value":{"a":1},\r"offset":3}',
    "x\0y",
    "{'a':1}",
]
INSERTED: list[str] = [*'{},"x\té', "\\", "//", "\x01"]


def line(rng: random.Random, number: int) -> str:
    fields = [
        f'"key":{rng.choice(KEYS)}',
        f'"value": {rng.choice(VALUES)}',
        f'"partition":{rng.choice(PARTITIONS)}',
        f'"offset": {rng.choice(OFFSETS).replace("%d", str(number))}',
        f'"timestamp":{rng.choice(TIMES)}',
        '"headers":{"a":"b"}',
    ]
    rng.shuffle(fields)
    text = "{" + rng.choice([", ", ",", " ,  "]).join(fields[: rng.choice([6, 6, 6, 5, 4])]) + "}"
    fate = rng.random()
    if fate < 0.15:
        at = rng.randrange(len(text))
        return text[:at] + rng.choice(INSERTED) + text[at + rng.choice([0, 1]) :]
    broken: list[str] = [*NO_RECORDS, text + "\r", text[: len(text) // 2], text + text]
    return rng.choice(broken) if fate < 0.2 else text


def raw(folder: Path, file: Path, before: Taken | None = None) -> tuple[list[Row], list[Row]]:
    """What DuckDB and Python make of what is new in a file."""
    portion = new_portion(file, before)
    assert portion is not None
    with closing(DuckDbWarehouse(folder / "w.duckdb", ("staging", "dw"))) as warehouse:
        warehouse.load_raw("raw_t", [Intake("t", 1, (portion,))])
        read = warehouse.rows("SELECT partition_no, record_offset, record_ts, record_key, record_value, payload FROM raw_t")
    mine = [
        (r.partition_no, r.record_offset, r.record_ts, r.record_key, r.record_value, r.payload) for r in records("t", 1, numbered(portion))
    ]
    return read, list(mine)


def canonical(rows: list[Row]) -> Counter[str]:
    """Engines may write JSON as they like."""
    return Counter(repr((*row[:3], *map(as_json, row[3:]))) for row in rows)


def as_json(text: object) -> object:
    try:
        return None if text is None else json.loads(str(text))
    except ValueError:
        return ("text", text)


@pytest.fixture
def seeds() -> Iterator[int]:
    return iter(random.sample(range(10**9), 12))


def test_both_read_the_same_of_any_line(tmp_path: Path, seeds: Iterator[int]) -> None:
    for seed in seeds:
        rng = random.Random(seed)
        content = "\n".join(line(rng, n) for n in range(300)).encode() + rng.choice([b"", b"\n"])
        if rng.random() < 0.3:
            content = content[:500] + b"\xff" + content[500:]
        file = tmp_path / "t.jsonl"
        file.write_bytes(content)
        read, mine = raw(tmp_path, file)
        assert canonical(read) == canonical(mine), f"seed {seed}"
        assert len(read) > 250


def test_lines_of_megabytes(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    sizes = [1, 3_000_000, 10, 12_000_000, 5]
    file.write_text("".join(f'{{"offset":{n},"value":{{"a":"{text}"}}}}\n' for n, text in enumerate("x" * size for size in sizes)))
    read, _ = raw(tmp_path, file)
    assert sorted((row[1], len(str(row[5]))) for row in read) == [(n, size + 8) for n, size in enumerate(sizes)]


def test_windows_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"value":{"a":1}}\r\n\r\n{"value":{"a":2}}\r\n')
    read, mine = raw(tmp_path, file)
    assert sorted((row[1], row[5]) for row in read) == [(0, '{"a":1}'), (2, '{"a":2}')]
    assert canonical(read) == canonical(mine)
