"""Accumulating snapshots: milestones and the lags between them (SEMANTICS 6)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from tests.reference.chain import State
from tests.reference.facts import FactRow, Star, current_rows, show
from tests.reference.keys import Key
from tests.reference.spec import ChildMilestone, ColumnMilestone, Fact, Lag, Milestone, StatusMilestone, Table
from tests.reference.values import MICROSECOND, Value, instant, local_date

SECONDS = {"hour": 3600, "minute": 60, "second": 1}


def accumulating_snapshot(star: Star, table: Table, fact: Fact) -> list[dict[str, Value]]:
    rows: list[dict[str, Value]] = []
    for key, row in current_rows(star, table, fact):
        milestones = {name: _milestone(star, table, key, row, milestone) for name, milestone in fact.milestones}
        lags = {lag.name: lag_of(lag, milestones[lag.start], milestones[lag.end], table.source.zone) for lag in fact.lags}
        rows.append({**show(star, table, fact, row), **milestones, **lags})
    return rows


def _milestone(star: Star, table: Table, key: Key, row: FactRow, milestone: Milestone) -> Value:
    match milestone:
        case ColumnMilestone(column):
            return row.values.get(column)
        case ChildMilestone():
            return _of_children(star, table, key, milestone)
        case StatusMilestone():
            return run_began(star.chains[table.name][key].states, milestone)


def _of_children(star: Star, table: Table, key: Key, milestone: ChildMilestone) -> Value:
    """The first or last of a column over the live rows of a child table."""
    children = [chain.latest for chain in star.chains[milestone.table].values() if chain.latest is not None]
    mine = [child.get(milestone.column) for child in children if star.key_of(table.name, milestone.by, child) == key]
    known: list[Any] = [value for value in mine if value is not None]
    if not known:
        return None
    result: Value = max(known) if milestone.last else min(known)
    return result


def run_began(states: Sequence[State], milestone: StatusMilestone) -> datetime | None:
    """When the last unbroken run of states at or past a status began, if it still runs."""
    began: datetime | None = None
    for state in states:
        if state.row is None or state.row.get(milestone.column) not in milestone.reached:
            began = None
        elif began is None:
            began = state.effective
    return began


def lag_of(lag: Lag, start: Value, end: Value, zone: str) -> int | None:
    """Days are the difference of local dates; the others are elapsed, whole, towards zero."""
    if not isinstance(start, date) or not isinstance(end, date):
        return None
    if lag.unit == "day":
        return (local_date(end, zone) - local_date(start, zone)).days
    elapsed: timedelta = instant(end) - instant(start)
    whole = abs(elapsed) // MICROSECOND // (SECONDS[lag.unit] * 1_000_000)
    return whole if elapsed >= timedelta() else -whole
