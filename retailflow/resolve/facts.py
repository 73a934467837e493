"""From what is written about a fact to its parents, roles, measures and milestones."""

from retailflow.model.expression import ColumnRef, Expression
from retailflow.model.fact import Additivity, Fact, FactKind, Measure, Parent, Period, Role
from retailflow.model.table import Column
from retailflow.resolve.columns import fits, read_at, read_type, readable
from retailflow.resolve.expression.widths import NUMERIC
from retailflow.resolve.milestones import resolve_lags, resolve_milestones
from retailflow.resolve.reference import column, names_key, time_column
from retailflow.resolve.sink import Sink
from retailflow.resolve.tables import Outline, Tables
from retailflow.source import Step
from retailflow.spec.fact import FactSpec, MeasureSpec

DATE = "date"
_BELONGS = {
    "period": (FactKind.PERIODIC_SNAPSHOT,),
    "milestones": (FactKind.ACCUMULATING_SNAPSHOT,),
    "lags": (FactKind.ACCUMULATING_SNAPSHOT,),
    "parent": (FactKind.TRANSACTION, FactKind.FACTLESS, FactKind.ACCUMULATING_SNAPSHOT),
    "time": (FactKind.TRANSACTION, FactKind.FACTLESS, FactKind.ACCUMULATING_SNAPSHOT),
    "measures": (FactKind.TRANSACTION, FactKind.PERIODIC_SNAPSHOT, FactKind.ACCUMULATING_SNAPSHOT),
}
_WHY = {
    "parent": "its rows are those of its own table at the end of a period",
    "time": "its time is the end of a period",
    "measures": "it has keys only",
    "milestones": "only accumulating snapshots have them",
    "lags": "only accumulating snapshots have them",
    "period": "only periodic snapshots have one",
}


class FactResolver:
    """Resolves one fact of a table; `at` is where it stands in the document."""

    def __init__(self, sink: Sink, outline: Outline, tables: Tables, name: str) -> None:
        self.sink, self.outline, self.tables, self.name = sink, outline, tables, name
        self.spec: FactSpec = outline.spec.facts[name]
        self.at: tuple[Step, ...] = ("facts", name)
        self.kind = FactKind(self.spec.type)
        self.columns: dict[str, Column | None] = dict(outline.columns)
        self.what = f"`{outline.name}` or of a parent" if self.spec.parent else f"`{outline.name}`"

    def resolve(self) -> Fact:
        """The fact; with findings in the sink it may be incomplete."""
        self._belongs()
        self._grain()
        parents = tuple(self._parent(table) for table in self.spec.parent)
        if self.spec.time is not None:
            time_column(self.sink, self.columns, self.spec.time, self.what, *self.at, "time")
        measures = tuple(m for m in (self._measure(name, spec) for name, spec in self.spec.measures.items()) if m is not None)
        milestones = resolve_milestones(self.sink, self.spec, self.outline, self.tables, self.columns, *self.at)
        periodic = self.kind is FactKind.PERIODIC_SNAPSHOT
        return Fact(
            name=self.name,
            table=self.outline.name,
            kind=self.kind,
            grain=self.outline.key,
            time=self.spec.time,
            parents=parents,
            roles=tuple(role for role in map(self._role, self.spec.dimensions) if role is not None),
            measures=measures,
            degenerate=self._degenerate(),
            period=Period(self.spec.period or Period.DAY) if periodic else None,
            milestones=milestones,
            lags=resolve_lags(self.sink, self.spec, *self.at),
            description=self.spec.description,
        )

    def _belongs(self) -> None:
        for key, kinds in _BELONGS.items():
            if getattr(self.spec, key) and self.kind not in kinds:
                label = str(self.kind).replace("_", " ")
                self.sink.add(
                    "RF307", f"a {label} fact has no `{key}`: {_WHY[key]}", *self.at, key, key=True, hint="delete it, or change `type`"
                )
        if self.kind is FactKind.ACCUMULATING_SNAPSHOT and not self.spec.milestones:
            self.sink.add("RF307", "an accumulating snapshot needs `milestones`", *self.at, key=True, hint="add at least one")

    def _grain(self) -> None:
        key = self.outline.key
        if not key:
            self.sink.add("RF301", "a fact needs a table with a key", *self.at, key=True, hint="add `key` (or `event_id`) to the table")
        elif set(self.spec.grain) != set(key) or len(self.spec.grain) != len(key):
            named = ", ".join(key)
            hint = f"write `grain: [{named}]`" if len(key) > 1 else f"write `grain: {named}`"
            self.sink.add("RF302", f"the grain of `{self.name}` is not the key of `{self.outline.name}`", *self.at, "grain", hint=hint)

    def _parent(self, table: str) -> Parent:
        spec, steps = self.spec.parent[table], (*self.at, "parent", table)
        target = self.tables.find(self.sink, table, *steps, key=True)
        if target is not None:
            names_key(self.sink, self.outline.columns, spec.by, f"`{self.outline.name}`", target, *steps, "by")
        for number, name in enumerate(spec.columns):
            if name in self.columns:
                owner = "this table's" if name in self.outline.columns else "another parent's"
                hint = "delete it here, or derive one of them under another name"
                self.sink.add("RF115", f"`{name}` is both {owner} and `{table}`'s", *steps, "columns", number, hint=hint)
            elif target is not None:
                self.columns[name] = column(self.sink, target.columns, name, f"`{table}`", *steps, "columns", number)
            else:
                self.columns[name] = None
        return Parent(table, tuple(spec.by), tuple(spec.columns))

    def _role(self, name: str) -> Role | None:
        spec, steps = self.spec.dimensions[name], (*self.at, "dimensions", name)
        dimension = spec.dimension or name
        if dimension == DATE:
            self._date_role(spec.by, *steps)
        else:
            self._table_role(dimension, spec.by, *steps, named=spec.dimension is not None)
        if spec.time is not None:
            time_column(self.sink, self.columns, spec.time, self.what, *steps, "time")
            if dimension == DATE or self.kind is FactKind.PERIODIC_SNAPSHOT:
                self.sink.add("RF307", f"role `{name}` is not looked up as of a time", *steps, "time", key=True, hint="delete `time`")
        return Role(name, dimension, tuple(spec.by), spec.time, f"{name}_key")

    def _date_role(self, by: list[str], *steps: Step) -> None:
        if len(by) != 1:
            self.sink.add("RF114", "a date is named by one column", *steps, "by")
        for number, name in enumerate(by):
            time_column(self.sink, self.columns, name, self.what, *steps, "by", number)

    def _table_role(self, dimension: str, by: list[str], *steps: Step, named: bool) -> None:
        where = (*steps, "dimension") if named else steps
        if dimension not in self.tables.outlines and dimension not in self.tables.broken:
            from retailflow.errors import did_you_mean

            known = [DATE, *(o.name for o in self.tables.outlines.values() if o.has_dimension)]
            hint = did_you_mean(dimension, known) or "name the table with `{dimension: …, by: …}`"
            self.sink.add("RF113", f"there is no dimension `{dimension}`", *where, key=not named, hint=hint)
            return
        target = self.tables.outlines.get(dimension)
        if target is None:
            return
        if not target.has_dimension:
            hint = f"add `scd` to tables/{dimension}.yaml"
            self.sink.add("RF113", f"table `{dimension}` feeds no dimension", *where, key=not named, hint=hint)
            return
        names_key(self.sink, self.columns, by, self.what, target, *steps, "by")

    def _measure(self, name: str, spec: MeasureSpec) -> Measure | None:
        steps = (*self.at, "measures", name)
        self._additivity(spec, *steps)
        declared = read_type(self.sink, spec.type, *steps, "type") if spec.type is not None else None
        expression = self._expression(name, spec, *steps)
        if expression is None or (spec.type is not None and declared is None):
            return None
        t = declared or expression.type
        if t.kind not in NUMERIC:
            hint = "measures are numbers; show it as a `degenerate` column"
            self.sink.add("RF222", f"measure `{name}` is `{t.tsql}`, not a number", *steps, key=spec.expr is None, hint=hint)
        elif fits(self.sink, expression, t, *steps, "type"):
            return Measure(name, expression, t, Additivity(spec.additivity), self._over_time(spec), spec.description)
        return None

    def _expression(self, name: str, spec: MeasureSpec, *steps: Step) -> Expression | None:
        if spec.expr is None:
            if name not in self.columns:
                from retailflow.errors import did_you_mean

                hint = did_you_mean(name, self.columns) or "give it an `expr`"
                self.sink.add("RF112", f"`{name}` is not a column of {self.what}", *steps, key=True, hint=hint)
            found = self.columns.get(name)
            return ColumnRef(name, found.type) if found is not None else None
        scope = {c: readable(found) for c, found in self.columns.items()}
        return read_at(self.sink, spec.expr, scope, *steps, "expr")

    def _additivity(self, spec: MeasureSpec, *steps: Step) -> None:
        if spec.over_time is not None and Additivity(spec.additivity) is not Additivity.SEMI_ADDITIVE:
            hint = "write `additivity: semi_additive`, or delete `over_time`"
            self.sink.add(
                "RF308", f"a measure that is {spec.additivity.replace('_', '-')} does not fold `over_time`", *steps, "over_time", hint=hint
            )

    def _over_time(self, spec: MeasureSpec) -> str | None:
        return (spec.over_time or "last") if Additivity(spec.additivity) is Additivity.SEMI_ADDITIVE else None

    def _degenerate(self) -> tuple[str, ...]:
        if self.spec.degenerate is None:
            return self.outline.key
        for number, name in enumerate(self.spec.degenerate):
            column(self.sink, self.columns, name, self.what, *self.at, "degenerate", number)
        return tuple(self.spec.degenerate)
