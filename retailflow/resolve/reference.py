"""References to columns: what they name, whether it can be what it is used for, and whether keys fit keys."""

from collections.abc import Collection, Mapping, Sequence

from retailflow.errors import did_you_mean
from retailflow.model.table import Column
from retailflow.resolve.sink import Sink
from retailflow.resolve.tables import Outline
from retailflow.source import Step
from retailflow.types import Kind

Columns = Mapping[str, Column | None]
MOMENTS = frozenset((Kind.TIMESTAMP, Kind.INSTANT))
TIMES = MOMENTS | {Kind.DATE}


def column(sink: Sink, columns: Columns, name: str, what: str, *steps: Step, code: str = "RF112") -> Column | None:
    """The column of that name, or a finding; `what` says whose columns these are."""
    if name not in columns:
        sink.add(code, f"`{name}` is not a column of {what}", *steps, hint=did_you_mean(name, columns))
        return None
    return columns[name]


def time_column(sink: Sink, columns: Columns, name: str, what: str, *steps: Step, kinds: Collection[Kind] = TIMES) -> Column | None:
    """A column that says when."""
    found = column(sink, columns, name, what, *steps)
    if found is not None and found.type.kind not in kinds:
        wanted = "a date or a datetime" if Kind.DATE in kinds else "a datetime"
        sink.add("RF207", f"`{name}` is `{found.type.tsql}`, not {wanted}", *steps)
    return found


def names_key(sink: Sink, columns: Columns, by: Sequence[str], what: str, target: Outline, *steps: Step) -> None:
    """Whether the columns of `by` can name the key of another table: as many, in its order, of its kinds."""
    if not target.key:
        sink.add("RF114", f"`{target.name}` has no key to be named by", *steps)
        return
    found = [column(sink, columns, name, what, *steps, number) for number, name in enumerate(by)]
    if len(by) != len(target.key):
        keys = ", ".join(f"`{key}`" for key in target.key)
        sink.add(
            "RF114",
            f"{_count(len(by))} cannot name the key of `{target.name}`, which has {_count(len(target.key))}",
            *steps,
            hint=f"its key: {keys}",
        )
        return
    for number, (own, key) in enumerate(zip(found, target.key_columns, strict=True)):
        if own is not None and key is not None and own.type.kind is not key.type.kind:
            message = f"`{own.name}` is `{own.type.tsql}`, but `{target.name}.{key.name}` is `{key.type.tsql}`"
            sink.add("RF206", message, *steps, number)


def _count(number: int) -> str:
    return f"{number} column" if number == 1 else f"{number} columns"
