"""The references of specs and scenarios, read off the same models that check what people write: every key, its values and its default."""

import json
from collections.abc import Iterator
from typing import Any

from retailflow.spec import json_schema
from retailflow.spec.scenario import ScenarioSpec

Schema = dict[str, Any]
_PLAIN = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true`, `false`", "null": "nothing"}
_HEAD = """# The spec, key by key

Written by `python -m pytest tests/docs --update` from the models that check it; change those, not this page. `retailflow schema`
prints the same as a JSON Schema for editors. What the words mean is in [semantics.md](../semantics.md), worked examples are in
[tables/](../../tables).

A table has a dimension if it says `scd` or `dimension`. Unless a spec says otherwise, the dimension of table `customer` is
`dim_customer` with the surrogate key `customer_key`, and the role `order_date` of a fact gives it the column `order_date_key`.
A stream or batch table without `source` has a source of its own, named like the table, in UTC. Files of a batch table are dated
by the time in their name, else by when they were last changed.
"""

_SCENARIOS = """# Scenarios

Events in, rows out: a scenario is a YAML file below `tests/scenarios` that says what arrives and what must come of it.
`retailflow test` plays every one on the generated load: as it is written, in one load, shuffled with the first load brought
again, and with events doubled. All of them must give the same star. The exit code is 1 if one does not hold, and what differs
is printed row by row.

```yaml
scenario: a customer moves
batches:                                          # what arrives, load by load
  - - {table: customer, op: c, row: {customer_id: 1, city: Graz}, commit: 1, at: 2024-03-15T08:00:00Z}
  - - {table: customer, op: u, row: {customer_id: 1, city: Wien}, commit: 2, at: 2024-03-15T09:00:00Z}
expect:                                           # the star in the end, with the columns that matter
  dim_customer:
    - {customer_id: 1, city: Graz, valid_from: 2024-03-15T08:00:00Z, valid_to: 2024-03-15T09:00:00Z}
    - {customer_id: 1, city: Wien, valid_from: 2024-03-15T09:00:00Z, valid_to: open}
```

Rows are written with the columns of the spec. Times are UTC, but for zoneless columns of a source, which are its wall clock; `open` and
`beginning` stand for 9999-12-31 and 1900-01-01. The surrogate key of a fact may be written as the row it points to:
`customer_key: {tier: gold}`. A scenario plays in the project around it, or with `tables` in a project of its own.

This page is written by `python -m pytest tests/docs --update` from the models that check scenarios.
"""


def page() -> str:
    """The page of specs, as Markdown."""
    table, project = json_schema("table"), json_schema("project")
    definitions = {**project["$defs"], **table["$defs"]}
    parts = [_HEAD, *_section("`tables/<table>.yaml`", table, definitions), *_section("`retailflow.yaml`", project, definitions)]
    return "\n".join([*parts, *_definitions(definitions)])


def scenario_page() -> str:
    """The page of scenarios, as Markdown."""
    schema = ScenarioSpec.model_json_schema(by_alias=True)
    return "\n".join([_SCENARIOS, *_section("A scenario", schema, schema["$defs"]), *_definitions(schema["$defs"])])


def _definitions(definitions: dict[str, Schema]) -> Iterator[str]:
    for name in sorted(definitions, key=_title):
        yield from _section(_title(name), definitions[name], definitions)


def _section(title: str, definition: Schema, definitions: dict[str, Schema]) -> Iterator[str]:
    schema = _long(definition)
    required = schema.get("required", [])
    yield f"## {title}\n\n{schema.get('description', '')}{_short(definition)}\n"
    yield "| key | value | default | |\n|---|---|---|---|"
    for key, value in schema["properties"].items():
        default = "required" if key in required else _default(value)
        yield f"| `{key}` | {_words(value)} | {default} | {value.get('description') or _about(value, definitions)} |"
    yield ""


def _words(value: Schema) -> str:
    if "anyOf" in value:
        return " or ".join(dict.fromkeys(_words(v) for v in value["anyOf"] if v.get("type") != "null"))
    if "$ref" in value:
        name = _title(value["$ref"].rpartition("/")[2])
        return f"[{name}](#{name.replace(' ', '-')})"
    if "enum" in value or "const" in value:
        return ", ".join(f"`{choice}`" for choice in value.get("enum", [value.get("const")]))
    match value.get("type"):
        case "array":
            items = _words(value.get("items", {}))
            return f"list of ({items})" if " or " in items else f"list of {items}"
        case "object":
            of = value.get("additionalProperties")
            return f"name: {_words(of)}" if isinstance(of, dict) else "mapping"
        case list() as kinds:
            return " or ".join(_PLAIN[kind] for kind in kinds)
        case str() as kind:
            return _PLAIN[kind]
        case _:
            return "any value"


def _about(value: Schema, definitions: dict[str, Schema]) -> str:
    """What the definition that a value refers to says of itself, without its period."""
    for part in (value, value.get("additionalProperties"), value.get("items"), *value.get("anyOf", [])):
        if isinstance(part, dict) and "$ref" in part:
            return str(_long(definitions[part["$ref"].rpartition("/")[2]]).get("description", "")).removesuffix(".")
    return ""


def _default(value: Schema) -> str:
    default = value.get("default")
    if default in (None, "", [], {}) or isinstance(default, dict):
        return ""
    return f"`{json.dumps(default) if not isinstance(default, str) else default}`"


def _long(schema: Schema) -> Schema:
    """The long form of a definition that may also be written short."""
    return next((v for v in schema.get("anyOf", []) if "properties" in v), schema)


def _short(schema: Schema) -> str:
    short = [_words(v) for v in schema.get("anyOf", []) if "properties" not in v]
    return f" Written short: {' or '.join(short)}." if short else ""


def _title(name: str) -> str:
    """`TableChecksSpec` as `table checks`."""
    name = name.removesuffix("Spec")
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
