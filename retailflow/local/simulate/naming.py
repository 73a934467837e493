"""What the name of a column tells about the texts in it."""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from retailflow.local.simulate import words as w

_PEOPLE = frozenset({"customer", "employee", "person", "contact", "user", "member", "driver", "clerk", "buyer", "staff", "patient"})
_COMPANIES = frozenset({"supplier", "vendor", "store", "shop", "company", "shipper", "carrier", "warehouse", "partner", "manufacturer"})
_CAMPAIGNS = frozenset({"promotion", "campaign", "offer", "event"})
_GROUPS = frozenset({"category", "department", "section", "segment", "group", "class", "division"})
_TRUE = frozenset({"active", "enabled", "available", "valid", "open", "current", "subscribed"})
_CODES = frozenset({"sku", "code", "number", "no", "nr", "ref", "reference", "barcode", "ean", "gtin", "tracking", "serial", "iban", "vat"})
_DIGIT = re.compile("#")


@dataclass(frozen=True, slots=True)
class Texts:
    """`group` is `person` or `place` when the values follow who or where the row is about, else `own`."""

    values: tuple[str, ...]
    group: str


def parts(name: str) -> tuple[str, ...]:
    """`ShipCity`, `ship_city` -> (`ship`, `city`)."""
    return tuple(p for p in re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()) if p)


def is_status(name: str) -> bool:
    return bool({"status", "state", "stage"} & set(parts(name)))


def is_email(name: str) -> bool:
    return bool({"email", "mail"} & set(parts(name)))


def is_code(name: str) -> bool:
    words = set(parts(name))
    return bool(_CODES & words) and not words & {"postal", "zip", "country", "currency", "language", "phone", "fax", "house"}


def is_mostly_true(name: str) -> bool:
    return bool(_TRUE & set(parts(name)))


def initials(name: str) -> str:
    """`supplier_price` -> `SP`, `product` -> `PR`."""
    words = parts(name) or ("x",)
    return "".join(p[0] for p in words).upper() if len(words) > 1 else words[0][:2].upper()


def code(prefix: str, number: int, length: int | None) -> str:
    """`PR000017`, or as many base 36 digits as there is room for."""
    room = length if length is not None else 12
    text = f"{prefix}{number:06d}"
    return text if len(text) <= room else base36(number, room)


def base36(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + digits
    return digits


def all_match(patterns: Iterable[str], values: Iterable[str]) -> bool:
    try:
        compiled = [re.compile(p) for p in patterns]
    except re.error:
        return False
    return all(p.fullmatch(v) for v in values for p in compiled)


@cache
def mail_names() -> tuple[str, ...]:
    plain = str.maketrans("éèêëíïöøüúáñÖÜ", "eeeeiioouuanou")
    return tuple(re.sub(r"[^a-z.]", "", n.lower().replace(" ", ".").translate(plain)) for n in _people("{first} {last}"))


def texts(table: str, column: str, chance: random.Random) -> Texts:
    """Values a text column is filled with."""
    name = parts(column)
    last, all_ = name[-1] if name else "", set(name)
    choice = w.CHOICES.get("_".join(name[-2:])) or w.CHOICES.get(last)
    if choice:
        return Texts(choice, "own")
    if "name" in all_ or last in ("label", "title") or not name:
        return _names(table, name, chance)
    return _places(all_) or _people_columns(all_, chance) or _things(all_, chance)


def _names(table: str, name: tuple[str, ...], chance: random.Random) -> Texts:
    if {"first", "given", "fore"} & set(name):
        return Texts(_people("{first}"), "person")
    if {"last", "family", "sur"} & set(name):
        return Texts(_people("{last}"), "person")
    about = set(name) - {"name", "full", "display", "label"} or set(parts(table))
    if "title" in name:
        return Texts(w.TITLES, "own")
    if about & _COMPANIES:
        return Texts(tuple(f"{last} {_any(w.COMPANY_ENDS, chance)}" for last in w.LAST_NAMES), "own")
    if about & _PEOPLE:
        return Texts(_people("{first} {last}"), "person")
    if about & _CAMPAIGNS:
        return Texts(tuple(f"{c} {y}" for c in w.CAMPAIGNS for y in (2022, 2023, 2024)), "own")
    if about & _GROUPS:
        return Texts(w.CATEGORIES, "own")
    return Texts(tuple(f"{m} {t}" for m in w.MATERIALS for t in w.THINGS), "own")


def _places(name: set[str]) -> Texts | None:
    for index, known in enumerate(
        ({"city", "town"}, {"region", "province", "county"}, {"country", "nation"}, {"iso"}, {"postal", "postcode", "zip", "plz"})
    ):
        if name & known:
            return Texts(tuple(_DIGIT.sub(lambda _: "4", p[index]) for p in w.PLACES), "place")
    if name & {"address", "street", "line1", "addr"}:
        return Texts(tuple(f"{s} {n}" for s in w.STREETS for n in range(1, 60, 2)), "own")
    return None


def _people_columns(name: set[str], chance: random.Random) -> Texts | None:
    if name & {"surname", "lastname"}:
        return Texts(_people("{last}"), "person")
    if name & {"firstname", "forename"}:
        return Texts(_people("{first}"), "person")
    if name & {"phone", "fax", "mobile", "telephone"}:
        return Texts(tuple(f"+49 30 55501{int(chance.random() * 1000):03d}" for _ in range(400)), "own")
    return None


def _things(name: set[str], chance: random.Random) -> Texts:
    if name & {"url", "page", "link", "referrer", "path"}:
        return Texts(w.PAGES, "own")
    if name & {"agent", "browser", "client"}:
        return Texts(w.AGENTS, "own")
    if "ip" in name:
        return Texts(tuple(f"192.0.2.{n}" for n in range(1, 255)), "own")
    if name & {"color", "colour"}:
        return Texts(w.COLOURS, "own")
    if "size" in name:
        return Texts(w.SIZES, "own")
    if name & {"comment", "note", "notes", "remark", "message"}:
        return Texts(w.REMARKS, "own")
    if name & {"description", "details", "text"}:
        return Texts(tuple(f"{m} {t}, {c}" for m in w.MATERIALS for t in w.THINGS[:9] for c in w.COLOURS[:3]), "own")
    return Texts(tuple(f"{_any(w.WORDS, chance)} {_any(w.WORDS, chance)}" for _ in range(200)), "own")


@cache
def _people(form: str) -> tuple[str, ...]:
    return tuple(form.format(first=first, last=last) for last in w.LAST_NAMES for first in w.FIRST_NAMES)


def _any(options: Sequence[str], chance: random.Random) -> str:
    return options[int(chance.random() * len(options))]
