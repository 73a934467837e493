"""The zone table against Python's own `zoneinfo`, which reads an ambiguous or skipped wall clock the same way (`fold=0`)."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retailflow.sql.zones import FIRST, LAST, ZoneRange, load_zone, zone_ranges, zone_rows

ZONES = [
    "Africa/Casablanca",  # summer time pauses in Ramadan
    "America/New_York",
    "America/St_Johns",  # changes at one minute past midnight, with odd offsets
    "Antarctica/Troll",  # two hours at once
    "Asia/Kathmandu",
    "Asia/Manila",  # moved over the date line in 1844
    "Australia/Lord_Howe",  # half an hour
    "Europe/Berlin",
    "Europe/Dublin",  # winter time is the exception
    "Pacific/Apia",  # had no 30 December 2011
    "UTC",
]
before_2100 = st.datetimes(datetime(2, 1, 1), datetime(2099, 12, 30))


@cache
def ranges(zone: str) -> tuple[ZoneRange, ...]:
    return tuple(zone_ranges(zone))


def at_utc(zone: str, utc: datetime) -> ZoneRange:
    return ranges(zone)[bisect_right([r.utc_from for r in ranges(zone)], utc) - 1]


def at_local(zone: str, local: datetime) -> ZoneRange:
    return ranges(zone)[bisect_right([r.local_from for r in ranges(zone)], local) - 1]


def expected_offset(zone: str, local: datetime) -> timedelta | None:
    return local.replace(tzinfo=load_zone(zone), fold=0).utcoffset()


@pytest.mark.parametrize("zone", ZONES)
def test_ranges_tile_both_time_lines(zone: str) -> None:
    assert (ranges(zone)[0].utc_from, ranges(zone)[0].local_from) == (FIRST, FIRST)
    assert (ranges(zone)[-1].utc_to, ranges(zone)[-1].local_to) == (LAST, LAST)
    for one, following in pairwise(ranges(zone)):
        assert one.utc_from < one.utc_to == following.utc_from
        assert one.local_from < one.local_to == following.local_from
        assert one.offset_seconds != following.offset_seconds


@pytest.mark.parametrize("zone", ZONES)
def test_every_edge_of_the_wall_clock_is_read_as_zoneinfo_reads_it(zone: str) -> None:
    for edge in ranges(zone)[1:]:
        for shift in (-7200, -3600, -1, 0, 1, 3600, 7200):
            local = edge.local_from + timedelta(seconds=shift)
            assert timedelta(seconds=at_local(zone, local).offset_seconds) == expected_offset(zone, local), local


@given(zone=st.sampled_from(ZONES), local=before_2100)
def test_any_wall_clock_is_read_as_zoneinfo_reads_it(zone: str, local: datetime) -> None:
    assert timedelta(seconds=at_local(zone, local).offset_seconds) == expected_offset(zone, local)


@given(zone=st.sampled_from(ZONES), utc=before_2100)
def test_any_instant_has_the_offset_zoneinfo_gives_it(zone: str, utc: datetime) -> None:
    expected = utc.replace(tzinfo=UTC).astimezone(load_zone(zone)).utcoffset()
    assert timedelta(seconds=at_utc(zone, utc).offset_seconds) == expected


@given(zone=st.sampled_from(ZONES), utc=before_2100)
def test_there_and_back_is_the_same_instant_or_the_earlier_one_of_an_overlap(zone: str, utc: datetime) -> None:
    local = utc + timedelta(seconds=at_utc(zone, utc).offset_seconds)
    back = local - timedelta(seconds=at_local(zone, local).offset_seconds)
    assert back <= utc
    assert back + timedelta(seconds=at_utc(zone, back).offset_seconds) == local


def test_the_hours_of_berlin_that_are_twice_and_never() -> None:
    def instant(local: datetime) -> datetime:
        return local - timedelta(seconds=at_local("Europe/Berlin", local).offset_seconds)

    assert instant(datetime(2024, 10, 27, 2, 30)) == datetime(2024, 10, 27, 0, 30)
    assert instant(datetime(2024, 10, 27, 3, 0)) == datetime(2024, 10, 27, 2, 0)
    assert instant(datetime(2024, 3, 31, 2, 30)) == datetime(2024, 3, 31, 1, 30)
    assert instant(datetime(2024, 3, 31, 3, 0)) == datetime(2024, 3, 31, 1, 0)


def test_rows_of_several_zones_come_once_and_in_order() -> None:
    assert [r.zone for r in zone_rows(["UTC", "Etc/UTC", "UTC"])] == ["Etc/UTC", "UTC"]


@pytest.mark.parametrize("name", ["Europe/Atlantis", "Europe", "../tzdata", ""])
def test_an_unknown_zone_is_a_key_error(name: str) -> None:
    with pytest.raises(KeyError):
        load_zone(name)
