"""When something periodic is due: every so many seconds, or at the times of a cron expression.

The text is that of ``--storage-snapshot-interval``: a number of seconds, or six cron fields with the
seconds first (``0 0 3 * * *`` is every night at three).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CRON_FIELDS = 6
LONGEST_PERIOD = 604_800
"""One week, in seconds."""


@dataclass(frozen=True, slots=True)
class Periodic:
    """Every ``seconds`` seconds, counted from the last time."""

    seconds: int

    def next_after(self, moment: datetime) -> datetime:
        return moment + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Cron:
    """At the times that match ``expression``, in the time zone of the moment that is asked about."""

    expression: str

    def next_after(self, moment: datetime) -> datetime:
        from cronsim import CronSim  # only installations that use cron pay for its import

        due: datetime = next(CronSim(self.expression, moment))
        return due


Schedule = Periodic | Cron


class BadScheduleError(ValueError):
    """A text that is neither a number of seconds nor six cron fields; the message says why."""


def parse_schedule(text: str) -> Schedule | None:
    """The schedule that ``text`` stands for; None for ``0``, which is never.

    Raises BadScheduleError.
    """
    words = text.split()
    if len(words) == 1 and words[0].isdecimal():
        seconds = int(words[0])
        if seconds > LONGEST_PERIOD:
            raise BadScheduleError(f"at most {LONGEST_PERIOD} seconds (a week) are allowed")
        return Periodic(seconds) if seconds else None
    if len(words) != CRON_FIELDS:
        raise BadScheduleError(
            "a number of seconds, or six cron fields (second minute hour day month weekday), is expected"
        )
    return _parse_cron(" ".join(words))


def _parse_cron(expression: str) -> Cron:
    from cronsim import CronSim, CronSimError

    try:
        next(CronSim(expression, datetime(2000, 1, 1)))
    except CronSimError as error:
        raise BadScheduleError(f"{error} in the cron expression") from error
    except StopIteration:
        raise BadScheduleError("the cron expression matches no time at all") from None
    return Cron(expression)
