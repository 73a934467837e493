"""The simulated source: what is there at first, then transactions through a trading day, until enough has happened."""

import random
from bisect import bisect
from collections.abc import Callable
from itertools import accumulate

from retailflow.local.simulate.clock import Day
from retailflow.local.simulate.moment import Moment
from retailflow.local.simulate.options import Options
from retailflow.local.simulate.outlet import Outlet
from retailflow.local.simulate.row import GONE, Row
from retailflow.local.simulate.rows import Rows
from retailflow.local.simulate.weights import Weight
from retailflow.model.source import Route

_LINES = (1, 1, 1, 2, 2, 2, 3, 3, 4, 6)
_HEARTBEAT_MS = 300_000
_NEW_KEYS = 0.0015  # share of updates that give a row another business key
_RETURNS = 0.01  # share of creates that bring back a deleted key
_MORE = (1, 1, 1, 1, 2, 2, 3, 4, 6, 9)  # rows changed, or made without lines, by one transaction
_TICK = 20_000


class Engine:
    """Everything alive while events are made; `rows`, `outlets` and `weights` by table name, in an order that fills parents first."""

    def __init__(
        self, options: Options, rows: dict[str, Rows], outlets: dict[str, Outlet], weights: dict[str, Weight], moment: Moment
    ) -> None:
        self.options = options
        self.rows, self.outlets, self.weights, self.moment = rows, outlets, weights, moment
        self.events = 0
        self.floor = 0  # no commit before this time

    def fill(self, day: Day, initial_rows: int, fresh: frozenset[str]) -> None:
        """The first rows of the `fresh` tables, as a snapshot with an end mark where the route has one."""
        total = sum(self.weights[name].initial for name in fresh) or 1.0
        for log in {o.log for o in self.outlets.values()}:
            log.begin()
        for rows in self.rows.values():
            rows.live.open()
        for name, rows in self.rows.items():
            c = rows.moment
            c.initial, weight = True, self.weights[name]
            count = min(weight.most, int(initial_rows * weight.initial / total) + 3) if name in fresh and weight.initial else 0
            for _ in range(count):
                c.at(day.start - int((0.001 + c.random()) * 90 * 86_400_000))
                self._first(rows, rows.create(c))
            c.initial = False
        for rows in self.rows.values():
            rows.live.close()
        start = max(day.start, self.floor)
        for name in self.rows:
            if name in fresh and self.rows[name].table.route is Route.CDC:
                self.events += self.outlets[name].snapshot(self.rows[name].live, start)

    def _first(self, rows: Rows, row: Row | None) -> None:
        """A first row comes with its own lines."""
        c = self.moment
        for detail in rows.details if row is not None else ():
            for line in range(1, 1 + _LINES[int(c.random() * 10)]):
                self._first(detail, detail.create(c, row, line))

    def trade(self, day: Day, target: int, progress: Callable[[int], None] | None) -> None:
        """Transactions from now on through the day, until `target` events are out."""
        pick, c, draw, options = _Picker(self.rows, self.weights), self.moment, self.moment.random, self.options
        first, changes = self.events, options.updates + options.deletes
        beat, tick = day.start, self.events + _TICK
        misses = 0
        while self.events < target and misses < 1_000:
            now = max(day.at((self.events - first) / max(target - first, 1)), self.floor)
            c.at(now)
            if now >= beat:
                beat = now + _HEARTBEAT_MS
                self._beat(now)
            luck, before = draw(), self.events
            change = luck < changes and pick.changing.choose(draw())
            rows = change or pick.growing.choose(draw())
            if rows is None:
                break
            self.outlets[rows.table.name].log.begin()
            if not change:
                for _ in range(1 if rows.details else _MORE[int(draw() * 10)]):
                    self._create(rows)
            elif luck < options.updates:
                for _ in range(_MORE[int(draw() * 10)]):
                    self._update(rows)
            else:
                self._delete(rows, rows.live.recent(draw()))
            misses = misses + 1 if self.events == before else 0
            if progress is not None and self.events >= tick:
                progress(self.events)
                tick = self.events + _TICK
        self._beat(max(day.end - 1, self.floor))

    def _create(self, rows: Rows) -> None:
        c = self.moment
        outlet = self.outlets[rows.table.name]
        if rows.table.route is Route.STREAM:
            row = rows.create(c)
            if row is not None:
                self.events += outlet.plain(row, c.now)
                rows.live.remove(row)
            return
        row = rows.revive(c) if c.random() < _RETURNS else rows.create(c)
        if row is not None:
            self._created(rows, row)

    def _created(self, rows: Rows, row: Row) -> None:
        c = self.moment
        self.events += self.outlets[rows.table.name].create(row, c.now)
        for detail in rows.details:
            for line in range(1, 1 + _LINES[int(c.random() * 10)]):
                part = detail.create(c, row, line)
                if part is not None:
                    self._created(detail, part)

    def _update(self, rows: Rows) -> None:
        if not rows.live.rows:
            return
        c = self.moment
        row, outlet = rows.live.popular(c.random()), self.outlets[rows.table.name]
        if c.random() < _NEW_KEYS and not rows.details:
            new = rows.rekeyed(row)
            if new is not None:
                self.events += outlet.rekey(row, new, c.now, as_update=c.random() < 0.3)
                return
        self.events += outlet.update(row, rows.changed(row, c), c.now)

    def _delete(self, rows: Rows, row: Row) -> None:
        for detail, part in row.owned or ():
            if part.slot != GONE:
                self._delete(detail, part)
        rows.remove(row)
        self.events += self.outlets[rows.table.name].delete(row, self.moment.now)

    def _beat(self, now: int) -> None:
        for outlet in {o.heartbeats: o for o in self.outlets.values() if o.heartbeats is not None}.values():
            outlet.beat(now)


class _Choice:
    """Tables by weight; only those that have something to offer when asked."""

    def __init__(self, rows: list[Rows], weights: list[float], needs_rows: bool) -> None:
        self._rows, self._sums, self._needs_rows = rows, list(accumulate(weights)), needs_rows

    def choose(self, luck: float) -> Rows | None:
        if not self._rows:
            return None
        chosen = self._rows[min(bisect(self._sums, luck * self._sums[-1]), len(self._rows) - 1)]
        return None if self._needs_rows and not chosen.live.rows else chosen


class _Picker:
    """Which table grows or changes next."""

    def __init__(self, rows: dict[str, Rows], weights: dict[str, Weight]) -> None:
        at_once = {n: 1 if r.details else sum(_MORE) / len(_MORE) for n, r in rows.items()}
        self.growing = self._choice(rows, {n: w.create / at_once[n] for n, w in weights.items()}, (Route.CDC, Route.STREAM))
        self.changing = self._choice(rows, {n: w.change for n, w in weights.items()}, (Route.CDC,), needs_rows=True)

    @staticmethod
    def _choice(rows: dict[str, Rows], weights: dict[str, float], routes: tuple[Route, ...], needs_rows: bool = False) -> _Choice:
        names = [n for n, r in rows.items() if r.table.route in routes and weights[n] > 0]
        return _Choice([rows[n] for n in names], [weights[n] for n in names], needs_rows)


def chance_for(*words: object) -> random.Random:
    """A source of chance that depends on nothing but these words."""
    return random.Random(":".join(map(str, words)))
