"""Dates, times and moments: small immutable classes over integers, with nanoseconds.

The fields are those of Bolt's structures, so that values cross the wire without computation. ``str``
gives the ISO 8601 form that Neo4j prints, and ``iso8601.py`` reads it back. Values of one class have a
total order; where two moments are the same, the smaller offset and then the zone's name come first, so
that order and equality agree. :class:`Duration` lives in its own module and is re-exported here.

What the *language* does with these values (construction from maps, truncation, differences, component
names) is not here but in ``cypher/scalar``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lithograph.storage.errors import ValueOutOfRangeError
from lithograph.storage.values import gregorian, zones
from lithograph.storage.values.duration import NANOSECONDS_PER_SECOND, SECONDS_PER_DAY, Duration

__all__ = [
    "MAXIMUM_OFFSET",
    "NANOSECONDS_PER_DAY",
    "NANOSECONDS_PER_SECOND",
    "SECONDS_PER_DAY",
    "TEMPORAL_TYPES",
    "Date",
    "DateTime",
    "Duration",
    "LocalDateTime",
    "LocalTime",
    "Time",
]

NANOSECONDS_PER_DAY = SECONDS_PER_DAY * NANOSECONDS_PER_SECOND
MAXIMUM_OFFSET = 18 * 3600
"""Offsets from UTC lie within plus and minus 18 hours."""

_MINIMUM_SECOND = gregorian.MINIMUM_DAY * SECONDS_PER_DAY
_MAXIMUM_SECOND = (gregorian.MAXIMUM_DAY + 1) * SECONDS_PER_DAY - 1


class _Ordered:
    """``<`` and its siblings by ``sort_key``, between values of one class."""

    __slots__ = ()

    def sort_key(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, _Ordered) or type(other) is not type(self):
            return NotImplemented
        return self.sort_key() < other.sort_key()

    def __le__(self, other: object) -> bool:
        if not isinstance(other, _Ordered) or type(other) is not type(self):
            return NotImplemented
        return self.sort_key() <= other.sort_key()

    def __gt__(self, other: object) -> bool:
        if not isinstance(other, _Ordered) or type(other) is not type(self):
            return NotImplemented
        return self.sort_key() > other.sort_key()

    def __ge__(self, other: object) -> bool:
        if not isinstance(other, _Ordered) or type(other) is not type(self):
            return NotImplemented
        return self.sort_key() >= other.sort_key()


@dataclass(frozen=True, slots=True)
class Date(_Ordered):
    """A day of the calendar.

    Args:
        days: since 1970-01-01, for the years -999,999,999 to 999,999,999.

    Raises:
        ValueOutOfRangeError: beyond these years.
    """

    days: int

    def __post_init__(self) -> None:
        if not gregorian.MINIMUM_DAY <= self.days <= gregorian.MAXIMUM_DAY:
            raise ValueOutOfRangeError(f"Date out of range: {self.days} days after 1970-01-01.")

    @classmethod
    def of(cls, year: int, month: int, day: int) -> Date:
        """From calendar fields; raises ValueOutOfRangeError when there is no such date."""
        return cls(gregorian.days_of(year, month, day))

    @property
    def calendar(self) -> gregorian.Twin:
        """Everything the calendar knows about the day."""
        return gregorian.twin(self.days)

    @property
    def year(self) -> int:
        return self.calendar.year

    @property
    def month(self) -> int:
        return self.calendar.date.month

    @property
    def day(self) -> int:
        return self.calendar.date.day

    def sort_key(self) -> tuple[int]:
        return (self.days,)

    def __str__(self) -> str:
        twin = self.calendar
        year = twin.year
        text = f"{year:04d}" if 0 <= year <= 9999 else f"{year:+05d}"
        return f"{text}-{twin.date.month:02d}-{twin.date.day:02d}"


@dataclass(frozen=True, slots=True)
class LocalTime(_Ordered):
    """A time of day on a clock of no particular place.

    Args:
        nanoseconds: since midnight, below 86,400 * 10**9.

    Raises:
        ValueOutOfRangeError: not within a day.
    """

    nanoseconds: int

    def __post_init__(self) -> None:
        _check_time_of_day(self.nanoseconds)

    @property
    def hour(self) -> int:
        return self.nanoseconds // (3600 * NANOSECONDS_PER_SECOND)

    @property
    def minute(self) -> int:
        return self.nanoseconds // (60 * NANOSECONDS_PER_SECOND) % 60

    @property
    def second(self) -> int:
        return self.nanoseconds // NANOSECONDS_PER_SECOND % 60

    @property
    def nanosecond(self) -> int:
        return self.nanoseconds % NANOSECONDS_PER_SECOND

    def sort_key(self) -> tuple[int]:
        return (self.nanoseconds,)

    def __str__(self) -> str:
        return _time_text(self.nanoseconds)


@dataclass(frozen=True, slots=True)
class Time(_Ordered):
    """A time of day with its offset from UTC.

    Args:
        nanoseconds: since local midnight.
        offset_seconds: east of UTC, within 18 hours.

    Raises:
        ValueOutOfRangeError: not within a day, or an offset too large.
    """

    nanoseconds: int
    offset_seconds: int

    def __post_init__(self) -> None:
        _check_time_of_day(self.nanoseconds)
        _check_offset(self.offset_seconds)

    @property
    def local(self) -> LocalTime:
        """What the clock shows."""
        return LocalTime(self.nanoseconds)

    def sort_key(self) -> tuple[int, int]:
        return self.nanoseconds - self.offset_seconds * NANOSECONDS_PER_SECOND, self.offset_seconds

    def __str__(self) -> str:
        return _time_text(self.nanoseconds) + _offset_text(self.offset_seconds)


@dataclass(frozen=True, slots=True)
class LocalDateTime(_Ordered):
    """A date and a time of day of no particular place.

    Args:
        seconds: since 1970-01-01T00:00, floored.
        nanoseconds: 0 to 999,999,999.

    Raises:
        ValueOutOfRangeError: beyond the years of :class:`Date`, or wrong nanoseconds.
    """

    seconds: int
    nanoseconds: int

    def __post_init__(self) -> None:
        _check_moment(self.seconds, self.nanoseconds)

    @classmethod
    def of(cls, date: Date, time: LocalTime) -> LocalDateTime:
        """The time on the date."""
        seconds, nanoseconds = divmod(time.nanoseconds, NANOSECONDS_PER_SECOND)
        return cls(date.days * SECONDS_PER_DAY + seconds, nanoseconds)

    @property
    def date(self) -> Date:
        return Date(self.seconds // SECONDS_PER_DAY)

    @property
    def time(self) -> LocalTime:
        return LocalTime(self.seconds % SECONDS_PER_DAY * NANOSECONDS_PER_SECOND + self.nanoseconds)

    def sort_key(self) -> tuple[int, int]:
        return self.seconds, self.nanoseconds

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


@dataclass(frozen=True, slots=True)
class DateTime(_Ordered):
    """A moment, with the offset and perhaps the named zone it was given in.

    Args:
        seconds: UTC, since 1970-01-01T00:00Z, floored.
        nanoseconds: 0 to 999,999,999.
        offset_seconds: east of UTC.
        zone: IANA name; ``offset_seconds`` is then its offset at this moment. :meth:`in_zone` finds it.

    Raises:
        ValueOutOfRangeError: beyond the years of :class:`Date`, wrong nanoseconds or offset.
    """

    seconds: int
    nanoseconds: int
    offset_seconds: int
    zone: str | None = None

    def __post_init__(self) -> None:
        _check_offset(self.offset_seconds)
        _check_moment(self.seconds, self.nanoseconds)
        _check_moment(self.seconds + self.offset_seconds, self.nanoseconds)

    @classmethod
    def in_zone(cls, seconds: int, nanoseconds: int, zone: str) -> DateTime:
        """A moment given in UTC, as seen in a named zone; raises UnknownTimeZoneError."""
        return cls(seconds, nanoseconds, zones.offset_at(zone, seconds), zone)

    @classmethod
    def from_local(cls, local: LocalDateTime, offset_seconds: int) -> DateTime:
        """The moment at which clocks at an offset show ``local``."""
        return cls(local.seconds - offset_seconds, local.nanoseconds, offset_seconds)

    @classmethod
    def from_local_in_zone(
        cls, local: LocalDateTime, zone: str, preferred_offset: int | None = None
    ) -> DateTime:
        """The moment at which clocks in a zone show ``local``, forward in a gap.

        Of two such moments the one with ``preferred_offset``, if there is one, else the first.
        """
        seconds = zones.utc_of_local(zone, local.seconds, preferred_offset)
        return cls.in_zone(seconds, local.nanoseconds, zone)

    @property
    def local(self) -> LocalDateTime:
        """What clocks show there."""
        return LocalDateTime(self.seconds + self.offset_seconds, self.nanoseconds)

    def sort_key(self) -> tuple[int, int, int, str]:
        return self.seconds, self.nanoseconds, self.offset_seconds, self.zone or ""

    def __str__(self) -> str:
        zone = f"[{self.zone}]" if self.zone is not None else ""
        return f"{self.local}{_offset_text(self.offset_seconds)}{zone}"


TEMPORAL_TYPES = (Date, LocalTime, Time, LocalDateTime, DateTime, Duration)


def _check_time_of_day(nanoseconds: int) -> None:
    if not 0 <= nanoseconds < NANOSECONDS_PER_DAY:
        raise ValueOutOfRangeError(f"Time out of range: {nanoseconds} nanoseconds after midnight.")


def _check_offset(seconds: int) -> None:
    if not -MAXIMUM_OFFSET <= seconds <= MAXIMUM_OFFSET:
        raise ValueOutOfRangeError(f"Offset out of range: {seconds} seconds, beyond 18 hours from UTC.")


def _check_moment(seconds: int, nanoseconds: int) -> None:
    if not 0 <= nanoseconds < NANOSECONDS_PER_SECOND:
        raise ValueOutOfRangeError(f"Nanoseconds out of range: {nanoseconds}.")
    if not _MINIMUM_SECOND <= seconds <= _MAXIMUM_SECOND:
        raise ValueOutOfRangeError(f"Date out of range: {seconds} seconds after 1970-01-01.")


def _time_text(nanoseconds: int) -> str:
    """``hh:mm``, then seconds and 3, 6 or 9 digits as far as they are not zero."""
    seconds, fraction = divmod(nanoseconds, NANOSECONDS_PER_SECOND)
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    if fraction == 0:
        return f"{text}:{second:02d}" if second else text
    if fraction % 1_000_000 == 0:
        return f"{text}:{second:02d}.{fraction // 1_000_000:03d}"
    if fraction % 1_000 == 0:
        return f"{text}:{second:02d}.{fraction // 1_000:06d}"
    return f"{text}:{second:02d}.{fraction:09d}"


def _offset_text(seconds: int) -> str:
    if seconds == 0:
        return "Z"
    minutes, second = divmod(abs(seconds), 60)
    text = f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{second:02d}" if second else text
