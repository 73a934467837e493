"""From what is written about a dimension to how every column of it is read."""

from dataclasses import replace

from retailflow.model.dimension import Attribute, Dimension, Lookup, LookupColumn, OnDelete
from retailflow.resolve.reference import column, names_key, time_column
from retailflow.resolve.sink import Sink
from retailflow.resolve.tables import Outline, Tables
from retailflow.scd import Scd
from retailflow.spec.dimension import DimensionSpec

HISTORY = 4
_DEFAULT_SCD = 2


def resolve_dimension(sink: Sink, outline: Outline, tables: Tables) -> Dimension | None:
    """The dimension a table feeds, None if it feeds none (or a finding stands in the way)."""
    if not outline.has_dimension:
        _no_types(sink, outline)
        return None
    if not outline.key:
        sink.add(
            "RF301", "a dimension needs a key", *(("scd",) if outline.spec.scd is not None else ("dimension",)), key=True, hint="add `key`"
        )
        return None
    spec = outline.spec.dimension or DimensionSpec()
    table_scd = outline.spec.scd if outline.spec.scd is not None else _DEFAULT_SCD
    effective = _effective(sink, outline, spec)
    types = _types(sink, outline, table_scd, effective)
    lookups = tuple(_lookup(sink, outline, tables, parent, types) for parent in spec.lookups)
    name = spec.name or f"dim_{outline.name}"
    found = Dimension(
        name=name,
        table=outline.name,
        surrogate_key=f"{outline.name}_key",
        attributes=tuple(Attribute(c, scd) for c, scd in types.items()),
        lookups=lookups,
        on_delete=OnDelete(spec.on_delete),
        effective=effective,
        beginning=spec.beginning,
        salt=spec.salt,
        description=spec.description or outline.spec.description,
    )
    if table_scd == HISTORY:
        found = _with_history(found)
    if effective is not None and not (found.history or found).versioned:
        hint = "make a column of type 2, or delete `effective`"
        sink.warn("RF305", f"`{name}` has no versions whose start `effective` could give", "dimension", "effective", hint=hint)
    return found


def _with_history(versioned: Dimension) -> Dimension:
    """Type 4: what was resolved is the history; beside it the latest of everything, to which facts refer."""
    history = replace(versioned, name=f"{versioned.name}_history", surrogate_key=f"{versioned.table}_history_key", is_history=True)
    latest = tuple(Attribute(a.column, Scd.OVERWRITE) for a in versioned.attributes)
    return replace(versioned, attributes=latest, lookups=tuple(replace(lk, scd=Scd.OVERWRITE) for lk in versioned.lookups), history=history)


def _no_types(sink: Sink, outline: Outline) -> None:
    for name, spec in outline.spec.columns.items():
        if spec.scd is not None:
            hint = "add `scd` or `dimension` to the table, or delete this key"
            sink.warn("RF303", f"`{outline.name}` feeds no dimension that could show `{name}`", "columns", name, "scd", key=True, hint=hint)


def _effective(sink: Sink, outline: Outline, spec: DimensionSpec) -> str | None:
    if spec.effective is None:
        return None
    time_column(sink, outline.columns, spec.effective, f"`{outline.name}`", "dimension", "effective")
    if spec.effective in outline.key:
        sink.add("RF305", f"`{spec.effective}` is part of the key and cannot be `effective`", "dimension", "effective")
    return spec.effective


def _types(sink: Sink, outline: Outline, table_scd: int, effective: str | None) -> dict[str, Scd]:
    """The type of every attribute, in the order of the table; keys and `effective` are none."""
    types: dict[str, Scd] = {}
    default = Scd.VERSION if table_scd == HISTORY else Scd(table_scd)
    for name, spec in outline.spec.columns.items():
        if name in outline.key or name == effective:
            if spec.scd is not None:
                why = "is part of the key" if name in outline.key else "is the `effective` column"
                sink.add("RF304", f"`{name}` {why} and has no type of its own", "columns", name, "scd", key=True, hint="delete `scd`")
            continue
        if table_scd == HISTORY and spec.scd not in (None, Scd.OVERWRITE, Scd.VERSION):
            hint = "in a table of type 4 columns are of type 2, or 1"
            sink.add("RF303", f"`{name}` cannot be of type {spec.scd} in a table of type 4", "columns", name, "scd", hint=hint)
        types[name] = Scd(spec.scd) if spec.scd is not None else default
    return types


def _lookup(sink: Sink, outline: Outline, tables: Tables, parent: str, types: dict[str, Scd]) -> Lookup:
    spec = (outline.spec.dimension or DimensionSpec()).lookups[parent]
    steps = ("dimension", "lookups", parent)
    pairs = [(number, shown, source) for number, item in enumerate(spec.columns) for shown, source in item.items()]
    target = tables.find(sink, parent, *steps, key=True)
    if target is not None:
        names_key(sink, outline.columns, spec.by, f"`{outline.name}`", target, *steps, "by")
        for number, shown, source in pairs:
            column(sink, target.columns, source, f"`{parent}`", *steps, "columns", number, shown)
    if Scd(spec.scd).opens_versions:
        for number, by in enumerate(spec.by):
            if by in types and not types[by].opens_versions:
                hint = f"make `{by}` of type 2, or the lookup of type 1"
                message = f"a lookup of type 2 needs the history of `{by}`, which is of type {types[by].value}"
                sink.add("RF306", message, *steps, "by", number, hint=hint)
    return Lookup(parent, tuple(spec.by), tuple(LookupColumn(shown, source) for _, shown, source in pairs), Scd(spec.scd))
