"""JSON Schema of the spec, for editors."""

from typing import Any, Literal

from retailflow.spec.project import ProjectSpec
from retailflow.spec.table import TableSpec

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT, "minItems": 1}
# What may be written instead of the long form of a definition.
_SHORT: dict[str, list[dict[str, Any]]] = {
    "ColumnSpec": [_TEXT],
    "RoleSpec": [_TEXT, _TEXTS],
    "MeasureSpec": [_TEXT, {"type": "null"}],
    "MilestoneSpec": [_TEXT],
    "LagSpec": [{"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}],
}


def json_schema(what: Literal["table", "project"]) -> dict[str, Any]:
    """The schema of `tables/*.yaml` or of `retailflow.yaml` (draft 2020-12)."""
    model = TableSpec if what == "table" else ProjectSpec
    schema = model.model_json_schema(by_alias=True)
    for name, definition in schema.get("$defs", {}).items():
        if name in _SHORT:
            schema["$defs"][name] = {"anyOf": [*_SHORT[name], definition]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
