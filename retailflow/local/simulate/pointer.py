"""A reference of a table, bound to the rows it points to."""

from typing import Protocol

from retailflow.local.simulate.living import Living
from retailflow.local.simulate.moment import Moment
from retailflow.local.simulate.row import Row

_NULL, _MISSING = 0.02, 0.997


class Parent(Protocol):
    """What a reference must know of the table it points to."""

    live: Living

    def promise(self, c: Moment) -> tuple[str, ...] | None: ...


class Pointer:
    """`slots`: (position among the columns, its head) in the order of the parent's key; `null`: it may point nowhere."""

    __slots__ = ("_at", "_choose", "_head", "_popular", "null", "parent", "slots")

    def __init__(self, parent: Parent, slots: tuple[tuple[int, str], ...], null: bool, recent: bool) -> None:
        self.parent = parent
        self.slots = slots
        self.null = null
        self._at, self._head = slots[0] if len(slots) == 1 else (-1, "")
        self._choose = parent.live.chooser(recent)
        self._popular = not recent and self._at >= 0

    def point(self, parts: list[str], c: Moment) -> None:
        """Fill in the key of some row of the parent: mostly one that exists, else NULL or one that comes later or never."""
        luck, rows = c.random(), self.parent.live.rows
        if (luck < _NULL and self.null) or luck > _MISSING or not rows:
            self._oddly(luck, parts, c)
        elif self._popular:  # as `Living.popular` does: this is most of what a simulation does
            parts[self._at] = self._head + rows[int(luck * luck * len(rows))].key[0]
        elif self._at >= 0:
            parts[self._at] = self._head + self._choose(luck).key[0]
        else:
            self.fill(parts, self._choose(luck))

    def fill(self, parts: list[str], row: Row) -> None:
        """Point to this row."""
        for (at, head), value in zip(self.slots, row.key, strict=True):
            parts[at] = head + value

    def _oddly(self, luck: float, parts: list[str], c: Moment) -> None:
        key = self.parent.promise(c) if luck > _NULL or not self.null else None
        if key is None and self.parent.live.rows and not self.null:
            self.fill(parts, self._choose(c.random()))
            return
        for number, (at, head) in enumerate(self.slots):
            parts[at] = head + (key[number] if key is not None else "null")
