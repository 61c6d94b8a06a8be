"""How far it is from one temporal value to another: in months, days, seconds or all of them.

What one of the two lacks it takes from the other, a date or a zone; a time of day that is missing is
midnight. Months and days are counted by the calendar and clocks of the first one's zone, seconds on the
line of time, so that a day with a change of clocks has 23 or 25 hours. Only whole units count, and the
difference from ``b`` to ``a`` is negative where ``a`` is earlier.
"""

from __future__ import annotations

from typing import Any

from lithograph.cypher.scalar.temporal.arithmetic import add_duration
from lithograph.cypher.scalar.temporal.parts import MIDNIGHT, Parts, moved_to, parts_of, placed
from lithograph.storage.values.temporal import (
    NANOSECONDS_PER_SECOND,
    Date,
    DateTime,
    Duration,
    LocalDateTime,
    LocalTime,
)

_SOME_DAY = Date(0)


def between(start: Any, end: Any) -> Duration:
    """Months, then days, then seconds; between times of day, or one of them and a date, seconds alone."""
    months = days = 0
    if _dated(start) and _dated(end):
        months = _months(start, end)
        start = add_duration(start, Duration(months))
        days = _days(start, end)
        start = add_duration(start, Duration(0, days))
    return Duration(months, days, 0, _nanoseconds(start, end))


def in_months(start: Any, end: Any) -> Duration:
    """Whole months; none between times of day."""
    return Duration(_months(start, end))


def in_days(start: Any, end: Any) -> Duration:
    """Whole days; none between times of day."""
    return Duration(0, _days(start, end))


def in_seconds(start: Any, end: Any) -> Duration:
    """Seconds and nanoseconds."""
    return Duration(0, 0, 0, _nanoseconds(start, end))


def subtract(end: Any, start: Any) -> Duration:
    """``end - start`` for values of one class, in days and seconds: ``start + (end - start)`` is ``end``."""
    days = _days(start, end) if _dated(start) else 0
    return Duration(0, days, 0, _nanoseconds(add_duration(start, Duration(0, days)), end))


def _dated(value: Any) -> bool:
    return parts_of(value).date is not None


def _months(start: Any, end: Any) -> int:
    first, last = _on_one_clock(start, end)
    a, b = first.date, Date(_last_day(first, last))
    distance = ((b.year - a.year) * 12 + b.month - a.month) * 32 + b.day - a.day
    return abs(distance) // 32 * (-1 if distance < 0 else 1)


def _days(start: Any, end: Any) -> int:
    if not (_dated(start) or _dated(end)):
        return 0
    first, last = _on_one_clock(start, end)
    return _last_day(first, last) - first.date.days


def _last_day(first: LocalDateTime, last: LocalDateTime) -> int:
    """The day of ``last``, or the one before (towards ``first``) where that is not over yet."""
    day, time = last.date.days, last.time
    if day > first.date.days and time < first.time:
        return day - 1
    if day < first.date.days and time > first.time:
        return day + 1
    return day


def _nanoseconds(start: Any, end: Any) -> int:
    first, last = _aligned(start, end)
    seconds = last.seconds - first.seconds
    return seconds * NANOSECONDS_PER_SECOND + last.nanoseconds - first.nanoseconds


def _on_one_clock(start: Any, end: Any) -> tuple[LocalDateTime, LocalDateTime]:
    """Both as the clocks in the first one's zone show them."""
    first, last = _aligned(start, end)
    if isinstance(first, DateTime) and isinstance(last, DateTime):
        zone = first.offset_seconds if first.zone is None else first.zone
        return first.local, moved_to(last, zone).local
    assert isinstance(first, LocalDateTime)
    assert isinstance(last, LocalDateTime)
    return first, last


def _aligned(start: Any, end: Any) -> tuple[LocalDateTime | DateTime, LocalDateTime | DateTime]:
    """Both with date and time, and both with a zone or neither."""
    a, b = parts_of(start), parts_of(end)
    return _completed(a, b), _completed(b, a)


def _completed(parts: Parts, other: Parts) -> LocalDateTime | DateTime:
    date = parts.date or other.date or _SOME_DAY
    time: LocalTime = MIDNIGHT if parts.time is None else parts.time
    local = LocalDateTime.of(date, time)
    if parts.zone is not None:
        return placed(local, parts.zone, parts.offset_seconds)
    return local if other.zone is None else placed(local, other.zone)
