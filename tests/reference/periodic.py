"""Periodic snapshots: the state of every key at the end of every period (SEMANTICS 6)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from tests.reference.chain import Chain, State
from tests.reference.facts import FactRow, Star, own_values, show
from tests.reference.spec import Fact, Table
from tests.reference.values import MICROSECOND, Value, local_date, to_utc


def period_start(day: date, period: str) -> date:
    match period:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case _:
            raise ValueError(f"unknown period {period}")


def next_period(start: date, period: str) -> date:
    return period_start(start + timedelta(days={"day": 1, "week": 7, "month": 31}[period]), period)


def moments(first: datetime, as_of: datetime, period: str, zone: str) -> Iterator[tuple[date, datetime]]:
    """The periods (local) from a first moment to `as_of`: the start of each and its last microsecond, or `as_of` in the running one."""
    start = period_start(local_date(first, zone), period)
    while start <= local_date(as_of, zone):
        following = next_period(start, period)
        yield start, min(to_utc(datetime.combine(following, time()), zone) - MICROSECOND, as_of)
        start = following


def state_at(chain: Chain, moment: datetime) -> State | None:
    """Effective times do not fall along a chain, so the last state that has begun is the one in force."""
    begun = [state for state in chain.states if state.effective <= moment]
    return begun[-1] if begun else None


def periodic_snapshot(star: Star, table: Table, fact: Fact) -> list[dict[str, Value]]:
    """From the first row of each key to `as_of`; no row where none was alive."""
    zone = table.source.zone
    rows: list[dict[str, Value]] = []
    for chain in star.chains[table.name].values():
        if chain.states:
            for start, moment in moments(chain.states[0].effective, star.log.as_of[table.source.name], fact.period, zone):
                state = state_at(chain, moment)
                if state is not None and state.row is not None:
                    row = FactRow(own_values(table, state.row), frozenset(), moment)
                    rows.append({"period_start": start, **show(star, table, fact, row, moment)})
    return rows
