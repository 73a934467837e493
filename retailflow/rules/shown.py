"""The columns of dimensions and facts, each name once."""

from collections.abc import Iterable, Iterator

from retailflow.errors import Finding
from retailflow.model.dimension import Dimension
from retailflow.model.fact import ColumnMilestone, Fact, FactKind
from retailflow.model.table import Table
from retailflow.resolve import Written
from retailflow.source import Step

Shown = tuple[str, tuple[Step, ...]]  # a name and where it comes from
OWN = ("valid_from", "valid_to", "is_current", "is_deleted", "is_inferred")


def names_once(written: Written) -> Iterator[Finding]:
    """Two columns of one dimension, or of one fact, cannot have one name."""
    if written.table is None:
        return
    if written.table.dimension is not None:
        yield from _twice(written, written.table.dimension.name, dimension_names(written.table, written.table.dimension))
        if written.table.dimension.history is not None:
            history = written.table.dimension.history
            yield from _twice(written, history.name, dimension_names(written.table, history))
    for fact in written.table.facts:
        yield from _twice(written, fact.name, fact_names(fact))


def dimension_names(table: Table, dimension: Dimension) -> Iterator[Shown]:
    """What the table of a dimension shows."""
    yield dimension.surrogate_key, ("table",)
    for key in table.key:
        yield key, ("columns", key)
        if table.folds(key):
            yield f"{key}_source", ("columns", key)
    for attribute in dimension.attributes:
        steps = ("columns", attribute.column)
        yield attribute.column, steps
        prefix = attribute.scd.extra_prefix
        if prefix == "previous_" or (prefix and dimension.versioned):
            yield f"{prefix}{attribute.column}", steps
    if dimension.effective is not None and dimension.effective not in table.key:
        yield dimension.effective, ("columns", dimension.effective)
    for lookup in dimension.lookups:
        for number, column in enumerate(lookup.columns):
            yield column.name, ("dimension", "lookups", lookup.parent, "columns", number, column.name)
    for name in OWN:
        yield name, ("table",)


def fact_names(fact: Fact) -> Iterator[Shown]:
    """What the table of a fact shows; a milestone that is a column shown anyway is shown once."""
    at = ("facts", fact.name)
    if fact.kind is FactKind.PERIODIC_SNAPSHOT:
        yield "period_start", at
    for role in fact.roles:
        yield role.surrogate_key, (*at, "dimensions", role.name)
    for column in fact.shown_columns:
        yield column, (*at, "degenerate") if column in fact.degenerate and column not in fact.grain else (*at, "grain")
    for measure in fact.measures:
        yield measure.name, (*at, "measures", measure.name)
    for milestone in fact.milestones:
        same = isinstance(milestone, ColumnMilestone) and milestone.column == milestone.name
        if not (same and milestone.name in fact.shown_columns):
            yield milestone.name, (*at, "milestones", milestone.name)
    for lag in fact.lags:
        yield lag.name, (*at, "lags", lag.name)


def _twice(written: Written, where: str, names: Iterable[Shown]) -> Iterator[Finding]:
    taken: set[str] = set()
    for name, steps in names:
        if name in taken and name not in OWN:  # `names.own` speaks of those
            yield Finding(
                "RF116", f"`{where}` would have two columns `{name}`", written.document.key_place(*steps), hint="rename one of them"
            )
        taken.add(name)
