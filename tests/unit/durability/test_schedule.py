"""When the next periodic snapshot is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lithograph.durability.errors import ScheduleError
from lithograph.durability.schedule import Schedule

NOW = datetime(2026, 11, 22, 10, 0, 5, 250, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "0", "  "])
def test_nothing_means_never(text: str) -> None:
    schedule = Schedule.parse(text)
    assert not schedule.enabled
    assert schedule.next_after(NOW) is None


@pytest.mark.parametrize("seconds", [1, 300, 604_800])
def test_a_number_is_seconds(seconds: int) -> None:
    assert Schedule.parse(str(seconds)).next_after(NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*/10 * * * * *", datetime(2026, 11, 22, 10, 0, 10, tzinfo=UTC)),
        ("0 30 12 * * *", datetime(2026, 11, 22, 12, 30, tzinfo=UTC)),
        ("* * 12 * * *", datetime(2026, 11, 22, 12, 0, tzinfo=UTC)),
        ("0 0 3 1 1 *", datetime(2027, 1, 1, 3, 0, tzinfo=UTC)),
    ],
)
def test_six_fields_are_cron_with_seconds_first(text: str, expected: datetime) -> None:
    assert Schedule.parse(text).next_after(NOW) == expected


@pytest.mark.parametrize(
    "text",
    ["-1", "1.5", "604801", "9" * 50, "x", "* * * * *", "* * * * * * *", "99 * * * * *", "0 0 0 30 2 *", "१"],
)
def test_anything_else_is_refused_with_the_rule(text: str) -> None:
    with pytest.raises(ScheduleError, match="integer period in seconds or as a 6-field cron expression"):
        Schedule.parse(text)
