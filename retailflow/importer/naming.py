"""Names of a source as names of a spec: `Order Details` becomes `order_details`, in letters that every platform takes."""

import re
import unicodedata
from collections.abc import Collection, Iterable

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "đ": "d", "ł": "l", "Ł": "L", "þ": "th", "Þ": "Th"})
_LONGEST = 60


def plain(name: str) -> str:
    """`CustomerID` -> `customer_id`, `Größe (cm)` -> `grosse_cm`; empty when nothing is left."""
    decomposed = unicodedata.normalize("NFKD", name.translate(_OTHER))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    words = re.sub(r"[^a-z0-9]+", "_", _WORDS.sub("_", letters).lower())
    return words.strip("_")[:_LONGEST].strip("_")


def columns(table: str, names: Iterable[str], reserved: Collection[str]) -> list[str]:
    """A name for every column, each another; what is reserved gets the table's name before it."""
    taken: set[str] = set()
    found: list[str] = []
    for number, name in enumerate(names, start=1):
        wanted = plain(name) or f"column_{number}"
        if not wanted[0].isalpha():
            wanted = f"n{wanted}"
        if wanted in reserved:
            wanted = f"{table}_{wanted}"[:_LONGEST]
        found.append(distinct(wanted, taken))
        taken.add(found[-1])
    return found


def table(name: str, reserved: Collection[str] = ()) -> str:
    """A name for a table."""
    wanted = plain(name) or "table_1"
    wanted = wanted if wanted[0].isalpha() else f"t{wanted}"
    return f"{wanted}_table" if wanted in reserved else wanted


def distinct(wanted: str, taken: Collection[str]) -> str:
    """The name, with a number behind it when it is taken."""
    number, name = 2, wanted
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name
