"""Temporal values: what they hold, how they print, compare and cross zones."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.storage.errors import ValueOutOfRangeError
from lithograph.storage.values import gregorian
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from lithograph.storage.values.zones import UnknownTimeZoneError, zone_info
from support import values

EPOCH = datetime.date(1970, 1, 1).toordinal()
HOUR = 3600 * 10**9


@given(st.dates())
def test_dates_agree_with_the_standard_library(day: datetime.date) -> None:
    date = Date.of(day.year, day.month, day.day)
    assert date.days == day.toordinal() - EPOCH
    assert (date.year, date.month, date.day) == (day.year, day.month, day.day)
    assert date.calendar.week() == tuple(day.isocalendar())
    assert str(date) == day.isoformat()


@given(values.dates)
def test_calendar_fields_of_any_year_lead_back_to_the_day(date: Date) -> None:
    assert Date.of(date.year, date.month, date.day) == date
    assert gregorian.days_of_week_date(*date.calendar.week()) == date.days or abs(date.year) == 999_999_999


def test_dates_reach_from_the_first_to_the_last_year() -> None:
    assert str(Date(gregorian.MINIMUM_DAY)) == "-999999999-01-01"
    assert str(Date(gregorian.MAXIMUM_DAY)) == "+999999999-12-31"
    for days in (gregorian.MINIMUM_DAY - 1, gregorian.MAXIMUM_DAY + 1):
        with pytest.raises(ValueOutOfRangeError):
            Date(days)


@pytest.mark.parametrize(("year", "length"), [(1900, 28), (2000, 29), (2023, 28), (2024, 29), (-4, 29)])
def test_february_knows_leap_years(year: int, length: int) -> None:
    assert gregorian.month_length(year, 2) == length
    assert gregorian.year_length(year) == 337 + length


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Date(0), "1970-01-01"),
        (Date.of(12345, 6, 7), "+12345-06-07"),
        (Date.of(-1, 6, 7), "-0001-06-07"),
        (LocalTime(0), "00:00"),
        (LocalTime(12 * HOUR + 31 * 60 * 10**9 + 14 * 10**9 + 645_876_123), "12:31:14.645876123"),
        (LocalTime(200_000_000), "00:00:00.200"),
        (LocalTime(2_000), "00:00:00.000002"),
        (Time(12 * HOUR, 0), "12:00Z"),
        (Time(12 * HOUR, -5400), "12:00-01:30"),
        (Time(12 * HOUR, 7559), "12:00+02:05:59"),
        (LocalDateTime(-1, 1), "1969-12-31T23:59:59.000000001"),
        (DateTime(4500, 42, 3600), "1970-01-01T02:15:00.000000042+01:00"),
        (DateTime.in_zone(1502188274, 0, "Europe/Stockholm"), "2017-08-08T12:31:14+02:00[Europe/Stockholm]"),
    ],
)
def test_values_print_as_neo4j_prints_them(value: object, text: str) -> None:
    assert str(value) == text


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (Duration(), "PT0S"),
        (Duration(149, 14, 58390, 1), "P12Y5M14DT16H13M10.000000001S"),
        (Duration(149, -14, 16 * 3600), "P12Y5M-14DT16H"),
        (Duration(0, 0, 2, -1_000_000), "PT1.999S"),
        (Duration(0, 0, -2, 1_000_000), "PT-1.999S"),
        (Duration(0, 0, -2, -1_000_000), "PT-2.001S"),
        (Duration(0, 1, 0, -1_000_000), "P1DT-0.001S"),
        (Duration(0, 0, -60, 1_000_000), "PT-59.999S"),
        (Duration(0, 0, -60, -1_000_000), "PT-1M-0.001S"),
        (Duration(-14), "P-1Y-2M"),
    ],
)
def test_durations_print_with_signs_on_their_parts(duration: Duration, text: str) -> None:
    assert str(duration) == text


def test_duration_floors_seconds_and_keeps_nanoseconds_positive() -> None:
    duration = Duration(0, 0, 0, -1)
    assert (duration.seconds, duration.nanoseconds) == (-1, 999_999_999)
    assert Duration(0, 0, 1, 3_000_000_000) == Duration(0, 0, 4)


def test_durations_are_equal_part_by_part_only() -> None:
    assert Duration(0, 1) != Duration(0, 0, 86_400)
    assert Duration(12) == Duration(12, 0, 0, 0)
    with pytest.raises(TypeError):
        Duration(1) < Duration(2)  # type: ignore[operator]  # noqa: B015


@given(values.durations, values.durations)
def test_subtracting_a_duration_undoes_adding_it(a: Duration, b: Duration) -> None:
    assert a + b - b == a
    assert a + -a == Duration()


def test_fractions_of_a_month_become_days_and_seconds() -> None:
    assert str(Duration.approximate(Fraction(3, 4), Fraction(0), Fraction(0))) == "P22DT19H51M49.5S"
    assert str(Duration(149, 14, 58390, 1).scaled(Fraction(1, 2))) == "P6Y2M22DT13H21M8S"


@pytest.mark.parametrize("part", [{"months": 2**63}, {"days": -(2**63) - 1}, {"seconds": 2**63}])
def test_duration_parts_are_64_bits_wide(part: dict[str, int]) -> None:
    with pytest.raises(ValueOutOfRangeError):
        Duration(**part)


@pytest.mark.parametrize(
    "make",
    [
        lambda: LocalTime(-1),
        lambda: LocalTime(24 * HOUR),
        lambda: Time(0, 18 * 3600 + 1),
        lambda: LocalDateTime(0, 10**9),
        lambda: LocalDateTime(10**17, 0),
        lambda: DateTime(0, -1, 0),
        lambda: DateTime(0, 0, -18 * 3600 - 1),
    ],
)
def test_fields_out_of_range_are_refused(make: object) -> None:
    with pytest.raises(ValueOutOfRangeError):
        make()  # type: ignore[operator]


@given(st.one_of([st.tuples(s, s) for s in (values.times, values.datetimes, values.local_datetimes)]))
def test_order_agrees_with_equality(pair: tuple[Time, Time]) -> None:
    a, b = pair
    assert (a < b) + (a == b) + (a > b) == 1
    assert (a <= b) == (a < b or a == b)
    assert (a >= b) == (b <= a)


def test_moments_are_ordered_by_instant_before_offset() -> None:
    assert Time(10 * HOUR, 3600) < Time(9 * HOUR + 35, 0)
    assert DateTime(10, 0, 3600) < DateTime(11, 0, 0)
    assert DateTime(10, 0, 0) < DateTime(10, 0, 3600)


def test_values_of_different_classes_have_no_order_and_are_never_equal() -> None:
    date: Any = Date(0)
    assert date != LocalTime(0)
    with pytest.raises(TypeError):
        date < LocalTime(0)  # noqa: B015


@given(values.temporal_values)
def test_values_hash_and_cannot_be_changed(value: object) -> None:
    assert hash(value) == hash(value)
    with pytest.raises((AttributeError, TypeError)):
        value.days = 1  # type: ignore[attr-defined]


def test_hour_that_happens_twice_means_the_first() -> None:
    local = LocalDateTime.of(Date.of(2017, 10, 29), LocalTime(2 * HOUR + HOUR // 2))
    assert DateTime.from_local_in_zone(local, "Europe/Stockholm").offset_seconds == 7200


def test_time_inside_a_gap_moves_forward() -> None:
    local = LocalDateTime.of(Date.of(2017, 3, 26), LocalTime(2 * HOUR + HOUR // 2))
    moment = DateTime.from_local_in_zone(local, "Europe/Stockholm")
    assert str(moment) == "2017-03-26T03:30+02:00[Europe/Stockholm]"


@given(st.integers(-2_000_000_000, 4_000_000_000), st.sampled_from(values.ZONE_NAMES))
def test_zones_agree_with_the_standard_library(seconds: int, zone: str) -> None:
    expected = datetime.datetime.fromtimestamp(seconds, zone_info(zone)).utcoffset()
    assert expected is not None
    assert DateTime.in_zone(seconds, 0, zone).offset_seconds == expected.total_seconds()


@pytest.mark.parametrize("year", [-999_999_999, -1, 1, 9999, 10_000, 999_999_999])
def test_zones_have_an_offset_in_every_year(year: int) -> None:
    noon = Date.of(year, 6, 15).days * 86_400 + 43_200
    offset = DateTime.in_zone(noon, 0, "Europe/Stockholm").offset_seconds
    assert offset == (7200 if year >= 9999 else 3208)


@pytest.mark.parametrize("name", ["Nowhere/Else", "", "../../etc/passwd", "Europe", "a\0b", "/etc/localtime"])
def test_unknown_zones_are_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownTimeZoneError, match="Unknown time zone"):
        DateTime.in_zone(0, 0, name)
