"""The few file operations that durability uses, as a protocol and on the real file system.

Everything that reaches the disk goes through :class:`Files`, so that the tests can bring a twin which
fails, tears and reorders. The contract is POSIX's, and no stronger:

1. what was written is durable after :meth:`Handle.sync` returned, and not before; unsynced writes may
   survive a crash in part and in any order;
2. a name made, renamed or removed is durable after :meth:`Files.sync_directory` of its folder;
3. after a failed ``sync`` the state of the unsynced bytes is unknown for ever: a second ``sync`` that
   succeeds proves nothing (Rebello et al.: Can Applications Recover from fsync Failures?, ATC 2020).

Directories are made with mode 0700 and files with 0600. All methods raise :class:`OSError`.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout


@dataclass(frozen=True, slots=True)
class FileStatus:
    """Size in bytes, number of names (0: the file was removed), modification time and identity."""

    size: int
    links: int
    modified_ns: int
    inode: int


class Handle(Protocol):
    """An open file; written at its end only."""

    def write(self, data: bytes) -> None:
        """Append all of ``data``; on an error a part of it may have been written."""

    def read(self, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset``; fewer only at the end of the file."""

    def sync(self) -> None:
        """Make durable what was written so far."""

    def truncate(self, size: int) -> None:
        """Cut the file to ``size`` bytes (durable after the next ``sync``)."""

    def size(self) -> int:
        """Bytes in the file."""

    def status(self) -> FileStatus: ...

    def close(self) -> None: ...


class Lock(Protocol):
    """A lock that is held until it is released or the process ends."""

    def release(self) -> None: ...


class Files(Protocol):
    """The operations on names."""

    def create(self, path: Path) -> Handle:
        """A new, empty file for writing; one that exists is an error."""

    def append(self, path: Path) -> Handle:
        """An existing file for reading and for writing at its end."""

    def open(self, path: Path) -> Handle:
        """An existing file for reading."""

    def rename(self, source: Path, target: Path) -> None: ...

    def remove(self, path: Path) -> None: ...

    def list(self, directory: Path) -> list[str]:
        """Names of the regular files in a directory, sorted; none when there is no such directory."""

    def exists(self, path: Path) -> bool: ...

    def status(self, path: Path) -> FileStatus: ...

    def make_directory(self, path: Path) -> None:
        """Make a directory and those above it, durably; one that exists is left alone."""

    def sync_directory(self, path: Path) -> None:
        """Make durable which names the directory holds."""

    def owned(self, path: Path) -> bool:
        """Whether the effective user owns it."""

    def private(self, path: Path) -> bool:
        """Whether nobody but the owner may enter or read it."""

    def holder(self, path: Path) -> str | None:
        """The note of whoever holds the lock right now; None when nobody does. Changes nothing."""

    def lock(self, path: Path, timeout: float, note: str) -> Lock | str:
        """Take an exclusive lock, retrying for ``timeout`` seconds, and leave ``note`` in the file.

        Returns:
            the lock, or the note of whoever holds it.
        """


class RealHandle:
    """:class:`Handle` over a file descriptor."""

    __slots__ = ("_descriptor",)

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, data: bytes) -> None:
        written = os.write(self._descriptor, data)
        while written < len(data):
            more = os.write(self._descriptor, memoryview(data)[written:])
            if more == 0:
                raise OSError(errno.EIO, "the system took no bytes")
            written += more

    def read(self, offset: int, length: int) -> bytes:
        data = os.pread(self._descriptor, length, offset)
        while data and len(data) < length:
            more = os.pread(self._descriptor, length - len(data), offset + len(data))
            if not more:
                break
            data += more
        return data

    def sync(self) -> None:
        _sync(self._descriptor)

    def truncate(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)

    def size(self) -> int:
        return os.fstat(self._descriptor).st_size

    def status(self) -> FileStatus:
        return _status(os.fstat(self._descriptor))

    def close(self) -> None:
        os.close(self._descriptor)


class RealFiles:
    """:class:`Files` on the file system of the machine."""

    def create(self, path: Path) -> RealHandle:
        return RealHandle(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | _CLOEXEC, 0o600))

    def append(self, path: Path) -> RealHandle:
        return RealHandle(os.open(path, os.O_RDWR | os.O_APPEND | _CLOEXEC))

    def open(self, path: Path) -> RealHandle:
        return RealHandle(os.open(path, os.O_RDONLY | _CLOEXEC))

    def rename(self, source: Path, target: Path) -> None:
        os.rename(source, target)

    def remove(self, path: Path) -> None:
        os.unlink(path)

    def list(self, directory: Path) -> list[str]:
        try:
            with os.scandir(directory) as entries:
                return sorted(entry.name for entry in entries if entry.is_file())
        except FileNotFoundError:
            return []

    def exists(self, path: Path) -> bool:
        return path.exists()

    def status(self, path: Path) -> FileStatus:
        return _status(os.stat(path))

    def make_directory(self, path: Path) -> None:
        if path.is_dir():
            return
        if path.parent != path:
            self.make_directory(path.parent)
        # Somebody may make it in between; a file of that name still fails in the next operation.
        with suppress(FileExistsError):
            os.mkdir(path, 0o700)
        self.sync_directory(path.parent)

    def sync_directory(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY | _CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def owned(self, path: Path) -> bool:
        return os.stat(path).st_uid == os.geteuid()

    def private(self, path: Path) -> bool:
        return not stat.S_IMODE(os.stat(path).st_mode) & 0o077

    def holder(self, path: Path) -> str | None:
        try:
            descriptor = os.open(path, os.O_RDONLY | _CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        try:
            # A lock of the same kind as FileLock's, given back at once.
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return path.read_text(encoding="utf-8", errors="replace").strip()
        finally:
            os.close(descriptor)
        return None

    def lock(self, path: Path, timeout: float, note: str) -> Lock | str:
        lock = FileLock(path, mode=0o600)
        try:
            lock.acquire(timeout=timeout, poll_interval=0.05)
        except Timeout:
            return path.read_text(encoding="utf-8", errors="replace").strip()
        path.write_text(note + "\n", encoding="utf-8")
        return lock


_CLOEXEC = getattr(os, "O_CLOEXEC", 0)


def _status(found: os.stat_result) -> FileStatus:
    return FileStatus(found.st_size, found.st_nlink, found.st_mtime_ns, found.st_ino)


if sys.platform == "darwin":

    def _sync(descriptor: int) -> None:
        # fsync hands the data to the drive only; this asks the drive to keep it.
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)

else:

    def _sync(descriptor: int) -> None:
        # The size of the file is synced along, which is all of the metadata that a reader needs.
        os.fdatasync(descriptor)


def is_full(error: OSError) -> bool:
    """Whether the error says that there is no room: the one failure that passes by itself."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
