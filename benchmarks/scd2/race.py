"""Batches, one after the other, each taken by every contestant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from benchmarks.scd2 import batches
from benchmarks.scd2.contestant import Contestant
from benchmarks.scd2.customers import Customers, Outcome
from benchmarks.scd2.database import Place
from benchmarks.scd2.ours import RetailFlow
from benchmarks.scd2.timing import Cost, timed


@dataclass(slots=True)
class Race:
    """`first`: the cost of the first load. `costs`: of the batches that count."""

    place: Place
    contestants: Sequence[Contestant]
    customers: Customers
    first: dict[str, Cost] = field(default_factory=dict)
    costs: dict[str, list[Cost]] = field(default_factory=dict)
    _number: int = 0

    def begin(self) -> None:
        """The first load, and a run of each that has nothing to do, which is not counted: files are compiled and cached."""
        for contestant in self.contestants:
            contestant.prepare()
        self.first = self._take(self.customers.first(), "first load")
        nothing = batches.nothing(self._number - 1, self.place.folder, self.place.suffix)
        for contestant in self.contestants:
            timed(contestant.command(nothing), self.place.folder / "log.txt")

    def batch(self, size: int) -> None:
        for name, cost in self._take(self.customers.batch(size), f"batch {self._number}").items():
            self.costs.setdefault(name, []).append(cost)

    def round(self) -> None:
        """Every key changes; not counted."""
        self._take(self.customers.round(), f"round {self._number}")

    def deviations(self) -> list[str]:
        """Of contestants that did not come to what they must; the others have the right versions, as far as is looked at."""
        told = []
        for contestant in self.contestants:
            there, due = contestant.outcome(), self.customers.outcome
            if not contestant.knows_ends:
                there = replace(there, ends_ms=due.ends_ms)
            if there != due:
                told.append(f"{contestant.name}: has {_said(there)}; due are {_said(due)}")
        return told

    def _take(self, lines: Iterable[str], title: str) -> dict[str, Cost]:
        """They take turns in going first."""
        place, number = self.place, self._number
        self._number += 1
        batch = batches.write(number, lines, RetailFlow(place).topic, place.folder / f"batch{place.suffix}")
        costs = {}
        turn = number % len(self.contestants)
        for contestant in (*self.contestants[turn:], *self.contestants[:turn]):
            contestant.bring_up(batch)
            place.settle()
            cost = costs[contestant.name] = timed(contestant.command(batch), place.folder / "log.txt")
            print(f"{title:10}  {contestant.name:28} {cost.seconds:8.2f} s {cost.cpu:8.2f} s of CPU {cost.megabytes:6} MB", flush=True)
        place.rest()
        return costs


def _said(outcome: Outcome) -> str:
    return f"{outcome.versions} versions, {outcome.current} open, limits of {outcome.cents} cents, ends of {outcome.ends_ms} ms"
