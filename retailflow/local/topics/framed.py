"""Records whose lines have the frame that retailflow writes, told by that frame alone, for an engine that parses what is within it.

Reading JSON in Python costs more than all else that happens to a line. Where key and value are JSON, a line with the frame around them is
the record it seems to be; whether they are, the engine says when it takes them, and it must not take what is none.
"""

import re
from collections.abc import Iterable, Iterator

from retailflow.local.engine import RawRecord
from retailflow.local.topics.records import OFFSETS, PARTITIONS, record, time_of

_NUMBER = "(0|[1-9][0-9]{0,18})"
_KEY, _VALUE = r"(null|\{[^{}]*\})", r"(\{.*\})"
_FRAME = re.compile(rf'{{"key":{_KEY},"value":{_VALUE},"partition":{_NUMBER},"offset":{_NUMBER},"timestamp":{_NUMBER}}}')
_LONGEST = 3000  # characters: within so many neither nesting nor a number is too much for one reader and fine for another
_ARRAYS = 50


def framed(topic: str, generation: int, lines: Iterable[tuple[int, str]]) -> Iterator[RawRecord]:
    """As `records` gives them, except that key and payload may be no JSON where no other reader would find a record."""
    for number, line in lines:
        yield _framed(topic, generation, line) or record(topic, generation, number, line)


def _framed(topic: str, generation: int, line: str) -> RawRecord | None:
    """None for a line that has to be read: of another frame, with an escape that may be no character, or maybe wrapped by Kafka Connect."""
    if len(line) > _LONGEST or "\\u" in line or "payload" in line or line.count("[") > _ARRAYS:
        return None
    found = _FRAME.fullmatch(line)
    if found is None:
        return None
    key, value, partition, offset, timestamp = found.groups()
    if int(partition) >= PARTITIONS or int(offset) >= OFFSETS:
        return None
    key = None if key == "null" else key
    return RawRecord(topic, generation, int(partition), int(offset), time_of(timestamp), key, value, value)
