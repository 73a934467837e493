"""Broken copies of records, of every kind that must end in quarantine."""

import random
from collections.abc import Callable

from retailflow.local.simulate.rows import Rows
from retailflow.local.simulate.wire import quoted
from retailflow.types import Kind

_PARSED = frozenset(Kind) - {Kind.TEXT}


class Breaker:
    """Breaks records of one table. `whole(parts, place)` writes the record of a created row with these parts."""

    def __init__(self, rows: Rows, chance: random.Random, no_place: str | None) -> None:
        self._rows = rows
        self._random = chance.random
        self._no_place = no_place
        columns = [c for c in rows.table.columns if c.expression is None]
        self._parsed = [at for at, c in enumerate(columns) if c.type.kind in _PARSED and at not in rows.key_at]

    def broken(self, key: str, parts: list[str], place: str, whole: Callable[[str, str, str], str]) -> str:
        """A record that must not be admitted; `whole(key, image, place)` writes a good one."""
        image = "{" + ",".join(parts) + "}"
        kind = int(self._random() * 4)
        if kind == 1 and self._parsed:
            at = self._parsed[int(self._random() * len(self._parsed))]
            return whole(key, self._with(parts, at, '"n/a"'), place)
        if kind == 2 and self._rows.key_at:
            return whole(key, self._with(parts, self._rows.key_at[0], "null"), place)
        if kind == 3 and self._no_place is not None:
            return whole(key, image, self._no_place)
        start = f'{{"key":{key},"value":'
        value = whole(key, image, place)[len(start) : -1]
        return f"{start}{quoted(value[: int(len(value) * (0.2 + 0.6 * self._random()))])},"

    def _with(self, parts: list[str], at: int, value: str) -> str:
        return "{" + ",".join([*parts[:at], self._rows.heads[at] + value, *parts[at + 1 :]]) + "}"
