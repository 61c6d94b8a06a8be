"""Named time zones: ``zoneinfo`` over the data of the ``tzdata`` package, never over the system's.

Systems differ in their data (for the years before 1970 by how it was compiled), and a moment must mean
the same on every machine that a database, its backup or its dump ever gets to.
"""

from __future__ import annotations

import datetime
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from lithograph.storage.errors import StorageError
from lithograph.storage.values.gregorian import DAYS_PER_CYCLE

_EPOCH = datetime.datetime(1970, 1, 1)
_SECONDS_PER_CYCLE = DAYS_PER_CYCLE * 86_400
_FIRST = int((datetime.datetime(2, 1, 1) - _EPOCH).total_seconds())
_LAST = int((datetime.datetime(9999, 1, 1) - _EPOCH).total_seconds())


class UnknownTimeZoneError(StorageError):
    """A zone name that the time zone database does not have."""

    code = "Neo.ClientError.Statement.ArgumentError"
    gql_status = "22007"


@cache
def zone_names() -> frozenset[str]:
    """Every name there is."""
    return frozenset((resources.files("tzdata") / "zones").read_text(encoding="ascii").split())


@lru_cache(maxsize=1024)
def zone_info(name: str) -> ZoneInfo:
    """The zone ``name`` ("Europe/Stockholm").

    Raises:
        UnknownTimeZoneError: there is no such zone.
    """
    if name not in zone_names():
        raise UnknownTimeZoneError(f"Unknown time zone `{name[:60]}`.")
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def offset_at(name: str, utc_seconds: int) -> int:
    """Seconds east of UTC in the zone at ``utc_seconds`` since 1970-01-01T00:00Z."""
    zone = zone_info(name)
    moment = _moment(utc_seconds).replace(tzinfo=zone)
    return _seconds(zone.fromutc(moment).utcoffset())


def utc_of_local(name: str, local_seconds: int, preferred_offset: int | None = None) -> int:
    """UTC seconds of what clocks in the zone show as ``local_seconds`` since 1970-01-01T00:00.

    Of an hour that happens twice the one with ``preferred_offset`` is meant, without such the first one;
    a time inside a gap moves forward by the gap.
    """
    zone, moment = zone_info(name), _moment(local_seconds)
    first = _seconds(moment.replace(tzinfo=zone, fold=0).utcoffset())
    if preferred_offset is None or preferred_offset >= first:
        return local_seconds - first
    second = _seconds(moment.replace(tzinfo=zone, fold=1).utcoffset())
    return local_seconds - (second if second == preferred_offset else first)


def _moment(seconds: int) -> datetime.datetime:
    """``seconds`` after the epoch, moved into the years that ``datetime`` can hold.

    Later years go back by whole calendar cycles (today's rules go on for ever); earlier ones have the
    zone's first offset, local mean time.
    """
    if seconds > _LAST:
        seconds -= -(-(seconds - _LAST) // _SECONDS_PER_CYCLE) * _SECONDS_PER_CYCLE
    return _EPOCH + datetime.timedelta(seconds=max(seconds, _FIRST))


def _seconds(offset: datetime.timedelta | None) -> int:
    assert offset is not None, "a ZoneInfo knows its offset at any moment"
    return offset.days * 86_400 + offset.seconds
