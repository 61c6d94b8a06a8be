"""Arithmetic with durations: temporal value plus duration, duration times number.

To a value with a date, months are added first (a day that the month lacks becomes its last), then days,
then seconds, as java.time and so Neo4j do. The calendar parts of a moment in a named zone move on the
local clock, the seconds on the line of time.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from lithograph.cypher.errors import ArgumentError, DivisionByZeroError, TemporalOutOfRangeError
from lithograph.cypher.scalar.temporal.amounts import exact
from lithograph.storage.errors import ValueOutOfRangeError
from lithograph.storage.values import gregorian
from lithograph.storage.values.temporal import (
    NANOSECONDS_PER_DAY,
    NANOSECONDS_PER_SECOND,
    SECONDS_PER_DAY,
    Date,
    DateTime,
    Duration,
    LocalDateTime,
    LocalTime,
    Time,
)


def add_duration(value: Any, duration: Duration) -> Any:
    """``value + duration`` for any temporal value, another duration included.

    Raises:
        TemporalOutOfRangeError: the result is beyond what its type can hold.
    """
    try:
        return _plus(value, duration)
    except ValueOutOfRangeError as error:
        raise TemporalOutOfRangeError(str(error)) from None


def multiply(duration: Duration, number: float) -> Duration:
    """``duration * number``; what is left of a month becomes days, of a day seconds.

    Raises:
        ArgumentError: the number is not finite.
        TemporalOutOfRangeError: a part of the result does not fit into 64 bits.
    """
    return _scaled(duration, _exact(number))


def divide(duration: Duration, number: float) -> Duration:
    """``duration / number``; errors are those of :func:`multiply`, and DivisionByZeroError."""
    if number == 0:
        raise DivisionByZeroError("Division of a Duration by zero.")
    return _scaled(duration, 1 / _exact(number))


def _scaled(duration: Duration, factor: Fraction) -> Duration:
    try:
        return duration.scaled(factor)
    except ValueOutOfRangeError as error:
        raise TemporalOutOfRangeError(str(error)) from None


def _plus(value: Any, duration: Duration) -> Any:
    kind = type(value)
    if kind is Date:
        return _date_plus(value, duration)
    if kind is LocalTime:
        return LocalTime((value.nanoseconds + duration.total_nanoseconds) % NANOSECONDS_PER_DAY)
    if kind is Time:
        nanoseconds = (value.nanoseconds + duration.total_nanoseconds) % NANOSECONDS_PER_DAY
        return Time(nanoseconds, value.offset_seconds)
    if kind is LocalDateTime:
        return _local_plus(value, duration)
    if kind is DateTime:
        return _moment_plus(value, duration)
    return value + duration


def _exact(number: float) -> Fraction:
    if not math.isfinite(number):
        raise ArgumentError(f"A Duration cannot be multiplied or divided by {number}.")
    return Fraction(exact(number))


def _date_plus(date: Date, duration: Duration) -> Date:
    whole_days = abs(duration.total_nanoseconds) // NANOSECONDS_PER_DAY
    if duration.seconds < 0:
        whole_days = -whole_days
    return Date(_month_shifted(date.days, duration.months) + duration.days + whole_days)


def _local_plus(moment: LocalDateTime, duration: Duration) -> LocalDateTime:
    days, second_of_day = divmod(moment.seconds, SECONDS_PER_DAY)
    days = _month_shifted(days, duration.months) + duration.days
    seconds, nanoseconds = _carried(
        days * SECONDS_PER_DAY + second_of_day + duration.seconds,
        moment.nanoseconds + duration.nanoseconds,
    )
    return LocalDateTime(seconds, nanoseconds)


def _moment_plus(moment: DateTime, duration: Duration) -> DateTime:
    if moment.zone is None:
        return DateTime.from_local(_local_plus(moment.local, duration), moment.offset_seconds)
    if duration.months or duration.days:
        local = _local_plus(moment.local, Duration(duration.months, duration.days))
        moment = DateTime.from_local_in_zone(local, moment.zone, moment.offset_seconds)
    seconds, nanoseconds = _carried(
        moment.seconds + duration.seconds, moment.nanoseconds + duration.nanoseconds
    )
    assert moment.zone is not None
    return DateTime.in_zone(seconds, nanoseconds, moment.zone)


def _month_shifted(days: int, months: int) -> int:
    """The day ``months`` later, or the last of its month."""
    if months == 0:
        return days
    twin = gregorian.twin(days)
    year, month = divmod(twin.year * 12 + twin.date.month - 1 + months, 12)
    length = gregorian.month_length(year, month + 1)
    return gregorian.days_of(year, month + 1, min(twin.date.day, length))


def _carried(seconds: int, nanoseconds: int) -> tuple[int, int]:
    carry, nanoseconds = divmod(nanoseconds, NANOSECONDS_PER_SECOND)
    return seconds + carry, nanoseconds
