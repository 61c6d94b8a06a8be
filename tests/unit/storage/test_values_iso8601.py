"""Reading ISO 8601 text; examples are the TCK's (expressions/temporal/Temporal2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.storage.errors import StorageError, ValueOutOfRangeError
from lithograph.storage.values import iso8601
from lithograph.storage.values.iso8601 import TemporalTextError
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from support import values

PARSERS: dict[type, Callable[[str], Any]] = {
    Date: iso8601.parse_date,
    LocalTime: iso8601.parse_local_time,
    Time: iso8601.parse_time,
    LocalDateTime: iso8601.parse_local_datetime,
    DateTime: iso8601.parse_datetime,
    Duration: iso8601.parse_duration,
}


@given(values.temporal_values)
def test_every_value_reads_back_from_its_own_text(value: Any) -> None:
    assert PARSERS[type(value)](str(value)) == value


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("2015-07-21", "2015-07-21"),
        ("20150721", "2015-07-21"),
        ("2015-07", "2015-07-01"),
        ("201507", "2015-07-01"),
        ("2015-W30-2", "2015-07-21"),
        ("2015W302", "2015-07-21"),
        ("2015-W30", "2015-07-20"),
        ("2015-Q2-60", "2015-05-30"),
        ("2015Q260", "2015-05-30"),
        ("2015-202", "2015-07-21"),
        ("2015202", "2015-07-21"),
        ("2015", "2015-01-01"),
        ("+999999999-12-31", "+999999999-12-31"),
        ("-0044-03-15", "-0044-03-15"),
    ],
)
def test_dates(text: str, printed: str) -> None:
    assert str(iso8601.parse_date(text)) == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("21:40:32.142+0100", "21:40:32.142+01:00"),
        ("214032.142Z", "21:40:32.142Z"),
        ("214032-0100", "21:40:32-01:00"),
        ("21:40-01:30", "21:40-01:30"),
        ("2140-00:00", "21:40Z"),
        ("2140-02", "21:40-02:00"),
        ("22+18:00", "22:00+18:00"),
        ("12:34:56,5+02:05:59", "12:34:56.500+02:05:59"),
        ("12:00", "12:00Z"),
    ],
)
def test_times(text: str, printed: str) -> None:
    assert str(iso8601.parse_time(text)) == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("2015-07-21T21:40:32.142+0100", "2015-07-21T21:40:32.142+01:00"),
        ("2015T214032-0100", "2015-01-01T21:40:32-01:00"),
        ("2015-W30T2140-02", "2015-07-20T21:40-02:00"),
        ("2015-07-21", "2015-07-21T00:00Z"),
        ("2015-07-21T21:40:32.142[Europe/London]", "2015-07-21T21:40:32.142+01:00[Europe/London]"),
        (
            "1818-07-21T21:40:32.142[Europe/Stockholm]",
            "1818-07-21T21:40:32.142+00:53:28[Europe/Stockholm]",
        ),
        ("2017-10-29T02:30+01:00[Europe/Stockholm]", "2017-10-29T02:30+01:00[Europe/Stockholm]"),
        ("2015-07-21T21:40+05:00[Europe/Stockholm]", "2015-07-21T18:40+02:00[Europe/Stockholm]"),
    ],
)
def test_datetimes(text: str, printed: str) -> None:
    assert str(iso8601.parse_datetime(text)) == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("P14DT16H12M", "P14DT16H12M"),
        ("P5M1.5D", "P5M1DT12H"),
        ("P0.75M", "P22DT19H51M49.5S"),
        ("PT0.75M", "PT45S"),
        ("P2.5W", "P17DT12H"),
        ("P12Y5M14DT16H12M70S", "P12Y5M14DT16H13M10S"),
        ("P2012-02-02T14:37:21.545", "P2012Y2M2DT14H37M21.545S"),
        ("-P1Y-2D", "P-1Y2D"),
        ("P20120202T143721,5", "P2012Y2M2DT14H37M21.5S"),
        ("-P0001-02-03", "P-1Y-2M-3D"),
        ("PT14:37", "PT14H37M"),
        ("PT14", "PT14H"),
        ("P3DT4H5M6.010011S", "P3DT4H5M6.010011S"),
    ],
)
def test_durations(text: str, printed: str) -> None:
    assert str(iso8601.parse_duration(text)) == printed


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (iso8601.parse_date, ""),
        (iso8601.parse_date, "yesterday"),
        (iso8601.parse_date, "2015-07-21T10:00"),
        (iso8601.parse_date, "٢٠١٥-٠٧-٢١"),
        (iso8601.parse_local_time, "12:00Z"),
        (iso8601.parse_local_time, "1:00"),
        (iso8601.parse_time, "12:00+1"),
        (iso8601.parse_local_datetime, "2015-07-21T"),
        (iso8601.parse_local_datetime, "2015-07-21T10:00Z"),
        (iso8601.parse_datetime, "2015-07-21T10:00Z[UTC"),
        (iso8601.parse_duration, "P"),
        (iso8601.parse_duration, "PT"),
        (iso8601.parse_duration, "P1DT"),
        (iso8601.parse_duration, "1D"),
        (iso8601.parse_duration, "P1S"),
        (iso8601.parse_duration, ""),
        (iso8601.parse_duration, "P2012-02-02T"),
        (iso8601.parse_duration, "P2012-0202"),
        (iso8601.parse_duration, "PT14:3721"),
    ],
)
def test_text_of_no_known_form_is_refused_with_an_example(parse: Callable[[str], Any], text: str) -> None:
    with pytest.raises(TemporalTextError, match="expected a form like"):
        parse(text)


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (iso8601.parse_date, "2015-02-29"),
        (iso8601.parse_date, "2015-13"),
        (iso8601.parse_date, "2015-W54"),
        (iso8601.parse_date, "2015-366"),
        (iso8601.parse_date, "2015-Q5-01"),
        (iso8601.parse_date, "2015-Q1-91"),
        (iso8601.parse_local_time, "24:00"),
        (iso8601.parse_time, "12:00+18:01"),
        (iso8601.parse_duration, "P9999999999999999999Y"),
    ],
)
def test_what_does_not_exist_is_refused(parse: Callable[[str], Any], text: str) -> None:
    with pytest.raises(ValueOutOfRangeError):
        parse(text)


@given(
    st.sampled_from(list(PARSERS.values())), st.text(alphabet="0123456789-+:.,TZPWQYMDHS[]/ aé", max_size=24)
)
def test_no_text_raises_anything_but_storage_errors(parse: Callable[[str], Any], text: str) -> None:
    try:
        value = parse(text)
    except StorageError:
        return
    assert PARSERS[type(value)](str(value)) == value
