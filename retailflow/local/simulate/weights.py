"""How many rows each table has and how often they come and change: a guess from what the tables are to each other."""

from dataclasses import dataclass

from retailflow.local.simulate.naming import parts
from retailflow.local.simulate.relations import Reference
from retailflow.model.project import Project
from retailflow.model.source import Route
from retailflow.model.table import Table

# Tables that are short in any company, and about how long they are.
_SHORT = {
    "status": 8, "type": 8, "currency": 8, "region": 12, "channel": 6, "segment": 6, "country": 30, "category": 40, "department": 15,
    "brand": 40,
    "store": 60, "shop": 60, "warehouse": 12, "carrier": 5, "shipper": 5, "supplier": 150, "vendor": 150, "promotion": 60, "campaign": 60,
    "employee": 400, "territory": 50, "location": 80,
}  # fmt: skip
_SELDOM = frozenset({"return", "refund", "claim", "complaint", "cancellation"})
_LOOKED_UP = 60  # rows of tables that only lend their columns to others


@dataclass(frozen=True, slots=True)
class Weight:
    """Relative numbers of first rows, of creates, and of updates and deletes; `most`: no more first rows than this."""

    initial: float
    create: float
    change: float
    most: int


def weigh(project: Project, refs: dict[str, tuple[Reference, ...]], initial_rows: int) -> dict[str, Weight]:
    """`initial_rows`: how many first rows there are to share out."""
    referred = {r.parent for refs_ in refs.values() for r in refs_}
    in_facts = {role.dimension for _, fact in project.facts() for role in fact.roles}
    happening = _happening(project, refs)
    found: dict[str, Weight] = {}
    for table in project.tables:
        short = next((n for word, n in _SHORT.items() if word == parts(table.name)[-1]), None)
        if short is None and table.name in referred - in_facts - happening and not refs[table.name]:
            short = _LOOKED_UP
        found[table.name] = _weight(table, refs[table.name], table.name in happening, short, initial_rows)
    return found


def busy(project: Project, refs: dict[str, tuple[Reference, ...]]) -> frozenset[str]:
    """Tables of things that happen, whose recent rows matter most."""
    return frozenset(_happening(project, refs))


def _happening(project: Project, refs: dict[str, tuple[Reference, ...]]) -> set[str]:
    """Tables with facts, the headers of these, and what refers to either without being a dimension itself."""
    found = {t.name for t in project.tables if t.facts and t.dimension is None}
    found |= {p.table for _, fact in project.facts() for p in fact.parents if project.table(p.table).dimension is None}
    for table in project.tables:
        if table.dimension is None and any(r.parent in found for r in refs[table.name]):
            found.add(table.name)
    return found


def _weight(table: Table, refs: tuple[Reference, ...], happens: bool, short: int | None, initial_rows: int) -> Weight:
    pointed = {c for r in refs for c in r.columns}
    if table.route is Route.STREAM:
        return Weight(0, 6, 0, 0)
    if any(r.owned for r in refs):
        return Weight(0, 0.2, 1.5, 0)
    if table.route is Route.BATCH:
        return Weight(1, 0, 0, min(short or 1_000, max(initial_rows // 20, 5)))
    if len(table.key) > 1 and set(table.key) <= pointed:
        return Weight(4, 0.2, 4, initial_rows)
    if short is not None:
        return Weight(short / 100, 0.02, min(short, 200) / 400, short)
    if happens and _SELDOM & set(parts(table.name)):
        return Weight(0.3, 0.5, 0.3, initial_rows)
    return Weight(3, 5, 2, initial_rows) if happens else Weight(5, 0.7, 2.5, initial_rows)
