"""Rows in order, of which some do not know a column: which of them begins the version each belongs to.

A row joins the version before it unless it differs from what that version knows, so where a version begins depends on where the one before
it began. With p the position of a row in its group: `clash` is the last p that knows another value of some column than this row; a version that
begins at p ends before the first row whose clash is at or after p. That gives every p its successor, and the versions of a group are
reached from its first row by jumps of 1, 2, 4, … successors, since not every engine can recurse. None of it pairs the rows of a group with
each other: a clash lies before its row, so the successors are running minima over the clashes, from the last.
"""

from dataclasses import dataclass

from retailflow.sql.fill import knows
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, on, qualified
from retailflow.sql.statement import Step, Temp

_DOUBLINGS = 20  # 1,048,576 versions in one group; those that no group needs are passed over


@dataclass(frozen=True, slots=True)
class Joining:
    """`kind`: what the temporary tables are told from others by. `rows` has `group`, `_p`, `_absent` and `columns`: those compared, each SQL name
    with how `_absent` names it."""

    s: Scope
    kind: str
    name: str
    group: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]

    def temp(self, kind: str) -> str:
        return temp(f"{self.kind}{kind}", self.name)

    @property
    def rows(self) -> str:
        return self.temp("unknown")

    @property
    def joined(self) -> str:
        """The rows, each with `_v`: the `_p` of the row that begins its version."""
        return self.temp("in_version")


def joined(j: Joining, placed: str) -> tuple[Temp | Step, ...]:
    """`placed`: SELECT of the rows, `_p` counting from 1 in each group."""
    s, d, rows = j.s, j.s.d, j.rows
    clash, after, reached = (j.temp(kind) for kind in ("clash", "after", "reached"))
    x = qualified("x", j.group)
    before = f"OVER (PARTITION BY {x} ORDER BY x._p ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    lasts = "".join(f", MAX(CASE WHEN {knows(d, mark, 'x')} THEN x._p END) {before} AS q{i}" for i, (_, mark) in enumerate(j.columns))
    clashes = d.greatest_of(
        [
            f"CASE WHEN {knows(d, mark, 'x')} AND v{i}._p IS NOT NULL AND {d.changed(f'x.{name}', f'v{i}.{name}')} = 1 THEN v{i}._p ELSE 0 END"
            for i, (name, mark) in enumerate(j.columns)
        ]
    )
    joins = " ".join(f"LEFT JOIN {rows} AS v{i} ON {on(f'v{i}', 'x', j.group)} AND v{i}._p = x.q{i}" for i in range(len(j.columns)))
    clashing = f"SELECT {x}, x._p, {clashes} AS _clash FROM (SELECT x.*{lasts} FROM {rows} AS x) AS x {joins}"
    firsts = f"SELECT {x}, x._clash, MIN(x._p) AS _first_p FROM {clash} AS x WHERE x._clash > 0 GROUP BY {x}, x._clash"
    back = f"OVER (PARTITION BY {x} ORDER BY x._p DESC ROWS UNBOUNDED PRECEDING)"
    running = f"SELECT {x}, x._p, MIN(f._first_p) {back} AS _next_p FROM {clash} AS x LEFT JOIN ({firsts}) AS f ON {on('f', 'x', j.group)} AND f._clash = x._p"
    following = f"SELECT x.* FROM ({running}) AS x WHERE x._next_p IS NOT NULL"
    begins = (
        f"SELECT x.*, MAX(r._p) OVER (PARTITION BY {x} ORDER BY x._p ROWS UNBOUNDED PRECEDING) AS _v FROM {rows} AS x "
        f"LEFT JOIN {reached} AS r ON {on('r', 'x', j.group)} AND r._p = x._p"
    )
    return (
        Temp(rows, placed, s.keys),
        Temp(clash, clashing, s.keys),
        Temp(after, following, s.keys),
        Temp(reached, f"SELECT {x}, x._p FROM {rows} AS x WHERE x._p = 1", s.keys),
        *(_jump(j, reached, after) for _ in range(_DOUBLINGS)),
        Temp(j.joined, begins, s.keys),
    )


def _jump(j: Joining, reached: str, after: str) -> Step:
    """Add to `reached` the rows one jump further on, then make each jump of `after` two; nothing once no jump is left."""
    x, further, twice = qualified("x", j.group), f"{reached}_further", f"{after}_twice"
    landed = f"SELECT {x}, j._next_p AS _p FROM {reached} AS x JOIN {after} AS j ON {on('j', 'x', j.group)} AND j._p = x._p"
    both = f"SELECT {x}, x._p, j._next_p FROM {after} AS x JOIN {after} AS j ON {on('j', 'x', j.group)} AND j._p = x._next_p"
    return Step(
        f"versions of {j.name} further on",
        (
            Temp(further, f"SELECT {x}, x._p FROM {reached} AS x UNION {landed}", j.s.keys),
            Temp(twice, both, j.s.keys),
            Temp(reached, f"SELECT * FROM {further}", j.s.keys),
            Temp(after, f"SELECT * FROM {twice}", j.s.keys),
        ),
        f"SELECT 1 FROM {after} LIMIT 1",
    )
