"""A model as JSON, and back: classes and enumerations by name, tuples as lists, dates as text."""

import json
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum

from retailflow.checks import Check, CheckKind, OnFail
from retailflow.errors import Finding, Place, Severity
from retailflow.model import dimension, expression, fact, project, source, table
from retailflow.scd import Scd
from retailflow.types import ColumnType, Kind

_CLASS = ""  # where an object of JSON says what it is of; no field has this name
_MODULES = (dimension, expression, fact, project, source, table)
_OTHERS: tuple[type, ...] = (Check, CheckKind, OnFail, Finding, Place, Severity, Scd, ColumnType, Kind)


def _classes() -> dict[str, type]:
    own = [c for module in _MODULES for c in vars(module).values() if isinstance(c, type) and c.__module__ == module.__name__]
    return {c.__name__: c for c in (*own, *_OTHERS)}


def as_json(value: object) -> str:
    """Raises TypeError for what no model holds."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> object:
    """Raises ValueError, TypeError or KeyError for what `as_json` did not write."""
    classes = _classes()

    def made(found: dict[str, object]) -> object:
        name = found.pop(_CLASS)
        if name == date.__name__:
            return date.fromisoformat(str(found["value"]))
        return classes[str(name)](**{key: _tuples(value) for key, value in found.items()})

    return _tuples(json.loads(text, object_hook=made))


def _plain(value: object) -> object:
    match value:
        case Enum():
            return {_CLASS: type(value).__name__, "value": value.value}
        case date():
            return {_CLASS: date.__name__, "value": value.isoformat()}
        case None | bool() | int() | str():
            return value
        case tuple():
            return [_plain(item) for item in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {_CLASS: type(value).__name__} | {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    raise TypeError(f"no JSON for {value!r}")


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
