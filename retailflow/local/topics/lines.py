"""The lines of a portion, cleaned: numbered within their file, valid UTF-8, one record a line."""

import json
from collections.abc import Iterator
from pathlib import Path

from retailflow.local.topics.portion import CONTROLS, Portion

_BLOCK = 1 << 20
_BLANKED = {ord(c): " " for c in CONTROLS}


def numbered(portion: Portion) -> Iterator[tuple[int, str]]:
    """(number of the line in its file from 0, its text) of every line that is not blank; one that is no UTF-8 stays visible, as no JSON."""
    with portion.path.open("rb") as file:
        number = _newlines_before(portion)
        file.seek(portion.start)
        left = portion.end - portion.start
        while left > 0:
            line = file.readline(left)
            if not line:
                return
            left -= len(line)
            text = _text(line)
            if text:
                yield number, text
            number += 1


def copy(portion: Portion, to: Path) -> Path:
    """The bytes of a portion, as they are, in a file of their own."""
    with portion.path.open("rb") as source, to.open("wb") as target:
        source.seek(portion.start)
        left = portion.end - portion.start
        if left > _BLOCK:
            while left > 0 and (block := source.read(min(left, _BLOCK))):
                target.write(block)
                left -= len(block)
        else:
            target.write(source.read(left))
    return to


def numbered_copy(portion: Portion, to: Path) -> Path:
    """The cleaned lines of a portion, each behind its number and a blank."""
    with to.open("w", encoding="utf-8", newline="\n") as target:
        target.writelines(f"{number} {text}\n" for number, text in numbered(portion))
    return to


def _newlines_before(portion: Portion) -> int:
    count, left = 0, portion.start
    with portion.path.open("rb") as file:
        while left > 0 and (block := file.read(min(left, _BLOCK))):
            count += block.count(b"\n")
            left -= len(block)
    return count


def _text(line: bytes) -> str:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return "not UTF-8: " + line.decode(errors="backslashreplace").strip().translate(_BLANKED)
    text = text.removeprefix("\ufeff").strip(" \t\r\n")
    return _without_controls(text) if any(c in text for c in CONTROLS) else text


def _without_controls(text: str) -> str:
    """A carriage return is white space between the parts of a JSON text and an error elsewhere; a line without it must say the same."""
    try:
        json.loads(text)
    except ValueError:
        return "not JSON: " + text.translate(_BLANKED)
    return text.replace("\r", " ")
