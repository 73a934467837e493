"""Bringing a warehouse to changed specs: what has to be taken anew is emptied once it is sure that it can be, what has other columns is
made anew, and all keys that this concerns are folded in the load that follows, in the same transaction."""

from retailflow.local.engine import Warehouse
from retailflow.local.execute import execute
from retailflow.local.ledger import Ledger, Position
from retailflow.local.reached import tell_anew
from retailflow.local.spec_change import LEFT, SpecChange
from retailflow.model.project import Project
from retailflow.model.source import Route
from retailflow.sql.meaning import RELATION, Meaning
from retailflow.sql.names import Names, temp
from retailflow.sql.once import kept
from retailflow.sql.scope import Scope, on
from retailflow.sql.statement import Assert, Execute, Load, Step, Temp

_AT = ("generation", "partition_no", "record_offset")


def still_taken(change: SpecChange, positions: dict[str, Position], is_older: bool) -> dict[str, Position]:
    """Without the files that are read again from their beginning."""
    if is_older:
        return {}
    readers = {f"table {name}" for name, _ in change.taken}
    return {name: position for name, position in positions.items() if position.reader not in readers}


def renew(change: SpecChange, project: Project, warehouse: Warehouse, ledger: Ledger) -> None:
    """After arrivals were read and before the schema is made; raises StopError where something that was taken is not there any more."""
    names = Names(project, warehouse.dialect)
    steps = [step for name, why in change.taken for step in _empty(Scope(project, project.table(name), warehouse.dialect), why)]
    if change.sources:
        steps.append(tell_anew(names, ledger, [*(name for name, _ in change.taken), *change.removed], change.sources))
    execute(Load(tuple(steps)), warehouse, project)
    for view in change.views:
        warehouse.drop("VIEW", view)
    for relation in change.relations:
        warehouse.drop("TABLE", relation)


def remembered(change: SpecChange, wanted: tuple[Meaning, ...], known: dict[tuple[str, str], Meaning]) -> tuple[Meaning, ...]:
    """What is written down of the specs once the star is what they say; a relation of no spec any more stays known as such."""
    now = {(m.kind, m.name) for m in wanted}
    old = (m for key, m in known.items() if m.kind == RELATION and key not in now)
    return (*wanted, *(Meaning(RELATION, m.name, m.table, LEFT) for m in old))


def _empty(s: Scope, why: str) -> tuple[Step, ...]:
    """All that is written down of a table's records but its log, which is made anew; nothing is lost, since all of it has come again."""
    n, known, name = s.names, temp("known", s.table.name), s.text(s.table.name)
    is_batch = s.table.route is Route.BATCH
    same = ("topic", *_AT, "content") if is_batch else (*_AT, "content")  # of a file the path is part of where it stands
    marks = " AND k.record_offset >= 0" if is_batch else ""  # its end mark is made here, and may be another now
    lost = (
        f"SELECT DISTINCT k.topic, {', '.join(f'k.{c}' for c in _AT)} FROM {known} AS k LEFT JOIN {s.raw} AS r ON {on('r', 'k', same)} "
        f"WHERE r.record_offset IS NULL{marks} ORDER BY 1, 2, 3, 4"
    )
    message = f"`{s.table.name}` has to be taken anew ({why}), and records taken before are not in its topic any more as they were"
    of_table = [Execute(s.d.delete_where(r, f"{r}.table_name = {name}")) for r in (n.quarantine, n.passed, n.marks, n.horizon)]
    of_topic = [Execute(s.d.delete_where(r, f"{r}.topic IN (SELECT k.topic FROM {known} AS k)")) for r in (n.counts, n.watermarks)]
    return (
        Step(f"what was taken of {s.table.name}", (Temp(known, kept(s)), Assert("RF517", message, lost))),
        Step(f"empty {s.table.name}", (*of_table, *of_topic)),
    )
