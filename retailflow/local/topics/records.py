"""The raw relation as Python reads it from the lines of topic files, for engines that do not read them themselves."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from retailflow.local.engine import RawRecord
from retailflow.local.topics.unreadable import UNREADABLE, offset_of
from retailflow.runtime.record_text import has_nul, is_json, key_of, members, payload_of

_EPOCH = datetime(1970, 1, 1)
_LAST_MS = 253_402_300_799_999  # of the year 9999
PARTITIONS, OFFSETS = 2**31, 2**63  # more than Kafka has


def record(topic: str, generation: int, number: int, line: str) -> RawRecord:
    """The record in a line, or what stands for a line that is none."""
    parts = members(line)
    partition, offset = (
        (None, None) if parts is None else (_count(parts.get("partition"), PARTITIONS, 0), _count(parts.get("offset"), OFFSETS, number))
    )
    if parts is None or partition is None or offset is None:
        return RawRecord(topic, generation, UNREADABLE, offset_of(number, line), None, None, line, None)
    value = _text(parts.get("value"))
    if value is None:
        payload = None
    elif parts["value"][0] == "{" and "payload" not in value and "u0000" not in value:
        payload = value  # an object within an object has been read already
    else:
        payload = payload_of(value)
    return RawRecord(topic, generation, partition, offset, time_of(parts.get("timestamp")), _key(parts.get("key")), value, payload)


def records(topic: str, generation: int, lines: Iterable[tuple[int, str]]) -> Iterator[RawRecord]:
    return (record(topic, generation, number, line) for number, line in lines)


def _count(text: str | None, below: int, default: int) -> int | None:
    """An integer from 0, the default when it is not said, None when it is something else."""
    if text is None or text == "null":
        return default
    return int(text) if text.isdecimal() and int(text) < below else None


def _text(value: str | None) -> str | None:
    """The text of a message value; U+0000, which not every engine can keep, is shown as U+FFFD."""
    if value is None or value == "null":
        return None
    return _unquoted(value) if value[0] == '"' else value


def _unquoted(text: str) -> str:
    return str(json.loads(text)).replace("\0", "\ufffd")


def _key(text: str | None) -> str | None:
    """The key as JSON: JSON text in a string is that JSON, another string is a JSON string; a wrapper goes."""
    if text is None or text == "null" or has_nul(text):
        return None
    if text[0] == '"':
        inner = _unquoted(text)
        text = inner if is_json(inner) else text
    return key_of(text)


def time_of(text: str | None) -> datetime | None:
    """Milliseconds to a UTC time; -1, which Kafka writes for none, and what no calendar holds are None."""
    if text is None or not text.isdecimal() or int(text) > _LAST_MS:
        return None
    return _EPOCH + timedelta(milliseconds=int(text))
