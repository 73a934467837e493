"""The hours of a trading day, and when each share of its events has happened."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

DAY_MS = 86_400_000
# How busy each local hour is: nightly jobs, a morning, a peak at noon and a higher one after work.
_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 10, 13, 15, 18, 20, 17, 15, 16, 19, 24, 26, 22, 16, 10, 6, 3)

_STEPS = 2400


def midnight(day: date, zone: str) -> int:
    """UTC milliseconds of the start of a local day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC).timestamp() * 1000)


class Day:
    """`at(share)`: UTC milliseconds by which that share of the day's events has happened; never goes back."""

    __slots__ = ("_marks", "end", "start")

    def __init__(self, day: date, zone: str) -> None:
        self.start = midnight(day, zone)
        self.end = self.start + DAY_MS
        self._marks = _marks(self.start, _STEPS)

    def at(self, share: float) -> int:
        if share >= 1.0:
            return self._marks[-1]
        place = share * _STEPS
        below = int(place)
        low = self._marks[below]
        return low + int((self._marks[below + 1] - low) * (place - below))


def _marks(start: int, count: int) -> list[int]:
    """Times at which equal shares of the events have happened: shares of the curve, turned around."""
    total, marks, seen = sum(_HOURS), [start], 0.0
    for hour, weight in enumerate(_HOURS):
        share = weight / total
        while len(marks) <= count and len(marks) / count <= seen + share + 1e-12:
            inside = (len(marks) / count - seen) / share
            marks.append(start + int((hour + inside) * DAY_MS / 24))
        seen += share
    while len(marks) <= count:
        marks.append(start + DAY_MS - 1)
    marks[-1] = start + DAY_MS - 1
    return marks
