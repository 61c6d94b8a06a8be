"""The log of one history as a server has it: written, synced for whole groups of commits, or switched off.

Without a write-ahead log there is nothing to sync and nothing to wait for; that is decided here, and nobody else asks
whether there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from lithograph.durability.datadir import DataDirectory
from lithograph.durability.group_commit import GroupCommit
from lithograph.durability.inventory import Inventory
from lithograph.durability.names import WalName, moment_of
from lithograph.durability.options import DurabilitySettings
from lithograph.durability.retainer import Retainer
from lithograph.durability.wal import LogEnd, Wal, finish_leftover


class CommitLog:
    """The write-ahead log with its group commit, or none.

    Attributes:
        end: where it went on after recovery; it has an unfinished file only if that one is appended to.
        wal: the log that takes the commits; None when it is off.
    """

    def __init__(self, end: LogEnd, wal: Wal | None = None, every: int = 1) -> None:
        """
        Args:
            every: after how many commits there has to be a sync, as in :class:`GroupCommit`.
        """
        self.end = end
        self.wal = wal
        self._group = None if wal is None else GroupCommit(wal, every)

    @classmethod
    def open(
        cls,
        directory: DataDirectory,
        settings: DurabilitySettings,
        retainer: Retainer,
        inventory: Inventory,
        end: LogEnd,
        finished: Callable[[WalName], None],
    ) -> CommitLog:
        """Go on where recovery ended, in the unfinished file of the last run or in a new one.

        Args:
            finished: hears of each finished file, under the name that it has then or gets with the unlock.

        Raises:
            WritesRefusedError, OSError: the unfinished file could not be finished or appended to.
        """
        content = end.resume
        if content is not None and not _is_appended_to(directory, settings, end):
            finish_leftover(directory, retainer, inventory, content, finished)
            end = end.afresh()
        if not settings.storage_wal_enabled:
            return cls(end)
        limit = settings.storage_wal_file_size_kib * 1024
        wal = Wal(directory, retainer, inventory, end, limit, finished)
        return cls(end, wal, settings.storage_wal_file_flush_every_n_tx)

    @property
    def failure(self) -> str | None:
        """Why the log takes nothing any more; None while it does, or is off."""
        return None if self.wal is None else self.wal.failure

    @property
    def no_room(self) -> str | None:
        """Why the last commit was refused, if that was for want of room; None once one was written again."""
        return None if self.wal is None else self.wal.no_room

    @property
    def has_everything(self) -> bool:
        """Whether every commit is in the log: it is on, and has not failed."""
        return self.wal is not None and self.wal.failure is None

    # ------------------------------------------------------------------------------ commits

    @property
    def position(self) -> int:
        """Position of the commit appended last; pass it to :meth:`durable`."""
        return 0 if self.wal is None else self.wal.appended

    @property
    def unsynced(self) -> int:
        """How many commits a power failure would take now."""
        return 0 if self.wal is None else self.wal.appended - self.wal.synced

    def must_wait(self, position: int) -> bool:
        """Whether :meth:`durable` has anything to wait for."""
        return self._group is not None and (self._group.is_due(position) or self.failure is not None)

    async def durable(self, position: int) -> None:
        """Return once the commit at ``position`` may be acknowledged. Raises WritesRefusedError."""
        if self._group is not None:
            await self._group.durable(position)

    def flush(self) -> None:
        """Make every commit durable now, on this thread. Raises WritesRefusedError."""
        if self.wal is not None:
            self.wal.sync()

    def skip_to(self, timestamp: int) -> None:
        """Commits up to ``timestamp`` happened without the log, and a snapshot has them. Raises WritesRefusedError."""
        if self.wal is not None:
            self.wal.skip_to(timestamp)

    # -------------------------------------------------------------------------------- files

    @property
    def next_sequence(self) -> int:
        """Number of the file that gets the next commit as its first, if none is under way."""
        return self.end.sequence if self.wal is None else self.wal.next_sequence

    @property
    def next_frame(self) -> int:
        """Sequence number of the next commit."""
        return self.end.next_frame if self.wal is None else self.wal.appended + 1

    @property
    def begun(self) -> datetime | None:
        """When the open file was made; None where there is none with commits in it."""
        begun = None if self.wal is None else self.wal.begun
        return None if begun is None else moment_of(begun)

    def finish_file(self) -> None:
        """Finish the open file, if it has commits. Raises WritesRefusedError."""
        if self.wal is not None:
            self.wal.finish_file()

    def make_whole(self) -> None:
        """Leave no unfinished file behind, empty or not; a log that has failed is left as it is.

        Raises:
            WritesRefusedError: the open file could not be finished.
        """
        if self.wal is not None and self.wal.failure is None:
            self.wal.skip_to(self.wal.timestamp)

    # ------------------------------------------------------------------------------ the end

    def stop_syncing(self) -> None:
        """Wait for the sync in flight. From now on commits must not wait."""
        if self._group is not None:
            self._group.close()

    def close(self) -> None:
        """Sync and finish the open file, after :meth:`stop_syncing`. Raises WritesRefusedError."""
        if self.wal is not None:
            self.wal.close()


def _is_appended_to(directory: DataDirectory, settings: DurabilitySettings, end: LogEnd) -> bool:
    """Whether the log goes on in the unfinished file of the last run: same history, same key, nothing in between."""
    content = end.resume
    if content is None or not settings.storage_wal_enabled:
        return False
    goes_on = (content.last, content.next_frame) == (end.timestamp, end.next_frame)
    same_key = content.file.sealed.key_id == directory.keys.current_id
    same_history = content.file.header.epoch == end.epoch
    return goes_on and same_history and same_key
