"""When the next periodic snapshot is due: every so many seconds, or by a cron expression.

Pure: the caller owns the clock and the task that waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cronsim import CronSim, CronSimError

from lithograph.durability.errors import ScheduleError

MAXIMUM_SECONDS = 604_800
_FIELDS = 6


@dataclass(frozen=True, slots=True)
class Schedule:
    """``seconds`` between snapshots, or a ``cron`` expression of six fields, seconds first; neither: never."""

    seconds: int = 0
    cron: str = ""

    @staticmethod
    def parse(text: str) -> Schedule:
        """From ``"300"``, ``"*/10 * * * * *"``, or ``""`` and ``"0"`` for never.

        Raises:
            ScheduleError: it is none of these, or more than a week.
        """
        text = text.strip()
        if not text:
            return Schedule()
        if text.isascii() and text.isdecimal():
            if len(text) > 9 or int(text) > MAXIMUM_SECONDS:
                raise ScheduleError(text)
            return Schedule(seconds=int(text))
        try:
            if len(text.split()) != _FIELDS:
                raise ScheduleError(text)
            CronSim(text, datetime(2000, 1, 1, tzinfo=UTC))
        except CronSimError:
            raise ScheduleError(text) from None
        return Schedule(cron=text)

    @property
    def enabled(self) -> bool:
        return bool(self.seconds or self.cron)

    def next_after(self, now: datetime) -> datetime | None:
        """The next moment after ``now`` (aware); None: never."""
        if self.seconds:
            return now + timedelta(seconds=self.seconds)
        if not self.cron:
            return None
        return next(CronSim(self.cron, now), None)
