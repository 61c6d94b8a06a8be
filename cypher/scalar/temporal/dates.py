"""A date from a map: calendar, week, quarter or ordinal date, whole or as a change to another date.

Where a change does not name the smaller units they stay what they were: the day of the month with a year,
month or quarter (the last one where the month is too short), the day of the week with a week.
"""

from __future__ import annotations

from lithograph.cypher.errors import ArgumentError
from lithograph.cypher.scalar.temporal.fields import (
    CALENDAR,
    DATE_KEYS,
    ORDINAL,
    QUARTERS,
    WEEKS,
    Fields,
    check_chain,
    unit,
)
from lithograph.storage.values import gregorian
from lithograph.storage.values.temporal import Date

_KINDS = {"week date": WEEKS, "quarter date": QUARTERS, "ordinal date": ORDINAL, "calendar date": CALENDAR}


def date_from(fields: Fields, base: Date | None) -> Date:
    """The date that ``fields`` describe, beginning with ``base`` if there is one.

    Raises:
        ArgumentError: units missing, out of range, or of different kinds of date.
        InvalidArgumentValueError: a unit that is no integer.
        ValueOutOfRangeError: there is no such date.
    """
    chain = chain_of(fields)
    if base is None:
        if "year" not in fields:
            raise ArgumentError("A date needs a `year`.")
        check_chain(fields, chain)
    if chain is WEEKS:
        return _week_date(fields, base)
    if chain is QUARTERS:
        return _quarter_date(fields, base)
    if chain is ORDINAL:
        year = unit(fields, "year", 1 if base is None else base.year)
        return Date(gregorian.days_of_year_day(year, unit(fields, "ordinalDay", 1)))
    return _calendar_date(fields, base)


def chain_of(fields: Fields) -> tuple[str, ...]:
    """The chain that the units of date in ``fields`` belong to.

    Raises:
        ArgumentError: they belong to several.
    """
    given = DATE_KEYS.intersection(fields)
    for kind, chain in _KINDS.items():
        if given.intersection(chain[1:]):
            for key in fields:
                if key in given and key not in chain:
                    raise ArgumentError(f"`{key}` does not belong to a {kind} ({', '.join(chain)}).")
            return chain
    return CALENDAR


def _calendar_date(fields: Fields, base: Date | None) -> Date:
    if base is None:
        return Date.of(*(unit(fields, key, 1) for key in CALENDAR))
    year, month = unit(fields, "year", base.year), unit(fields, "month", base.month)
    return Date.of(year, month, unit(fields, "day", min(base.day, gregorian.month_length(year, month))))


def _week_date(fields: Fields, base: Date | None) -> Date:
    if base is not None and "week" not in fields:  # another day of its week, in a calendar year
        moved = _calendar_date(fields, base)
        return Date(moved.days - moved.calendar.week()[2] + unit(fields, "dayOfWeek", 1))
    year, _, day = (1, 1, 1) if base is None else base.calendar.week()
    year, week, day = unit(fields, "year", year), unit(fields, "week", 1), unit(fields, "dayOfWeek", day)
    return Date(gregorian.days_of_week_date(year, week, day))


def _quarter_date(fields: Fields, base: Date | None) -> Date:
    year = unit(fields, "year", 1 if base is None else base.year)
    before = 1 if base is None else (base.month - 1) // 3 + 1
    quarter = unit(fields, "quarter", before)
    if base is None or "dayOfQuarter" in fields:
        return Date(gregorian.days_of_quarter_day(year, quarter, unit(fields, "dayOfQuarter", 1)))
    month = base.month + (quarter - before) * 3
    return Date.of(year, month, min(base.day, gregorian.month_length(year, month)))
