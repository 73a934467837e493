"""How tables lie on Redshift: by which column rows are spread over the nodes, by which they are sorted, and why.

The rules, for all tables alike; `redshift:` in a spec replaces them for the tables people query, never for the log.

- A log, and what is made of it, is spread by a column of the key, because every load joins them on the whole key and equal keys then meet
  on one node. Of a composite key it is the first column that is wider than 16 bits: narrow ones (a shop, a line number) have few values,
  which would fill few nodes.
- A log is sorted by commit time: what a load adds lies together, and audits and backfills read ranges of it.
- A dimension and its history are sorted by key, then by the start of the version, which is what loads and as-of lookups ask for.
- A fact is sorted by its time, a periodic snapshot by its period: reports ask for ranges of it.
- What every query or load joins and is small for sure (dates, zones, control tables) lies whole on every node.
- Encodings are left to Redshift: one explicit ENCODE would turn automatic encoding off for the whole table.
- A primary key is declared where loads guarantee it and no column of it could ever have to be widened; Redshift does not enforce it, but
  its optimizer believes it. Foreign keys are not declared: the members -1 and -2 are in no dimension.
"""

from dataclasses import dataclass

from retailflow.model.dimension import Dimension
from retailflow.model.fact import Fact, FactKind
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql.shape import Shown, dimension_columns, fact_columns
from retailflow.types import ColumnType, Kind

# Column types that Redshift distributes and sorts by (dg: CREATE TABLE); binary columns are kept as text here.
_BY_ALLOWED = frozenset(Kind)
_NEVER_WIDENED = (Kind.BOOLEAN, Kind.INTEGER, Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.INSTANT, Kind.UUID)


@dataclass(frozen=True, slots=True)
class Layout:
    """`style`: `key`, `all`, `even` or `auto`; `distkey` only with `key`. Bare column names. `why`: a sentence a choice."""

    style: str
    distkey: str | None
    sortkey: tuple[str, ...]
    why: tuple[str, ...]


def log(table: Table) -> Layout:
    sort = "sorted by commit time, so that what a load adds lies together"
    return _by_key(table, ("_commit_ts",), sort)


def dimension(project: Project, table: Table, shown: Dimension) -> Layout:
    sort = "sorted by key and start, which is what loads and as-of lookups ask for"
    return _chosen(table, dimension_columns(project, table, shown), _by_key(table, (*table.key, "valid_from"), sort))


def fact(project: Project, table: Table, shown: Fact) -> Layout:
    if shown.kind is FactKind.PERIODIC_SNAPSHOT:
        rule = _by_key(table, ("period_start", *table.key), "sorted by period, since reports ask for ranges of it")
    elif shown.time is not None:
        rule = _by_key(table, (shown.time,), "sorted by its time, since reports ask for ranges of it")
    else:
        rule = _by_key(table, table.key, "sorted by key, since it has no time of its own")
    return _chosen(table, fact_columns(project, table, shown), rule)


def references(table: Table) -> Layout:
    return _by_key(table, table.key, "sorted by key, as the fact is looked up")


def everywhere(*sortkey: str) -> Layout:
    """Small for sure, and joined by everything."""
    return Layout("all", None, sortkey, ("small, so whole on every node",))


def spread(*sortkey: str) -> Layout:
    """Large, and joined with nothing."""
    return Layout("even", None, sortkey, ("joined with nothing, so spread evenly",))


def primary_key(columns: tuple[tuple[str, ColumnType], ...]) -> tuple[str, ...]:
    """The columns, if a primary key of them never stands in the way: a column of one cannot be widened."""
    return tuple(name for name, _ in columns) if all(t.kind in _NEVER_WIDENED for _, t in columns) else ()


def distribution_column(table: Table) -> str | None:
    """The key column rows are spread by; None where there is no key."""
    allowed = [c for c in table.key_columns if c.type.kind in _BY_ALLOWED]
    wide = [c for c in allowed if c.type.kind is not Kind.BOOLEAN and not (c.type.kind is Kind.INTEGER and c.type.bits <= 16)]
    return next((c.name for c in (*wide, *allowed)), None)


def _by_key(table: Table, sortkey: tuple[str, ...], sort: str) -> Layout:
    column = distribution_column(table)
    if column is None:
        return Layout("even", None, sortkey, ("spread evenly, for want of a key", sort))
    which = "the key" if len(table.key) == 1 else f"{column}, the first column of the key with many values"
    return Layout("key", column, tuple(dict.fromkeys(sortkey)), (f"spread by {which}, on which loads join", sort))


def _chosen(table: Table, shown: tuple[Shown, ...], rule: Layout) -> Layout:
    """What the spec says, as far as the table shows the columns it names; else the rule."""
    names, said = {c.name for c in shown}, table.columnar
    style, distkey, sortkey, (spreading, sorting) = rule.style, rule.distkey, rule.sortkey, rule.why
    if said.distkey in names:
        style, distkey, spreading = "key", said.distkey, f"spread by {said.distkey}, as the spec says"
    elif said.diststyle in ("all", "even", "auto"):
        style, distkey, spreading = said.diststyle, None, _STYLES[said.diststyle]
    if said.sortkey and set(said.sortkey) <= names:
        sortkey, sorting = said.sortkey, "sorted as the spec says"
    return Layout(style, distkey, sortkey, (spreading, sorting))


_STYLES = {
    "all": "whole on every node, as the spec says",
    "even": "spread evenly, as the spec says",
    "auto": "spread as Redshift finds best, as the spec says",
}
