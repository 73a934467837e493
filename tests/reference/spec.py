"""The specs: the YAML dictionaries of a user as small frozen dataclasses, with every default filled in (DESIGN 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.reference import expressions
from tests.reference.expressions import Expression
from tests.reference.values import Type, parse_type

Raw = Mapping[str, Any]
Shown = tuple[tuple[str, str], ...]  # (the name shown, the column of the parent)


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    kind: str
    zone: str
    case_insensitive: bool
    incarnation: int


@dataclass(frozen=True, slots=True)
class Generation:
    """What one generation of a topic was: the incarnation it belongs to and the route its events came by."""

    number: int
    incarnation: int
    route: str


@dataclass(frozen=True, slots=True)
class Check:
    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    field: str  # its name in the source
    type: Type
    zone: str
    scd: int
    derived: Expression | None
    checks: tuple[Check, ...]  # only those that quarantine


@dataclass(frozen=True, slots=True)
class Lookup:
    parent: str
    by: tuple[str, ...]
    columns: Shown
    scd: int


@dataclass(frozen=True, slots=True)
class Dimension:
    on_delete: str
    effective: str | None
    beginning: bool
    salt: str
    lookups: tuple[Lookup, ...]
    history: bool  # a type 4 table


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    dimension: str
    by: tuple[str, ...]
    time: str | None


@dataclass(frozen=True, slots=True)
class Parent:
    table: str
    by: tuple[str, ...]
    columns: Shown


@dataclass(frozen=True, slots=True)
class Measure:
    name: str
    expression: Expression | None
    type: Type | None


@dataclass(frozen=True, slots=True)
class ColumnMilestone:
    column: str


@dataclass(frozen=True, slots=True)
class ChildMilestone:
    table: str
    by: tuple[str, ...]
    column: str
    last: bool


@dataclass(frozen=True, slots=True)
class StatusMilestone:
    column: str
    reached: tuple[str, ...]  # the statuses at or past the given one


Milestone = ColumnMilestone | ChildMilestone | StatusMilestone


@dataclass(frozen=True, slots=True)
class Lag:
    name: str
    start: str
    end: str
    unit: str


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    type: str
    time: str | None
    parents: tuple[Parent, ...]
    roles: tuple[Role, ...]
    measures: tuple[Measure, ...]
    degenerate: tuple[str, ...]
    period: str
    milestones: tuple[tuple[str, Milestone], ...]
    lags: tuple[Lag, ...]


@dataclass(frozen=True, slots=True)
class Files:
    path: str
    format: str
    full: bool


@dataclass(frozen=True)
class Table:
    name: str
    source: Source
    origin: tuple[str, str] | None  # schema and table in the source
    topic: str
    key: tuple[str, ...]  # empty: every event is a row of its own
    columns: tuple[Column, ...]
    route: str
    generation: int
    earlier: tuple[Generation, ...]
    event_id: str | None
    time: str | None
    where: Expression | None
    at_least: int  # rows a snapshot must have to be complete
    files: Files | None
    dimension: Dimension | None
    facts: tuple[Fact, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def attributes(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.name not in self.key)

    @cached_property
    def derived(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.derived is not None)

    def generation_of(self, number: int) -> Generation | None:
        if number == self.generation:
            return Generation(number, self.source.incarnation, self.route)
        return next((earlier for earlier in self.earlier if earlier.number == number), None)


@dataclass(frozen=True)
class Specs:
    sources: Mapping[str, Source]
    tables: Mapping[str, Table]

    @cached_property
    def by_topic(self) -> Mapping[str, Table]:
        return {table.topic: table for table in self.tables.values()}


# --- loading ------------------------------------------------------------------------------------------------------------------------


def load(config: Raw, tables: Sequence[Raw]) -> Specs:
    """`config` is `retailflow.yaml`, `tables` the files of `tables/`, both as a YAML reader gives them."""
    sources = {name: _source(name, raw or {}) for name, raw in (config.get("sources") or {}).items()}
    loaded = [_table(sources, raw) for raw in tables]
    specs = Specs(sources, {table.name: table for table in loaded})
    for table in loaded:
        _refuse_ambiguous_names(specs, table)
    return specs


def _source(name: str, raw: Raw) -> Source:
    collation = raw.get("collation") or "SQL_Latin1_General_CP1_CI_AS"
    return Source(
        name=name,
        kind=raw.get("kind") or "sqlserver",
        zone=raw.get("time_zone") or "UTC",
        case_insensitive="_CI_" in collation,
        incarnation=raw.get("incarnation") or 1,
    )


def _table(sources: Mapping[str, Source], raw: Raw) -> Table:
    name = raw["table"]
    source_name, *origin = (raw.get("source") or "").split(".")
    # A table of no source is a source of its own: nothing else moves its `as_of`.
    source = sources.get(source_name) or _source(source_name or f"({name})", {})
    event_id = raw.get("event_id")
    key = _names(raw.get("key")) or _names(event_id)
    route = raw.get("ingest") or "cdc"
    scd = raw.get("scd", 2)
    has_dimension = "scd" in raw or "dimension" in raw
    return Table(
        name=name,
        source=source,
        origin=(origin[0], origin[1]) if len(origin) == 2 else None,
        topic=raw.get("topic") or f"{name}_changes",
        key=key,
        columns=tuple(_column(column, spec, source, scd) for column, spec in raw["columns"].items()),
        route=route,
        generation=raw.get("generation") or 1,
        earlier=tuple(Generation(e["generation"], e.get("incarnation", 1), e.get("ingest", route)) for e in raw.get("earlier") or ()),
        event_id=event_id,
        time=raw.get("time"),
        where=expressions.parse(raw["where"]) if raw.get("where") else None,
        at_least=raw.get("at_least") or 0,
        files=_files(raw["files"]) if raw.get("files") else None,
        dimension=_dimension(raw.get("dimension") or {}, scd) if has_dimension else None,
        facts=tuple(_fact(fact, spec, key) for fact, spec in (raw.get("facts") or {}).items()),
    )


def _column(name: str, spec: Any, source: Source, table_scd: int) -> Column:
    raw: Raw = {"type": spec} if isinstance(spec, str) else spec
    scd = raw.get("scd", table_scd)
    if table_scd == 4:  # its history is type 2 but for columns declared 1
        scd = 1 if scd == 1 else 2
    checks = raw.get("checks") or {}
    return Column(
        name=name,
        field=raw.get("from") or name,
        type=parse_type(raw["type"]),
        zone=raw.get("time_zone") or source.zone,
        scd=scd,
        derived=expressions.parse(raw["expr"]) if raw.get("expr") else None,
        checks=tuple(Check(k, v) for k, v in checks.items() if k != "on_fail") if checks.get("on_fail") == "quarantine" else (),
    )


def _names(raw: Any) -> tuple[str, ...]:
    return () if raw is None else (raw,) if isinstance(raw, str) else tuple(raw)


def _shown(raw: Sequence[Any]) -> Shown:
    """`[name, {shown: column}]`: a column is shown under its own name or under the one given."""
    return tuple(pair for item in raw for pair in ([(item, item)] if isinstance(item, str) else item.items()))


def _files(raw: Raw) -> Files:
    return Files(raw["path"], raw.get("format") or "csv", (raw.get("mode") or "full") == "full")


def _dimension(raw: Raw, scd: int) -> Dimension:
    return Dimension(
        on_delete=raw.get("on_delete") or "close",
        effective=raw.get("effective"),
        beginning=raw.get("beginning", True),
        salt=raw.get("salt") or "",
        lookups=tuple(
            Lookup(parent, _names(spec["by"]), _shown(spec["columns"]), spec.get("scd") or 1)
            for parent, spec in (raw.get("lookups") or {}).items()
        ),
        history=scd == 4,
    )


def _fact(name: str, raw: Raw, key: tuple[str, ...]) -> Fact:
    kind = raw.get("type") or "transaction"
    grain = _names(raw.get("grain")) or key
    if set(grain) != set(key):
        raise ValueError(f"the grain of {name} is not the key of its table")
    if kind == "periodic_snapshot" and raw.get("parent"):
        raise ValueError(f"{name}: a periodic snapshot takes no parents")
    return Fact(
        name=name,
        type=kind,
        time=raw.get("time"),
        parents=tuple(Parent(t, _names(spec["by"]), _shown(spec["columns"])) for t, spec in (raw.get("parent") or {}).items()),
        roles=tuple(_role(role, spec) for role, spec in (raw.get("dimensions") or {}).items()),
        measures=() if kind == "factless" else tuple(_measure(m, spec) for m, spec in (raw.get("measures") or {}).items()),
        degenerate=_names(raw.get("degenerate")) or grain,
        period=raw.get("period") or "day",
        milestones=tuple((milestone, _milestone(spec)) for milestone, spec in (raw.get("milestones") or {}).items()),
        lags=tuple(_lag(lag, spec) for lag, spec in (raw.get("lags") or {}).items()),
    )


def _role(name: str, spec: Any) -> Role:
    if isinstance(spec, Mapping):
        return Role(name, spec.get("dimension") or name, _names(spec["by"]), spec.get("time"))
    return Role(name, name, _names(spec), None)


def _measure(name: str, raw: Raw | None) -> Measure:
    raw = raw or {}
    return Measure(
        name=name,
        expression=expressions.parse(raw["expr"]) if raw.get("expr") else None,
        type=parse_type(raw["type"]) if raw.get("type") else None,
    )


def _milestone(spec: Any) -> Milestone:
    if isinstance(spec, str):
        return ColumnMilestone(spec)
    if "from" in spec:
        return ChildMilestone(spec["from"], _names(spec["by"]), spec.get("first") or spec["last"], "last" in spec)
    order = tuple(spec["order"])
    return StatusMilestone(spec["status"], order[order.index(spec["at"]) :])


def _lag(name: str, spec: Any) -> Lag:
    """`[start, end]`, `[start, end, unit]` or `{from, to, unit}`; days unless said."""
    if isinstance(spec, Mapping):
        return Lag(name, spec["from"], spec["to"], spec.get("unit") or "day")
    return Lag(name, spec[0], spec[1], spec[2] if len(spec) > 2 else "day")


def _refuse_ambiguous_names(specs: Specs, table: Table) -> None:
    """A name that is both a fact's own and a parent's (or of two parents) is an error."""
    for fact in table.facts:
        names = list(table.by_name) + [shown for parent in fact.parents for shown, _ in parent.columns]
        if len(names) != len(set(names)):
            raise ValueError(f"{fact.name}: a name is both its own and a parent's")
