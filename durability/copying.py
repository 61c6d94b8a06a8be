"""Copying a data directory whose lock is on (``retainer.py``), while its server goes on writing.

Why the copy can be recovered: all files are listed first, the snapshots before the log. While the directory is locked
nothing is deleted or renamed, a snapshot that has its name is whole, and a log file is finished before the next one
exists. So of the files listed only the newest of the log can still grow; it is copied up to its size of that
moment, and what may be torn at its end is what recovery cuts after any crash.

What an earlier backup has already is taken over from there, as another name for the same file where the
file system can do that: snapshots and finished log files never change once they are whole. Which is which says the
header, with an id that no other file has. A log file that was ``…_current`` then is copied again: it has grown.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from lithograph.durability import snapshot, wal_reader
from lithograph.durability.chain import Plan, make_plan
from lithograph.durability.datadir import DataDirectory
from lithograph.durability.errors import DamagedFileError, DurabilityError, WrongKeyError
from lithograph.durability.files import Files, Handle
from lithograph.durability.header import SIZE
from lithograph.durability.manifest import BackupFile, Manifest
from lithograph.durability.names import SnapshotName, parse_snapshot, parse_wal

Advance = Callable[[int], None]
"""Called with the number of bytes done since the last call."""

_PIECE = 4 << 20
_CANNOT_LINK = (errno.EXDEV, errno.EMLINK, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EACCES)


class CopyFailedError(DurabilityError):
    """The copy could not be made, or is not good enough to be called one."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be copied; ``path`` is relative to the directory, ``size`` what it had when it was listed."""

    path: Path
    size: int
    final: bool
    """Whether it is a snapshot or a log file that will never change."""


@dataclass(slots=True)
class Copied:
    """What was done: every file, and bytes that were written and that an earlier backup had already."""

    files: list[BackupFile] = field(default_factory=list)
    new_bytes: int = 0
    known_bytes: int = 0
    remarks: list[str] = field(default_factory=list)


def list_files(directory: DataDirectory, key_file: Path | None = None) -> list[SourceFile]:
    """All that a recovery needs, in the order in which it is to be copied: hidden files are not, nor names in the two
    folders that are none of ours.

    Args:
        key_file: left out if it is in the directory: whoever has a copy should not have its key with it.

    Raises:
        CopyFailedError: a restore waits for the next start; what is in the directory now is of two databases.
        OSError: the directory cannot be read.
    """
    if directory.files.exists(directory.restore_order):
        raise CopyFailedError(
            f"{directory.restore_order} says that a snapshot was put into the data directory and is restored at the "
            "next start. Restart the server (or remove that snapshot) before making a backup."
        )
    snapshots = [(directory.path_of(name), True) for name in directory.snapshot_names()]
    wal = [(directory.path_of(name), name.finished) for name in directory.wal_names()]
    secret = None if key_file is None else key_file.resolve()
    others = [(path, False) for path in _others(directory.root) if path.resolve() != secret]
    return [
        SourceFile(path.relative_to(directory.root), directory.files.status(path).size, final)
        for path, final in (*snapshots, *wal, *others)
    ]


def _others(root: Path) -> Iterator[Path]:
    """Whatever else the directory holds, without what is hidden."""
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or (path.is_dir() and path.name in ("snapshots", "wal")):
            continue
        if path.is_dir():
            yield from _others_within(path)
        elif path.is_file():
            yield path


def _others_within(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def copy_files(
    source: DataDirectory,
    listed: Sequence[SourceFile],
    target: Path,
    earlier: Earlier | None,
    advance: Advance,
) -> Copied:
    """Copy files into ``target``, which exists and is empty; durable when this returns, but for its own name.

    Raises:
        CopyFailedError: a file went away; so somebody took the lock off.
        OSError: something could not be read or written.
    """
    files, done = source.files, Copied()
    for folder in ("snapshots", "wal"):
        files.make_directory(target / folder)
    for file in listed:
        place = target / file.path
        files.make_directory(place.parent)
        try:
            with closing(files.open(source.root / file.path)) as handle:
                taken = earlier.take_over(file, handle, place) if earlier is not None else None
                if taken is None:
                    digest = _copy(files, handle, file.size, place, advance)
                    done.new_bytes += file.size
                else:
                    digest = taken
                    done.known_bytes += file.size
                    advance(file.size)
        except FileNotFoundError as error:
            raise CopyFailedError(
                f"{source.root / file.path} went away while it was to be copied: the data directory was unlocked by "
                "somebody else. Make the backup again."
            ) from error
        done.files.append(BackupFile(file.path.as_posix(), file.size, digest))
    if earlier is not None:
        done.remarks += earlier.remarks
    folders = {target, target / "snapshots", target / "wal", *(target / file.path.parent for file in listed)}
    for made in folders:
        files.sync_directory(made)
    return done


def _copy(files: Files, handle: Handle, size: int, place: Path, advance: Advance) -> str:
    digest = hashlib.sha256()
    with closing(files.create(place)) as copy:
        for piece in _pieces(handle, size):
            copy.write(piece)
            digest.update(piece)
            advance(len(piece))
        copy.sync()
        if copy.size() != size:
            raise CopyFailedError(f"{place.name} became shorter while it was copied. Make the backup again.")
    return digest.hexdigest()


def _pieces(handle: Handle, size: int) -> Iterator[bytes]:
    for offset in range(0, size, _PIECE):
        yield handle.read(offset, min(_PIECE, size - offset))


class Earlier:
    """A former backup as a store of files that need not be copied again."""

    def __init__(self, files: Files, root: Path, manifest: Manifest) -> None:
        """Raises OSError."""
        self.remarks: list[str] = []
        self._files = files
        self._root = root
        self._by_header: dict[bytes, BackupFile] = {}
        for entry in manifest.files:
            folder, _, name = entry.path.partition("/")
            ours = (
                parse_snapshot(name)
                if folder == "snapshots"
                else parse_wal(name)
                if folder == "wal"
                else None
            )
            if ours is not None and files.exists(root / entry.path):
                with closing(files.open(root / entry.path)) as handle:
                    self._by_header[handle.read(0, SIZE)] = entry

    def take_over(self, file: SourceFile, source: Handle, place: Path) -> str | None:
        """Make ``place`` from the same file of the earlier backup, if it has it.

        Returns:
            its SHA-256; None when the file has to be copied.

        Raises:
            OSError.
        """
        entry = self._by_header.get(source.read(0, SIZE)) if file.final else None
        if entry is None or entry.size != file.size:
            return None
        path = self._root / entry.path
        if not self._is_intact(path, entry):
            self.remarks.append(f"{path} is damaged; the file was copied anew.")
            return None
        try:
            os.link(path, place)
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
            return None
        return entry.sha256

    def _is_intact(self, path: Path, entry: BackupFile) -> bool:
        digest = hashlib.sha256()
        with closing(self._files.open(path)) as handle:
            for piece in _pieces(handle, handle.size()):
                digest.update(piece)
        return digest.hexdigest() == entry.sha256


def check_key(directory: DataDirectory, name: SnapshotName) -> None:
    """Whether the directory's keys open this snapshot: a copy that cannot be checked is no backup, and it is better to
    know before it is made.

    Raises:
        WrongKeyError: they do not.
        DamagedFileError, FileVersionError: the snapshot cannot be read.
        OSError.
    """
    files = directory.files
    snapshot.read_totals(files, snapshot.read_file(files, directory.path_of(name), name, directory.keys))


def check_copy(directory: DataDirectory, advance: Advance) -> tuple[Plan, list[str]]:
    """Read a copy as a recovery would, and what a recovery would not need as well; nothing is changed.

    Returns:
        what a start on it would do, and remarks on damage in files that it would not need, or on the keys that
        these take and that are not at hand.

    Raises:
        DamagedFileError, MissingLogError, ForeignFileError, FileVersionError, WrongKeyError: it could not be recovered.
        OSError: it cannot be read.
    """
    files, remarks = directory.files, []
    plan = make_plan(directory, directory.snapshot_names(), directory.wal_names())
    advance(0 if plan.snapshot is None else plan.snapshot.size)
    remarks += [str(damage) for _, damage in plan.passed_over]
    passed = {name for name, _ in plan.passed_over}
    for name in directory.snapshot_names():
        if name in passed or (plan.snapshot is not None and name == plan.snapshot.name):
            continue
        try:
            found = snapshot.read_file(files, directory.path_of(name), name, directory.keys)
            snapshot.verify(files, found)
        except (DamagedFileError, WrongKeyError) as damage:
            remarks.append(str(damage))
        advance(files.status(directory.path_of(name)).size)
    needed = {content.file.name for content in (*plan.replay, *([plan.last] if plan.last else []))}
    for wal in directory.wal_names():
        if wal not in needed:
            try:
                file = wal_reader.read_file(files, directory.path_of(wal), wal, directory.keys)
                if file is not None:
                    wal_reader.scan(files, file)
            except (DamagedFileError, WrongKeyError) as damage:
                remarks.append(str(damage))
        advance(files.status(directory.path_of(wal)).size)
    return plan, remarks
