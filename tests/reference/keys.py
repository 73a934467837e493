"""Keys: the canonical form in which they are compared, and the surrogate key made of it (SEMANTICS 4)."""

import hashlib
from datetime import date, datetime, time
from decimal import Decimal

from tests.reference.values import EPOCH, EXACT, Value, microseconds

Key = tuple[Value, ...]

NULL_KEY = -1
MISSING_PARENT = -2


def fold(text: str) -> str:
    """Upper case, character by character and only where that is one character: one table for every engine (`ß` stays)."""
    return "".join(upper if len(upper := character.upper()) == 1 else character for character in text)


def canonical(value: Value, case_insensitive: bool) -> Value:
    if isinstance(value, str):
        trimmed = value.rstrip(" ")
        return fold(trimmed) if case_insensitive else trimmed
    return value


def canonical_text(value: Value) -> str:
    """The text of a key column that goes into the hash."""
    match value:
        case bool():
            return "1" if value else "0"
        case int():
            return str(value)
        case Decimal():
            return format(EXACT.normalize(value) if value else Decimal(0), "f")
        case bytes():
            return value.hex()
        case datetime():
            return str(microseconds(value))
        case date():
            return str(microseconds(datetime.combine(value, time())))
        case time():
            return str(microseconds(datetime.combine(EPOCH, value)))
        case str():
            return value
        case _:
            raise TypeError(f"not a key: {value!r}")


def surrogate_key(key: Key, valid_from: datetime | None, salt: str = "") -> int:
    """63 bits of MD5; `valid_from` only where the dimension is versioned. Frozen: tests pin its values."""
    texts = [canonical_text(value) for value in key]
    text = "".join(f"{salt}{len(part)}:{part}" for part in texts)
    if valid_from is not None:
        text += f"@{microseconds(valid_from)}"
    digest = hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest()
    return (int(digest[:8], 16) % 2**31) * 2**32 + int(digest[8:16], 16)
