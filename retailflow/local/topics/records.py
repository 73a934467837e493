"""The raw relation as Python reads it from the lines of topic files, for engines that do not read them themselves."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NoReturn

from retailflow.local.engine import RawRecord
from retailflow.local.topics.unreadable import UNREADABLE, offset_of

_EPOCH = datetime(1970, 1, 1)
_LAST_MS = 253_402_300_799_999  # of the year 9999
_BLANKS = re.compile(r"[ \t\n\r]*")
_NUL = re.compile(r"(?:^|[^\\])(?:\\\\)*\\u0000")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_BIG = 2**63


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"`{name}` is no JSON")


_decoder = json.JSONDecoder(parse_constant=_no_constant)
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once  # type: ignore[attr-defined]  # the stubs leave it out


def record(topic: str, generation: int, number: int, line: str) -> RawRecord:
    """The record in a line, or what stands for a line that is none."""
    parts = members(line)
    partition, offset = (
        (None, None) if parts is None else (_count(parts.get("partition"), 2**31, 0), _count(parts.get("offset"), _BIG, number))
    )
    if parts is None or partition is None or offset is None:
        return RawRecord(topic, generation, UNREADABLE, offset_of(number, line), None, None, line, None)
    value = _text(parts.get("value"))
    if value is None:
        payload = None
    elif parts["value"][0] == "{" and "payload" not in value and "u0000" not in value:
        payload = value  # an object within an object has been read already
    else:
        payload = _payload(value)
    return RawRecord(topic, generation, partition, offset, _time(parts.get("timestamp")), _key(parts.get("key")), value, payload)


def records(topic: str, generation: int, lines: Iterable[tuple[int, str]]) -> Iterator[RawRecord]:
    return (record(topic, generation, number, line) for number, line in lines)


def members(text: str) -> dict[str, str] | None:
    """The members of a JSON object, each as the text it is written as (the first of equal names); None if the text is no JSON object."""
    try:
        if _SURROGATE.search(text):
            json.dumps(_decoder.decode(text), ensure_ascii=False).encode()  # half a surrogate pair is no character
        return _members(text, _skip(text, 0))
    except (ValueError, IndexError, RecursionError, StopIteration):
        return None


def _members(text: str, at: int) -> dict[str, str] | None:
    if text[at] != "{":
        return None
    found: dict[str, str] = {}
    at = _skip(text, at + 1)
    while text[at] == '"':
        name, at = _scan(text, at)
        at = _skip(text, at)
        if text[at] != ":":
            return None
        begin = _skip(text, at + 1)
        _, at = _scan(text, begin)
        found.setdefault(name, text[begin:at])
        at = _skip(text, at)
        if text[at] != ",":
            break
        at = _skip(text, at + 1)
        if text[at] != '"':
            return None
    return found if text[at] == "}" and _skip(text, at + 1, len(text)) == len(text) else None


def _skip(text: str, at: int, end: int = -1) -> int:
    """The place of the next character that is no blank; at the end of the text only where that is looked for."""
    if at != end and text[at] in " \t\n\r":
        match = _BLANKS.match(text, at)
        return match.end() if match else at
    return at


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


def _payload(value: str) -> str | None:
    """The object in a value, without the wrapper of Kafka Connect; None when there is none."""
    if "u0000" in value and _NUL.search(value):
        return None
    if "payload" not in value:
        return value if value.lstrip(" \t\n\r")[:1] == "{" and _is_json(value) else None
    parts = members(value)
    if parts is not None and parts.keys() == {"schema", "payload"}:
        return parts["payload"] if parts["payload"][0] == "{" else None
    return value if parts is not None else None


def _key(text: str | None) -> str | None:
    """The key as JSON: JSON text in a string is that JSON, another string is a JSON string; a wrapper goes."""
    if text is None or text == "null" or ("u0000" in text and _NUL.search(text)):
        return None
    if text[0] == '"':
        inner = _unquoted(text)
        text = inner if _is_json(inner) else text
    parts = members(text) if '"payload"' in text else None
    if parts is not None and parts.keys() == {"schema", "payload"}:
        return None if parts["payload"] == "null" else parts["payload"]
    return text


def _is_json(text: str) -> bool:
    try:
        value: Any = _decoder.decode(text)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


def _time(text: str | None) -> datetime | None:
    """Milliseconds to a UTC time; -1, which Kafka writes for none, and what no calendar holds are None."""
    if text is None or not text.isdecimal() or int(text) > _LAST_MS:
        return None
    return _EPOCH + timedelta(milliseconds=int(text))
