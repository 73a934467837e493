"""Lines that are no records: they too have a coordinate, so that each is counted once and shown."""

import hashlib

UNREADABLE = -1  # their partition
CHECKSUM = 1_000_000


def offset_of(number: int, line: str) -> int:
    """(number of the line) * CHECKSUM + (a checksum of its text): known again where it stands, never taken for another."""
    return number * CHECKSUM + int(hashlib.md5(line.encode(), usedforsecurity=False).hexdigest()[:8], 16) % CHECKSUM
