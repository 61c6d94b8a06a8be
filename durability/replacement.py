"""RECOVER SNAPSHOT: a snapshot from anywhere takes the place of what a running instance has.

1. ``bring_in`` copies the file into ``snapshots/`` under a hidden name, which the next start would sweep away.
2. ``load`` reads the copy to its end into a store of its own. Whatever is wrong with it ends here, with nothing
   changed.
3. ``switch`` leaves the order of ``restore.py`` for this one snapshot, then gives the copy its name. That rename is
   the moment: an order whose snapshot is not there is void, and one whose snapshot is there is carried out by whoever
   comes first, this process right away (``settle`` of ``recovery.py``) or the next start.

So a crash at any moment leaves what was there before or the snapshot, and never a mixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from lithograph.durability import recovery, wal_reader
from lithograph.durability.chain import Plan
from lithograph.durability.datadir import DataDirectory
from lithograph.durability.errors import FileError, SnapshotRecoveryError
from lithograph.durability.files import Files, Handle
from lithograph.durability.header import read_snapshot
from lithograph.durability.inventory import Inventory
from lithograph.durability.names import SnapshotName
from lithograph.durability.recovery import Loader, Progress, RecoveryReport
from lithograph.durability.restore import Replaced, RestoreOrder, read_raw_order, remove_order, write_order
from lithograph.durability.snapshot import SnapshotFile
from lithograph.durability.snapshot import read_file as read_snapshot_file
from lithograph.durability.wal import LogEnd
from lithograph.storage.errors import LithographError

NOT_FOUND = "Failed to find the defined snapshot file."
NOT_COPIED = "Failed to copy snapshot over to local snapshots directory."
NOT_RECOVERED = "Couldn't recover from the snapshot because of:"
UNCHANGED = "Nothing was changed."

_PIECE = 1 << 20


class UnsettledError(SnapshotRecoveryError):
    """The directory may be of another state than the store; the next start settles it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} Writes are refused, reads go on. See to the disk and restart the server.")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A copy in ``snapshots/`` that waits under a hidden name.

    Attributes:
        source: what it is a copy of.
        file: the copy; its ``path`` is the hidden one, its ``name`` the one it is to get.
    """

    source: Path
    file: SnapshotFile

    def plan(self, directory: DataDirectory, *, hidden: bool) -> Plan:
        """The recovery of this snapshot and nothing else."""
        path = self.file.path if hidden else directory.path_of(self.file.name)
        header = self.file.header
        return Plan(
            database=header.database,
            epoch=header.epoch,
            snapshot=replace(self.file, path=path),
            timestamp=header.timestamp,
        )


def bring_in(directory: DataDirectory, source: Path) -> Incoming:
    """Copy a snapshot into the directory, unseen.

    Raises:
        SnapshotRecoveryError: there is no such file, it is no snapshot, or it cannot be copied; nothing is left of it.
    """
    files = directory.files
    with closing(_opened(files, source)) as handle:
        try:
            header, sealed = read_snapshot(handle, source, directory.keys)
            name = SnapshotName(header.timestamp, directory.created())
            directory.make_folders()  # a broken database may have none
            partial = directory.snapshots / name.partial
            size = _copy(files, handle, partial)
        except OSError as error:
            raise SnapshotRecoveryError(f"{NOT_COPIED} {source}: {error}. {UNCHANGED}") from error
        except FileError as error:
            raise _unusable(source, error) from error
    return Incoming(source, SnapshotFile(name, partial, header, size, sealed))


def _opened(files: Files, source: Path) -> Handle:
    try:
        # The list has regular files only: to open a pipe might wait for ever.
        if source.name in files.list(source.parent):
            return files.open(source)
    except OSError as error:
        raise SnapshotRecoveryError(f"{NOT_FOUND} {source}: {error}. {UNCHANGED}") from error
    raise SnapshotRecoveryError(f"{NOT_FOUND} {source}: there is no regular file of that name. {UNCHANGED}")


def _copy(files: Files, handle: Handle, partial: Path) -> int:
    """Copy all of it; returns how many bytes that were. On an error nothing is left."""
    size = 0
    try:
        with closing(files.create(partial)) as copy:
            for piece in _pieces(handle):
                copy.write(piece)
                size += len(piece)
            copy.sync()
    except OSError:
        with suppress(OSError):
            files.remove(partial)
        raise
    return size


def _pieces(handle: Handle) -> Iterator[bytes]:
    offset = 0
    while piece := handle.read(offset, _PIECE):
        offset += len(piece)
        yield piece


def load(
    directory: DataDirectory, incoming: Incoming, loader: Loader, progress: Progress | None = None
) -> None:
    """Check the copy to its end by loading it.

    Raises:
        SnapshotRecoveryError: it is damaged, or says what cannot be true.
    """
    try:
        recovery.load(directory, incoming.plan(directory, hidden=True), loader, progress)
    except (LithographError, OSError) as error:
        raise _unusable(incoming.source, error) from error


def discard(directory: DataDirectory, incoming: Incoming) -> None:
    """Remove the copy if it still has its hidden name; one that cannot be removed is swept away by the next start."""
    with suppress(OSError):
        if directory.files.exists(incoming.file.path):
            directory.files.remove(incoming.file.path)


def switch(
    directory: DataDirectory, incoming: Incoming, epoch: int, replaced: Replaced
) -> tuple[RecoveryReport, LogEnd, Inventory]:
    """Put the copy in the place of everything; durable when this returns.

    Args:
        epoch: of the present history.
        replaced: what becomes of the present files.

    Raises:
        SnapshotRecoveryError: it did not happen, and nothing has changed.
        UnsettledError: it may have happened; nothing more may go into the directory.
    """
    order = _switch(directory, incoming, epoch, replaced)
    try:
        plan = incoming.plan(directory, hidden=False)
        put_aside, end = recovery.settle(directory, plan, order)
        inventory = Inventory(directory)
    except OSError as error:
        raise UnsettledError(
            f"The snapshot is in place, but the directory could not be brought in order ({error})."
        ) from error
    return recovery.report_of(directory, plan, end, put_aside, restored=True), end, inventory


def _switch(directory: DataDirectory, incoming: Incoming, epoch: int, replaced: Replaced) -> RestoreOrder:
    before: bytes | None = None
    ordered = False
    try:
        epoch = max(epoch, highest_epoch(directory)) + 1
        order = RestoreOrder((str(incoming.file.name),), (), directory.created(), epoch, replaced)
        directory.clear_old()
        # A renaming of a WAL file may have gone without (``retainer.py``), and must not come true after its move.
        directory.files.sync_directory(directory.wal)
        before = read_raw_order(directory)
        ordered = True
        write_order(directory, order)
        directory.files.rename(incoming.file.path, directory.path_of(incoming.file.name))
        directory.files.sync_directory(directory.snapshots)
    except OSError as error:
        if ordered:
            _take_back(directory, incoming, before, error)
        raise SnapshotRecoveryError(
            f"The snapshot could not be put in place: {error}. {UNCHANGED}"
        ) from error
    return order


def _take_back(directory: DataDirectory, incoming: Incoming, before: bytes | None, cause: OSError) -> None:
    """Make certain that a switch that failed half-way did not happen; ``before``: the order there was."""
    path = directory.path_of(incoming.file.name)
    try:
        if directory.files.exists(path):
            directory.files.remove(path)
        directory.files.sync_directory(directory.snapshots)
        # Not before: without the order the snapshot would be one among the others.
        if before is None:
            remove_order(directory)
        else:
            directory.write_whole(directory.restore_order, [before])
    except OSError as error:
        raise UnsettledError(
            f"The snapshot could not be put in place ({cause}), nor taken back for certain ({error})."
        ) from error


def highest_epoch(directory: DataDirectory) -> int:
    """The highest epoch that a file states; 0 when none does."""
    highest = 0
    for snapshot in directory.snapshot_names():
        with suppress(FileError, FileNotFoundError):
            file = read_snapshot_file(directory.files, directory.path_of(snapshot), snapshot)
            highest = max(highest, file.header.epoch)
    for wal in directory.wal_names():
        with suppress(FileError, FileNotFoundError):
            found = wal_reader.read_file(directory.files, directory.path_of(wal), wal)
            highest = max(highest, 0 if found is None else found.header.epoch)
    return highest


def _unusable(source: Path, error: Exception) -> SnapshotRecoveryError:
    if isinstance(error, FileError):
        place = "" if error.offset is None else f", at byte {error.offset}"
        return SnapshotRecoveryError(f"{NOT_RECOVERED} {source}{place}: {error.reason} {UNCHANGED}")
    return SnapshotRecoveryError(f"{NOT_RECOVERED} {source}: {error} {UNCHANGED}")
