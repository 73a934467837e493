"""The date dimension: one row a day, with ISO weeks, holidays and a 4-4-5 fiscal year.

The fiscal year, exactly:

- Weeks run from Monday to Sunday. The year begins on the Monday nearest to the first of the month `fiscal_start` (that day itself,
  or up to three days before or after it), and ends on the Sunday before the next year begins: after 52 or 53 weeks.
- It bears the number of the calendar year which that first of the month is in, also when its first Monday is in the year before.
- Its weeks are numbered from 1 and form four quarters of three periods, of 4, 4 and 5 weeks. A 53rd week belongs to period 12.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from retailflow.model.project import Calendar
from retailflow.types import ColumnType, parse_type

# English whatever the locale.
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_DAY = timedelta(days=1)
_PERIOD_OF_WEEK = tuple(4 * [1] + 4 * [2] + 5 * [3])
_WEEKS_OF_QUARTER = len(_PERIOD_OF_WEEK)
KEY = "date_key"
NULLABLE = ("holiday_name",)
_COLUMNS = (
    (KEY, "int"),
    ("date", "date"),
    ("year", "smallint"),
    ("quarter", "smallint"),
    ("month", "smallint"),
    ("month_name", "varchar(9)"),
    ("day", "smallint"),
    ("day_of_week", "smallint"),
    ("day_name", "varchar(9)"),
    ("day_of_year", "smallint"),
    ("iso_year", "smallint"),
    ("iso_week", "smallint"),
    ("is_weekend", "bit"),
    ("is_month_start", "bit"),
    ("is_month_end", "bit"),
    ("is_holiday", "bit"),
    ("holiday_name", "nvarchar(200)"),
    ("fiscal_year", "smallint"),
    ("fiscal_quarter", "smallint"),
    ("fiscal_period", "smallint"),
    ("fiscal_week", "smallint"),
)


class FiscalDay(NamedTuple):
    year: int
    quarter: int
    period: int
    week: int


def columns() -> tuple[tuple[str, ColumnType], ...]:
    """Name and type of every column, in the order of `rows`; all but `holiday_name` are never NULL."""
    return tuple((name, parse_type(tsql)) for name, tsql in _COLUMNS)


def rows(calendar: Calendar) -> Iterator[tuple[object, ...]]:
    """A row per day from the first to the last, both included; a day with several holidays has their names joined by `, `."""
    holidays: defaultdict[date, list[str]] = defaultdict(list)
    for holiday in calendar.holidays:
        holidays[holiday.day].append(holiday.name)
    for ordinal in range(calendar.first.toordinal(), calendar.last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        yield _row(day, calendar.fiscal_start, ", ".join(holidays.get(day, ())) or None)


def date_key(day: date) -> int:
    """The day as the number yyyymmdd."""
    return day.year * 10000 + day.month * 100 + day.day


def fiscal_day(day: date, fiscal_start: int) -> FiscalDay:
    """Where a day stands in the 4-4-5 year that begins in the month `fiscal_start` (1 to 12); years 2 to 9998."""
    year = day.year + 1
    while (start := _fiscal_year_start(year, fiscal_start)) > day:
        year -= 1
    week = (day - start).days // 7
    quarter = min(week // _WEEKS_OF_QUARTER, 3)
    period = _PERIOD_OF_WEEK[min(week - quarter * _WEEKS_OF_QUARTER, _WEEKS_OF_QUARTER - 1)]
    return FiscalDay(year, quarter + 1, quarter * 3 + period, week + 1)


@cache
def _fiscal_year_start(year: int, month: int) -> date:
    first = date(year, month, 1)
    after_monday = first.weekday()
    return first - timedelta(days=after_monday if after_monday <= 3 else after_monday - 7)


def _row(day: date, fiscal_start: int, holiday: str | None) -> tuple[object, ...]:
    iso = day.isocalendar()
    return (
        date_key(day),
        day,
        day.year,
        (day.month + 2) // 3,
        day.month,
        _MONTHS[day.month - 1],
        day.day,
        iso.weekday,
        _DAYS[day.weekday()],
        day.timetuple().tm_yday,
        iso.year,
        iso.week,
        iso.weekday >= 6,
        day.day == 1,
        (day + _DAY).day == 1,
        holiday is not None,
        holiday,
        *fiscal_day(day, fiscal_start),
    )
