"""Reading JSON in DuckDB: one pass for all values, a second one only over documents that lack some."""

import json
from collections.abc import Callable, Collection, Sequence

Field = tuple[str, tuple[str, ...]]
Literal = Callable[[str], str]


def extract(literal: Literal, relation: str, document: str, fields: Sequence[Field], keep: Sequence[str], told: Collection[str]) -> str:
    """See `Dialect.extract`. Where a struct cannot have the names, each value is looked for by its path, which takes half as long again."""
    groups: dict[tuple[str, ...], list[Field]] = {}
    structure = _structure([path for _, path in fields])
    if structure is None:
        paths = ", ".join(literal(_path(path)) for _, path in fields)
        parsed, values = f"JSON_EXTRACT_STRING({document}, [{paths}])", [f"x__v[{i}]" for i in range(1, len(fields) + 1)]
        groups[()] = [f for f in fields if f[0] in told]
    else:
        parsed = f"JSON_TRANSFORM({document}, {literal(json.dumps(structure))})"
        values = [_member(literal, path) for _, path in fields]
        for field in fields:
            if field[0] in told:
                groups.setdefault(field[1][:-1], []).append(field)
    value = {name: v for (name, _), v in zip(fields, values, strict=True)}
    looks, columns = [], [*keep, *(f"{v} AS {name}" for name, v in value.items())]
    for i, (head, group) in enumerate((h, g) for h, g in groups.items() if g):
        lacks = " OR ".join(f"{value[name]} IS NULL" for name, _ in group)
        paths = ", ".join(literal(_path(path)) for _, path in group)
        looks.append(f"CASE WHEN {_member(literal, head)} IS NOT NULL AND ({lacks}) THEN JSON_EXISTS({document}, [{paths}]) END AS x__p{i}")
        columns += [f"COALESCE(x__p{i}[{j}], {value[name]} IS NOT NULL) AS {name}__is" for j, (name, _) in enumerate(group, start=1)]
    inner = f"SELECT *, {parsed} AS x__v FROM {relation}"
    looked = f"SELECT {', '.join(['*', *looks])} FROM ({inner}) AS x" if looks else inner
    return f"SELECT {', '.join(columns)} FROM ({looked}) AS y"


def _structure(paths: Sequence[tuple[str, ...]]) -> dict[str, object] | None:
    """The struct that holds a text at each path; None where there is none: its names differ by more than case, and none is empty."""
    tree: dict[str, object] = {}
    for path in paths:
        node = tree
        for step in path[:-1]:
            below = node.setdefault(step, {})
            if not isinstance(below, dict):
                return None
            node = below
        if isinstance(node.setdefault(path[-1], "VARCHAR"), dict):
            return None
    return tree if _fits(tree) else None


def _fits(tree: dict[str, object]) -> bool:
    distinct = len({name.casefold() for name in tree}) == len({name.lower() for name in tree}) == len(tree)
    plain = all(name and "\0" not in name for name in tree)
    return distinct and plain and all(_fits(below) for below in tree.values() if isinstance(below, dict))


def _member(literal: Literal, path: tuple[str, ...]) -> str:
    return "x__v" + "".join(f"[{literal(step)}]" for step in path)


def _path(path: tuple[str, ...]) -> str:
    steps = (p.replace("\\", "\\\\").replace('"', '\\"') for p in path)
    return "$" + "".join(f'."{p}"' for p in steps)
