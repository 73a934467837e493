"""Bytes of a file to text a YAML reader accepts, or a finding that says what is wrong with them."""

import re
from pathlib import Path

from retailflow.errors import Finding, Place

MAX_BYTES = 1_000_000
_LINE = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_CONFLICT = re.compile(r"^(<{7}|>{7}|\|{7}) .*$|^={7}$", re.MULTILINE)
_CONFLICT_START = re.compile(r"^<{7} ", re.MULTILINE)


def lines_of(text: str) -> list[str]:
    """The lines of a text as YAML counts them."""
    return _LINE.split(text)


def place_at(path: str, text: str, index: int, length: int = 1) -> Place:
    """The place of the character at an index of the text."""
    before = lines_of(text[:index])
    return Place(path, len(before), len(before[-1]) + 1, length)


def read_text(file: Path, path: str) -> str | Finding:
    """The text of a file (UTF-8, with or without a byte order mark); `path` is what findings call it."""
    try:
        size = file.stat().st_size
        data = file.read_bytes() if file.is_file() and size <= MAX_BYTES else None
    except OSError as error:
        return Finding("RF003", f"`{path}` cannot be read: {error.strerror or error}", Place(path))
    if data is None:
        what = f"has {size:,} bytes, more than {MAX_BYTES:,}" if file.is_file() else "is not a file"
        return Finding("RF003", f"`{path}` {what}", Place(path), hint="a spec is a short text file")
    return decode(data, path)


def decode(data: bytes, path: str) -> str | Finding:
    """UTF-8 to text without control characters and conflict markers."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = place_at(path, data[: error.start].decode("utf-8-sig", "replace"), error.start)
        hint = "it looks like UTF-16: save it as UTF-8" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "save it as UTF-8"
        return Finding("RF002", f"byte {data[error.start]:#04x} is not UTF-8 text", place, hint=hint)
    if control := _CONTROL.search(text):
        message = f"a control character (U+{ord(control[0]):04X}) is not text"
        return Finding("RF002", message, place_at(path, text, control.start()), hint="delete it, or write it as an escape in double quotes")
    if _CONFLICT_START.search(text) and (marker := _CONFLICT.search(text)):
        place = place_at(path, text, marker.start(), len(marker[0]))
        return Finding("RF004", "a merge conflict is not resolved", place, hint="keep the lines you want and delete the markers")
    return text
