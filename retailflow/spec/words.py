"""pydantic's errors in our words: a code, a place and a way out instead of its types and tags."""

from collections.abc import Mapping
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from retailflow.errors import Finding, nearest
from retailflow.source import Document
from retailflow.spec.base import Nothing

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "`true` or `false`",
    "dict_type": "a mapping (`key: value`)",
    "model_type": "a mapping (`key: value`)",
    "model_attributes_type": "a mapping (`key: value`)",
    "list_type": "a list (`[a, b]`)",
}


def finding_of(error: ErrorDetails, model: type[BaseModel], document: Document) -> Finding:
    """The finding for one error of a validation of a document as a model."""
    steps = tuple(step for step in error["loc"] if step != "[key]")
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    name = str(steps[-1]) if steps else "the file"
    label = f"`{name}`" if steps and isinstance(steps[-1], str) else "the item" if steps else name
    if kind == "extra_forbidden":
        return _unknown(name, steps, model, document)
    if kind == "missing":
        return Finding("RF012", f"{label} is missing", _around(document, steps))
    if isinstance(given, Nothing):
        return Finding("RF013", f"{label} has no value", document.place(*steps), hint="write one, or delete the key")
    if kind == "literal_error":
        choices = tuple(c.strip("'") for c in context["expected"].replace(" or ", ", ").split(", "))
        return Finding("RF014", f"{label} cannot be `{_shown(given)}`", document.place(*steps), hint=_choices(str(given), choices))
    if kind == "retailflow":
        return Finding("RF013", f"{label} {context['message']}", document.place(*steps), hint=context["hint"])
    if kind in _EXPECTED:
        hint = f"quote it: `'{_shown(given)}'`" if kind == "string_type" and isinstance(given, str | int | float) else None
        return Finding("RF013", f"{label} must be {_EXPECTED[kind]}, not {_shown_kind(given)}", document.place(*steps), hint=hint)
    return Finding("RF013", f"{label} {_size(kind, context) or error['msg']}", document.place(*steps))


def _unknown(name: str, steps: tuple[str | int, ...], model: type[BaseModel], document: Document) -> Finding:
    keys = _keys_at(model, steps[:-1])
    close = nearest(name, keys)
    hint = f"did you mean `{close}`?" if close else f"known here: {', '.join(f'`{key}`' for key in keys)}" if keys else None
    return Finding("RF011", f"unknown key `{name}`", document.key_place(*steps), hint=hint)


def _around(document: Document, steps: tuple[str | int, ...]) -> Any:
    """What misses a key: the key of the mapping around it, or the beginning of the file."""
    return document.key_place(*steps[:-1]) if len(steps) > 1 else document.place()


def _keys_at(model: Any, steps: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that the model at a path of steps knows, empty where it is no model."""
    kind = _bare(model)
    for step in steps:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            kind = _bare(fields[str(step)].annotation) if str(step) in fields else None
        else:
            arguments = get_args(kind)
            kind = _bare(arguments[-1]) if arguments else None
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return ()
    return tuple(field.alias or name for name, field in kind.model_fields.items())


def _bare(kind: Any) -> Any:
    """A type without `None` and annotations around it."""
    while True:
        if get_origin(kind) is UnionType or str(get_origin(kind)) == "typing.Union":
            kind = next((a for a in get_args(kind) if a is not type(None)), None)
        elif hasattr(kind, "__metadata__"):
            kind = get_args(kind)[0]
        else:
            return kind


def _size(kind: str, context: Mapping[str, Any]) -> str | None:
    match kind:
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case "too_short":
            return f"needs at least {context['min_length']} {'item' if context['min_length'] == 1 else 'items'}"
        case "too_long":
            return f"takes at most {context['max_length']} items"
    return None


def _choices(given: str, choices: tuple[str, ...]) -> str:
    close = nearest(given, choices)
    return f"did you mean `{close}`?" if close else f"one of {', '.join(f'`{c}`' for c in choices)}"


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{…}"
        case list():
            return "[…]"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _shown_kind(value: object) -> str:
    match value:
        case dict():
            return "a mapping"
        case list():
            return "a list"
    return f"`{_shown(value)}`"
