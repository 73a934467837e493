"""What a run did: per hop what became of the records, and how many rows the star has."""

from dataclasses import dataclass

from retailflow.local.engine import Warehouse
from retailflow.model.project import Project
from retailflow.sql.names import Names

FATES = ("received", "applied", "duplicate", "skipped", "quarantined")
Totals = dict[tuple[str, int, int], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Hop:
    """One partition of one topic: `received` = `applied` + `duplicate` + `skipped` + `quarantined`."""

    topic: str
    generation: int
    partition: int
    received: int
    applied: int
    duplicate: int
    skipped: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Report:
    """`hops`: of this run, sorted, only those with something new. `star`: (table, rows). `waiting`: files whose last line is not whole.

    `changed`: extracts that are no longer what was read of them. `untimed`: (file, path of the spec) left aside for want of a time.
    `taken_anew`, `folded_anew`: (table, why) where a spec changed. `left`: relations that no spec speaks of any more.
    """

    hops: tuple[Hop, ...]
    star: tuple[tuple[str, int], ...]
    files: int
    waiting: tuple[str, ...]
    changed: tuple[str, ...]
    seconds: float
    taken_anew: tuple[tuple[str, str], ...] = ()
    folded_anew: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()
    untimed: tuple[tuple[str, str], ...] = ()

    def total(self, fate: str) -> int:
        return sum(int(getattr(hop, fate)) for hop in self.hops)


def totals(warehouse: Warehouse, names: Names) -> Totals:
    """The counts so far, by (topic, generation, partition)."""
    sums = ", ".join(f"SUM({fate})" for fate in FATES)
    group = "topic, generation, partition_no"
    rows = warehouse.rows(f"SELECT {group}, {sums} FROM {names.counts} GROUP BY {group}")
    return {(str(r[0]), int(str(r[1])), int(str(r[2]))): tuple(int(str(n)) for n in r[3:]) for r in rows}


def hops(before: Totals, after: Totals) -> tuple[Hop, ...]:
    """What was added between two looks at the counts."""
    none = (0,) * len(FATES)
    added = {hop: tuple(n - b for n, b in zip(now, before.get(hop, none), strict=True)) for hop, now in after.items()}
    return tuple(Hop(*hop, *counts) for hop, counts in sorted(added.items()) if any(counts))


def star(project: Project, warehouse: Warehouse) -> tuple[tuple[str, int], ...]:
    """Every table of the star with its number of rows (of a large one about how many, see `Warehouse.count`), dimensions first."""
    names = [d.name for _, d in project.dimensions()] + [d.history.name for _, d in project.dimensions() if d.history]
    names += [f.name for _, f in project.facts()]
    schema = Names(project, warehouse.dialect)
    return tuple((name, warehouse.count(schema.warehouse(name))) for name in names)
