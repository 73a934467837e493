"""Views over the star: each dimension with its two members for facts that have no row to refer to, and dimensions in their roles.

`<dimension>_members` holds the dimension's rows and two more, surrogate key -1 (not known: a part of the key is NULL) and -2 (missing: the
key needs a parent row that is not there), all else NULL, valid for ever: joining facts with it loses none.

`dim_<role>` shows a dimension under the name of a role that facts give it, its surrogate key called as the facts call it;
`dim_<role>_members` does the same with the two members. Where facts give one role to different dimensions, or a table has that name, the
fact's name is added.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from retailflow.model.fact import Fact, Role
from retailflow.model.project import Project
from retailflow.model.table import Table
from retailflow.sql import calendar
from retailflow.sql.dialects.base import BEGINNING, OPEN_END, Dialect
from retailflow.sql.fact import MISSING, UNKNOWN
from retailflow.sql.names import DATES, Names
from retailflow.sql.shape import dimension_columns

MEMBERS = "_members"


@dataclass(frozen=True, slots=True)
class View:
    """`name` is bare, in the warehouse schema; `tables`: the tables of the specs it comes from."""

    name: str
    statement: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What can be viewed: a table of the star, its surrogate key and its columns. `table` is None for the date dimension."""

    relation: str
    key: str
    columns: tuple[str, ...]
    table: Table | None


def create(project: Project, d: Dialect) -> tuple[str, ...]:
    """Every view, in any order."""
    return tuple(view.statement for view in (*members(project, d), *roles(project, d)))


def members(project: Project, d: Dialect) -> tuple[View, ...]:
    """One for each dimension facts can refer to, the date dimension among them."""
    shown = [_date(), *(_dimension(project, table) for table in project.tables if table.dimension is not None)]
    return tuple(_view(project, d, f"{x.relation}{MEMBERS}", _select(project, d, x, x.key, with_members=True), x) for x in shown)


def roles(project: Project, d: Dialect) -> tuple[View, ...]:
    """One and one with members for each role whose name is not that of its dimension."""
    views = []
    for name, role, tables in _named(project):
        x = _date() if role.is_date else _dimension(project, project.table(role.dimension))
        key = x.key if role.surrogate_key in x.columns else role.surrogate_key
        for with_members, suffix in ((False, ""), (True, MEMBERS)):
            select = _select(project, d, x, key, with_members=with_members)
            views.append(View(f"{name}{suffix}", _statement(project, d, f"{name}{suffix}", select), tables))
    return tuple(sorted(views, key=lambda v: v.name))


def _named(project: Project) -> Iterator[tuple[str, Role, tuple[Table, ...]]]:
    given: defaultdict[str, list[tuple[Table, Fact, Role]]] = defaultdict(list)
    for table, fact in project.facts():
        for role in fact.roles:
            if role.name != role.dimension:
                given[role.name].append((table, fact, role))
    taken = {DATES, *(f.name for _, f in project.facts())}
    for table in project.tables:
        taken |= {x.name for x in (table.dimension, table.dimension and table.dimension.history) if x is not None}
    taken |= {f"{name}{MEMBERS}" for name in taken}
    for name, uses in sorted(given.items()):
        view = f"dim_{name}"
        agreed = len({role.dimension for _, _, role in uses}) == 1 and not {view, f"{view}{MEMBERS}"} & taken
        if agreed:
            yield view, uses[0][2], tuple(dict.fromkeys(table for table, _, _ in uses))
        else:
            yield from ((f"{view}_of_{fact.name}", role, (table,)) for table, fact, role in uses)


def _date() -> _Shown:
    return _Shown(DATES, calendar.KEY, tuple(name for name, _ in calendar.columns()), None)


def _dimension(project: Project, table: Table) -> _Shown:
    assert table.dimension is not None, "resolved: a role names a table with a dimension"
    columns = tuple(c.name for c in dimension_columns(project, table, table.dimension))
    return _Shown(table.dimension.name, table.dimension.surrogate_key, columns, table)


def _view(project: Project, d: Dialect, name: str, select: str, x: _Shown) -> View:
    return View(name, _statement(project, d, name, select), (x.table,) if x.table else ())


def _statement(project: Project, d: Dialect, name: str, select: str) -> str:
    return d.create_view(Names(project, d).warehouse(name), select)


def _select(project: Project, d: Dialect, x: _Shown, key: str, *, with_members: bool) -> str:
    columns = [f"v.{d.ident(c)}" + (f" AS {d.ident(key)}" if c == x.key and key != c else "") for c in x.columns]
    rows = f"SELECT {', '.join(columns)}\nFROM {Names(project, d).warehouse(x.relation)} AS v"
    if not with_members:
        return rows
    always = {
        "valid_from": d.timestamp(BEGINNING),
        "valid_to": d.timestamp(OPEN_END),
        "is_current": "TRUE",
        "is_deleted": "FALSE",
        "is_inferred": "FALSE",
    }
    known = always if x.table else {}
    for member in (UNKNOWN, MISSING):
        rows += f"\nUNION ALL\nSELECT {', '.join(known.get(c, str(member) if c == x.key else 'NULL') for c in x.columns)}"
    return f"SELECT m.*\nFROM (\n{rows}\n) AS m"
