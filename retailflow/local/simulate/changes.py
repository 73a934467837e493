"""What a change of a row may change: one column, all columns of a place, or what it points to; clocks go along."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from retailflow.local.simulate.moment import Moment
from retailflow.local.simulate.pointer import Pointer
from retailflow.local.simulate.values import Group, Maker, Plan

Change = Callable[[list[str], Moment], None]


@dataclass(frozen=True, slots=True)
class Changes:
    """`options`: one of them happens; `clocks`: what is set anew each time."""

    options: tuple[Change, ...]
    clocks: tuple[tuple[int, Maker], ...]

    def apply(self, parts: list[str], c: Moment) -> None:
        if self.options:
            self.options[int(c.random() * len(self.options))](parts, c)
        for at, make in self.clocks:
            parts[at] = make(c)


def changes_of(plans: Mapping[int, Plan], pointers: list[Pointer]) -> Changes:
    """`plans`: by position, of columns that are neither key nor reference; `pointers`: those outside the key."""
    groups: dict[Group, list[int]] = {group: [] for group in Group}
    for at, plan in plans.items():
        groups[plan.group].append(at)
    options = [_one(at, plans[at]) for at in (*groups[Group.OWN], *groups[Group.LATER])]
    if groups[Group.PLACE]:
        options.append(_several([(at, plans[at].make) for at in groups[Group.PLACE]]))
    options += options + options  # each of these is thrice as likely as pointing elsewhere
    options += [p.point for p in pointers]
    return Changes(tuple(options), tuple((at, plans[at].make) for at in groups[Group.CLOCK]))


def _one(at: int, plan: Plan) -> Change:
    make, steps = plan.renew or plan.make, plan.steps

    def change(parts: list[str], c: Moment) -> None:
        parts[at] = steps.get(parts[at], parts[at]) if steps is not None else make(c)

    return change


def _several(makers: list[tuple[int, Maker]]) -> Change:
    def change(parts: list[str], c: Moment) -> None:
        for at, make in makers:
            parts[at] = make(c)

    return change
