"""Temporal functions against the standard library and dateutil, where they overlap, and against their own definition.

A local date and time is a ``datetime`` here; whatever is compared has microseconds at most, since that is all it has.
"""

from __future__ import annotations

import datetime as std
from typing import Any

import pytest
from dateutil.relativedelta import MO, relativedelta
from hypothesis import assume, given
from hypothesis import strategies as st

from lithograph.cypher.errors import ArgumentError
from lithograph.cypher.scalar.arithmetic import add, subtract
from lithograph.cypher.scalar.functions import lookup
from lithograph.cypher.scalar.temporal.clock import Clock
from lithograph.storage.values.iso8601 import parse_local_datetime
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, Time
from lithograph.storage.values.zones import zone_info
from support import values

NOW = std.datetime(2026, 11, 27, 4, 5, 6, 123456, tzinfo=std.UTC)
CLOCK = Clock(statement=1_795_752_306_123_456_789, transaction=1_795_752_000_000_000_000)
EPOCH = std.datetime(1970, 1, 1)


def within(first: int, last: int) -> st.SearchStrategy[std.datetime]:
    """Moments of these years; of an hour that comes twice the first is meant."""
    return st.datetimes(std.datetime(first, 1, 1), std.datetime(last, 12, 31)).map(
        lambda m: m.replace(fold=0)
    )


moments, recent = within(2, 9998), within(1900, 2099)
zones = st.sampled_from(values.ZONE_NAMES)


def call(name: str, *arguments: Any) -> Any:
    found = lookup(name)
    assert found is not None, name
    return found.call(*arguments, clock=CLOCK) if found.needs_clock else found.call(*arguments)


def local(moment: std.datetime) -> LocalDateTime:
    """Ours of theirs, by way of neither one's fields."""
    return parse_local_datetime(moment.replace(tzinfo=None).isoformat())


def clock_fields(moment: std.datetime) -> dict[str, int]:
    return {
        "hour": moment.hour,
        "minute": moment.minute,
        "second": moment.second,
        "microsecond": moment.microsecond,
    }


# -- construction


@given(moments)
def test_every_kind_of_date_is_the_day_of_the_standard_library(moment: std.datetime) -> None:
    day, (week_year, week, weekday) = moment.date(), moment.isocalendar()
    quarter = (day.month - 1) // 3
    first = std.date(day.year, quarter * 3 + 1, 1)
    expected = local(moment)
    for fields in (
        {"year": day.year, "month": day.month, "day": day.day},
        {"year": week_year, "week": week, "dayOfWeek": weekday},
        {"year": day.year, "quarter": quarter + 1, "dayOfQuarter": (day - first).days + 1},
        {"year": day.year, "ordinalDay": day.timetuple().tm_yday},
    ):
        assert call("date", fields) == expected.date
        assert call("localdatetime", {**fields, **clock_fields(moment)}) == expected
    assert call("date", expected) == expected.date
    assert call("localtime", clock_fields(moment)) == expected.time


@given(recent, zones)
def test_moments_in_zones_are_those_of_zoneinfo(moment: std.datetime, zone: str) -> None:
    aware = moment.replace(tzinfo=zone_info(zone))
    fields = {"year": moment.year, "month": moment.month, "day": moment.day, **clock_fields(moment)}
    found = call("datetime", {**fields, "timezone": zone})
    utc = aware.astimezone(std.UTC)
    assert LocalDateTime(found.seconds, found.nanoseconds) == local(utc)
    assert found.local == local(utc.astimezone(zone_info(zone)))  # moved on, where it lies in a gap
    assert found.zone == zone
    assert call("datetime", local(moment)) == call("datetime", {**fields, "timezone": "Z"})


@given(recent, zones, zones)
def test_a_time_zone_converts_what_has_one_and_places_what_has_none(
    moment: std.datetime, zone: str, other: str
) -> None:
    aware = moment.replace(tzinfo=std.UTC).astimezone(zone_info(zone))
    ours = call("datetime", {"datetime": call("datetime", local(moment)), "timezone": zone})
    assert ours.local == local(aware)
    there = call("datetime", {"datetime": ours, "timezone": other})
    assert there.local == local(aware.astimezone(zone_info(other)))
    assert (there.seconds, there.nanoseconds) == (ours.seconds, ours.nanoseconds)
    placed = call("datetime", {"datetime": local(moment), "timezone": other})
    assert placed == DateTime.from_local_in_zone(local(moment), other)
    assert call("time", {"time": ours, "timezone": "+05:00"}).sort_key()[0] % 86_400_000_000_000 == (
        local(moment).time.nanoseconds
    )


@given(values.datetimes)
def test_a_moment_that_selects_itself_is_itself_in_the_second_of_two_hours_too(moment: DateTime) -> None:
    assert call("datetime", {"datetime": moment}) == moment
    assert call("datetime", {"date": moment, "time": moment}) == moment
    nanosecond = {"nanosecond": moment.nanoseconds}
    assert call("datetime", {"datetime": moment, **nanosecond}) == moment


def test_the_second_of_two_hours_stays_the_second() -> None:
    second = call("datetime", "2017-10-29T02:30+01:00[Europe/Stockholm]")
    assert (
        str(call("datetime", {"datetime": second, "minute": 31}))
        == "2017-10-29T02:31+01:00[Europe/Stockholm]"
    )
    assert str(call("datetime.truncate", "hour", second)) == "2017-10-29T02:00+01:00[Europe/Stockholm]"
    assert str(add(second, Duration(0, 0, 60))) == "2017-10-29T02:31+01:00[Europe/Stockholm]"
    assert subtract(add(second, Duration(0, 1)), Duration(0, 1)) == second


@given(st.integers(1, 9999), st.integers(1, 53))
def test_a_week_exists_here_when_it_does_in_the_standard_library(year: int, week: int) -> None:
    try:
        expected: std.date | None = std.date.fromisocalendar(year, week, 1)
    except ValueError:
        expected = None
    if expected is None:
        with pytest.raises(ArgumentError, match=r"date\(\): There is no date"):
            call("date", {"year": year, "week": week})
    else:
        assert str(call("date", {"year": year, "week": week})) == expected.isoformat()


@given(values.dates, st.integers(-9999, 9999), st.integers(1, 4))
def test_changing_a_date_keeps_what_is_not_named(date: Date, year: int, quarter: int) -> None:
    changed = call("date", {"date": date, "year": year})
    assert (changed.year, changed.month) == (year, date.month)
    assert changed.day == date.day or (date.month, date.day, changed.day) == (2, 29, 28)
    changed = call("date", {"date": date, "quarter": quarter})
    assert (changed.year, (changed.month - 1) // 3 + 1) == (date.year, quarter)
    assert (changed.month - date.month) % 3 == 0
    _, week, weekday = date.calendar.week()
    changed = call(
        "date", {"date": Date.of(2024, 5, 6), "year": year, "week": min(week, 52), "dayOfWeek": weekday}
    )
    assert changed.calendar.week() == (year, min(week, 52), weekday)
    assert call("date", {"date": date, "week": week}) == date
    assert call("date", {"date": date, "dayOfQuarter": 1}) == call("date.truncate", "quarter", date)


# -- truncation

CUT: dict[str, relativedelta] = {
    "millennium": relativedelta(month=1, day=1),
    "century": relativedelta(month=1, day=1),
    "decade": relativedelta(month=1, day=1),
    "year": relativedelta(month=1, day=1),
    "month": relativedelta(day=1),
    "week": relativedelta(weekday=MO(-1)),
    "day": relativedelta(),
    "hour": relativedelta(minute=0, second=0, microsecond=0),
    "minute": relativedelta(second=0, microsecond=0),
    "second": relativedelta(microsecond=0),
}
YEARS = {"millennium": 1000, "century": 100, "decade": 10}
MIDNIGHT = relativedelta(hour=0, minute=0, second=0, microsecond=0)


@given(moments, st.sampled_from(sorted(CUT)))
def test_truncation_agrees_with_dateutil(moment: std.datetime, unit: str) -> None:
    years = YEARS.get(unit, 1)
    assume(moment.year >= years)
    expected = moment.replace(day=1, year=moment.year // years * years) if unit in YEARS else moment
    expected += CUT[unit]
    if unit not in ("hour", "minute", "second"):
        expected += MIDNIGHT
        assert call("date.truncate", unit, local(moment)) == local(expected).date
    assert call("localdatetime.truncate", unit, local(moment)) == local(expected)
    assert call("datetime.truncate", unit, local(moment)) == DateTime.from_local(local(expected), 0)


UNITS = [
    *("millennium", "century", "decade", "year", "weekYear", "quarter", "month", "week"),
    *("day", "hour", "minute", "second", "millisecond", "microsecond"),
]


@given(values.local_datetimes, st.sampled_from(UNITS))
def test_truncating_gives_the_greatest_beginning_that_is_not_later(moment: LocalDateTime, unit: str) -> None:
    assume(abs(moment.date.year) < 999_999_000)
    start = call("localdatetime.truncate", unit, moment)
    assert start <= moment
    assert call("localdatetime.truncate", unit, start) == start
    steps = {"millennium": 12_000, "century": 1200, "decade": 120, "year": 12, "quarter": 3, "month": 1}
    if unit in steps:
        following = add(start, Duration(steps[unit]))
    elif unit == "weekYear":
        following = call("localdatetime.truncate", unit, add(start, Duration(0, 372)))
    else:
        days = {"week": 7, "day": 1}.get(unit, 0)
        size = {"hour": 3_600_000, "minute": 60_000, "second": 1000, "millisecond": 1}.get(
            unit, 0
        ) * 1_000_000
        following = add(start, Duration(0, days, 0, size or (0 if days else 1000)))
    assert moment < following
    assert call("localdatetime.truncate", unit, following) == following


# -- plus, minus, between


@given(moments, st.integers(-600, 600), st.integers(-40_000, 40_000), st.integers(-(10**12), 10**12))
def test_plus_and_minus_agree_with_dateutil(
    moment: std.datetime, months: int, days: int, microseconds: int
) -> None:
    duration = Duration(months, days, 0, microseconds * 1000)
    for sign, found in ((1, add), (-1, subtract)):
        try:
            expected = moment + relativedelta(months=sign * months)
            expected += std.timedelta(days=sign * days, microseconds=sign * microseconds)
        except (OverflowError, ValueError):
            continue
        assert found(local(moment), duration) == local(expected)
        assert found(DateTime.from_local(local(moment), 5400), duration).local == local(expected)


@given(recent, recent, zones)
def test_seconds_between_moments_are_those_of_the_standard_library(
    start: std.datetime, end: std.datetime, zone: str
) -> None:
    info = zone_info(zone)
    a, b = start.replace(tzinfo=info), end.replace(tzinfo=info)
    ours = [DateTime.from_local_in_zone(local(moment), zone) for moment in (start, end)]
    expected = b.astimezone(std.UTC) - a.astimezone(std.UTC)
    assert call("duration.inSeconds", *ours) == Duration(
        0, 0, 0, expected // std.timedelta(microseconds=1) * 1000
    )
    assert call("duration.inSeconds", ours[0], local(end)) == call("duration.inSeconds", *ours)
    assert call("duration.inSeconds", local(start), ours[1]) == call("duration.inSeconds", *ours)


@given(moments, moments)
def test_whole_months_and_days_between_are_counted_by_calendar_and_clock(
    start: std.datetime, end: std.datetime
) -> None:
    last = end.date()  # the day of the end does not count where it is not over by the start's clock
    if last > start.date() and end.time() < start.time():
        last -= std.timedelta(days=1)
    elif last < start.date() and end.time() > start.time():
        last += std.timedelta(days=1)
    early, late = sorted((start.date(), last))
    months = (late.year - early.year) * 12 + late.month - early.month - (late.day < early.day)
    sign = 1 if start <= end else -1
    assert call("duration.inMonths", local(start), local(end)) == Duration(sign * months)
    days = abs(end - start) // std.timedelta(days=1)
    assert call("duration.inDays", local(start), local(end)) == Duration(0, sign * days)


instants = st.one_of(values.dates, values.local_datetimes, values.datetimes)


@given(instants, instants)
def test_what_lies_between_leads_from_one_to_the_other(start: Any, end: Any) -> None:
    for value in (start, end):
        assume(abs(call("date", value).year) < 999_999_000)
    found = call("duration.between", start, end)
    reached = add(add(start, Duration(found.months)), Duration(0, found.days))
    rest = Duration(0, 0, found.seconds, found.nanoseconds)
    assert call("duration.inSeconds", reached, end) == rest
    assert call("duration.inMonths", start, end) == Duration(found.months)
    if type(start) is LocalDateTime and type(end) is LocalDateTime:
        assert add(start, found) == end
        assert abs(rest.total_nanoseconds) < 86_400 * 10**9
        assert found.days * (1 if start < end else -1) in range(32)


times_of_day = st.one_of(values.local_times, values.times)


def in_utc(time: Time) -> int:
    """Nanoseconds after midnight in UTC, on whatever day."""
    return time.sort_key()[0] % (86_400 * 10**9)


@given(times_of_day, times_of_day)
def test_between_times_of_day_there_are_only_seconds(start: Any, end: Any) -> None:
    found = call("duration.between", start, end)
    assert found == call("duration.inSeconds", start, end)
    assert call("duration.inMonths", start, end) == call("duration.inDays", start, end) == Duration()
    assert -found == call("duration.between", end, start)
    if type(start) is Time and type(end) is Time:
        assert in_utc(add(start, found)) == in_utc(end)
    else:
        assert add(start, found).nanoseconds == end.nanoseconds


same_type = st.one_of(
    [st.tuples(s, s) for s in (values.dates, values.local_datetimes, values.local_times, values.times)]
)


@given(same_type)
def test_the_difference_of_two_values_of_a_type_leads_back(pair: tuple[Any, Any]) -> None:
    a, b = pair
    back = add(b, subtract(a, b))
    assert in_utc(back) == in_utc(a) if type(a) is Time else back == a


@given(values.datetimes, values.datetimes)
def test_the_difference_of_two_moments_leads_back_to_the_moment(a: DateTime, b: DateTime) -> None:
    back = add(b, subtract(a, b))
    assert (back.seconds, back.nanoseconds) == (a.seconds, a.nanoseconds)


# -- durations

amounts = st.integers(-(10**6), 10**6)


@given(
    st.dictionaries(
        st.sampled_from(["weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds"]),
        amounts,
        min_size=1,
    )
)
def test_durations_without_months_are_those_of_the_standard_library(fields: dict[str, int]) -> None:
    found = call("duration", fields)
    expected = std.timedelta(**fields)
    assert (
        std.timedelta(days=found.days, seconds=found.seconds, microseconds=found.nanoseconds // 1000)
        == expected
    )
    assert found.days == fields.get("weeks", 0) * 7 + fields.get("days", 0)
    singular = {key.removesuffix("s"): value for key, value in fields.items() if key != "weeks"}
    if singular:
        without_weeks = {key: value for key, value in fields.items() if key != "weeks"}
        assert call("duration", singular) == call("duration", without_weeks)


@given(st.floats(-1e6, 1e6), st.sampled_from(["months", "weeks", "days", "hours", "seconds"]))
def test_a_fraction_is_what_iso_8601_text_makes_of_it(amount: float, unit: str) -> None:
    text = f"{amount:.6f}"
    prefix = "PT" if unit in ("hours", "seconds") else "P"
    assert call("duration", {unit: float(text)}) == call("duration", f"{prefix}{text}{unit[0].upper()}")


# -- the present moment


@pytest.mark.parametrize("zone", ["UTC", "Europe/Stockholm", "Asia/Kathmandu"])
def test_the_present_is_the_moment_of_the_clock_in_the_zone(zone: str) -> None:
    there = NOW.astimezone(zone_info(zone))
    present = call("datetime", {"timezone": zone})
    assert present == call("datetime.statement", zone) == call("datetime.statement", {"timezone": zone})
    assert present.local == LocalDateTime(local(there).seconds, 123_456_789)
    assert call("date", {"timezone": zone}) == local(there).date
    assert call("localdatetime", {"timezone": zone}) == present.local
    assert call("time", {"timezone": zone}) == call("time", present)
    before = call("datetime.transaction", zone)
    assert call("duration.inSeconds", before, present) == Duration(0, 0, 306, 123_456_789)
    assert call("datetime.realtime", zone).zone == zone
