"""A mutation: a change of the text of a load's statements that makes it wrong in one way."""

import re
from dataclasses import dataclass, replace

from retailflow.sql.statement import Assert, Execute, Load, Step, Temp


@dataclass(frozen=True, slots=True)
class Mutation:
    """In steps whose names begin with `step`, and those within them, what the expression `old` finds is replaced by `new`, as by `re.sub`.

    `caught`: the scenario that does not hold then, a path below `tests/scenarios_law`. `guards`: it is the guards that are changed.
    """

    wrong: str
    step: str
    old: str
    new: str
    caught: str
    guards: bool = False


def mutated(load: Load, mutation: Mutation) -> Load:
    """The load with the mutation in it, as it was where there is nothing to change."""
    return Load(tuple(_step(step, mutation) for step in load.steps))


def _step(step: Step, mutation: Mutation, is_within: bool = False) -> Step:
    is_meant = is_within or step.name.startswith(mutation.step)
    body = tuple(_part(part, mutation, is_meant) for part in step.body)
    guard = step.guard
    if guard is not None and is_meant and mutation.guards:
        guard = _text(guard, mutation)
    return Step(step.name, body, guard)


def _part(part: Temp | Execute | Assert | Step, mutation: Mutation, is_meant: bool) -> Temp | Execute | Assert | Step:
    if isinstance(part, Step):
        return _step(part, mutation, is_meant)
    if mutation.guards or not is_meant:
        return part
    match part:
        case Execute(sql=sql):
            return Execute(_text(sql, mutation))
        case Temp(select=select) | Assert(select=select):
            return replace(part, select=_text(select, mutation))


def _text(sql: str, mutation: Mutation) -> str:
    return re.sub(mutation.old, mutation.new, sql)
