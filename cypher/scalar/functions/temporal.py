"""Temporal values from ISO 8601 text: ``date('2015-07-21')`` and its siblings.

A value of the type wanted is returned as it is. Construction from maps, the present moment, truncation
and differences are to join this module's neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lithograph.cypher.scalar.functions.arguments import wrong_type
from lithograph.cypher.scalar.functions.registry import function
from lithograph.storage.values import iso8601
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time

_T = TypeVar("_T")


@function("date")
def date(value: Any) -> Date | None:
    """A Date from ``'2015-07-21'``."""
    return _from_text("date", Date, iso8601.parse_date, value)


@function("localtime")
def local_time(value: Any) -> LocalTime | None:
    """A LocalTime from ``'21:40:32.142'``."""
    return _from_text("localtime", LocalTime, iso8601.parse_local_time, value)


@function("time")
def time(value: Any) -> Time | None:
    """A Time from ``'21:40:32.142+01:00'``."""
    return _from_text("time", Time, iso8601.parse_time, value)


@function("localdatetime")
def local_datetime(value: Any) -> LocalDateTime | None:
    """A LocalDateTime from ``'2015-07-21T21:40:32.142'``."""
    return _from_text("localdatetime", LocalDateTime, iso8601.parse_local_datetime, value)


@function("datetime")
def datetime(value: Any) -> DateTime | None:
    """A DateTime from ``'2015-07-21T21:40:32.142+02:00[Europe/Stockholm]'``."""
    return _from_text("datetime", DateTime, iso8601.parse_datetime, value)


@function("duration")
def duration(value: Any) -> Duration | None:
    """A Duration from ``'P1Y2M3DT4H5M6.7S'``."""
    return _from_text("duration", Duration, iso8601.parse_duration, value)


def _from_text(name: str, wanted: type[_T], parse: Callable[[str], _T], value: Any) -> _T | None:
    if value is None or isinstance(value, wanted):
        return value
    if type(value) is not str:
        raise wrong_type(name, "a String", value)
    return parse(value)
