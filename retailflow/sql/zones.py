"""The zone table: ranges of local and of UTC time with their offset, so that every engine converts by one range join."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import ZoneInfo

FIRST = datetime(1, 1, 1)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999)
_SCAN_FROM = datetime(1800, 1, 1)  # the zone database knows no transition before 1835
_SCAN_TO = datetime(2100, 1, 1)
_STEP = timedelta(days=3)  # no zone ever kept an offset for less than six
_SECOND = timedelta(seconds=1)


class ZoneRange(NamedTuple):
    """A stretch of one offset: `[utc_from, utc_to)` of UTC time, and `[local_from, local_to)` of the wall clock that is read with it.

    Both tile all time from `FIRST` to `LAST` without gap or overlap. In an overlap of the wall clock the earlier instant is meant,
    in a gap the offset before it. What holds on 2100-01-01 goes on for ever.
    """

    zone: str
    utc_from: datetime
    utc_to: datetime
    local_from: datetime
    local_to: datetime
    offset_seconds: int


def zone_rows(zones: Iterable[str]) -> Iterator[ZoneRange]:
    """The ranges of each zone once, in order of zone and time."""
    for zone in sorted(set(zones)):
        yield from zone_ranges(zone)


@cache
def zone_ranges(zone: str) -> tuple[ZoneRange, ...]:
    """The ranges of an IANA zone in order of time, found once a process; raises KeyError for a name the zone database lacks."""
    return tuple(_ranges(zone))


def _ranges(zone: str) -> Iterator[ZoneRange]:
    info = load_zone(zone)
    offset = _offset(info, _SCAN_FROM)
    utc_from, local_from = FIRST, FIRST
    for instant, after in _transitions(info):
        local = instant + max(offset, after)
        yield ZoneRange(zone, utc_from, instant, local_from, local, _seconds(offset))
        offset, utc_from, local_from = after, instant, local
    yield ZoneRange(zone, utc_from, LAST, local_from, LAST, _seconds(offset))


def load_zone(zone: str) -> ZoneInfo:
    """The zone as the `tzdata` package has it, never as the machine does, so that output is the same everywhere."""
    resource = files("tzdata").joinpath("zoneinfo", *zone.split("/"))
    if not resource.is_file():
        raise KeyError(zone)
    with resource.open("rb") as stream:
        return ZoneInfo.from_file(stream, key=zone)


def _transitions(info: ZoneInfo) -> Iterator[tuple[datetime, timedelta]]:
    """The first second of UTC with another offset, and that offset."""
    instant, offset = _SCAN_FROM, _offset(info, _SCAN_FROM)
    while instant < _SCAN_TO:
        following = min(instant + _STEP, _SCAN_TO)
        after = _offset(info, following)
        if after != offset:
            yield _first_with(info, after, instant, following), after
        instant, offset = following, after


def _first_with(info: ZoneInfo, offset: timedelta, before: datetime, at: datetime) -> datetime:
    """The first second in `(before, at]` with this offset; `at` has it, `before` has not."""
    while at - before > _SECOND:
        middle = before + (at - before) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if _offset(info, middle) == offset:
            at = middle
        else:
            before = middle
    return at


def _offset(info: ZoneInfo, utc: datetime) -> timedelta:
    offset = utc.replace(tzinfo=UTC).astimezone(info).utcoffset()
    assert offset is not None, "a loaded zone always has an offset"
    return offset


def _seconds(offset: timedelta) -> int:
    return offset // _SECOND
