"""Seconds and cron expressions, and when they are due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.config.schedule import LONGEST_PERIOD, BadScheduleError, Cron, Periodic, parse_schedule

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@given(st.integers(1, LONGEST_PERIOD))
def test_a_number_is_a_period_in_seconds(seconds: int) -> None:
    schedule = parse_schedule(f" {seconds} ")
    assert schedule == Periodic(seconds)
    assert schedule.next_after(NOON) - NOON == timedelta(seconds=seconds)


def test_zero_is_never() -> None:
    assert parse_schedule("0") is None


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("*/30 * * * * *", datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)),
        ("0 0 3 * * *", datetime(2026, 11, 23, 3, 0, 0, tzinfo=UTC)),
        ("* * 12 * * *", datetime(2026, 11, 22, 12, 0, 1, tzinfo=UTC)),
        ("0 15 10 1 1 *", datetime(2027, 1, 1, 10, 15, 0, tzinfo=UTC)),
    ],
)
def test_cron_fields_begin_with_the_seconds(expression: str, due: datetime) -> None:
    schedule = parse_schedule(expression)
    assert schedule == Cron(expression)
    assert schedule.next_after(NOON) == due


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_the_next_time_is_always_later(moment: datetime) -> None:
    assert Cron("0 */5 * * * *").next_after(moment) > moment


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (str(LONGEST_PERIOD + 1), "a week"),
        ("-5", "six cron fields"),
        ("* * * * *", "six cron fields"),
        ("1.5", "six cron fields"),
        ("99 * * * * *", "cron expression"),
        ("0 0 x * * *", "cron expression"),
        ("0 0 0 30 2 *", "cron expression"),
    ],
)
def test_what_is_neither_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(BadScheduleError, match=reason):
        parse_schedule(text)
