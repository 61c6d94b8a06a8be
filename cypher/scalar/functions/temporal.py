"""Dates, times and moments: ``date(…)`` and its siblings, each with the same family of functions.

For each of the five types, here for Date:

* ``date('2015-07-21')``, ``date({year: 2015, week: 30})``, ``date(datetime)``, ``date({date: other, day: 1})``
* ``date()``, ``date({timezone: 'Europe/Stockholm'})`` the present one, as are ``date.statement([timezone])``,
  ``date.transaction([timezone])`` and ``date.realtime([timezone])`` by the clock of that name
* ``date.truncate(unit[, value[, changes]])`` the beginning of the unit that a value lies in
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lithograph.cypher.errors import InvalidArgumentValueError
from lithograph.cypher.scalar.functions import takes
from lithograph.cypher.scalar.functions.arguments import ABSENT
from lithograph.cypher.scalar.functions.named_errors import named
from lithograph.cypher.scalar.functions.registry import function
from lithograph.cypher.scalar.temporal.clock import Clock
from lithograph.cypher.scalar.temporal.construction import current, from_map, make
from lithograph.cypher.scalar.temporal.parts import UTC
from lithograph.cypher.scalar.temporal.times import zone_from
from lithograph.cypher.scalar.temporal.truncation import truncate
from lithograph.storage.values.temporal import Date, DateTime, LocalDateTime, LocalTime, Time

_TYPES: dict[str, type] = {
    "date": Date,
    "localtime": LocalTime,
    "time": Time,
    "localdatetime": LocalDateTime,
    "datetime": DateTime,
}


def _enter_type(name: str, wanted: type) -> None:
    """Enter the functions that make values of one type."""

    @function(name, gives=wanted)
    @named(name)
    def construct(source: takes.TemporalSource = ABSENT, *, clock: Clock) -> Any:
        if source is ABSENT:
            return current(wanted, UTC, clock.statement)
        return make(wanted, source, clock.statement)

    construct.__doc__ = f"A {wanted.__name__} from text, a map or another temporal value; without any, now."

    @function(f"{name}.truncate", null_in_null_out=False, gives=wanted)
    @named(f"{name}.truncate")
    def truncated(
        unit: takes.String, value: takes.Instant = ABSENT, changes: takes.Map = None, *, clock: Clock
    ) -> Any:
        if value is ABSENT:
            value = current(DateTime, UTC, clock.statement)
        return truncate(wanted, unit, value, changes, clock.statement)

    truncated.__doc__ = (
        f"The beginning of the unit that a value (without any: now) lies in, a {wanted.__name__}."
    )

    _enter_clock(f"{name}.statement", wanted, lambda clock: clock.statement)
    _enter_clock(f"{name}.transaction", wanted, lambda clock: clock.transaction)
    _enter_clock(f"{name}.realtime", wanted, lambda clock: clock.realtime(), deterministic=False)


def _enter_clock(
    name: str, wanted: type, read: Callable[[Clock], int], *, deterministic: bool = True
) -> None:
    """Enter the present ``wanted`` by one of the clocks."""

    @function(name, deterministic=deterministic, gives=wanted)
    @named(name)
    def present(timezone: takes.ZoneSource = ABSENT, *, clock: Clock) -> Any:
        if timezone is None:
            return None
        now = read(clock)
        if type(timezone) is dict:
            if timezone.keys() != {"timezone"}:
                raise InvalidArgumentValueError("The map must have the key `timezone` and no other.")
            return from_map(wanted, timezone, now)
        return current(wanted, UTC if timezone is ABSENT else zone_from(timezone), now)

    present.__doc__ = f"The present {wanted.__name__} in a time zone, UTC if none is given."


for _name, _type in _TYPES.items():
    _enter_type(_name, _type)


@function("datetime.fromEpoch", gives=DateTime)
@named("datetime.fromEpoch")
def from_epoch(seconds: takes.Integer, nanoseconds: takes.Integer) -> Any:
    """The DateTime so many seconds and nanoseconds (below a second) after 1970-01-01T00:00Z."""
    if seconds is None or nanoseconds is None:
        return None
    return from_map(DateTime, {"epochSeconds": seconds, "nanosecond": nanoseconds}, 0)


@function("datetime.fromEpochMillis", gives=DateTime)
@named("datetime.fromEpochMillis")
def from_epoch_millis(milliseconds: takes.Integer) -> Any:
    """The DateTime so many milliseconds after 1970-01-01T00:00Z."""
    return from_map(DateTime, {"epochMillis": milliseconds}, 0)
