"""The date dimension against dates worked out by hand, and against the rules it states."""

from datetime import date, timedelta
from itertools import groupby

import pytest

from retailflow.model.project import Calendar, Holiday
from retailflow.sql.calendar import columns, date_key, fiscal_day, rows
from retailflow.types import Kind

NAMES = [name for name, _ in columns()]


def days(first: date, last: date, fiscal_start: int = 1, *holidays: Holiday) -> list[dict[str, object]]:
    return [dict(zip(NAMES, row, strict=True)) for row in rows(Calendar(first, last, fiscal_start, holidays))]


def test_one_row_a_day_both_ends_included() -> None:
    assert [d["date_key"] for d in days(date(2024, 2, 28), date(2024, 3, 1))] == [20240228, 20240229, 20240301]


def test_columns_are_typed_and_begin_with_the_key() -> None:
    assert NAMES[:2] == ["date_key", "date"]
    assert {t.kind for _, t in columns()} == {Kind.INTEGER, Kind.DATE, Kind.TEXT, Kind.BOOLEAN}


def test_a_leap_day_in_full() -> None:
    (day,) = days(date(2024, 2, 29), date(2024, 2, 29), 2, Holiday(date(2024, 2, 29), "Leap day"))
    assert day == {
        "date_key": 20240229,
        "date": date(2024, 2, 29),
        "year": 2024,
        "quarter": 1,
        "month": 2,
        "month_name": "February",
        "day": 29,
        "day_of_week": 4,
        "day_name": "Thursday",
        "day_of_year": 60,
        "iso_year": 2024,
        "iso_week": 9,
        "is_weekend": False,
        "is_month_start": False,
        "is_month_end": True,
        "is_holiday": True,
        "holiday_name": "Leap day",
        "fiscal_year": 2024,
        "fiscal_quarter": 1,
        "fiscal_period": 2,
        "fiscal_week": 5,
    }


@pytest.mark.parametrize(
    ("day", "iso_year", "iso_week"),
    [
        (date(2020, 12, 31), 2020, 53),
        (date(2021, 1, 3), 2020, 53),
        (date(2021, 1, 4), 2021, 1),
        (date(2024, 12, 30), 2025, 1),
        (date(2023, 1, 1), 2022, 52),
    ],
)
def test_iso_weeks_at_the_turn_of_the_year(day: date, iso_year: int, iso_week: int) -> None:
    (row,) = days(day, day)
    assert (row["iso_year"], row["iso_week"]) == (iso_year, iso_week)


# fiscal_start, day, (year, quarter, period, week); the years begin on these Mondays:
# February: 29 January 2024 (the 1st is a Thursday), 3 February 2025 (a Saturday), 29 January 2029 (a Thursday), 4 February 2030 (a Friday).
# January: 29 December 2025 (the 1st is a Thursday), 4 January 2027 (a Friday): 53 weeks lie between them.
# October: 2 October 2023 (the 1st is a Sunday), 30 September 2024 (a Tuesday). December: 4 December 2023 (a Friday).
@pytest.mark.parametrize(
    ("fiscal_start", "day", "expected"),
    [
        (2, date(2024, 1, 28), (2023, 4, 12, 52)),
        (2, date(2024, 1, 29), (2024, 1, 1, 1)),
        (2, date(2024, 2, 25), (2024, 1, 1, 4)),
        (2, date(2024, 2, 26), (2024, 1, 2, 5)),
        (2, date(2024, 3, 25), (2024, 1, 3, 9)),
        (2, date(2024, 4, 28), (2024, 1, 3, 13)),
        (2, date(2024, 4, 29), (2024, 2, 4, 14)),
        (2, date(2025, 2, 2), (2024, 4, 12, 53)),
        (2, date(2025, 2, 3), (2025, 1, 1, 1)),
        (2, date(2030, 2, 3), (2029, 4, 12, 53)),
        (2, date(2030, 2, 4), (2030, 1, 1, 1)),
        (1, date(2025, 12, 28), (2025, 4, 12, 52)),
        (1, date(2025, 12, 29), (2026, 1, 1, 1)),
        (1, date(2027, 1, 3), (2026, 4, 12, 53)),
        (1, date(2027, 1, 4), (2027, 1, 1, 1)),
        (10, date(2023, 10, 1), (2022, 4, 12, 52)),
        (10, date(2023, 10, 2), (2023, 1, 1, 1)),
        (10, date(2024, 9, 29), (2023, 4, 12, 52)),
        (10, date(2024, 9, 30), (2024, 1, 1, 1)),
        (12, date(2024, 1, 1), (2023, 1, 2, 5)),
    ],
)
def test_fiscal_days_worked_out_by_hand(fiscal_start: int, day: date, expected: tuple[int, ...]) -> None:
    assert fiscal_day(day, fiscal_start) == expected


@pytest.mark.parametrize("fiscal_start", range(1, 13))
def test_every_fiscal_year_is_4_4_5_from_the_nearest_monday(fiscal_start: int) -> None:
    all_days = [date(2000, 1, 1) + timedelta(days=n) for n in range(366 * 40)]
    years = [(year, list(group)) for year, group in groupby(all_days, key=lambda d: fiscal_day(d, fiscal_start).year)]
    for year, its_days in years[1:-1]:
        assert its_days[0].weekday() == 0
        assert abs((its_days[0] - date(year, fiscal_start, 1)).days) <= 3
        assert len(its_days) in (52 * 7, 53 * 7)
        lengths = [len(list(group)) // 7 for _, group in groupby(its_days, key=lambda d: fiscal_day(d, fiscal_start).period)]
        assert lengths == [4, 4, 5] * 3 + [4, 4, 5 + len(its_days) // 7 - 52]


def test_holidays_of_one_day_are_joined_and_other_days_have_none() -> None:
    christmas, other = Holiday(date(2024, 12, 25), "Christmas Day"), Holiday(date(2024, 12, 25), "Quarter day")
    eve, day = days(date(2024, 12, 24), date(2024, 12, 25), 1, christmas, other)
    assert (eve["is_holiday"], eve["holiday_name"]) == (False, None)
    assert (day["is_holiday"], day["holiday_name"]) == (True, "Christmas Day, Quarter day")


def test_weekends_and_ends_of_months() -> None:
    sunday = days(date(2023, 12, 31), date(2024, 1, 1))[0]
    assert (sunday["is_weekend"], sunday["is_month_end"], sunday["quarter"], sunday["day_of_week"]) == (True, True, 4, 7)


def test_date_key_sorts_like_dates() -> None:
    assert date_key(date(999, 1, 2)) < date_key(date(1000, 1, 1)) == 10000101
