"""What changed specs make stale of a warehouse: tables to be taken anew, tables to be folded anew, relations to be made anew."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from retailflow.model.project import Project
from retailflow.sql.dependents import dimensions_of
from retailflow.sql.dialects.base import Dialect
from retailflow.sql.meaning import ADMISSION, DIMENSION, FACT, RELATION, STATES, VIEW, Meaning, admits_otherwise, source_of
from retailflow.sql.names import Names
from retailflow.sql.refold import made_from, periodic_of

Known = Mapping[tuple[str, str], Meaning]
LEFT = ""  # the text of a relation that was of a spec and is not any more


@dataclass(frozen=True, slots=True)
class SpecChange:
    """`taken` and `folded`: (table, why), the latter without the former and without those that only follow. `whole`: tables all of whose
    keys are folded anew. `relations`: dropped, and made anew where a spec still says so. `removed`: tables that had a log.

    `left`: relations of no spec any more. `sources`: how far they were seen has to be told anew.
    """

    taken: tuple[tuple[str, str], ...] = ()
    folded: tuple[tuple[str, str], ...] = ()
    whole: frozenset[str] = frozenset()
    relations: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def is_any(self) -> bool:
        return bool(self.whole or self.relations or self.views or self.left or self.removed)


def compare(project: Project, d: Dialect, wanted: Sequence[Meaning], known: Known, is_older: bool) -> SpecChange:
    """`known`: what the warehouse was made by. `is_older`: it was made by a retailflow that did not say."""
    if not known and not is_older:
        return SpecChange()
    n, now = Names(project, d), {(m.kind, m.name): m for m in wanted}
    changed = {key for key, m in now.items() if key not in known or known[key].text != m.text}
    logs = {n.log(table.name): table.name for table in project.tables}
    taken = dict(_taken(project, now, known, changed, logs, is_older))
    made = {name for kind, name in changed if kind == RELATION and (is_older or (kind, name) in known) and name not in logs}
    made |= {log for log, table in logs.items() if table in taken}
    gone = [m for key, m in sorted(known.items()) if key not in now]
    removed = tuple(m.name for m in gone if m.kind == ADMISSION)
    sources = {source_of(known[ADMISSION, name].text) for name in (*taken, *removed) if (ADMISSION, name) in known}
    sources |= {project.table(name).source.name for name in taken}
    shown = {n.warehouse(x.name) for table in project.tables for x in dimensions_of(table)}
    of_states = {now[key].table for key in changed if key[0] in (STATES, DIMENSION) or key[1] in shown}
    of_facts = {now[key].table for key in changed if key[0] == FACT or (key[0] == RELATION and key[1] not in logs)}
    whole = made_from(project, of_states | set(taken)) | of_facts | periodic_of(project, sources)
    return SpecChange(
        taken=tuple(sorted(taken.items())),
        folded=tuple(_folded(now, known, changed, taken)),
        whole=whole,
        relations=tuple(sorted(made)),
        views=tuple(_views(now, known, changed, made, is_older)),
        left=tuple(m.name for m in gone if m.kind == RELATION and m.text != LEFT),
        removed=removed,
        sources=tuple(sorted(sources)),
    )


def _taken(
    project: Project,
    now: Known,
    known: Known,
    changed: set[tuple[str, str]],
    logs: Mapping[str, str],
    is_older: bool,
) -> Iterator[tuple[str, str]]:
    names = {table: log for log, table in logs.items()}
    for table in project.tables:
        key, log = (ADMISSION, table.name), (RELATION, names[table.name])
        if key not in known:
            if is_older or log in known:
                yield table.name, "nobody wrote down by what spec its log was made" if is_older else "its spec is back"
        elif key in changed and (parts := admits_otherwise(known[key].text, now[key].text)):
            yield table.name, f"changed: {', '.join(parts)}"
        elif log in changed:
            yield table.name, "changed: how its log is kept"


def _folded(now: Known, known: Known, changed: set[tuple[str, str]], taken: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Of tables that were there before."""
    stale: dict[str, list[str]] = {}
    for key in sorted(changed):
        m = now[key]
        if m.kind in (STATES, DIMENSION, FACT) and m.table not in taken and (ADMISSION, m.table) in known:
            stale.setdefault(m.table, []).append(m.name if m.kind != STATES else "which rows count")
    yield from ((table, f"changed: {', '.join(parts)}") for table, parts in sorted(stale.items()))


def _views(now: Known, known: Known, changed: set[tuple[str, str]], made: set[str], is_older: bool) -> Iterator[str]:
    """Views that changed, went, or show a relation that is made anew; they hold nothing."""
    if is_older:
        yield from (name for kind, name in now if kind == VIEW)
    for key, m in known.items():
        if m.kind == VIEW and (key not in now or key in changed or any(relation in m.text for relation in made)):
            yield m.name
