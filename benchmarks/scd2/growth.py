"""How the cost of a batch grows from one case to another: each begins anew, with retailflow and the hand-written SQL."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.scd2 import options, report
from benchmarks.scd2.by_hand import ByHand
from benchmarks.scd2.customers import Customers
from benchmarks.scd2.ours import RetailFlow
from benchmarks.scd2.race import Race


@dataclass(frozen=True, slots=True)
class Case:
    """`rounds`: how often all keys are changed between the first load and the batches that count."""

    title: str
    keys: int
    rounds: int = 0


def measure(chosen: Namespace, cases: Sequence[Case]) -> None:
    """Print a table a case, and what the last takes for a batch over what the first does."""
    found: list[dict[str, report.Summary]] = []
    deviations: list[str] = []
    machine: dict[str, object] = {}
    for case in cases:
        with options.place(chosen.engine, chosen.folder and chosen.folder / case.title.replace(" ", "_")) as place:
            race = Race(place, [RetailFlow(place), ByHand(place, typed=True), ByHand(place, typed=False)], Customers(case.keys))
            race.begin()
            for _ in range(case.rounds):
                race.round()
            for _ in range(chosen.batches):
                race.batch(chosen.batch)
            deviations += [f"{case.title}: {deviation}" for deviation in race.deviations()]
            found.append(report.summaries(race))
            machine = report.machine(place, race.contestants)
        print(f"\n{case.title}\n\n{report.table(found[-1], race.contestants)}\n", flush=True)
    print("\n".join(deviations) or "all have the same versions", end="\n\n")
    growth = {name: round(found[-1][name].seconds / summary.seconds, 2) for name, summary in found[0].items()}
    asked = {name: value for name, value in vars(chosen).items() if name != "folder"}
    medians = {case.title: medians for case, medians in zip(cases, found, strict=True)}
    print(report.as_json(asked=asked, medians=medians, growth=growth, deviations=deviations, machine=machine))
