"""The data directory: its layout, its lock, and the ways its files are listed, moved and swept.

::

    <data_directory>/
    ├── .lock                 held for the life of the process; says by whom
    ├── .restore              written while a snapshot that was copied in waits for the next start (restore.py)
    ├── snapshots/            <created>_timestamp_<ts>; hidden .….partial while one is written
    ├── wal/                  <created>_current, <created>_from_<ts>_to_<ts>
    └── .backup/              what was put aside, never deleted by us
        ├── snapshots/, wal/             by a start without recovery
        └── <created>/snapshots/, wal/   by a restore; each is a data directory of its own

What RECOVER SNAPSHOT replaced lies in snapshots/.old and wal/.old until the next time.

Directories are made private (0700), files too (0600).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import structlog

from lithograph.durability.errors import DirectoryInUseError, DirectoryNotOwnedError, describe_holder
from lithograph.durability.files import Files, Lock
from lithograph.durability.keys import NO_KEYS, Keys
from lithograph.durability.names import (
    PARTIAL_SUFFIX,
    Namer,
    SnapshotName,
    WalName,
    parse_snapshot,
    parse_wal,
)


class Places(Protocol):
    """Where files are found by their names: a data directory, or several folders that are read together."""

    @property
    def files(self) -> Files: ...

    @property
    def keys(self) -> Keys: ...

    def path_of(self, name: SnapshotName | WalName) -> Path: ...


OLD = ".old"
"""Folder, in each of the two, for what RECOVER SNAPSHOT replaced."""


Clock = Callable[[], datetime]
"""The wall clock, aware; injected so that tests do not depend on it."""

_log = structlog.get_logger(__name__)


def wall_clock() -> datetime:
    return datetime.now(UTC)


class DataDirectory:
    """An open data directory. Close it to release the lock."""

    def __init__(self, root: Path, files: Files, clock: Clock = wall_clock, keys: Keys = NO_KEYS) -> None:
        """Only names things; :meth:`open` is what makes and locks."""
        self.root = root
        self.files = files
        self.clock = clock
        self.keys = keys
        self.wal = root / "wal"
        self.snapshots = root / "snapshots"
        self.backup = root / ".backup"
        self.restore_order = root / ".restore"
        self.archived = root / ".archived"
        self._lock: Lock | None = None
        self._namer = Namer()

    @classmethod
    def open(
        cls,
        root: Path,
        files: Files,
        lock_timeout: float = 0.0,
        clock: Clock = wall_clock,
        keys: Keys = NO_KEYS,
    ) -> DataDirectory:
        """Make the directory where it does not exist, and lock it; what is in it stays as it is.

        Args:
            lock_timeout: seconds to wait for whoever holds it.
            keys: what new files are sealed with, and what sealed ones are opened with.

        Raises:
            DirectoryInUseError: it is held by another process, or by this one already.
            DirectoryNotOwnedError: it belongs to another user.
            OSError: it cannot be made or written.
        """
        directory = cls(root, files, clock, keys)
        files.make_directory(root)
        if not files.owned(root):
            raise DirectoryNotOwnedError(root)
        note = describe_holder(os.getpid(), socket.gethostname(), clock())
        lock = files.lock(root / ".lock", lock_timeout, note)
        if isinstance(lock, str):
            raise DirectoryInUseError(root, lock_timeout, lock)
        directory._lock = lock
        try:
            directory._look_around()
        except BaseException:
            directory.close()
            raise
        return directory

    def close(self) -> None:
        """Release the lock; a second call does nothing."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def created(self) -> str:
        """A new ``created`` for a name, above all that exist."""
        return self._namer.created(self.clock())

    def path_of(self, name: SnapshotName | WalName) -> Path:
        return (self.snapshots if isinstance(name, SnapshotName) else self.wal) / str(name)

    def write_whole(self, path: Path, pieces: Iterable[bytes]) -> None:
        """Replace or make a file so that it is either there as a whole or not; durable when this returns."""
        partial = path.with_name(f".{path.name.removeprefix('.')}{PARTIAL_SUFFIX}")
        if self.files.exists(partial):
            self.files.remove(partial)
        try:
            with closing(self.files.create(partial)) as handle:
                for piece in pieces:
                    handle.write(piece)
                handle.sync()
            self.files.rename(partial, path)
        except OSError:
            with suppress(OSError):  # otherwise the next start sweeps it away
                self.files.remove(partial)
            raise
        self.files.sync_directory(path.parent)

    def snapshot_names(self) -> list[SnapshotName]:
        """Snapshots, oldest first (by timestamp). Names that are no snapshot's are skipped."""
        found = (parse_snapshot(text) for text in self.files.list(self.snapshots))
        return sorted(name for name in found if name is not None)

    def wal_names(self) -> list[WalName]:
        """WAL files, oldest first (by creation)."""
        found = (parse_wal(text) for text in self.files.list(self.wal))
        return sorted((name for name in found if name is not None), key=lambda name: name.created)

    def strangers(self) -> list[Path]:
        """Files in the two folders whose names mean nothing to us; hidden ones do not count."""
        return [
            folder / text
            for folder, parse in ((self.snapshots, parse_snapshot), (self.wal, parse_wal))
            for text in self.files.list(folder)
            if not text.startswith(".") and parse(text) is None
        ]

    def put_aside(self, names: Iterable[SnapshotName | WalName], into: Path) -> list[Path]:
        """Move files into ``into/snapshots`` and ``into/wal``; durable when this returns.

        A file that is there under the same name already is not overwritten: the newcomer gets a number.
        """
        moved = [self._move(name, into / self.path_of(name).parent.name) for name in names]
        if moved:
            self._sync(
                into / "snapshots", into / "wal", into, self.backup, self.root, self.snapshots, self.wal
            )
        return moved

    def put_old(self, names: Iterable[SnapshotName | WalName]) -> list[Path]:
        """Move files into ``.old`` of their folders, beside what is there; durable when this returns."""
        moved = [self._move(name, self.path_of(name).parent / OLD) for name in names]
        if moved:
            self._sync(self.snapshots / OLD, self.wal / OLD, self.snapshots, self.wal)
        return moved

    def delete(self, names: Iterable[SnapshotName | WalName]) -> None:
        """Delete files; durable when this returns."""
        for name in names:
            self.files.remove(self.path_of(name))
        self._sync(self.snapshots, self.wal)

    def clear_old(self) -> None:
        """Delete what lies in the two ``.old``; durable when this returns."""
        for folder in (self.snapshots / OLD, self.wal / OLD):
            for text in self.files.list(folder):
                self.files.remove(folder / text)
            self._sync(folder)

    def make_folders(self) -> None:
        """Make the two folders where they do not exist."""
        for folder in (self.wal, self.snapshots):
            self.files.make_directory(folder)

    def make_ready(self) -> None:
        """Make the folders, and remove files that were never finished.

        Not before it is certain that the directory will be used: one whose recovery is refused is left as it was
        found. And before anything is written, since what is removed may be the room that is wanted.
        """
        self.make_folders()
        for folder in (self.root, self.wal, self.snapshots):
            for text in self.files.list(folder):
                if text.startswith(".") and text.endswith(PARTIAL_SUFFIX):
                    _log.info("removing a file that was not finished", path=str(folder / text))
                    self.files.remove(folder / text)

    def _move(self, name: SnapshotName | WalName, folder: Path) -> Path:
        self.files.make_directory(folder)
        target, number = folder / str(name), 1
        while self.files.exists(target):
            number += 1
            target = folder / f"{name}.{number}"
        self.files.rename(self.path_of(name), target)
        return target

    def _sync(self, *folders: Path) -> None:
        for folder in folders:
            if self.files.exists(folder):
                self.files.sync_directory(folder)

    def _look_around(self) -> None:
        # The last run may have ended between a rename and this: what is about to be read must also stay.
        self._sync(self.root, self.wal, self.snapshots)
        if not self.files.private(self.root):
            _log.warning("other users of the system can enter the data directory", path=str(self.root))
        for path in self.strangers():
            _log.warning("ignoring a file whose name is none of ours", path=str(path))
        created = [name.created for name in self.snapshot_names()] + [
            name.created for name in self.wal_names()
        ]
        self._namer = Namer(max(created, default=""))
