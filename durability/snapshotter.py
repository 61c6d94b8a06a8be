"""Snapshots of a running instance: when one is due, writing it, listing them, and deleting what it makes superfluous.

``snapshot.py`` is the file, ``retention.py`` the rule for what may go; here they meet an instance with its log, its
inventory and its settings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import uuid4

import structlog

from lithograph.durability import retention, snapshot
from lithograph.durability.archive import Archiver
from lithograph.durability.commit_log import CommitLog
from lithograph.durability.datadir import DataDirectory
from lithograph.durability.header import SnapshotHeader
from lithograph.durability.inventory import Inventory
from lithograph.durability.names import SnapshotName, WalName, microseconds_of, moment_of
from lithograph.durability.options import DurabilitySettings
from lithograph.durability.retainer import Retainer
from lithograph.storage.deltas import Delta
from lithograph.storage.errors import WritesRefusedError

Trigger = Literal["periodic", "manual", "exit", "storage_mode_change"]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SnapshotEntry:
    """A row of SHOW SNAPSHOTS; ``size`` in bytes, ``created`` aware."""

    path: Path
    timestamp: int
    created: datetime
    size: int


def list_snapshots(directory: DataDirectory) -> list[SnapshotEntry]:
    """The snapshots in the directory, newest first."""
    found = []
    for name in reversed(directory.snapshot_names()):
        path = directory.path_of(name)
        try:
            size = directory.files.status(path).size
        except FileNotFoundError:
            continue  # the retention was faster
        found.append(SnapshotEntry(path, name.timestamp, moment_of(name.created), size))
    return found


class Snapshotter:
    """Writes the snapshots of one history, and deletes what they make superfluous.

    Whoever calls sees to it that only one call is under way.
    """

    def __init__(
        self,
        directory: DataDirectory,
        settings: DurabilitySettings,
        retainer: Retainer,
        inventory: Inventory,
        commit_log: CommitLog,
        last: int,
    ) -> None:
        """
        Args:
            last: timestamp of the snapshot recovered; 0 without one, since an empty store has nothing to write either.
        """
        self._directory = directory
        self._settings = settings
        self._retainer = retainer
        self._inventory = inventory
        self._commit_log = commit_log
        self._last = last

    def create(
        self, deltas: Iterable[Delta], timestamp: int, elements: int, trigger: Trigger, restoring: bool
    ) -> Path | None:
        """Write a snapshot, unless it would be for nothing.

        Args:
            deltas, timestamp, elements, trigger: as in ``Durability.create_snapshot``.
            restoring: the next start restores a snapshot that was put there, whatever is written now.

        Returns:
            where it is; None when it was skipped.

        Raises:
            OSError, PropertyTypeError: it could not be written; the snapshots before it are untouched.
        """
        why = self._why_not(timestamp, trigger, restoring)
        if why is not None:
            _log.info(f"snapshot skipped: {why}", trigger=trigger)
            return None
        name = SnapshotName(timestamp, self._directory.created())
        self._write(name, deltas, elements, trigger)
        self._last = timestamp
        return self._directory.path_of(name)

    def delete_superfluous(self, archiver: Archiver | None) -> None:
        """Delete the snapshots beyond those retained, and the WAL files that none of these needs.

        Args:
            archiver: a WAL file goes only once this one has it.
        """
        count = self._settings.storage_snapshot_retention_count
        snapshots = self._inventory.own_snapshots()
        old: list[SnapshotName | WalName] = [*retention.superfluous_snapshots(snapshots, count)]
        if old:
            _log.info(
                f"snapshot retention: deleting {len(old)} old snapshot file(s), retention_count={count}"
            )
        wal = retention.superfluous_wal(self._inventory.own_wal(), snapshots, count)
        old += wal if archiver is None else archiver.archived(wal)
        for name in old:
            self._retainer.remove(self._directory.path_of(name))

    def _why_not(self, timestamp: int, trigger: Trigger, restoring: bool) -> str | None:
        if trigger in ("manual", "storage_mode_change"):
            return None
        if timestamp == self._last:
            return "nothing changed since the last one"
        if trigger == "exit" and restoring and self._commit_log.has_everything:
            # The next start restores the other snapshot and puts the log aside.
            return "a snapshot that was put into the data directory is restored at the next start"
        return None

    def _write(self, name: SnapshotName, deltas: Iterable[Delta], elements: int, trigger: Trigger) -> None:
        begun = self._directory.clock()
        header = SnapshotHeader(
            database=self._commit_log.end.database,
            epoch=self._commit_log.end.epoch,
            id=uuid4(),
            created=microseconds_of(name.created),
            timestamp=name.timestamp,
            wal_sequence=self._commit_log.next_sequence,
            next_frame=self._commit_log.next_frame,
            trigger=trigger,
        )
        path = self._directory.path_of(name)
        _log.info(f"snapshot starting: {path} (trigger={trigger})")
        self._sync_log()
        self._inventory.expect(name)
        totals = snapshot.write(
            self._directory,
            name,
            header,
            deltas,
            _progress_line(elements),
            compressed=self._settings.storage_snapshot_compression == "zstd",
            window=self._settings.storage_snapshot_writeback_window_mib << 20,
        )
        self._inventory.complete(name)
        seconds = (self._directory.clock() - begun).total_seconds()
        size = self._directory.files.status(path).size / 2**20
        _log.info(
            f"snapshot complete: {path} ({totals.vertices} vertices, {totals.edges} edges, "
            f"{size:.1f} MiB, {seconds:.2f}s)"
        )

    def _sync_log(self) -> None:
        """So that the log is never behind a snapshot; where it cannot be, the snapshot is needed all the more."""
        try:
            self._commit_log.flush()
        except WritesRefusedError as error:
            _log.warning("writing a snapshot although the log has failed", error=str(error))


def _progress_line(elements: int) -> snapshot.Progress:
    """Logs each tenth of a snapshot of some size."""
    step = max(elements // 10, 1_000_000)
    following = step

    def progress(done: int) -> None:
        nonlocal following
        if done >= following:
            following = done + step
            _log.info("snapshot progress", elements=done, of=elements)

    return progress
