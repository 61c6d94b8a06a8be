"""What the tools read from, and change nothing in: a data directory, a copy of one, a folder of files, one snapshot.

Files are found by their names in the folder itself and in its ``snapshots/`` and ``wal/``; folders of further WAL
files (archives) can be read together with it. A single snapshot may have any name.

While a server runs on a directory its files come and go. So a source is refused then, unless it is asked for
*live*: files that vanish or change their names while they are read make it start over, and the open WAL file is read
as far as it got. Otherwise nothing may change while it is read, and that is checked at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from lithograph.durability.datadir import DataDirectory
from lithograph.durability.errors import SourceError
from lithograph.durability.files import Files, FileStatus
from lithograph.durability.header import SNAPSHOT_MAGIC, read_snapshot
from lithograph.durability.keys import NO_KEYS, Keys
from lithograph.durability.names import (
    PARTIAL_SUFFIX,
    SnapshotName,
    WalName,
    created_of,
    parse_snapshot,
    parse_wal,
)
from lithograph.durability.point import moment_of
from lithograph.durability.restore import RestoreOrder, read_order

ATTEMPTS = 5
"""How often a live source is read from the beginning before it is given up."""

_T = TypeVar("_T")


class Source:
    """Files by their names.

    Attributes:
        root: the folder or file that was named.
        files: the file layer; ``keys``: what sealed files are opened with.
        snapshots: oldest first (by timestamp); ``wal``: oldest first (by creation).
        order: the order to restore that the next start would carry out, of a data directory.
        strangers: files whose names mean nothing to us, ``partial``: what is left of unfinished ones.
    """

    def __init__(self, root: Path, files: Files, keys: Keys = NO_KEYS) -> None:
        """Use :meth:`open`."""
        self.root = root
        self.files = files
        self.keys = keys
        self.order: RestoreOrder | None = None
        self.strangers: list[Path] = []
        self.partial: list[Path] = []
        self._paths: dict[SnapshotName | WalName, Path] = {}

    @classmethod
    def open(cls, root: Path, files: Files, archives: Iterable[Path] = (), keys: Keys = NO_KEYS) -> Source:
        """List what is there.

        Args:
            archives: folders with further WAL files.
            keys: at hand for reading on, which is when they are needed.

        Raises:
            SourceError: nothing of ours is there.
            DamagedFileError, FileVersionError: a single snapshot, or an order to restore, cannot be read.
            OSError: it cannot be read.
        """
        source = cls(root, files, keys)
        if not source._take_file():
            source._take_directory()
        for archive in archives:
            if not files.exists(archive):
                raise SourceError(f"The archive {archive} does not exist.")
            source._take_folders((archive, archive / "wal"), snapshots=False)
        return source

    @property
    def snapshots(self) -> list[SnapshotName]:
        return sorted(name for name in self._paths if isinstance(name, SnapshotName))

    @property
    def wal(self) -> list[WalName]:
        names = [name for name in self._paths if isinstance(name, WalName)]
        return sorted(names, key=lambda name: name.created)

    def path_of(self, name: SnapshotName | WalName) -> Path:
        return self._paths[name]

    def ordered(self) -> tuple[Sequence[SnapshotName], Sequence[WalName]]:
        """The files that a start would recover from: all, or those of the order to restore."""
        if self.order is None:
            return self.snapshots, self.wal
        kept = {*self.order.snapshots, *self.order.wal}
        return (
            [name for name in self.snapshots if str(name) in kept],
            [name for name in self.wal if str(name) in kept],
        )

    def stamp(self) -> dict[Path, FileStatus]:
        """What the system says of the files; equal as long as nobody touches them."""
        return {path: self.files.status(path) for path in self._paths.values()}

    def _take_file(self) -> bool:
        """Whether it is a single file, which then has to be a snapshot."""
        try:
            with closing(self.files.open(self.root)) as handle:
                if handle.read(0, len(SNAPSHOT_MAGIC)) != SNAPSHOT_MAGIC:
                    raise SourceError(
                        f"{self.root} is no snapshot. Of WAL files name the folder they are in."
                    )
                header, _ = read_snapshot(handle, self.root)
        except (IsADirectoryError, FileNotFoundError):
            return False
        self._paths[SnapshotName(header.timestamp, created_of(moment_of(header.created)))] = self.root
        return True

    def _take_directory(self) -> None:
        directory = DataDirectory(self.root, self.files)
        folders = [folder for folder in (directory.snapshots, directory.wal) if self.files.exists(folder)]
        self._take_folders(folders or [self.root])
        if not folders and not self._paths:
            missing = "holds no data of Lithograph" if self.files.exists(self.root) else "does not exist"
            raise SourceError(
                f"{self.root} {missing}: a data directory, a copy of one or a snapshot is expected."
            )
        self.order = read_order(directory)

    def _take_folders(self, folders: Iterable[Path], snapshots: bool = True) -> None:
        for folder in folders:
            for text in self.files.list(folder):
                name = (parse_snapshot(text) if snapshots else None) or parse_wal(text)
                if name is not None:
                    self._paths.setdefault(name, folder / text)
                elif not text.startswith("."):
                    self.strangers.append(folder / text)
                elif text.endswith(PARTIAL_SUFFIX):
                    self.partial.append(folder / text)


def read_from(
    root: Path,
    files: Files,
    read: Callable[[Source], _T],
    *,
    archives: Iterable[Path] = (),
    live: bool = False,
    keys: Keys = NO_KEYS,
) -> _T:
    """What ``read`` makes of a source that did not change meanwhile.

    Args:
        read: reads the files and changes nothing; called again for a live source of which files vanished.
        live: whether a server may run on it.
        keys: what sealed files are opened with.

    Raises:
        SourceError: a server runs on it, or somebody changed it.
        Whatever :meth:`Source.open` and ``read`` raise.
    """
    holder = files.holder(root / ".lock")
    if holder is not None and not live:
        raise SourceError(
            f"A server runs on {root} ({holder}). Stop it first; or use --live to read the files as they are now."
        )
    archives = tuple(archives)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            source = Source.open(root, files, archives, keys)
            before = source.stamp()
            result = read(source)
            if holder is None and Source.open(root, files, archives).stamp() != before:
                raise SourceError(f"{root} changed while it was read. Try again when nobody writes there.")
        except FileNotFoundError:
            if holder is None or attempt == ATTEMPTS:
                raise
        else:
            return result
    raise AssertionError("the last attempt returns or raises")
