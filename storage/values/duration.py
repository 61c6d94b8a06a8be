"""Durations: months, days, seconds and nanoseconds, none of which converts into the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from lithograph.storage.errors import ValueOutOfRangeError

NANOSECONDS_PER_SECOND = 1_000_000_000
SECONDS_PER_DAY = 86_400
SECONDS_PER_MONTH = 2_629_746
"""A twelfth of the mean Gregorian year; used where a fraction of a month has to become days."""

_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True)
class Duration:
    """An amount of time. All parts are int64 and may have either sign.

    After construction ``nanoseconds`` is within 0 to 999,999,999 and ``seconds`` floored to fit. Two
    durations are equal when all parts are; a day is not 24 hours. Durations have no ``<``.

    Raises:
        ValueOutOfRangeError: a part does not fit into 64 bits.
    """

    months: int = 0
    days: int = 0
    seconds: int = 0
    nanoseconds: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.nanoseconds < NANOSECONDS_PER_SECOND:
            carry, nanoseconds = divmod(self.nanoseconds, NANOSECONDS_PER_SECOND)
            object.__setattr__(self, "seconds", self.seconds + carry)
            object.__setattr__(self, "nanoseconds", nanoseconds)
        for name in ("months", "days", "seconds"):
            if not _INT64_MIN <= getattr(self, name) <= _INT64_MAX:
                raise ValueOutOfRangeError(f"Duration out of range: its {name} do not fit into 64 bits.")

    @classmethod
    def approximate(cls, months: Fraction, days: Fraction, seconds: Fraction) -> Duration:
        """Of fractional parts: what is left of a month becomes days, of a day seconds, as Neo4j does."""
        whole_months = int(months)
        days += (months - whole_months) * SECONDS_PER_MONTH / SECONDS_PER_DAY
        whole_days = int(days)
        seconds += (days - whole_days) * SECONDS_PER_DAY
        return cls(whole_months, whole_days, 0, int(seconds * NANOSECONDS_PER_SECOND))

    @property
    def total_nanoseconds(self) -> int:
        """The seconds and nanoseconds together."""
        return self.seconds * NANOSECONDS_PER_SECOND + self.nanoseconds

    def sort_key(self) -> tuple[int, int, int, int, int]:
        """For ORDER BY: by mean length, then by parts."""
        length = self.months * SECONDS_PER_MONTH + self.days * SECONDS_PER_DAY + self.seconds
        return length, self.nanoseconds, self.months, self.days, self.seconds

    def __add__(self, other: Duration) -> Duration:
        return Duration(
            self.months + other.months,
            self.days + other.days,
            self.seconds + other.seconds,
            self.nanoseconds + other.nanoseconds,
        )

    def __neg__(self) -> Duration:
        return Duration(-self.months, -self.days, -self.seconds, -self.nanoseconds)

    def __sub__(self, other: Duration) -> Duration:
        return self + -other

    def scaled(self, factor: Fraction) -> Duration:
        """Each part times ``factor``, fractions carried down as in :meth:`approximate`."""
        seconds = Fraction(self.total_nanoseconds, NANOSECONDS_PER_SECOND)
        return Duration.approximate(self.months * factor, self.days * factor, seconds * factor)

    def __str__(self) -> str:
        """ISO 8601 with signs, such as ``P1Y2M-3DT4H5.000000006S``; nothing at all is ``PT0S``."""
        years, months = _truncated(self.months, 12)
        date = _part(years, "Y") + _part(months, "M") + _part(self.days, "D")
        total = abs(self.total_nanoseconds)
        sign = "-" if self.total_nanoseconds < 0 else ""
        minutes, rest = divmod(total, 60 * NANOSECONDS_PER_SECOND)
        hours, minutes = divmod(minutes, 60)
        time = _part(hours, "H", sign) + _part(minutes, "M", sign)
        if rest:
            whole, nanoseconds = divmod(rest, NANOSECONDS_PER_SECOND)
            fraction = f".{nanoseconds:09d}".rstrip("0") if nanoseconds else ""
            time += f"{sign}{whole}{fraction}S"
        if time:
            return f"P{date}T{time}"
        return f"P{date}" if date else "PT0S"


def _truncated(value: int, unit: int) -> tuple[int, int]:
    quotient = abs(value) // unit * (-1 if value < 0 else 1)
    return quotient, value - quotient * unit


def _part(value: int, unit: str, sign: str = "") -> str:
    return f"{sign}{value}{unit}" if value else ""
