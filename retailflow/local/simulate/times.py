"""What a date or time column says: now, long ago, some day ahead, or nothing until something happens."""

import random
from collections.abc import Callable
from datetime import UTC, datetime

from retailflow.checks import Check, CheckKind
from retailflow.local.simulate.moment import Moment
from retailflow.local.simulate.naming import parts
from retailflow.local.simulate.wire import DAY_MS, moment_writer
from retailflow.model.table import Column
from retailflow.types import Kind

_CLOCK = frozenset({"updated", "modified", "changed", "touched", "refreshed"})
_LATER = frozenset(
    {"shipped", "delivered", "cancelled", "canceled", "closed", "deleted", "ended", "end", "left", "completed", "resolved", "discontinued"}
)
_AHEAD = frozenset({"due", "required", "expires", "expiry", "expected", "until", "to"})
_PAST = frozenset(
    {"hired", "hire", "joined", "since", "opened", "founded", "launched", "registered", "from", "start", "sell", "introduced"}
)
_YEAR = 365 * DAY_MS
_QUARTERS = 15 * 60_000


def maker(column: Column, head: str, required: bool, plain: bool, needed: frozenset[str]) -> tuple[Callable[[Moment], str], str]:
    """The maker, and its habit: `event` stays, `clock` is set at every change, `later` once, `own` may change on its own."""
    write = moment_writer(column.type, plain)
    zone = "UTC" if column.type.kind is Kind.INSTANT else column.time_zone
    name, null = set(parts(column.name)), head + "null"
    if column.type.kind is Kind.TIME:
        return (lambda c: head + write((24 + int(c.random() * 64)) * _QUARTERS)), "own"
    if column.name in needed:
        return (lambda c: head + write(c.now + c.offsets[zone])), "event"
    if name & _CLOCK:
        return (lambda c: head + write(c.now + c.offsets[zone])), "clock"
    if name & _LATER and not required:
        return (
            lambda c: null if not c.initial or c.random() < 0.3 else head + write(c.now + c.offsets[zone] + int(c.random() * DAY_MS))
        ), "later"
    if name & {"birth", "born", "birthday", "birthdate", "dob"}:
        return (lambda c: head + write(_midnight(c.now - int((18 + c.random() * 60) * _YEAR)))), "event"
    if name & _AHEAD:
        return (lambda c: head + write(_midnight(c.now + c.offsets[zone]) + (1 + int(c.random() * 20)) * DAY_MS)), "own"
    if name & _PAST:
        return (lambda c: head + write(_midnight(c.now - int(c.random() * 8 * _YEAR)))), "event"
    return (lambda c: head + write(c.now + c.offsets[zone])), "event"


def at_change(column: Column, head: str, plain: bool) -> Callable[[Moment], str]:
    """The clock at the time of a change, for habits `clock` and `later`."""
    write = moment_writer(column.type, plain)
    zone = "UTC" if column.type.kind is Kind.INSTANT else column.time_zone
    return lambda c: head + write(c.now + c.offsets[zone])


def between(column: Column, checks: tuple[Check, ...], plain: bool, chance: random.Random, count: int) -> list[str]:
    """JSON texts of `count` moments between the bounds that a check sets; none when no check does."""
    write = moment_writer(column.type, plain)
    for check in checks:
        if check.kind is CheckKind.BETWEEN and column.type.kind is not Kind.TIME:
            try:
                low, high = (datetime.fromisoformat(v) for v in check.values)
            except ValueError:
                continue
            first, last = (int((d if d.tzinfo else d.replace(tzinfo=UTC)).timestamp() * 1000) for d in (low, high))
            return [write(first + int(chance.random() * (last - first))) for _ in range(count)]
    return []


def _midnight(ms: int) -> int:
    return ms - ms % DAY_MS
