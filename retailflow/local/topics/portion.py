"""A portion is the part of one topic file that was not taken yet."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

SAMPLE = 4096
CONTROLS = "\r\0\x01"  # what DuckDB would not read as a part of a line, or take for the end of one
_WINDOW = 1 << 20


@dataclass(frozen=True, slots=True)
class Taken:
    """How far a file was taken, and hashes of its first bytes and of those before that place, by which it is known again."""

    bytes: int
    head_hash: str
    tail_hash: str


@dataclass(frozen=True, slots=True)
class Portion:
    """Whole lines of `path` from byte `start` to byte `end`.

    `longest`: an upper bound of the bytes of its longest line. `plain`: it is UTF-8 without CONTROLS.
    `offsets`: its first line says its own offset.
    """

    path: Path
    start: int
    end: int
    longest: int
    plain: bool
    offsets: bool
    taken: Taken

    @property
    def is_whole(self) -> bool:
        """Whether nothing else is in the file, as far as we looked."""
        return self.start == 0


def new_portion(path: Path, before: Taken | None) -> Portion | None:
    """What is new in a file, None when nothing is. A file that was rewritten is new from its beginning.

    A last line without its newline may still be being written: it is taken when it is a complete object, else it waits.
    """
    size = path.stat().st_size
    if size == 0 or (before is not None and before.bytes == size and fingerprint(path, size) == before):
        return None
    with path.open("rb") as file:
        start = _start(file, path, before, size)
        end = _end(file, start, size)
        if end <= start:
            return None
        longest, plain = _survey(file, start, end)
        offsets = _says_offset(file, start, longest)
    return Portion(path, start, end, longest, plain, offsets, fingerprint(path, end))


def _start(file: BinaryIO, path: Path, before: Taken | None, size: int) -> int:
    if before is None or before.bytes > size or fingerprint(path, before.bytes) != before:
        return 0
    start = before.bytes
    file.seek(max(start - 1, 0))
    around = file.read(3)
    if start == 0 or around[:1] == b"\n":
        return start
    # the last line taken had no newline yet: it is no line of its own now
    rest = around[1:]
    return start + (2 if rest == b"\r\n" else 1 if rest[:1] == b"\n" else 0)


def _end(file: BinaryIO, start: int, size: int) -> int:
    """The end of the last line that is complete."""
    position, last = size, b""
    while position > start:
        begin = max(start, position - _WINDOW)
        file.seek(begin)
        chunk = file.read(position - begin)
        cut = chunk.rfind(b"\n")
        last = chunk[cut + 1 :] + last
        if cut >= 0:
            position = begin + cut + 1
            break
        position = begin
    return size if last and _is_complete(last) else position


def _is_complete(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _survey(file: BinaryIO, start: int, end: int) -> tuple[int, bool]:
    """Step through the lines in windows that end with a line; a window holds no line longer than itself."""
    file.seek(start)
    position, longest, plain = start, 0, True
    carry = b""
    while position < end:
        chunk = file.read(min(_WINDOW, end - position))
        position += len(chunk)
        cut = chunk.rfind(b"\n") + 1 if position < end else len(chunk)
        if cut == 0:
            carry += chunk
            continue
        lines = carry + chunk[:cut]
        longest = max(longest, len(lines))
        plain = plain and _is_plain(lines)
        carry = chunk[cut:]
    return longest, plain


def _is_plain(lines: bytes) -> bool:
    if any(c.encode() in lines for c in CONTROLS):
        return False
    try:
        lines.decode()
    except UnicodeDecodeError:
        return False
    return True


def _says_offset(file: BinaryIO, start: int, longest: int) -> bool:
    file.seek(start)
    return b'"offset"' in file.readline(longest + 1)


def fingerprint(path: Path, position: int | None = None) -> Taken:
    """What a file is known again by that was taken up to a position, or to its end."""
    if position is None:
        position = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(min(SAMPLE, position))
        file.seek(max(position - SAMPLE, 0))
        tail = file.read(position - max(position - SAMPLE, 0))
    return Taken(position, _hash(head), _hash(tail))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
