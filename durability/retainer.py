"""LOCK DATA DIRECTORY: while it is on, no file in the directory is deleted or renamed.

Everything that would delete or rename a published file goes through one :class:`Retainer`. While locked it
queues; unlocking runs the queue. New files may still appear: commits, rotations and snapshots go on. A WAL
file that is finished meanwhile keeps its ``…_current`` name until the lock is taken off (recovery tells a
finished file by its content), so a copy never sees a file twice.

The lock is one flag: not counted, not tied to a session, gone after a restart, as in Memgraph. That no
name was deleted or renamed is a courtesy to whoever copies; no durability hangs on it. So a rename or
delete that fails is logged, and tried again by the recovery or the retention that follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

import structlog

from lithograph.durability.datadir import Clock
from lithograph.durability.files import Files

LOCKED = "Data directory is now locked."
ALREADY_LOCKED = "Data directory is already locked."
UNLOCKED = "Data directory is now unlocked."
ALREADY_UNLOCKED = "Data directory is already unlocked."
IS_LOCKED = "Data directory is locked."
IS_UNLOCKED = "Data directory is unlocked."

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LockStatus:
    """Whether, since when and by whom the directory is locked; ``waiting`` operations run at unlock."""

    locked: bool
    since: datetime | None
    by: str | None
    waiting: int

    @property
    def text(self) -> str:
        """The row of DATA DIRECTORY LOCK STATUS."""
        return IS_LOCKED if self.locked else IS_UNLOCKED


class Retainer:
    """Deletes and renames, at once or after the unlock. May be used from several threads."""

    def __init__(self, files: Files, clock: Clock) -> None:
        self._files = files
        self._clock = clock
        self._mutex = Lock()  # protects the three below
        self._since: datetime | None = None
        self._by: str | None = None
        self._waiting: dict[Path, Path | None] = {}
        self.in_doubt = False
        """Whether a name may be on disk otherwise than it looks, because a folder could not be synced."""

    @property
    def locked(self) -> bool:
        return self._since is not None

    def status(self) -> LockStatus:
        with self._mutex:
            return LockStatus(self._since is not None, self._since, self._by, len(self._waiting))

    def lock(self, by: str | None = None) -> str:
        """Lock; returns the row of LOCK DATA DIRECTORY."""
        with self._mutex:
            if self._since is not None:
                return ALREADY_LOCKED
            self._since, self._by = self._clock(), by
            return LOCKED

    def unlock(self) -> str:
        """Unlock and do what waited; returns the row of UNLOCK DATA DIRECTORY."""
        with self._mutex:
            if self._since is None:
                return ALREADY_UNLOCKED
            self._since = self._by = None
            waiting, self._waiting = self._waiting, {}
            for source, target in waiting.items():
                self._carry_out(source, target)
            return UNLOCKED

    def remove(self, path: Path) -> None:
        """Delete a file, now or at the unlock."""
        self._request(path, None)

    def rename(self, source: Path, target: Path) -> None:
        """Rename a file within its folder, now or at the unlock."""
        self._request(source, target)

    def _request(self, source: Path, target: Path | None) -> None:
        with self._mutex:
            if self._since is not None:
                self._waiting[source] = target
            else:
                self._carry_out(source, target)

    def _carry_out(self, source: Path, target: Path | None) -> None:
        try:
            if target is None:
                self._files.remove(source)
            else:
                self._files.rename(source, target)
            self._files.sync_directory(source.parent)
        except OSError as error:
            self.in_doubt = True
            _log.warning(
                "a file could not be " + ("deleted" if target is None else "renamed"),
                path=str(source),
                error=str(error),
            )
