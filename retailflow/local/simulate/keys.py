"""New keys for a table: counted up where the type allows it, drawn otherwise; never one that is in use."""

import random
from collections.abc import Callable

from retailflow.checks import CheckKind
from retailflow.local.simulate import naming
from retailflow.local.simulate.moment import Moment
from retailflow.local.simulate.pattern import matching
from retailflow.local.simulate.values import uuid_text
from retailflow.local.simulate.wire import DAY_MS, binary, integer_limits, moment_writer, quoted, scaled
from retailflow.model.source import Route
from retailflow.model.table import Column, Table
from retailflow.types import Kind

_MANY = 10**12
_COUNTED = (Kind.TEXT, Kind.UUID, Kind.INTEGER, Kind.DECIMAL, Kind.BINARY)


class Counter:
    """Values of one key column: `write(number)` for numbers from 1 to `limit`, without those `taken` before."""

    __slots__ = ("limit", "taken", "used", "write")

    def __init__(self, write: Callable[[int], str], limit: int) -> None:
        self.write = write
        self.limit = limit
        self.used = 0
        self.taken: set[str] = set()

    def next(self) -> str | None:
        """The next value as JSON text, None when the type has no more."""
        while self.used < self.limit:
            self.used += 1
            value = self.write(self.used)
            if value not in self.taken:
                return value
        return None


def counter(table: Table, column: Column, chance: random.Random, moment: Moment) -> Counter:
    """How a key column of a table is counted."""
    type_, plain = column.type, table.route is Route.BATCH
    match type_.kind:
        case Kind.INTEGER:
            return Counter(str, integer_limits(type_)[1])
        case Kind.DECIMAL:
            return Counter(lambda n: scaled(n * 10**type_.scale, type_.scale), min(10 ** (type_.precision - type_.scale) - 1, _MANY))
        case Kind.UUID:
            return Counter(lambda _: f'"{uuid_text(moment.bits(128))}"', _MANY)
        case Kind.TEXT:
            return _text(table, column, chance)
        case Kind.BINARY:
            size = min(type_.length or 8, 8)
            return Counter(lambda n: binary(n.to_bytes(size, "big"), plain), 256**size - 1)
        case Kind.BOOLEAN:
            yes, no = ("1", "0") if plain else ("true", "false")
            return Counter(lambda n: yes if n == 1 else no, 2)
        case _:
            write, step = moment_writer(type_, plain), 60_000 if type_.kind is Kind.TIME else DAY_MS
            return Counter(lambda n: write(moment.now // step * step - (n - 1) * step), 1440 if type_.kind is Kind.TIME else 20_000)


def _text(table: Table, column: Column, chance: random.Random) -> Counter:
    checks = [c for c in table.checks if column.name in c.columns]
    listed = next((c.values for c in checks if c.kind is CheckKind.IN), None)
    if listed:
        return Counter(lambda n: quoted(listed[n - 1]), len(listed))
    length = column.type.length
    width = length if column.type.fixed and length else 0
    patterns = [c.values[0] for c in checks if c.kind is CheckKind.MATCHES]
    prefix = naming.initials(table.name)
    if patterns and not naming.all_match(patterns, [naming.code(prefix, n, length) for n in (1, 77, 4321)]):
        made = (matching(patterns[0], chance) for _ in range(4000))
        fitting = list(
            dict.fromkeys(t for t in made if t is not None and len(t.rstrip()) <= (length or 4000) and naming.all_match(patterns, [t]))
        )
        distinct = list({t.rstrip().upper(): t for t in fitting}.values())
        if distinct:
            return Counter(lambda n: quoted(distinct[n - 1]), len(distinct))
    return Counter(lambda n: f'"{naming.code(prefix, n, length).ljust(width)}"', 36 ** min(length or 12, 8) - 1)


def counted(columns: tuple[Column, ...], refers: bool) -> Column | None:
    """Which of a table's own key columns is counted up; with references in the key, only what has no calendar meaning."""
    numbers = [c for c in columns if c.type.kind in _COUNTED]
    return numbers[-1] if numbers else columns[-1] if columns and not refers else None
