"""What a column says in a new row, by its type, its checks and its name."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from retailflow.checks import Check, CheckKind
from retailflow.local.simulate import naming, numbers, times
from retailflow.local.simulate.moment import Moment
from retailflow.local.simulate.pattern import matching
from retailflow.local.simulate.wire import binary, fitted, quoted
from retailflow.model.source import Route
from retailflow.model.table import Column, Table
from retailflow.types import Kind

Maker = Callable[[Moment], str]
_POOL = 512


class Group(Enum):
    """What changes together when a row changes."""

    FIXED = "fixed"
    OWN = "own"
    PERSON = "person"
    PLACE = "place"
    CLOCK = "clock"  # set anew at every change
    LATER = "later"  # empty at first, set by some later change


@dataclass(frozen=True, slots=True)
class Plan:
    """`make` gives `"Field":value`, `renew` its value at a change (when not `make`); `steps`: what each status is followed by.

    `fresh`: it must be made for each row, others may be alike in many.
    """

    make: Maker
    group: Group
    steps: dict[str, str] | None = None
    renew: Maker | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column and what is asked of it: `head` is its field with the colon, `required` that NULL would spoil something."""

    table: Table
    column: Column
    head: str
    required: bool
    unique: bool
    plain: bool
    checks: tuple[Check, ...]


def plan_for(table: Table, column: Column, chance: random.Random) -> Plan:
    """How a column that is neither part of the key nor a reference is filled."""
    checks = tuple(c for c in table.checks if column.name in c.columns)
    unique = any(c.kind is CheckKind.UNIQUE and c.columns[-1] == column.name for c in checks)
    required = not column.nullable or column.name in needed(table) or any(c.kind is CheckKind.NOT_NULL for c in checks)
    wanted = Wanted(table, column, quoted(column.field) + ":", required, unique, table.route is Route.BATCH, checks)
    return _listed(wanted) or _unique(wanted) or _by_kind(wanted, chance)


def needed(table: Table) -> frozenset[str]:
    """Columns that times and keys of facts are read from."""
    names = {table.time, table.event_id, table.dimension.effective if table.dimension else None}
    for fact in table.facts:
        names |= {fact.time, *(c for role in fact.roles for c in role.by)}
    return frozenset(n for n in names if n)


def pooled(wanted: Wanted, values: Sequence[str], *, nulls: float = 0.02) -> Maker:
    """Any of the values (JSON texts), some NULL where that is allowed."""
    pool = [wanted.head + v for v in values]
    if not wanted.required and nulls and not {"name", "title"} & set(naming.parts(wanted.column.name)):
        pool = pool * (1 + int(1 / nulls) // len(pool)) if len(pool) < 1 / nulls else pool
        pool += [wanted.head + "null"] * max(1, int(len(pool) * nulls))
    count = len(pool)
    return lambda c: pool[int(c.random() * count)]


def _listed(wanted: Wanted) -> Plan | None:
    """Columns with a check that lists what they may say."""
    listed = next((c for c in wanted.checks if c.kind is CheckKind.IN), None)
    if listed is None or wanted.column.type.kind not in (Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.BOOLEAN, Kind.FLOAT):
        return None
    text = wanted.column.type.kind is Kind.TEXT
    values = [quoted(v) if text or wanted.column.type.kind is Kind.DECIMAL else v for v in listed.values]
    return stepping(wanted, values) if naming.is_status(wanted.column.name) and text else Plan(pooled(wanted, values), Group.OWN)


def stepping(wanted: Wanted, values: Sequence[str]) -> Plan:
    """A status: new rows have the first, each change brings the next."""
    pool = [wanted.head + v for v in values]
    first, count = pool[0], len(pool)
    steps = dict(pairwise(pool))
    return Plan(lambda c: pool[int(c.random() * count)] if c.initial else first, Group.OWN, steps, fresh=True)


def _unique(wanted: Wanted) -> Plan | None:
    kind, head = wanted.column.type.kind, wanted.head
    if not wanted.unique or kind not in (Kind.TEXT, Kind.INTEGER):
        return None
    if kind is Kind.INTEGER:
        return Plan(lambda c: f"{head}{c.number}", Group.FIXED, fresh=True)
    if naming.is_email(wanted.column.name):
        return None
    prefix, length = naming.initials(wanted.column.name), wanted.column.type.length
    return Plan(lambda c: f'{head}"{naming.code(prefix, c.number, length)}"', Group.FIXED, fresh=True)


def _by_kind(wanted: Wanted, chance: random.Random) -> Plan:
    type_, name, head = wanted.column.type, wanted.column.name, wanted.head
    match type_.kind:
        case Kind.TEXT:
            return _text(wanted, chance)
        case Kind.INTEGER | Kind.DECIMAL | Kind.FLOAT:
            return Plan(pooled(wanted, numbers.pool(name, type_, wanted.checks, chance, _POOL)), Group.OWN)
        case Kind.BOOLEAN:
            yes, no = ("1", "0") if wanted.plain else ("true", "false")
            likely = yes if naming.is_mostly_true(name) else no
            return Plan(pooled(wanted, [likely] * 8 + [yes, no], nulls=0.0), Group.OWN)
        case Kind.DATE | Kind.TIME | Kind.TIMESTAMP | Kind.INSTANT:
            return _time(wanted, chance)
        case Kind.UUID:
            return Plan(lambda c: f'{head}"{uuid_text(c.bits(128))}"', Group.FIXED, fresh=True)
        case Kind.BINARY:
            if type_.tsql == "rowversion":
                return Plan(
                    lambda c: head + binary((c.now * 1000 + c.number % 1000).to_bytes(8, "big"), wanted.plain), Group.CLOCK, fresh=True
                )
            size = min(type_.length or 12, 12)
            return Plan(pooled(wanted, [binary(chance.randbytes(size), wanted.plain) for _ in range(16)]), Group.OWN)


def _time(wanted: Wanted, chance: random.Random) -> Plan:
    bounded = times.between(wanted.column, wanted.checks, wanted.plain, chance, _POOL)
    if bounded:
        return Plan(pooled(wanted, bounded), Group.OWN)
    make, habit = times.maker(wanted.column, wanted.head, wanted.required, wanted.plain, needed(wanted.table))
    group = {"event": Group.FIXED, "clock": Group.CLOCK, "later": Group.LATER}.get(habit, Group.OWN)
    renew = times.at_change(wanted.column, wanted.head, wanted.plain) if group is Group.LATER else None
    return Plan(make, group, renew=renew, fresh=True)


def uuid_text(bits: int) -> str:
    digits = f"{bits:032X}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _text(wanted: Wanted, chance: random.Random) -> Plan:
    type_, head = wanted.column.type, wanted.head
    patterns = [c.values[0] for c in wanted.checks if c.kind is CheckKind.MATCHES]
    if naming.is_email(wanted.column.name) and (type_.length or 99) >= 40 and naming.all_match(patterns, ["mara.vogel7@example.com"]):
        mails = naming.mail_names()
        return Plan(lambda c: f'{head}"{mails[c.person]}{c.number}@example.com"', Group.OWN, fresh=True)
    if naming.is_code(wanted.column.name) and not patterns:
        prefix = naming.initials(wanted.table.name)
        return Plan(lambda c: f'{head}"{naming.code(prefix, c.number, type_.length)}"', Group.FIXED, fresh=True)
    words = naming.texts(wanted.table.name, wanted.column.name, chance)
    values = [fitted(v, type_) or v[:1] for v in words.values]
    if patterns and not naming.all_match(patterns, values):
        made = [t for t in (matching(patterns[0], chance) for _ in range(64)) if t is not None]
        fitting = [t for t in made if fitted(t, type_) == t and naming.all_match(patterns, [t])]
        words, values = naming.Texts((), "own"), fitting or values[:_POOL]
    if type_.fixed and type_.length:
        values = [v.ljust(type_.length) for v in values]
    if naming.is_status(wanted.column.name):
        return stepping(wanted, [quoted(v) for v in dict.fromkeys(values)])
    return _grouped(wanted, [quoted(v) for v in values], words.group)


def _grouped(wanted: Wanted, values: Sequence[str], group: str) -> Plan:
    pool = [wanted.head + v for v in values]
    if group == "person":
        return Plan(lambda c: pool[c.person], Group.PERSON)
    if group == "place":
        return Plan(lambda c: pool[c.place], Group.PLACE)
    return Plan(pooled(wanted, values), Group.OWN)
