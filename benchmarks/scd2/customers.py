"""Customers and their changes: a key changes at most once in a batch, so a row is a function of its key and of the batch that wrote it."""

import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

COLUMNS = {
    "customer_id": "int",
    "email": "nvarchar(320)",
    "first_name": "nvarchar(80)",
    "last_name": "nvarchar(80)",
    "tier": "varchar(10)",
    "phone": "varchar(24)",
    "street": "nvarchar(120)",
    "city": "nvarchar(80)",
    "postcode": "varchar(12)",
    "country": "char(2)",
    "credit_limit": "decimal(12,2)",
    "updated_at": "datetime2(3)",
}
KEY = "customer_id"
ATTRIBUTES = tuple(name for name in COLUMNS if name != KEY)
SQL_TYPES = {"int": "INTEGER", "decimal(12,2)": "DECIMAL(12,2)", "datetime2(3)": "TIMESTAMP"}
TYPED = {name: SQL_TYPES.get(kind, "VARCHAR") for name, kind in COLUMNS.items()}
EPOCH_MS = 1_700_000_000_000
DAY_MS = 86_400_000
_TIERS = ("bronze", "silver", "gold")
_GONE = -1


class Change(NamedTuple):
    """`before`, `after`: the batches that wrote the row before and after, None where there is no row."""

    key: int
    before: int | None
    after: int | None


@dataclass(slots=True)
class Outcome:
    """What a dimension must come to: `cents` are the credit limits of all versions, `ends_ms` the commit times that ended one."""

    versions: int = 0
    current: int = 0
    cents: int = 0
    ends_ms: int = 0


class Customers:
    """Batches are counted from 0, and batch n is committed on day n. Events come in the order of their commits."""

    def __init__(self, keys: int, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self._written = array("i", bytes(4 * keys))  # the batch that wrote a row last
        self._next_batch = 0
        self._next_event = 0
        self.outcome = Outcome()

    def first(self) -> Iterator[str]:
        """Every key is new."""
        yield from self._lines([Change(key, None, 0) for key in range(len(self._written))])

    def batch(self, size: int) -> Iterator[str]:
        """90 % updates, 7 % inserts, 3 % deletes."""
        inserts, deletes = size * 7 // 100, size * 3 // 100
        old = self._sample(size - inserts)
        changes = [Change(key, self._written[key], None if i < deletes else self._next_batch) for i, key in enumerate(old)]
        changes += [Change(len(self._written) + i, None, self._next_batch) for i in range(inserts)]
        self._random.shuffle(changes)
        yield from self._lines(changes)

    def round(self) -> Iterator[str]:
        """An update of every key there is."""
        yield from self._lines([Change(k, written, self._next_batch) for k, written in enumerate(self._written) if written != _GONE])

    def _sample(self, count: int) -> list[int]:
        found: dict[int, None] = {}
        while len(found) < count:
            key = self._random.randrange(len(self._written))
            if self._written[key] != _GONE:
                found[key] = None
        return list(found)

    def _lines(self, changes: list[Change]) -> Iterator[str]:
        number = self._next_batch
        self._next_batch += 1
        pace = min(1000.0, 80_000_000 / len(changes)) if changes else 0.0  # all within a day, in order
        for i, change in enumerate(changes):
            commit_ms = EPOCH_MS + number * DAY_MS + int(i * pace)
            self._count(change, commit_ms)
            yield line(change, self._next_event, commit_ms)
            self._next_event += 1

    def _count(self, change: Change, commit_ms: int) -> None:
        outcome = self.outcome
        if change.before is not None:
            outcome.current -= 1
            outcome.ends_ms += commit_ms
        if change.key >= len(self._written):
            self._written.extend([_GONE] * (change.key + 1 - len(self._written)))
        self._written[change.key] = _GONE if change.after is None else change.after
        if change.after is not None:
            outcome.versions += 1
            outcome.current += 1
            outcome.cents += _cents(change.key, change.after)


def line(change: Change, event: int, commit_ms: int) -> str:
    """A record of the topic, with the row before and after, as the connector writes it."""
    key, before, after = change
    op = "c" if before is None else "d" if after is None else "u"
    lsn = f"{event >> 24:08x}:{event & 0xFFFFFF:08x}:0001"
    return (
        f'{{"key":{{"customer_id":{key}}},"value":{{"before":{_row(key, before)},"after":{_row(key, after)},"op":"{op}",'
        f'"source":{{"connector":"sqlserver","db":"erp","schema":"dbo","table":"Customer","snapshot":"false","ts_ms":{commit_ms},'
        f'"commit_lsn":"{lsn}","change_lsn":"{lsn}","event_serial_no":1}},"ts_ms":{commit_ms + 200}}},'
        f'"partition":{event % 3},"offset":{event // 3},"timestamp":{commit_ms + 300}}}\n'
    )


def _row(key: int, written: int | None) -> str:
    if written is None:
        return "null"
    cents = _cents(key, written)
    return (
        f'{{"customer_id":{key},"email":"customer{key}@example.com","first_name":"First {key % 9973}","last_name":"Last {key % 99991}",'
        f'"tier":"{_TIERS[(key + written) % 3]}","phone":"+49 40 {key:07d}","street":"{key % 300} Long Street",'
        f'"city":"City {(key + written) % 5000}","postcode":"{key % 99999:05d}","country":"DE",'
        f'"credit_limit":"{cents // 100}.{cents % 100:02d}","updated_at":{EPOCH_MS + written * DAY_MS + key % 1000}}}'
    )


def _cents(key: int, written: int) -> int:
    return key % 50_000 * 100 + written % 100
