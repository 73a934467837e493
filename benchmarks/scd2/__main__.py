"""A customer dimension of type 2: retailflow, hand-written SQL, and others where their environments are named.

    python -m benchmarks.scd2 [--engine duckdb] [--keys 1000000] [--batch 50000] [--batches 5] [--dbt DIR] [--sqlmesh DIR] [--dlt DIR]

Each DIR is a virtual environment of Python made from benchmarks/peers/. Every contestant takes every batch in a process of its own.
"""

from argparse import ArgumentTypeError, Namespace
from pathlib import Path

from benchmarks.scd2 import options, report
from benchmarks.scd2.by_hand import ByHand
from benchmarks.scd2.contestant import Contestant
from benchmarks.scd2.customers import Customers
from benchmarks.scd2.database import Place
from benchmarks.scd2.dbt import Dbt
from benchmarks.scd2.dlt import Dlt
from benchmarks.scd2.ours import RetailFlow
from benchmarks.scd2.race import Race
from benchmarks.scd2.source import Source
from benchmarks.scd2.sqlmesh import SqlMesh


def contestants(place: Place, chosen: Namespace) -> list[Contestant]:
    found: list[Contestant] = [RetailFlow(place), ByHand(place, typed=True), ByHand(place, typed=False)]
    shared = Source(place.postgres) if place.postgres else None
    if chosen.dbt:
        found += [Dbt(place, chosen.dbt, strategy, shared) for strategy in ("check", "timestamp")]
    if chosen.sqlmesh:
        found += [SqlMesh(place, chosen.sqlmesh, by, shared) for by in ("column", "time")]
    if chosen.dlt:
        found.append(Dlt(place, chosen.dlt, shared))
    return found


def environment(folder: str) -> Path:
    """Not resolved: the interpreter of a virtual environment knows it by the path it is called by."""
    path = Path(folder).absolute()
    if not (path / "bin/python").exists():
        raise ArgumentTypeError(f"{folder} is no virtual environment")
    return path


def main() -> None:
    parser = options.parser(__doc__, batch=50_000)
    parser.add_argument("--keys", type=int, default=1_000_000)
    for peer in ("dbt", "sqlmesh", "dlt"):
        parser.add_argument(f"--{peer}", type=environment, metavar="DIR", help=f"the virtual environment of {peer}")
    chosen = parser.parse_args()
    with options.place(chosen.engine, chosen.folder) as place:
        race = Race(place, contestants(place, chosen), Customers(chosen.keys))
        race.begin()
        for _ in range(chosen.batches):
            race.batch(chosen.batch)
        deviations, found = race.deviations(), report.summaries(race)
        print(f"\n{report.table(found, race.contestants)}\n")
        print("\n".join(deviations) or "all have the same versions", end="\n\n")
        asked = {"engine": chosen.engine, "keys": chosen.keys, "batch": chosen.batch, "batches": chosen.batches}
        told = {"asked": asked, "medians": found, "ratios": report.ratios(found), "deviations": deviations}
        print(report.as_json(**told, machine=report.machine(place, race.contestants)))


if __name__ == "__main__":
    main()
