"""Milestones of an accumulating snapshot, and the lags between them."""

from collections.abc import Mapping

from retailflow.errors import did_you_mean
from retailflow.model.fact import ChildMilestone, ColumnMilestone, Lag, Milestone, StatusMilestone
from retailflow.model.table import Column
from retailflow.resolve.expression.literals import LiteralError, canonical
from retailflow.resolve.reference import column, time_column
from retailflow.resolve.sink import Sink
from retailflow.resolve.tables import Outline, Tables
from retailflow.source import Step
from retailflow.spec.fact import FactSpec, MilestoneSpec

_FORMS = "`column`, or `{from, by, first}`, or `{status, at, order}`"
_KEYS = {"column": {"column"}, "from_": {"from_", "by", "first", "last"}, "status": {"status", "at", "order"}}


def resolve_milestones(
    sink: Sink, spec: FactSpec, outline: Outline, tables: Tables, columns: Mapping[str, Column | None], *at: Step
) -> tuple[Milestone, ...]:
    """Every milestone of a fact; `columns` are its own and its parents'."""
    found: list[Milestone] = []
    for name, milestone in spec.milestones.items():
        steps = (*at, "milestones", name)
        form = _form(sink, milestone, *steps)
        if form == "column":
            what = f"`{outline.name}` or of a parent" if spec.parent else f"`{outline.name}`"
            time_column(sink, columns, str(milestone.column), what, *steps, "column")
            found.append(ColumnMilestone(name, str(milestone.column)))
        elif form == "from_":
            found.append(_child(sink, name, milestone, outline, tables, *steps))
        elif form == "status":
            found.append(_status(sink, name, milestone, outline, *steps))
    return tuple(found)


def _form(sink: Sink, spec: MilestoneSpec, *steps: Step) -> str | None:
    """Which of the three forms a milestone has; None and a finding when it is none of them, or half of one."""
    given = {key for key in MilestoneSpec.model_fields if getattr(spec, key) is not None}
    for form, keys in _KEYS.items():
        whole = keys - {"first", "last"} <= given and (form != "from_" or ("first" in given) != ("last" in given))
        if form in given and given <= keys and whole:
            return form
    sink.add("RF309", f"a milestone is {_FORMS}", *steps, key=True, hint="give the keys of one form, and all of them")
    return None


def _child(sink: Sink, name: str, spec: MilestoneSpec, outline: Outline, tables: Tables, *steps: Step) -> ChildMilestone:
    table, by = str(spec.from_), tuple(spec.by or ())
    which = "first" if spec.first is not None else "last"
    shown = str(spec.first if spec.first is not None else spec.last)
    child = tables.find(sink, table, *steps, "from")
    if child is not None:
        time_column(sink, child.columns, shown, f"`{table}`", *steps, which)
        _names_us(sink, child, by, outline, *steps)
    return ChildMilestone(name, table, by, shown, spec.first is not None)


def _names_us(sink: Sink, child: Outline, by: tuple[str, ...], outline: Outline, *steps: Step) -> None:
    if len(by) != len(outline.key):
        hint = f"its key: {', '.join(f'`{key}`' for key in outline.key)}"
        sink.add("RF114", f"`by` does not name the key of `{outline.name}`", *steps, "by", hint=hint)
    for number, own in enumerate(by):
        found = column(sink, child.columns, own, f"`{child.name}`", *steps, "by", number)
        key = outline.key_columns[number] if number < len(outline.key) else None
        if found is not None and key is not None and found.type.kind is not key.type.kind:
            message = f"`{child.name}.{own}` is `{found.type.tsql}`, but `{outline.name}.{key.name}` is `{key.type.tsql}`"
            sink.add("RF206", message, *steps, "by", number)


def _status(sink: Sink, name: str, spec: MilestoneSpec, outline: Outline, *steps: Step) -> StatusMilestone:
    status, at, order = str(spec.status), str(spec.at), list(spec.order or ())
    found = column(sink, outline.columns, status, f"`{outline.name}`", *steps, "status")
    if at not in order:
        sink.add("RF309", f"`{at}` is not in `order`", *steps, "at", hint=did_you_mean(at, order))
    for number, value in enumerate(order):
        if value in order[:number]:
            sink.add("RF309", f"`{value}` stands in `order` twice", *steps, "order", number)
    typed = tuple(_typed(sink, value, found, *steps, "order", number) for number, value in enumerate(order))
    return StatusMilestone(name, status, _typed(sink, at, found, *steps, "at"), typed)


def _typed(sink: Sink, value: str, found: Column | None, *steps: Step) -> str:
    if found is None:
        return value
    try:
        return canonical(value, found.type, found.time_zone)
    except LiteralError as error:
        sink.add("RF208", f"`{value}` {error}, as `{found.name}` is `{found.type.tsql}`", *steps)
        return value


def resolve_lags(sink: Sink, spec: FactSpec, *at: Step) -> tuple[Lag, ...]:
    """Every lag; both of its ends must be milestones."""
    for name, lag in spec.lags.items():
        for number, (key, milestone) in enumerate((("from", lag.from_), ("to", lag.to))):
            if milestone not in spec.milestones:
                steps = (*at, "lags", name)
                where = (*steps, key) if sink.document.node(*steps, key) is not None else (*steps, number)
                sink.add("RF309", f"there is no milestone `{milestone}`", *where, hint=did_you_mean(milestone, spec.milestones))
    return tuple(Lag(name, lag.from_, lag.to, lag.unit) for name, lag in spec.lags.items())
