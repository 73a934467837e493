"""Going on from topics that are there: the rows they leave alive, the offsets and log positions they have reached."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from retailflow.local.simulate.log_position import LogPosition
from retailflow.local.simulate.rows import Rows
from retailflow.local.simulate.topic_file import TopicFile
from retailflow.model.source import Route


@dataclass(slots=True)
class Seen:
    """What a topic holds. `latest`: per key the place and the row, None when deleted; `time`: the greatest commit time."""

    records: int = 0
    offsets: dict[int, int] = field(default_factory=dict)
    latest: dict[tuple[str, ...], tuple[tuple[str, str, int], dict[str, Any] | None]] = field(default_factory=dict)
    position: str = ""
    time: int = 0


def read_topic(folder: Path, topic: str, key_fields: tuple[str, ...]) -> Seen:
    """Everything of a topic; records that are no changes only count for offsets and time."""
    seen = Seen()
    for path in (folder / f"{topic}.jsonl", *sorted((folder / topic).glob("*.jsonl"))):
        if path.is_file():
            for number, record in enumerate(_records(path)):
                _take(seen, record, number, key_fields)
    return seen


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                yield record


def _take(seen: Seen, record: dict[str, Any], number: int, key_fields: tuple[str, ...]) -> None:
    partition = record.get("partition", 0)
    seen.records += 1
    seen.offsets[partition] = max(seen.offsets.get(partition, 0), record.get("offset", number) + 1)
    value = record.get("value")
    source = value.get("source") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(source, dict):
        return
    position, change = str(source.get("commit_lsn") or source.get("lsn") or ""), str(source.get("change_lsn") or "")
    after, before = value.get("after"), value.get("before")
    image = after if isinstance(after, dict) else before if isinstance(before, dict) else None
    if not position or image is None or not all(image.get(f) is not None for f in key_fields):
        return
    seen.position = max(seen.position, _padded(position))
    seen.time = max(seen.time, int(source.get("ts_ms") or 0))
    place = (_padded(position), change, int(source.get("event_serial_no") or 0))
    _place(seen, image, key_fields, place, after if isinstance(after, dict) else None)
    if isinstance(after, dict) and isinstance(before, dict):
        _place(seen, before, key_fields, (*place[:2], place[2] - 1), None)


def _place(seen: Seen, image: dict[str, Any], key_fields: tuple[str, ...], place: tuple[str, str, int], row: dict[str, Any] | None) -> None:
    key = tuple(json.dumps(image.get(f), ensure_ascii=False) for f in key_fields)
    known = seen.latest.get(key)
    if known is None or known[0] < place:
        seen.latest[key] = (place, row)


def _padded(position: str) -> str:
    return position if ":" in position else position.rjust(20, "0")


def restore(rows: Rows, topic: TopicFile, log: LogPosition, seen: Seen) -> None:
    """Put rows, counters, offsets and log where the topic left them."""
    topic.size = seen.records
    topic.offsets = [seen.offsets.get(partition, 0) for partition in range(max(len(topic.offsets), *(p + 1 for p in seen.offsets), 1))]
    if seen.position:
        log.resume(seen.position)
    rows.made += max(seen.records, len(seen.latest))
    counter = rows.counter
    if rows.table.route is Route.STREAM and counter is not None:
        counter.used = min(counter.used + seen.records, counter.limit)
    fields = [json.loads(head[:-1]) for head in rows.heads]
    for number, (key, (_, image)) in enumerate(seen.latest.items()):
        if counter is not None and rows.owner is None:
            counter.taken.add(key[rows.key_at.index(rows.counted_at)])
        if image is not None:
            if rows.taken is not None:
                rows.taken.add(key)
            parts = [head + json.dumps(image.get(name), ensure_ascii=False) for head, name in zip(rows.heads, fields, strict=True)]
            rows.add(key, parts, None, number + 1)


def rejoin(rows: Rows) -> None:
    """Give lines back to their owners."""
    if rows.owner is None:
        return
    homes = {row.key: row for row in rows.owner.parent.live.rows}
    for row in rows.live:
        home = homes.get(tuple(row.parts[at][len(head) :] for at, head in rows.owner.slots))
        if home is not None:
            home.own(rows, row)
            line = row.parts[rows.counted_at][len(rows.heads[rows.counted_at]) :] if rows.counted_at >= 0 else ""
            row.number = int(line) if line.isdigit() else len(home.owned or ())
