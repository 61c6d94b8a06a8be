"""A point in the history of a database: up to which transaction its state is wanted.

Either a transaction, by its commit timestamp, that one included; or a moment of the wall clock. Every
transaction carries the time at which it was written to the log, but a clock may be set back, so "as of a
moment" needs a rule: from the newest snapshot made no later than the moment, the log is followed in the order
of the commits and left *before the first transaction written after the moment*, even if later ones claim to be
earlier. Without such a snapshot the log is followed from its beginning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lithograph.durability.errors import PointError
from lithograph.durability.framing import Frame
from lithograph.durability.header import SnapshotHeader

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class UpToTransaction:
    """Everything up to commit ``timestamp``, which is included."""

    timestamp: int

    def covers(self, header: SnapshotHeader) -> bool:
        """Whether a snapshot holds nothing beyond the point."""
        return header.timestamp <= self.timestamp

    def includes(self, frame: Frame) -> bool:
        """Whether a transaction belongs to it, given that all before it do."""
        return frame.timestamp <= self.timestamp

    def is_reached(self, timestamp: int) -> bool:
        """Whether nothing after this commit can belong to it."""
        return timestamp >= self.timestamp

    def __str__(self) -> str:
        return f"transaction {self.timestamp}"


@dataclass(frozen=True, slots=True)
class UpToMoment:
    """Everything written up to ``written`` (microseconds since 1970 UTC), by the rule of the module.

    The methods are those of :class:`UpToTransaction`.
    """

    written: int

    def covers(self, header: SnapshotHeader) -> bool:
        return header.created <= self.written

    def includes(self, frame: Frame) -> bool:
        return frame.written <= self.written

    def is_reached(self, timestamp: int) -> bool:
        return False  # only the next transaction tells

    def __str__(self) -> str:
        return moment_of(self.written).isoformat()


Point = UpToTransaction | UpToMoment


def parse_point(text: str) -> Point:
    """A number is a transaction, everything else an ISO 8601 date or time, in UTC where it names no zone.

    Raises:
        PointError: it is neither.
    """
    if text.isascii() and text.isdigit():
        return UpToTransaction(int(text))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise PointError(
            f"{text!r} is no point in time: a transaction's number or an ISO 8601 time is expected, "
            "such as 2026-11-22T10:00:00Z."
        ) from error
    return UpToMoment((moment.replace(tzinfo=moment.tzinfo or UTC) - _EPOCH) // _MICROSECOND)


def moment_of(microseconds: int) -> datetime:
    """The time (aware, UTC) that so many microseconds since 1970 are, as files state it.

    A number beyond the calendar, which a file may hold all the same, gives its last day.
    """
    try:
        return _EPOCH + microseconds * _MICROSECOND
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
