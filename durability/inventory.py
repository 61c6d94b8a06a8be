"""Which files of the directory this instance knows as its own, and so which ones somebody else put there.

Files of ours do not change once they are whole: a snapshot never, a WAL file not after its summary. The
instance notes every file before it gives it its name, and what the system says of it once it is whole
(size, time of modification, inode). A file that it never noted, or that is not any more what it was, was
copied in by an operator: that is how a backup is restored, and ``restore.py`` says what follows. All of it
is in memory; nothing here outlives the process, so a copied directory never looks like a restored one.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from lithograph.durability.datadir import DataDirectory
from lithograph.durability.names import SnapshotName, WalName

_Stamp = tuple[int, int, int]
_Known = _Stamp | Callable[[], int] | None
"""What a file looked like when it was whole; or, while it grows, the size it has at least; or not yet known."""


class Inventory:
    """Files known as our own; may be used from several threads."""

    def __init__(self, directory: DataDirectory) -> None:
        """Takes everything that is there now as known."""
        self._directory = directory
        self._mutex = Lock()  # protects the one below
        self._known: dict[SnapshotName | WalName, _Known] = {}
        for snapshot in directory.snapshot_names():
            self._known[snapshot] = self._stamp(snapshot)
        for wal in directory.wal_names():
            self._known[wal] = self._stamp(wal)

    def expect(self, name: SnapshotName | WalName, size: Callable[[], int] | None = None) -> None:
        """A file of this name is about to be made.

        Args:
            size: for a file that grows, tells how many bytes it has at least.
        """
        with self._mutex:
            self._known[name] = size

    def complete(self, name: SnapshotName | WalName, later: WalName | None = None) -> None:
        """The file is whole; from now on it must not change. ``later``: the name it is about to get."""
        with self._mutex:
            self._known[name] = self._stamp(name)
            if later is not None:
                self._known[later] = self._known[name]

    def own_snapshots(self) -> list[SnapshotName]:
        """Those in the directory that are ours, oldest first."""
        return [name for name in self._directory.snapshot_names() if self._is_ours(name)]

    def own_wal(self) -> list[WalName]:
        """Those in the directory that are ours, oldest first."""
        return [name for name in self._directory.wal_names() if self._is_ours(name)]

    def put_there(self) -> tuple[list[SnapshotName], list[WalName]]:
        """Snapshots and WAL files that somebody else put there or replaced."""
        return (
            [name for name in self._directory.snapshot_names() if not self._is_ours(name)],
            [name for name in self._directory.wal_names() if not self._is_ours(name)],
        )

    def _is_ours(self, name: SnapshotName | WalName) -> bool:
        with self._mutex:
            if name not in self._known:
                return False
            known = self._known[name]
            found = None if known is None else self._stamp(name)
            if known is None or found is None:
                return True  # about to appear, or just gone
            return found[0] >= known() if callable(known) else found == known

    def _stamp(self, name: SnapshotName | WalName) -> _Stamp | None:
        try:
            status = self._directory.files.status(self._directory.path_of(name))
        except OSError:
            return None  # gone, or not to be looked at: no evidence that somebody put it there
        return status.size, status.modified_ns, status.inode
