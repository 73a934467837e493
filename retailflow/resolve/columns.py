"""The columns of a table: their types, zones, and those derived from others."""

from collections.abc import Iterator, Mapping

from retailflow.errors import did_you_mean
from retailflow.model.expression import Expression, columns_of
from retailflow.model.source import Source
from retailflow.model.table import Column
from retailflow.resolve.expression import ExpressionError, Readable, UnresolvableError, read_expression
from retailflow.resolve.expression.widths import NUMERIC, type_of
from retailflow.resolve.sink import Sink
from retailflow.resolve.sources import check_zone
from retailflow.source import Step
from retailflow.spec import TableSpec
from retailflow.spec.table import ColumnSpec
from retailflow.types import ColumnType, Kind, UnknownTypeError

_COMMON_TYPES = (
    "bigint", "binary", "bit", "char", "date", "datetime", "datetime2", "datetimeoffset", "decimal", "float", "int", "money", "nchar",
    "numeric", "nvarchar", "real", "smallint", "smallmoney", "text", "time", "tinyint", "uniqueidentifier", "varbinary", "varchar", "xml",
)  # fmt: skip


def read_type(sink: Sink, text: str, *steps: Step) -> ColumnType | None:
    """A T-SQL type, or a finding."""
    try:
        return type_of(text)
    except UnknownTypeError as error:
        word = text.partition("(")[0].strip().lower()
        hint = did_you_mean(word, _COMMON_TYPES) if word not in _COMMON_TYPES else None
        sink.add("RF201", str(error), *steps, hint=hint)
        return None


def resolve_columns(sink: Sink, spec: TableSpec, source: Source, key: tuple[str, ...]) -> dict[str, Column | None]:
    """Every column in the order of the spec; None where a finding says what is wrong with one."""
    plain = {name: _plain(sink, name, column, source, name in key) for name, column in spec.columns.items() if column.expr is None}
    _one_field_each(sink, plain)
    derived = _Derived(sink, spec, source, plain)
    return {name: derived.column(name) if column.expr is not None else plain[name] for name, column in spec.columns.items()}


def _plain(sink: Sink, name: str, spec: ColumnSpec, source: Source, in_key: bool) -> Column | None:
    if spec.type is None:
        sink.add("RF012", f"the type of `{name}` is missing", "columns", name, key=True, hint=f"write `{name}: int`, or `type:` within it")
        return None
    t = read_type(sink, spec.type, "columns", name, "type")
    if t is None:
        return None
    if spec.from_ is not None and not spec.from_.strip():
        sink.add("RF013", "`from` must name a column of the source", "columns", name, "from")
    return Column(
        name=name,
        type=t,
        field=spec.from_ or name,
        nullable=not in_key and spec.nullable is not False,
        time_zone=_zone(sink, name, spec, t, source),
        pii=spec.pii,
        description=spec.description,
    )


def _zone(sink: Sink, name: str, spec: ColumnSpec, t: ColumnType, source: Source) -> str:
    if spec.time_zone is None:
        return source.time_zone
    if t.kind is not Kind.TIMESTAMP:
        sink.add("RF205", f"`{t.tsql}` has no time zone to declare", "columns", name, "time_zone", hint="only zoneless datetimes have one")
        return source.time_zone
    return check_zone(sink, spec.time_zone, "columns", name, "time_zone")


def _one_field_each(sink: Sink, columns: Mapping[str, Column | None]) -> None:
    """Engines look fields up without regard to case, so two columns that read one are refused."""
    taken: dict[str, str] = {}
    for column in columns.values():
        if column is None:
            continue
        other = taken.setdefault(column.field.lower(), column.name)
        if other != column.name:
            message = f"`{column.name}` reads the field `{column.field}`, and so does `{other}`"
            hint = "fields are looked up without regard to case; derive a copy with `expr`"
            sink.add("RF106", message, "columns", column.name, "from", hint=hint)


class _Derived(Mapping[str, Readable | None]):
    """The columns an expression may read: derived ones are read when they are asked for, and what they stand for is put in their place."""

    def __init__(self, sink: Sink, spec: TableSpec, source: Source, plain: Mapping[str, Column | None]) -> None:
        self.sink, self.spec, self.source = sink, spec, source
        self.plain = {name: readable(column) for name, column in plain.items()}
        self.done: dict[str, Column | None] = {}
        self.open: list[str] = []

    def __getitem__(self, name: str) -> Readable | None:
        if name in self.plain:
            return self.plain[name]
        if name in self.open:
            self.sink.add(
                "RF219", f"`{name}` is derived from itself", "columns", self.open[-1], "expr", hint="read one column from the source"
            )
            return None
        found = self.column(name)
        return Readable(found.type, found.time_zone, found.expression) if found is not None else None

    def __iter__(self) -> Iterator[str]:
        return iter(self.spec.columns)

    def __len__(self) -> int:
        return len(self.spec.columns)

    def __contains__(self, name: object) -> bool:
        return name in self.spec.columns

    def column(self, name: str) -> Column | None:
        """The derived column of that name, read once; raises KeyError."""
        if name not in self.done:
            spec = self.spec.columns[name]
            self.open.append(name)
            self.done[name] = self._read(name, spec)
            self.open.pop()
        return self.done[name]

    def _read(self, name: str, spec: ColumnSpec) -> Column | None:
        for key, value in (("from", spec.from_), ("time_zone", spec.time_zone)):
            if value is not None:
                hint = "delete `expr`, or this key"
                self.sink.add("RF220", f"a derived column has no `{key}`", "columns", name, key, key=True, hint=hint)
        declared = read_type(self.sink, spec.type, "columns", name, "type") if spec.type is not None else None
        expression = read_at(self.sink, spec.expr or "", self, "columns", name, "expr")
        if expression is None or (spec.type is not None and declared is None):
            return None
        t = declared or expression.type
        if not fits(self.sink, expression, t, "columns", name, "type" if spec.type else "expr"):
            return None
        zone = self._zone_of(expression) if t.kind is Kind.TIMESTAMP else self.source.time_zone
        return Column(name, t, name, spec.nullable is not False, zone, spec.pii, spec.description, as_type(expression, t))

    def _zone_of(self, expression: Expression) -> str:
        read = (self.plain.get(name) for name in columns_of(expression))
        zones = {column.zone for column in read if column is not None and column.type.kind is Kind.TIMESTAMP}
        return zones.pop() if len(zones) == 1 else self.source.time_zone


def readable(column: Column | None) -> Readable | None:
    """A column as an expression sees it."""
    return None if column is None else Readable(column.type, column.time_zone)


def read_at(sink: Sink, text: str, scope: Mapping[str, Readable | None], *steps: Step) -> Expression | None:
    """The expression at a place, None where a finding says what is wrong."""
    try:
        return read_expression(text, scope)
    except UnresolvableError:
        return None
    except ExpressionError as error:
        sink.add_within(error.code, error.message, steps, (text, error.start, error.length or len(text)), hint=error.hint)
        return None


def fits(sink: Sink, expression: Expression, t: ColumnType, *steps: Step) -> bool:
    """Whether an expression can be stored as a type."""
    if expression.type == t or (expression.type.kind in NUMERIC and t.kind in (Kind.DECIMAL, Kind.FLOAT)):
        return True
    from retailflow.resolve.expression.casts import castable

    if castable(expression.type, t):
        return True
    sink.add(
        "RF221",
        f"the expression is `{expression.type.tsql}`, which does not fit `{t.tsql}`",
        *steps,
        hint="declare the type it has, or cast",
    )
    return False


def as_type(expression: Expression, t: ColumnType) -> Expression:
    """The expression, cast where its type is another."""
    if expression.type == t:
        return expression
    from retailflow.resolve.expression.casts import cast

    return cast(expression, t)
