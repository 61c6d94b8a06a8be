"""The one entry to durability: an open data directory that observes commits and writes snapshots.

The life of a database: :meth:`Durability.open` recovers into a loader; ``observer`` takes each commit, and
``durable`` says when it may be acknowledged; :meth:`create_snapshot` writes the images that the caller
makes, and deletes what they make superfluous; ``lock`` and ``unlock`` serve whoever copies the directory;
``bring_in`` and ``switch_to`` put a snapshot in the place of everything; :meth:`close` finishes the log and lets go.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from threading import Lock
from uuid import UUID, uuid4

import structlog

from lithograph.durability import replacement
from lithograph.durability.archive import Archiver, ArchiveStatus
from lithograph.durability.commit_log import CommitLog
from lithograph.durability.datadir import Clock, DataDirectory, wall_clock
from lithograph.durability.errors import (
    BrokenDatabaseError,
    DiskFullError,
    SnapshotFailedError,
    SnapshotInProgressError,
    SnapshotRecoveryError,
    WrongKeyError,
)
from lithograph.durability.files import Files, RealFiles, is_full
from lithograph.durability.header import NO_ID
from lithograph.durability.inventory import Inventory
from lithograph.durability.key_usage import KeyWatch
from lithograph.durability.names import SnapshotName, WalName
from lithograph.durability.options import DurabilitySettings, archiver_of, check_archive, keys_of
from lithograph.durability.recovery import Loader, Progress, RecoveryReport, recover
from lithograph.durability.replacement import Incoming, UnsettledError
from lithograph.durability.restore import Replaced, RestoreWatch, remove_order
from lithograph.durability.retainer import LockStatus, Retainer
from lithograph.durability.snapshotter import SnapshotEntry, Snapshotter, Trigger, list_snapshots
from lithograph.durability.wal import LogEnd
from lithograph.storage.deltas import CommitObserver, Delta
from lithograph.storage.errors import LithographError, WritesRefusedError

_NO_START = (
    "A start writes the unfinished file of the log anew, so it wants as much room as that has. Make room and start "
    "again; nothing was lost."
)

ARCHIVE_PATIENCE = 1.5
"""Seconds that a stop waits for the archive."""

NAMES_IN_DOUBT = (
    "Failed to recover a snapshot. A file of the data directory could not be renamed or deleted for certain, so a file of "
    "the present history might come back among those of the new one. Restart the server, and try again. Nothing was "
    "changed."
)
NOT_ARCHIVED = (
    "Failed to recover a snapshot. Files of the present log wait for the archive; see `wal_archive_error` in SHOW STORAGE "
    "INFO, and try again when they are gone. Nothing was changed."
)
DIRECTORY_IS_LOCKED = (
    "Failed to recover a snapshot. The data directory is locked, and no file in it may be moved: "
    "UNLOCK DATA DIRECTORY first. Nothing was changed."
)

_log = structlog.get_logger(__name__)


class Durability:
    """An open data directory.

    ``observer.append`` and ``durable`` belong to the thread of the commits, ``create_snapshot`` and
    ``flush`` may run on another, one at a time.

    Attributes:
        report: what the start recovered; None when started without recovery.
        observer: takes the commits; None when the write-ahead log is off.
        database: uuid of the data, ``epoch`` of its history.
        recovered_timestamp: of the last commit recovered; storage goes on above it.
        broken: why recovery was refused, if the server came up all the same; the directory is left alone then.
    """

    def __init__(
        self,
        directory: DataDirectory,
        settings: DurabilitySettings,
        report: RecoveryReport | None,
        end: LogEnd,
        broken: str | None = None,
    ) -> None:
        """Use :meth:`open`."""
        self.broken = broken
        self._directory = directory
        self._settings = settings
        self._retainer = Retainer(directory.files, directory.clock)
        self._snapshotting = Lock()
        # held while files are looked at for what was put there, or all are exchanged
        self._arranging = Lock()
        self._refusal: str | None = None
        self._archiver: Archiver | None = None
        self._closed = False
        self._begin(report, end, Inventory(directory))

    def _begin(self, report: RecoveryReport | None, end: LogEnd, inventory: Inventory) -> None:
        """Go on from what has been recovered."""
        self.report = report
        self.database: UUID = end.database
        self.epoch = end.epoch
        self.recovered_timestamp = end.timestamp
        self._watch = RestoreWatch(self._directory, inventory, end.epoch)
        if self.broken is None and self._archiver is None:
            self._archiver = archiver_of(self._directory, self._settings)
        # none until it is open, which may fail
        self._commit_log = CommitLog(end)
        if self.broken is None:
            self._commit_log = CommitLog.open(
                self._directory, self._settings, self._retainer, inventory, end, self._file_finished
            )
        last = 0 if report is None else report.snapshot_timestamp or 0
        self._snapshotter = Snapshotter(
            self._directory, self._settings, self._retainer, inventory, self._commit_log, last
        )
        self._key_watch = KeyWatch(self._directory)
        if self.broken is None:
            self._key_watch.look()
        self.observer: CommitObserver | None = self._commit_log.wal
        if self._archiver is not None:
            self._archiver.start()

    @classmethod
    def open(
        cls,
        settings: DurabilitySettings,
        loader: Loader,
        *,
        files: Files | None = None,
        clock: Clock = wall_clock,
        progress: Progress | None = None,
    ) -> Durability:
        """Lock the directory, recover what it holds into ``loader``, and get ready for commits.

        Where recovery is refused and the settings allow it, the result is ``broken``; the loader is of no use then. A
        missing key is no such case.

        Raises:
            DirectoryInUseError, DirectoryNotOwnedError: the directory is not to be used.
            DamagedFileError, MissingLogError, ForeignFileError, FileVersionError, WrongKeyError: refused to
                start; nothing was changed.
            KeyFileError, EncryptionUnavailableError: the keys cannot be had; likewise.
            DiskFullError: there is no room for what a start has to write; nothing is lost.
            ArchiveError: the archive is where it cannot be.
            WritesRefusedError, OSError: the disk does not take or give what it should.
        """
        keys = keys_of(settings)
        timeout = settings.data_dir_lock_acquisition_timeout_sec
        directory = DataDirectory.open(
            Path(settings.data_directory).absolute(), files or RealFiles(), timeout, clock, keys
        )
        try:
            check_archive(directory, settings)
            if not settings.data_recovery_on_startup:
                _start_empty(directory)
                loader.finish()
                return cls(directory, settings, None, LogEnd(uuid4(), 1, 0, NO_ID, 1, 0))
            try:
                report, end = recover(directory, loader, progress)
            except WrongKeyError:
                raise  # nothing is broken: the key has to be found, not the data to be replaced
            except LithographError as refused:
                if not settings.storage_allow_recovery_failure:
                    raise
                _log.critical(f"recovery was refused; the database is now in the broken state: {refused}")
                return cls(directory, settings, None, LogEnd(NO_ID, 0, 0, NO_ID, 1, 0), str(refused))
            return cls(directory, settings, report, end)
        except OSError as error:
            directory.close()
            if is_full(error):
                raise DiskFullError(directory.root, None, error, _NO_START) from error
            raise
        except BaseException:
            directory.close()
            raise

    @property
    def directory(self) -> Path:
        """The data directory (absolute)."""
        return self._directory.root

    # ------------------------------------------------------------------------------ commits

    @property
    def position(self) -> int:
        """Position of the commit appended last; pass it to :meth:`durable`."""
        return self._commit_log.position

    @property
    def failure(self) -> str | None:
        """Why no commits are taken any more; None while they are."""
        return self._refusal or self._commit_log.failure

    @property
    def no_room(self) -> str | None:
        """Why the last commit was refused, if that was for want of room; None once one was written again."""
        return self._commit_log.no_room

    @property
    def unsynced(self) -> int:
        """How many commits a power failure would take now."""
        return self._commit_log.unsynced

    def must_wait(self, position: int) -> bool:
        """Whether :meth:`durable` has anything to wait for."""
        return self._commit_log.must_wait(position)

    async def durable(self, position: int) -> None:
        """Return once the commit at ``position`` may be acknowledged. Raises WritesRefusedError."""
        await self._commit_log.durable(position)

    def flush(self) -> None:
        """Make every commit durable now, on this thread. Raises WritesRefusedError."""
        self._commit_log.flush()

    def skip_to(self, timestamp: int) -> None:
        """Commits up to ``timestamp`` happened without the log, and a snapshot has them. Raises WritesRefusedError."""
        self._commit_log.skip_to(timestamp)

    # -------------------------------------------------------------------------- the archive

    @property
    def archive_status(self) -> ArchiveStatus | None:
        """How far the archive is; None without one."""
        return None if self._archiver is None else self._archiver.status()

    def finish_file_after(self, age: timedelta) -> None:
        """Finish the open WAL file if it is older than ``age``, so that the archive gets it. Raises WritesRefusedError.

        Wants what commits want: that nobody appends meanwhile.
        """
        begun = self._commit_log.begun
        if begun is not None and self._directory.clock() - begun >= age:
            self._commit_log.finish_file()

    def _file_finished(self, name: WalName) -> None:
        if self._archiver is not None:
            self._archiver.offer(name)

    # ---------------------------------------------------------------------------- snapshots

    def create_snapshot(
        self,
        deltas: Iterable[Delta],
        timestamp: int,
        elements: int,
        trigger: Trigger = "manual",
    ) -> Path | None:
        """Write a snapshot and delete what it makes superfluous.

        Args:
            deltas: the image as of commit ``timestamp``, in an order in which it can be applied. Raising
                from there calls the snapshot off.
            elements: about how many vertices and edges that will be, for the progress line.
            trigger: periodic ones and those at exit are skipped when nothing has changed since the last.

        Returns:
            where it is; None when it was skipped.

        Raises:
            SnapshotInProgressError: another one is being written.
            BrokenDatabaseError, WritesRefusedError: the directory takes none any more.
            SnapshotFailedError, PropertyTypeError: it could not be written; the snapshots before it are untouched.
        """
        if not self._snapshotting.acquire(blocking=False):
            raise SnapshotInProgressError
        try:
            self._check_writable()
            try:
                restoring = bool(self._look())
                path = self._snapshotter.create(deltas, timestamp, elements, trigger, restoring)
            except OSError as error:
                raise SnapshotFailedError(self._directory.snapshots, error) from error
            if path is not None:
                self._apply_retention()
            return path
        finally:
            self._snapshotting.release()

    def snapshots(self) -> list[SnapshotEntry]:
        """The snapshots in the directory, newest first."""
        return list_snapshots(self._directory)

    def _apply_retention(self) -> None:
        if self._retainer.locked or self.broken is not None:
            return  # unlock() does it; what could not be recovered is left as it is, for whoever mends it
        self._snapshotter.delete_superfluous(self._archiver)
        self._key_watch.look()

    # ------------------------------------------------------------------------ lock, restore

    def lock(self, by: str | None = None) -> str:
        """LOCK DATA DIRECTORY; returns its row."""
        with self._arranging:
            return self._retainer.lock(by)

    def unlock(self) -> str:
        """UNLOCK DATA DIRECTORY; returns its row. :meth:`waiting_restore` tells what was put there.

        Raises:
            OSError: what was put there could not be recorded; the directory stays locked.
        """
        self._look()
        row = self._retainer.unlock()
        # A snapshot that is being written right now does this when it is done.
        if self._snapshotting.acquire(blocking=False):
            try:
                self._apply_retention()
            finally:
                self._snapshotting.release()
        return row

    def lock_status(self) -> LockStatus:
        """DATA DIRECTORY LOCK STATUS, and more."""
        return self._retainer.status()

    def waiting_restore(self) -> list[Path]:
        """Snapshots that were copied into the directory and take effect at the next start.

        Raises:
            OSError: the order for it could not be written.
        """
        return [self._directory.path_of(name) for name in self._look()]

    def _look(self) -> list[SnapshotName]:
        if self.broken is not None or self._refusal is not None:
            return []  # nothing may be written, or there is an order already
        with self._arranging:
            return self._watch.look()

    def _check_writable(self) -> None:
        if self.broken is not None:
            raise BrokenDatabaseError
        if self._refusal is not None:
            raise WritesRefusedError(self._refusal)

    # ----------------------------------------------------------------------- recover snapshot

    def bring_in(self, source: Path, loader: Loader, progress: Progress | None = None) -> Incoming:
        """Copy a snapshot into the directory, unseen, and load it: no doubt is left that it can be recovered.

        May run while others commit. What it returns goes to ``switch_to``, and in any case to ``discard``.

        Raises:
            SnapshotRecoveryError: it cannot be found, copied or recovered; nothing was changed.
        """
        incoming = replacement.bring_in(self._directory, source)
        try:
            replacement.load(self._directory, incoming, loader, progress)
        except BaseException:
            self.discard(incoming)
            raise
        return incoming

    def discard(self, incoming: Incoming) -> None:
        """Forget a snapshot that was brought in; nothing if it has taken its place."""
        replacement.discard(self._directory, incoming)

    def switch_to(self, incoming: Incoming) -> None:
        """Put a snapshot that was brought in in the place of everything; a new history begins.

        Nobody commits meanwhile, and what the store holds is to be exchanged when this returns. ``observer``,
        ``database``, ``epoch`` and ``recovered_timestamp`` are others then.

        Raises:
            SnapshotInProgressError: one is being written.
            SnapshotRecoveryError: the directory is locked, or cannot be written. Unless the message says otherwise
                nothing has changed.
            WritesRefusedError: an earlier attempt left that to the next start.
        """
        if not self._snapshotting.acquire(blocking=False):
            raise SnapshotInProgressError
        try:
            with self._arranging:
                self._switch(incoming)
        finally:
            self._snapshotting.release()

    def _switch(self, incoming: Incoming) -> None:
        if self._refusal is not None:
            raise WritesRefusedError(self._refusal)
        if self._retainer.locked:
            raise SnapshotRecoveryError(DIRECTORY_IS_LOCKED)
        self._finish_file()
        if self._retainer.in_doubt:
            raise SnapshotRecoveryError(NAMES_IN_DOUBT)
        if self._archiver is not None and not self._archiver.drained(ARCHIVE_PATIENCE):
            raise SnapshotRecoveryError(NOT_ARCHIVED)
        replaced: Replaced = "old" if self._settings.storage_backup_dir_enabled else "delete"
        broken = self.broken
        try:
            report, end, inventory = replacement.switch(self._directory, incoming, self.epoch, replaced)
            # all of it is durable, and its files have been moved away
            self._commit_log.stop_syncing()
            self._commit_log.close()
            self.broken = None
            self._begin(report, end, inventory)
        except UnsettledError as error:
            raise self._refuse(error) from error.__cause__
        except OSError as error:
            self.broken = broken
            reason = f"The snapshot is in place, but its directory could not be taken up ({error})."
            raise self._refuse(UnsettledError(reason)) from error
        _log.warning(
            "a snapshot has replaced all data",
            source=str(incoming.source),
            timestamp=end.timestamp,
            epoch=end.epoch,
            before=[str(path) for path in report.put_aside],
        )

    def _refuse(self, error: UnsettledError) -> UnsettledError:
        """Store and directory may be of different states: nothing more goes from the one into the other."""
        self._refusal = str(error)
        _log.error("no more writes until a restart", reason=self._refusal)
        return error

    def _finish_file(self) -> None:
        """So that what is about to be replaced is whole; a log that has failed is left as it is."""
        try:
            self._commit_log.make_whole()
        except WritesRefusedError as error:
            raise SnapshotRecoveryError(
                f"Failed to recover a snapshot. The present log could not be finished: {error} {replacement.UNCHANGED}"
            ) from error

    # -------------------------------------------------------------------------------- closing

    def close(self) -> None:
        """Finish the log and let go of the directory. A second call does nothing.

        Raises:
            WritesRefusedError: the log could not be finished; the next start reads it as after a crash.
            OSError: the order to restore a snapshot could not be written.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self._commit_log.stop_syncing()
            self._look()
        finally:
            try:
                self._commit_log.close()
            finally:
                if self._archiver is not None:
                    self._archiver.close(ARCHIVE_PATIENCE)
                self._directory.close()


def _start_empty(directory: DataDirectory) -> None:
    """Started without recovery: what is there is put aside, never deleted."""
    directory.make_ready()
    names: list[SnapshotName | WalName] = [*directory.snapshot_names(), *directory.wal_names()]
    for path in directory.put_aside(names, directory.backup):
        _log.warning("started without recovery: a file was put aside", path=str(path))
    remove_order(directory)
