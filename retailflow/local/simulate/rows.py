"""The rows of one table: how they are made, changed, deleted and referred to."""

import random
from zlib import crc32

from retailflow.local.simulate import keys, values
from retailflow.local.simulate.changes import Changes, changes_of
from retailflow.local.simulate.living import Living
from retailflow.local.simulate.moment import Moment
from retailflow.local.simulate.pointer import Pointer
from retailflow.local.simulate.relations import Reference
from retailflow.local.simulate.row import EVICTED, Row
from retailflow.local.simulate.wire import quoted
from retailflow.model.table import Table

_REMEMBERED = 1_000  # deleted keys that may return, and keys promised to rows to come
_TRIES = 8
_MOULDS = 1_500  # combinations of values that new rows are cast from, once there are so many


class Rows:
    """`details`: tables whose rows are parts of rows of this one, by `owner`; `heads`: `"Field":` per column."""

    def __init__(self, table: Table, chance: random.Random, moment: Moment) -> None:
        columns = [c for c in table.columns if c.expression is None]
        self.table, self.moment = table, moment
        self.heads = [quoted(c.field) + ":" for c in columns]
        self.positions = {c.name: at for at, c in enumerate(columns)}
        self.key_names = table.key or ((table.event_id,) if table.event_id else ())
        self.key_at = tuple(self.positions[name] for name in self.key_names)
        self._first_at = self.key_at[0] if self.key_at else -1
        self.live = Living()
        self.owner: Pointer | None = None
        self.details: list[Rows] = []
        self.taken: set[tuple[str, ...]] | None = None
        self.made = 0
        self.partitions = max(table.topic.partitions, 1)
        self.counter: keys.Counter | None = None
        self.counted_at = -1
        self._plans = [values.plan_for(table, c, chance) for c in columns]
        self._fresh = [(at, p.make) for at, p in enumerate(self._plans) if p.fresh]
        self._moulds: list[tuple[int, int, list[str]]] = []
        self._pointers: list[Pointer] = []
        self._promised: list[tuple[str, ...]] = []
        self._buried: list[Row] = []
        self._chance = chance
        self._changes = Changes((), ())
        self._owner_slots: tuple[tuple[int, str], ...] = ()
        self._counted_last = False

    def connect(self, refs: tuple[Reference, ...], rows: "dict[str, Rows]", busy: frozenset[str]) -> None:
        """Bind references to the rows they name, and decide how keys are made and what a change may change."""
        referring = {c for ref in refs for c in ref.columns}
        in_key, outside = set(self.key_names), []
        for ref in refs:
            slots = tuple((self.positions[c], self.heads[self.positions[c]]) for c in ref.columns)
            null = all(self.table.column(c).nullable for c in ref.columns) and not set(ref.columns) & in_key
            pointer = Pointer(rows[ref.parent], slots, null, ref.parent in busy)
            if ref.owned and self.owner is None:
                self.owner, self._owner_slots = pointer, slots
                rows[ref.parent].details.append(self)
            else:
                self._pointers.append(pointer)
                outside += [pointer] if not set(ref.columns) & in_key else []
        own = tuple(self.table.column(name) for name in self.key_names if name not in referring)
        column = keys.counted(own, bool(referring & in_key))
        if column is not None:
            self.counted_at = self.positions[column.name]
            self.counter = keys.counter(self.table, column, self._chance, self.moment)
            self._counted_last = self.key_at == (*(at for at, _ in self._owner_slots), self.counted_at)
        elif self.key_names:
            self.taken = set()
        free = {at: self._plans[at] for name, at in self.positions.items() if name not in in_key and name not in referring}
        self._changes = changes_of(free, outside)
        self._fresh = [(at, make) for at, make in self._fresh if at in free or (at in self.key_at and column is None)]

    def create(self, c: Moment, owner: Row | None = None, line: int = 0) -> Row | None:
        """A new row, alive from now on; None when no key is left."""
        self.made += 1
        c.number = self.made
        if self.owner is not None and owner is None:
            if not self.owner.parent.live.rows:
                return None
            owner = self.owner.parent.live.recent(c.random())
            line = max((row.number for rows, row in owner.owned or () if rows is self), default=0) + 1
        for _ in range(_TRIES):
            parts = self._cast(c)
            for pointer in self._pointers:
                pointer.point(parts, c)
            key = self._new_key(parts, c) if owner is None else self._line_key(parts, owner, line)
            if key is not None:
                return self.add(key, parts, owner, line or self.made)
        return None

    def _cast(self, c: Moment) -> list[str]:
        """The columns of a new row: a known combination once there are many, with what must be new in each row made anew."""
        if len(self._moulds) < _MOULDS:
            c.someone()
            parts = [plan.make(c) for plan in self._plans]
            self._moulds.append((c.person, c.place, parts))
            return parts.copy()
        c.person, c.place, parts = self._moulds[int(c.random() * _MOULDS)]
        parts = parts.copy()
        for at, make in self._fresh:
            parts[at] = make(c)
        return parts

    def _new_key(self, parts: list[str], c: Moment) -> tuple[str, ...] | None:
        counter, at = self.counter, self.counted_at
        if counter is None:
            return self._free(self.key_of(parts))
        value = self._promised.pop()[0] if self._promised and c.random() < 0.3 else counter.next()
        if value is None:
            return None
        parts[at] = self.heads[at] + value
        return (value,) if len(self.key_at) == 1 else self._free(self.key_of(parts))

    def _line_key(self, parts: list[str], owner: Row, line: int) -> tuple[str, ...] | None:
        """The key of a line: the owner's, and what counts within it."""
        for (at, head), value in zip(self._owner_slots, owner.key, strict=True):
            parts[at] = head + value
        counter, at = self.counter, self.counted_at
        if counter is None:
            return self._free(self.key_of(parts))
        if line > counter.limit:
            return None
        value = counter.write(line)
        parts[at] = self.heads[at] + value
        return (*owner.key, value) if self._counted_last else self._free(self.key_of(parts))

    def _free(self, key: tuple[str, ...]) -> tuple[str, ...] | None:
        """The key, unless it has a NULL or is in use."""
        if "null" in key:
            return None
        if self.taken is not None:
            if key in self.taken:
                return None
            self.taken.add(key)
        return key

    def key_of(self, parts: list[str]) -> tuple[str, ...]:
        return tuple([parts[at][len(self.heads[at]) :] for at in self.key_at])

    def add(self, key: tuple[str, ...], parts: list[str], owner: Row | None, number: int) -> Row:
        """Take a row into the living."""
        row = self._row(key, parts, number)
        self.live.add(row)
        if owner is not None:
            owner.own(self, row)
        return row

    def _row(self, key: tuple[str, ...], parts: list[str], number: int) -> Row:
        if len(key) == 1:
            text = f"{{{parts[self._first_at]}}}"
        else:
            text = f"{{{','.join([parts[at] for at in self.key_at])}}}"
        return Row(key, text, parts, number, crc32(text.encode()) % self.partitions if key else number % self.partitions, EVICTED)

    def changed(self, row: Row, c: Moment) -> list[str]:
        """The row's parts after some change of it; the row itself is left as it is."""
        parts = row.parts.copy()
        c.someone()
        c.number = row.number
        self._changes.apply(parts, c)
        return parts

    def rekeyed(self, row: Row) -> Row | None:
        """The same row under a new business key, in the place of the old; None where keys are drawn or belong to an owner."""
        value = self.counter.next() if self.counter is not None and self.owner is None and row.slot >= 0 else None
        if value is None:
            return None
        parts = row.parts.copy()
        parts[self.counted_at] = self.heads[self.counted_at] + value
        new = self._row(self.key_of(parts), parts, row.number)
        self.live.replace(row, new)
        return new

    def remove(self, row: Row) -> None:
        """The row is deleted at the source."""
        self.live.remove(row)
        if self.taken is not None:
            self.taken.discard(row.key)
        if len(self._buried) < _REMEMBERED and self.owner is None:
            self._buried.append(row)

    def revive(self, c: Moment) -> Row | None:
        """A row that was deleted, back with its key and other values."""
        if not self._buried:
            return None
        old = self._buried.pop()
        if self.taken is not None:
            if old.key in self.taken:
                return None
            self.taken.add(old.key)
        return self.add(old.key, self.changed(old, c), None, old.number)

    def promise(self, c: Moment) -> tuple[str, ...] | None:
        """The key of a row that does not exist: it comes later, or never."""
        value = self.counter.next() if self.counter is not None and len(self.key_at) == 1 else None
        if value is None:
            return None
        if len(self._promised) < _REMEMBERED and c.random() < 0.7:
            self._promised.append((value,))
        return (value,)
