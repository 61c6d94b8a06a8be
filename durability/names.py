"""The names of our files, made and parsed; nothing else in the project builds or reads one.

============== ======================================== ==========================================
file           name                                     example
============== ======================================== ==========================================
snapshot       ``<created>_timestamp_<ts>``             ``20260821164855123456_timestamp_42``
open WAL       ``<created>_current``                    ``20260821164855123456_current``
finished WAL   ``<created>_from_<ts>_to_<ts>``          ``20260821164855123456_from_3_to_42``
============== ======================================== ==========================================

``created`` is 20 digits of UTC wall clock, ``YYYYMMDDhhmmssffffff``; a WAL file keeps the one it was
opened with, so names sort by age. The other numbers are commit timestamps. The names are Memgraph's:
operators sort and prune by them. Hidden names (a leading dot) are ours too, but never data: a reader of
the folders skips them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PARTIAL_SUFFIX = ".partial"
"""End of the hidden name of a file that is being written; whatever bears it at a start is left over."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CREATED_FORMAT = "%Y%m%d%H%M%S%f"
_SNAPSHOT = re.compile(r"([0-9]{20})_timestamp_([0-9]{1,20})", re.ASCII)
_CURRENT = re.compile(r"([0-9]{20})_current", re.ASCII)
_FINISHED = re.compile(r"([0-9]{20})_from_([0-9]{1,20})_to_([0-9]{1,20})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class SnapshotName:
    """A snapshot of everything up to commit ``timestamp``. Orders by timestamp, then by age."""

    timestamp: int
    created: str

    def __str__(self) -> str:
        return f"{self.created}_timestamp_{self.timestamp}"

    @property
    def partial(self) -> str:
        """The hidden name it has until it is whole."""
        return f".{self}{PARTIAL_SUFFIX}"


@dataclass(frozen=True, slots=True, order=True)
class WalName:
    """A WAL file: open while ``first`` and ``last`` are None, finished with them. Orders by age."""

    created: str
    first: int | None = None
    last: int | None = None

    def __str__(self) -> str:
        if self.first is None:
            return f"{self.created}_current"
        return f"{self.created}_from_{self.first}_to_{self.last}"

    @property
    def finished(self) -> bool:
        return self.first is not None

    def finish(self, first: int, last: int) -> WalName:
        """The name of the same file once it is complete."""
        return WalName(self.created, first, last)


def parse_snapshot(text: str) -> SnapshotName | None:
    """The snapshot that a file name stands for; None when it is no snapshot's name."""
    found = _SNAPSHOT.fullmatch(text)
    if found is None or _moment(found[1]) is None:
        return None
    return SnapshotName(int(found[2]), found[1])


def parse_wal(text: str) -> WalName | None:
    """The WAL file that a file name stands for; None when it is no WAL file's name."""
    current = _CURRENT.fullmatch(text)
    if current is not None and _moment(current[1]) is not None:
        return WalName(current[1])
    found = _FINISHED.fullmatch(text)
    if found is None or _moment(found[1]) is None or int(found[2]) > int(found[3]):
        return None
    return WalName(found[1], int(found[2]), int(found[3]))


def moment_of(created: str) -> datetime:
    """The wall-clock time in a name that was parsed or made here (aware, UTC)."""
    fields = (
        created[:4],
        created[4:6],
        created[6:8],
        created[8:10],
        created[10:12],
        created[12:14],
        created[14:],
    )
    year, month, day, hour, minute, second, microsecond = map(int, fields)
    return datetime(year, month, day, hour, minute, second, microsecond, UTC)


def created_of(moment: datetime) -> str:
    """How a name states a time (aware)."""
    return moment.astimezone(UTC).strftime(_CREATED_FORMAT)


def microseconds_of(created: str) -> int:
    """The same as microseconds since 1970 UTC, as headers hold it."""
    return (moment_of(created) - _EPOCH) // timedelta(microseconds=1)


def _moment(created: str) -> datetime | None:
    try:
        return moment_of(created)
    except ValueError:
        return None


class Namer:
    """Hands out values of ``created``, each later than all before it, whatever the clock does."""

    def __init__(self, newest: str = "") -> None:
        """
        Args:
            newest: the largest ``created`` in the directory so far; new ones lie above it even when
                the clock of the machine was set back.
        """
        self._newest = newest

    def created(self, now: datetime) -> str:
        text = created_of(now)
        if text <= self._newest:
            text = (moment_of(self._newest) + timedelta(microseconds=1)).strftime(_CREATED_FORMAT)
        self._newest = text
        return text
