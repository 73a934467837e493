"""How far each table has seen its source, kept by table, so that `as_of` can be told anew when one of them is taken anew or removed."""

from collections.abc import Sequence

from retailflow.local.ledger import Ledger
from retailflow.model.project import Project
from retailflow.sql import marks
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.names import Names
from retailflow.sql.scope import Scope
from retailflow.sql.statement import Execute, Step, Temp

_NEW, _AGAIN = "tmp_reached", "tmp_as_of_again"
_WHERE = ("source", "table_name")
_BEATS = ""  # in the place of a table


def steps(project: Project, d: Dialect, ledger: Ledger) -> tuple[Step, ...]:
    """Follow the takes, whose records they read."""
    beats = "SELECT source, commit_ts AS as_of FROM raw_heartbeats"
    made = [Step("how far heartbeats see", _remember(d, ledger, beats, _BEATS), "SELECT 1 FROM raw_heartbeats LIMIT 1")]
    for table in project.tables:
        s = Scope(project, table, d)
        seen = f"SELECT {s.text(table.source.name)} AS source, m.as_of FROM ({marks.reach(s)}) AS m"
        made.append(Step(f"how far {table.name} sees", _remember(d, ledger, seen, table.name), f"SELECT 1 FROM {s.raw} LIMIT 1"))
    return tuple(made)


def _remember(d: Dialect, ledger: Ledger, seen: str, table: str) -> tuple[Temp | Execute, ...]:
    name = d.literal(table)
    both = f"{seen} UNION ALL SELECT source, as_of FROM {ledger.reached} WHERE table_name = {name}"
    latest = f"SELECT q.source, {name} AS table_name, MAX(q.as_of) AS as_of FROM ({both}) AS q WHERE q.as_of IS NOT NULL GROUP BY q.source"
    return Temp(_NEW, latest), Execute(d.merge(ledger.reached, _NEW, _WHERE, (*_WHERE, "as_of")))


def tell_anew(names: Names, ledger: Ledger, tables: Sequence[str], sources: Sequence[str]) -> Step:
    """Forget what these tables saw: `as_of` of the sources is what the others say."""
    d, n = names.d, names.sources
    listed, mine = (", ".join(map(d.literal, x)) for x in (sources, tables))
    again = f"SELECT source, MAX(as_of) AS as_of FROM {ledger.reached} WHERE source IN ({listed}) GROUP BY source"
    return Step(
        "how far sources were seen",
        (
            Execute(d.delete_where(ledger.reached, f"{ledger.reached}.table_name IN ({mine})")),
            Temp(_AGAIN, again),
            Execute(d.delete_where(n, f"{n}.source IN ({listed})")),
            Execute(f"INSERT INTO {n} (source, as_of) SELECT source, as_of FROM {_AGAIN}"),
        ),
    )
