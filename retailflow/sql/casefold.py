"""The one table by which case-insensitive keys are folded on every engine: characters whose upper case is one character."""

from functools import cache

_LETTERS = 0x20000  # no character of two cases stands at or beyond


@cache
def fold_table() -> tuple[str, str]:
    """(from, to), equally long; the same on every Python supported, which a test pins."""
    pairs = [(c, u) for c, u in ((chr(p), chr(p).upper()) for p in range(_LETTERS) if not 0xD800 <= p < 0xE000) if len(u) == 1 and u != c]
    return "".join(c for c, _ in pairs), "".join(u for _, u in pairs)


def fold(text: str) -> str:
    """What `TRANSLATE(text, from, to)` gives."""
    return text.translate(str.maketrans(*fold_table()))
