"""Texts that match a regular expression, for columns whose check says `matches`."""

import random
import re
from importlib import import_module
from typing import Any

_parser: Any = import_module("re._parser")
_ANY = "abcdefghijkmnpqrstuvwxyz0123456789"
_CLASSES = {
    "CATEGORY_DIGIT": "0123456789",
    "CATEGORY_WORD": _ANY,
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_DIGIT": "abcxyz",
    "CATEGORY_NOT_SPACE": _ANY,
}
_TRIES = 40


def matching(pattern: str, chance: random.Random) -> str | None:
    """A text the pattern matches, or None when none was found."""
    try:
        compiled, tree = re.compile(pattern), _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return None
    for _ in range(_TRIES):
        text = _sequence(tree, chance)
        if compiled.fullmatch(text):
            return text
    return None


def _sequence(tree: Any, chance: random.Random) -> str:
    return "".join(_part(str(name), argument, chance) for name, argument in tree)


def _part(name: str, argument: Any, chance: random.Random) -> str:
    match name:
        case "LITERAL":
            return chr(argument)
        case "ANY" | "NOT_LITERAL":
            return _pick(_ANY, chance)
        case "IN":
            return _member(argument, chance)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, high, inner = argument
            times = int(low) + int(chance.random() * (min(int(high), int(low) + 6) - int(low) + 1))
            return "".join(_sequence(inner, chance) for _ in range(times))
        case "SUBPATTERN":
            return _sequence(argument[3], chance)
        case "BRANCH":
            return _sequence(argument[1][int(chance.random() * len(argument[1]))], chance)
        case _:
            return ""


def _member(items: Any, chance: random.Random) -> str:
    allowed: list[str] = []
    denied: set[str] = set()
    negated = False
    for kind, value in items:
        match str(kind):
            case "NEGATE":
                negated = True
            case "LITERAL":
                allowed.append(chr(value))
            case "RANGE":
                allowed += map(chr, range(value[0], min(value[1], value[0] + 200) + 1))
            case "CATEGORY":
                allowed += _CLASSES.get(str(value), _ANY)
    if negated:
        denied, allowed = set(allowed), list(_ANY)
    choice = [c for c in allowed if c not in denied]
    return _pick(choice, chance) if choice else ""


def _pick(options: "str | list[str]", chance: random.Random) -> str:
    return options[int(chance.random() * len(options))]
