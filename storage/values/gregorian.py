"""Days since 1970-01-01 to dates and back, for the years -999,999,999 to 999,999,999.

The proleptic Gregorian calendar repeats itself, weekdays included, every 400 years. So a date of any year
is worked out on its twin in the years 2000 to 2399, where the standard library knows everything.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

from lithograph.storage.errors import ValueOutOfRangeError

MINIMUM_YEAR, MAXIMUM_YEAR = -999_999_999, 999_999_999
MINIMUM_DAY, MAXIMUM_DAY = -365_243_219_162, 365_241_780_471
"""1 January of the first and 31 December of the last year, in days since 1970-01-01."""

DAYS_PER_CYCLE = 146_097
"""Days in 400 years."""

_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CYCLE_START = 2000
_CYCLE_START_ORDINAL = datetime.date(_CYCLE_START, 1, 1).toordinal()
_CYCLE_START_DAY = _CYCLE_START_ORDINAL - datetime.date(1970, 1, 1).toordinal()


class Twin(NamedTuple):
    """A date's twin in 2000 to 2399, and the years to add to get back."""

    date: datetime.date
    shift: int

    @property
    def year(self) -> int:
        return self.date.year + self.shift

    def week(self) -> tuple[int, int, int]:
        """ISO 8601: the year the week belongs to, the week, the weekday (1 = Monday)."""
        year, week, weekday = self.date.isocalendar()
        return year + self.shift, week, weekday


def twin(days: int) -> Twin:
    """The twin of the date ``days`` after 1970-01-01."""
    cycles, rest = divmod(days - _CYCLE_START_DAY, DAYS_PER_CYCLE)
    return Twin(datetime.date.fromordinal(_CYCLE_START_ORDINAL + rest), 400 * cycles)


def days_of(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01.

    Raises:
        ValueOutOfRangeError: there is no such date.
    """
    cycles, rest = _cycle(year)
    try:
        ordinal = datetime.date(_CYCLE_START + rest, month, day).toordinal()
    except ValueError:
        raise ValueOutOfRangeError(f"There is no date {year:04d}-{month:02d}-{day:02d}.") from None
    return ordinal - _CYCLE_START_ORDINAL + _CYCLE_START_DAY + cycles * DAYS_PER_CYCLE


def days_of_week_date(year: int, week: int, weekday: int) -> int:
    """Days since 1970-01-01 of an ISO 8601 week date (weekday 1 = Monday).

    Raises:
        ValueOutOfRangeError: there is no such date.
    """
    cycles, rest = _cycle(year)
    try:
        ordinal = datetime.date.fromisocalendar(_CYCLE_START + rest, week, weekday).toordinal()
    except ValueError:
        raise ValueOutOfRangeError(f"There is no date {year:04d}-W{week:02d}-{weekday}.") from None
    return ordinal - _CYCLE_START_ORDINAL + _CYCLE_START_DAY + cycles * DAYS_PER_CYCLE


def days_of_quarter_day(year: int, quarter: int, day: int) -> int:
    """Days since 1970-01-01 of a day of a quarter, each counted from 1.

    Raises:
        ValueOutOfRangeError: there is no such date.
    """
    if not 1 <= quarter <= 4:
        raise ValueOutOfRangeError(f"There is no quarter {quarter}.")
    first = days_of(year, 3 * quarter - 2, 1)
    length = sum(month_length(year, 3 * quarter - back) for back in range(3))
    if not 1 <= day <= length:
        raise ValueOutOfRangeError(f"There is no date {year:04d}-Q{quarter}-{day:02d}.")
    return first + day - 1


def days_of_year_day(year: int, day: int) -> int:
    """Days since 1970-01-01 of a day of a year, counted from 1.

    Raises:
        ValueOutOfRangeError: there is no such date.
    """
    first = days_of(year, 1, 1)
    if not 1 <= day <= year_length(year):
        raise ValueOutOfRangeError(f"There is no date {year:04d}-{day:03d}.")
    return first + day - 1


def month_length(year: int, month: int) -> int:
    """Days in a month (1 to 12) of any year."""
    return 29 if month == 2 and year_length(year) == 366 else _MONTH_LENGTHS[month - 1]


def year_length(year: int) -> int:
    """365 or 366, of any year."""
    return 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365


def _cycle(year: int) -> tuple[int, int]:
    if not MINIMUM_YEAR <= year <= MAXIMUM_YEAR:
        raise ValueOutOfRangeError(f"Year {year} is beyond {MINIMUM_YEAR} to {MAXIMUM_YEAR}.")
    return divmod(year - _CYCLE_START, 400)
