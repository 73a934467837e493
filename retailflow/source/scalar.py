"""What an unquoted word is, by the core schema of YAML 1.2: `no`, `010` and `2024-01-01` are no boolean, no eight, no date."""

import re

from retailflow.source.node import Plain

_WORDS: dict[str, Plain] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_START = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_OTHER_BASE = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_MOST_DIGITS = 40  # longer ones are no number anybody means, and int() is quadratic


def resolve(raw: str) -> Plain:
    """The value of a plain scalar. Digits after a leading zero (`010`) stay text: readers disagree about them."""
    if raw in _WORDS:
        return _WORDS[raw]
    if raw[0] not in _NUMBER_START or len(raw) > _MOST_DIGITS:
        return raw
    if _INTEGER.match(raw):
        return int(raw)
    if _OTHER_BASE.match(raw):
        return int(raw, 0)
    if _FLOAT.match(raw):
        return float(raw)
    if _INFINITE.match(raw):
        return float(raw.replace(".", "", 1))
    return raw
