"""What the bytes of a record say: its value as text, the JSON object in it, its key as JSON; the same for topics that are files."""

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

_BLANKS = re.compile(r"[ \t\n\r]*")
_NUL = re.compile(r"(?:^|[^\\])(?:\\\\)*\\u0000")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"`{name}` is no JSON")


_decoder = json.JSONDecoder(parse_constant=_no_constant)
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once  # type: ignore[attr-defined]  # the stubs leave it out


def text(value: bytes | None) -> str | None:
    """A value as text; what is no UTF-8 in hexadecimal."""
    found = _decoded(value)
    return found if found is not None or value is None else "0x" + bytes(value).hex()


def payload(value: bytes | None) -> str | None:
    """The JSON object in a value, without the wrapper of Kafka Connect; None when there is none."""
    found = _decoded(value)
    return None if found is None else payload_of(found)


def key(value: bytes | None) -> str | None:
    """A key as JSON: a text that is none becomes a JSON string; nothing where U+0000 stands in it."""
    found = None if value is None or 0 in value else _decoded(value)
    return None if found is None else key_of(found if is_json(found) else json.dumps(found, ensure_ascii=False))


def _decoded(value: bytes | None) -> str | None:
    """U+0000, which not every engine can keep, is shown as U+FFFD."""
    try:
        return None if value is None else bytes(value).decode().replace("\0", "\ufffd")
    except UnicodeDecodeError:
        return None


def payload_of(value: str) -> str | None:
    if has_nul(value):
        return None
    if "payload" not in value:
        return value if value.lstrip(" \t\n\r")[:1] == "{" and is_json(value) else None
    parts = members(value)
    if parts is not None and parts.keys() == {"schema", "payload"}:
        return parts["payload"] if parts["payload"][0] == "{" else None
    return value if parts is not None else None


def key_of(document: str) -> str | None:
    """Of a JSON text: it, out of its wrapper."""
    if has_nul(document):
        return None
    parts = members(document) if '"payload"' in document else None
    if parts is not None and parts.keys() == {"schema", "payload"}:
        return None if parts["payload"] == "null" else parts["payload"]
    return document


def has_nul(document: str) -> bool:
    return "u0000" in document and _NUL.search(document) is not None


def is_json(value: str) -> bool:
    try:
        found: Any = _decoder.decode(value)
        _only_characters(value, found)
    except (ValueError, RecursionError):
        return False
    return True


def members(value: str) -> dict[str, str] | None:
    """The members of a JSON object, each as the text it is written as (the first of equal names); None if the text is no JSON object."""
    try:
        if _SURROGATE.search(value):
            _only_characters(value, _decoder.decode(value))
        return _members(value, _skip(value, 0))
    except (ValueError, IndexError, RecursionError, StopIteration):
        return None


def _only_characters(value: str, found: Any) -> None:
    """Raises ValueError where half a surrogate pair, which is no character, stands in what was read."""
    if _SURROGATE.search(value):
        json.dumps(found, ensure_ascii=False).encode()


def _members(value: str, at: int) -> dict[str, str] | None:
    if value[at] != "{":
        return None
    found: dict[str, str] = {}
    at = _skip(value, at + 1)
    while value[at] == '"':
        name, at = _scan(value, at)
        at = _skip(value, at)
        if value[at] != ":":
            return None
        begin = _skip(value, at + 1)
        _, at = _scan(value, begin)
        found.setdefault(name, value[begin:at])
        at = _skip(value, at)
        if value[at] != ",":
            break
        at = _skip(value, at + 1)
        if value[at] != '"':
            return None
    return found if value[at] == "}" and _skip(value, at + 1, len(value)) == len(value) else None


def _skip(value: str, at: int, end: int = -1) -> int:
    """The place of the next character that is no blank; at the end of the text only where that is looked for."""
    if at != end and value[at] in " \t\n\r":
        match = _BLANKS.match(value, at)
        return match.end() if match else at
    return at
