"""The rows of a table that can still change: a bounded set from which any, a popular or a recent one can be drawn."""

import sys
from collections.abc import Callable, Iterator

from retailflow.local.simulate.row import EVICTED, GONE, Row

_KEPT = 100_000  # older rows stay as they are
_RECENT = 3_000


class Living:
    """`add` and `remove` keep `Row.slot` up to date."""

    __slots__ = ("_cursor", "limit", "rows")

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.limit = _KEPT
        self._cursor = 0

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def add(self, row: Row) -> None:
        """In the place of the oldest, when there is no more room."""
        count = len(self.rows)
        if count < self.limit:
            row.slot = count
            self.rows.append(row)
        else:
            self._cursor = (self._cursor + 1) % count
            self.rows[self._cursor].slot = EVICTED
            row.slot = self._cursor
            self.rows[row.slot] = row

    def remove(self, row: Row) -> None:
        if row.slot >= 0:
            last = self.rows.pop()
            if last is not row:
                self.rows[row.slot], last.slot = last, row.slot
            self._cursor = min(self._cursor, max(len(self.rows) - 1, 0))
        row.slot = GONE

    def replace(self, old: Row, new: Row) -> None:
        """The new row takes the slot of the old."""
        new.slot = old.slot
        self.rows[old.slot] = new
        old.slot = GONE

    def popular(self, luck: float) -> Row:
        """Earlier rows are the likelier; raises IndexError when there is none."""
        return self.rows[int(luck * luck * len(self.rows))]

    def recent(self, luck: float) -> Row:
        """One of the latest; raises IndexError when there is none."""
        count = len(self.rows)
        back = int(luck * (count if count < _RECENT else _RECENT))
        return self.rows[(self._cursor - back) % count if count >= self.limit else count - 1 - back]

    def open(self) -> None:
        """Keep every row, until `close`."""
        self.limit = sys.maxsize

    def close(self) -> None:
        self.limit = max(_KEPT, len(self.rows))
        self._cursor = len(self.rows) - 1 if len(self.rows) >= self.limit else 0

    def chooser(self, recent: bool) -> Callable[[float], Row]:
        return self.recent if recent else self.popular
