"""The moment a row is made at, and who and where it is about, so that the columns of one row agree with each other."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from retailflow.local.simulate.words import FIRST_NAMES, LAST_NAMES, PLACES

PERSONS = len(FIRST_NAMES) * len(LAST_NAMES)
HOUR_MS = 3_600_000


class Moment:
    """Shared by all makers of values. `now`: UTC milliseconds; `person`, `place`: indexes into pools; `number`: unique within the table."""

    __slots__ = ("_hour", "_known", "_zones", "bits", "initial", "now", "number", "offsets", "person", "place", "random")

    def __init__(self, chance: random.Random, zones: frozenset[str]) -> None:
        self.chance(chance)
        self.now = 0
        self.initial = False
        self.person = 0
        self.place = 0
        self.number = 0
        self._zones = {zone: ZoneInfo(zone) for zone in zones | {"UTC"}}
        self._hour = -1
        self._known: dict[int, dict[str, int]] = {}
        self.offsets: dict[str, int] = dict.fromkeys(self._zones, 0)

    def chance(self, chance: random.Random) -> None:
        """Draw from another source of chance."""
        self.random: Callable[[], float] = chance.random
        self.bits: Callable[[int], int] = chance.getrandbits

    def at(self, now: int) -> None:
        """Go to a time; wall clocks follow by the hour."""
        self.now = now
        hour = now // HOUR_MS
        if hour != self._hour:
            self._hour = hour
            known = self._known.get(hour)
            self.offsets = known if known is not None else self._shifts(hour)

    def _shifts(self, hour: int) -> dict[str, int]:
        instant = datetime.fromtimestamp(hour * 3600, UTC)
        shifts = {name: instant.astimezone(zone).utcoffset() for name, zone in self._zones.items()}
        self._known[hour] = {name: int(shift.total_seconds() * 1000) if shift else 0 for name, shift in shifts.items()}
        return self._known[hour]

    def someone(self) -> None:
        """Someone else, somewhere else."""
        draw = self.random
        self.person = int(draw() * PERSONS)
        self.place = int(draw() * len(PLACES))
