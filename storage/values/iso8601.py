"""ISO 8601 text to temporal values: all forms that Neo4j's ``date('…')`` and its siblings take.

Every ``parse_*`` raises :class:`TemporalTextError` for text of no known form and
:class:`~lithograph.storage.errors.ValueOutOfRangeError` for a form filled with what does not exist, such as
30 February. ``parse_x(str(value)) == value`` for every value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from lithograph.storage.errors import StorageError, ValueOutOfRangeError
from lithograph.storage.values import gregorian
from lithograph.storage.values.temporal import (
    MAXIMUM_OFFSET,
    NANOSECONDS_PER_SECOND,
    Date,
    DateTime,
    Duration,
    LocalDateTime,
    LocalTime,
    Time,
)
from lithograph.storage.values.zones import zone_info


class TemporalTextError(StorageError):
    """Text that is no date, time or duration."""

    code = "Neo.ClientError.Statement.ArgumentError"
    gql_status = "22007"


_YEAR = r"(?P<year>[0-9]{4}|[+-][0-9]{1,9})"
_DATE_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], int]], ...] = tuple(
    (re.compile(form.replace("YEAR", _YEAR)), days)
    for form, days in (
        (
            r"YEAR-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?",
            lambda m: gregorian.days_of(int(m["year"]), int(m["month"]), int(m["day"] or 1)),
        ),
        (
            r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})?",
            lambda m: gregorian.days_of(int(m["year"]), int(m["month"]), int(m["day"] or 1)),
        ),
        (
            r"YEAR-?W(?P<week>[0-9]{2})(?:-?(?P<weekday>[0-9]))?",
            lambda m: gregorian.days_of_week_date(int(m["year"]), int(m["week"]), int(m["weekday"] or 1)),
        ),
        (
            r"YEAR-?Q(?P<quarter>[0-9])(?:-?(?P<day>[0-9]{2}))?",
            lambda m: gregorian.days_of_quarter_day(int(m["year"]), int(m["quarter"]), int(m["day"] or 1)),
        ),
        (
            r"(?:(?P<year>[0-9]{4})-?|(?P<signed>[+-][0-9]{1,9})-)(?P<day>[0-9]{3})",
            lambda m: gregorian.days_of_year_day(int(m["year"] or m["signed"]), int(m["day"])),
        ),
        (r"YEAR", lambda m: gregorian.days_of(int(m["year"]), 1, 1)),
    )
)

_TIME = re.compile(
    r"(?P<hour>[0-9]{2})(?:"
    r":(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"|(?P<minute2>[0-9]{2})(?:(?P<second2>[0-9]{2})(?:[.,](?P<fraction2>[0-9]{1,9}))?)?"
    r")?"
)
_OFFSET = re.compile(
    r"[Zz]|(?P<sign>[+-])(?P<hours>[0-9]{2})(?::?(?P<minutes>[0-9]{2})(?::?(?P<seconds>[0-9]{2}))?)?"
)
_NUMBER = r"([+-]?[0-9]{1,19}(?:[.,][0-9]{1,9})?)"
_DURATION = re.compile(
    rf"(?P<sign>[+-])?P(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?P<time>T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_SECONDS = r"([0-9]{2}(?:[.,][0-9]{1,9})?)"
_DURATIONS_AS_DATES = tuple(
    re.compile(rf"(?P<sign>[+-])?P(?:{date})?(?:T{time})?")
    for date, time in (
        (r"([0-9]{4})-([0-9]{2})-([0-9]{2})", rf"([0-9]{{2}}):([0-9]{{2}})(?::{_SECONDS})?"),
        (r"([0-9]{4})([0-9]{2})([0-9]{2})", rf"([0-9]{{2}})(?:([0-9]{{2}}){_SECONDS}?)?"),
    )
)


def parse_date(text: str) -> Date:
    """Calendar, week, quarter or ordinal date: ``2015-07-21``, ``2015W302``, ``2015-Q2-60``, ``2015-202``."""
    for form, days in _DATE_FORMS:
        if match := form.fullmatch(text):
            return Date(days(match))
    raise _refusal(text, "Date", "2015-07-21")


def parse_local_time(text: str) -> LocalTime:
    """``21:40:32.142``, ``2140``, ``21``."""
    return LocalTime(_nanoseconds_of_day(text, text, "LocalTime", "21:40:32.142"))


def parse_time(text: str) -> Time:
    """A time with its offset (``21:40-01:30``); UTC where there is none."""
    example = "21:40:32.142+01:00"
    time, offset = _split_offset(text)
    nanoseconds = _nanoseconds_of_day(time, text, "Time", example)
    return Time(nanoseconds, _offset_seconds(offset, text, "Time", example) if offset else 0)


def parse_local_datetime(text: str) -> LocalDateTime:
    """A date, or a date and a time with ``T`` between them."""
    return _parse_local(text, text, "LocalDateTime", "2015-07-21T21:40:32.142")


def parse_datetime(text: str) -> DateTime:
    """A date and time with an offset, a zone in brackets or both; UTC where there is neither.

    Where an offset and a zone disagree (the rules of a zone may have changed since the text was
    written) the offset says which moment it is, and the zone how it is shown.
    """
    kind, example = "DateTime", "2015-07-21T21:40:32.142+02:00[Europe/Stockholm]"
    rest, zone = text, None
    if text.endswith("]") and "[" in text:
        rest, _, zone = text[:-1].partition("[")
    date, separator, time = rest.partition("T")
    time, offset = _split_offset(time)
    local = _parse_local(f"{date}{separator}{time}", text, kind, example)
    if not offset:
        return DateTime.from_local_in_zone(local, zone) if zone is not None else DateTime.from_local(local, 0)
    moment = DateTime.from_local(local, _offset_seconds(offset, text, kind, example))
    return moment if zone is None else DateTime.in_zone(moment.seconds, moment.nanoseconds, zone)


def parse_zone(text: str) -> int | str:
    """An offset in seconds (``Z``, ``+01:00``), or the name of a zone (``Europe/Stockholm``).

    In names a blank stands for an underscore. Raises UnknownTimeZoneError where it is no name.
    """
    if text in ("Z", "z") or text.startswith(("+", "-")):
        offset = _offset_seconds(text, text, "time zone", "+01:00")
        if abs(offset) > MAXIMUM_OFFSET:
            raise ValueOutOfRangeError(f"There is no offset {text}: it is beyond 18 hours.")
        return offset
    name = text.replace(" ", "_")
    zone_info(name)
    return name


def parse_duration(text: str) -> Duration:
    """``P1Y2M3W4DT5H6M7.8S`` with signs and fractions anywhere, or ``P2012-02-02T14:37:21.545``, ``P20120202``."""
    if text[-1:] in ("P", "T"):
        raise _refusal(text, "Duration", "P1Y2M3DT4H5M6.7S")
    if match := _DURATIONS_AS_DATES[0].fullmatch(text) or _DURATIONS_AS_DATES[1].fullmatch(text):
        years, months, days, hours, minutes, seconds = (_fraction(part) for part in match.groups()[1:])
        weeks = Fraction(0)
    elif match := _DURATION.fullmatch(text):
        _, y, mo, w, d, _, h, mi, s = match.groups()
        years, months, weeks, days, hours, minutes, seconds = map(_fraction, (y, mo, w, d, h, mi, s))
    else:
        raise _refusal(text, "Duration", "P1Y2M3DT4H5M6.7S")
    sign_factor = -1 if match["sign"] == "-" else 1
    return Duration.approximate(
        sign_factor * (12 * years + months),
        sign_factor * (7 * weeks + days),
        sign_factor * (3600 * hours + 60 * minutes + seconds),
    )


def _parse_local(text: str, whole: str, kind: str, example: str) -> LocalDateTime:
    date_text, separator, time_text = text.partition("T")
    try:
        date = parse_date(date_text)
    except TemporalTextError:
        raise _refusal(whole, kind, example) from None
    time = LocalTime(_nanoseconds_of_day(time_text, whole, kind, example)) if separator else LocalTime(0)
    return LocalDateTime.of(date, time)


def _nanoseconds_of_day(text: str, whole: str, kind: str, example: str) -> int:
    match = _TIME.fullmatch(text)
    if match is None:
        raise _refusal(whole, kind, example)
    hour = int(match["hour"])
    minute = int(match["minute"] or match["minute2"] or 0)
    second = int(match["second"] or match["second2"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueOutOfRangeError(f"There is no time {hour:02d}:{minute:02d}:{second:02d}.")
    fraction = int((match["fraction"] or match["fraction2"] or "").ljust(9, "0"))
    return ((hour * 60 + minute) * 60 + second) * NANOSECONDS_PER_SECOND + fraction


def _split_offset(time: str) -> tuple[str, str]:
    """Before and from the ``Z``, ``+`` or ``-`` on."""
    for index, character in enumerate(time):
        if character in "Zz+-":
            return time[:index], time[index:]
    return time, ""


def _offset_seconds(text: str, whole: str, kind: str, example: str) -> int:
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise _refusal(whole, kind, example)
    if match["sign"] is None:
        return 0
    minutes, seconds = int(match["minutes"] or 0), int(match["seconds"] or 0)
    if minutes > 59 or seconds > 59:
        raise ValueOutOfRangeError(f"There is no offset {text}.")
    offset = (int(match["hours"]) * 60 + minutes) * 60 + seconds
    return -offset if match["sign"] == "-" else offset


def _fraction(text: str | None) -> Fraction:
    return Fraction(text.replace(",", ".")) if text else Fraction(0)


def _refusal(text: str, kind: str, example: str) -> TemporalTextError:
    shown = text if len(text) <= 60 else text[:60] + "…"
    return TemporalTextError(f"Text '{shown}' cannot be read as a {kind}; expected a form like '{example}'.")
