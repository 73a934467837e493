"""What the rows of a fact are made of: the latest state of each key, its parents' latest states, and when its current life began.

`tmp_base_<fact>`: every column of the table and of its parents under its own name, `_since`, and `<parent>_there` for each parent. Periodic
snapshots make theirs from all states: see `sql.periodic`.
"""

from retailflow.model.fact import Fact
from retailflow.sql.fact_base import base_name, latest_rows, refers, there
from retailflow.sql.lone import chained_keys, lone_rows, reads_latest
from retailflow.sql.names import temp
from retailflow.sql.scope import Scope, qualified
from retailflow.sql.statement import Temp


def base(s: Scope, fact: Fact) -> tuple[Temp, ...]:
    """Needs the chains of the table and its parents."""
    d = s.d
    own = [d.ident(c.name) for c in s.table.columns]
    temps, columns, joins = [], [qualified("c", (*own, "_since"))], []
    for i, parent in enumerate(fact.parents):
        p = Scope(s.project, s.project.table(parent.table), d)
        name = temp("parent", f"{fact.name}_{parent.table}")
        temps.append(Temp(name, latest_rows(p, None), p.keys))
        columns += [f"p{i}.{d.ident(c)}" for c in parent.columns] + [f"p{i}.{p.keys[0]} IS NOT NULL AS {there(parent)}"]
        joins.append(f" LEFT JOIN {name} AS p{i} ON {refers(s, parent.by, p.table, 'c', f'p{i}')}")
    rows = f"SELECT {qualified('y', (*own, '_since'))} FROM ({latest_rows(s, chained_keys(fact))}) AS y"
    if reads_latest(fact):
        rows += f" UNION ALL {lone_rows(s, fact)}"
    return (*temps, Temp(base_name(fact), f"SELECT {', '.join(columns)} FROM ({rows}) AS c{''.join(joins)}", s.keys))
