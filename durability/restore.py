"""A snapshot that was copied into the directory of a running instance takes effect at the next start.

That is how Memgraph's users restore: lock, copy in, unlock, restart. Left alone, it would have no effect:
recovery takes the newest snapshot and replays the log after it, and the instance that is running meanwhile
has newer ones, if only the one it writes at its exit. So the instance leaves an order, the file ``.restore``
beside the folders, naming the files that were put there (``inventory.py`` knows which). The next start
recovers from these alone, then puts everything else aside into ``.backup/<created>/``, itself a data
directory that can be started. Nothing is deleted, and everything is said in the log.

The rule and its limits are argued in ``docs/decisions/0003-restore-by-copy.md``.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Literal, get_args

import structlog

from lithograph.durability.datadir import DataDirectory
from lithograph.durability.errors import DamagedFileError, FileVersionError
from lithograph.durability.header import EPOCHS, NEWER
from lithograph.durability.inventory import Inventory
from lithograph.durability.names import SnapshotName, WalName, parse_snapshot, parse_wal

Replaced = Literal["aside", "old", "delete"]
"""Where the files go that are not in an order: into ``.backup``, into ``.old`` of their folders, or nowhere."""

VERSION = 1
MAXIMUM_SIZE = 1 << 20

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RestoreOrder:
    """Recover from these files alone.

    Attributes:
        snapshots, wal: names of the files that were put there.
        aside: name of the folder under ``.backup`` for all others.
        epoch: of the history that begins with the restore; above that of the instance that ran.
        replaced: what becomes of all others.
    """

    snapshots: tuple[str, ...]
    wal: tuple[str, ...]
    aside: str
    epoch: int
    replaced: Replaced = "aside"

    def snapshot_names(self, directory: DataDirectory) -> list[SnapshotName]:
        """Those of the ordered snapshots that are there, oldest first."""
        wanted = {parse_snapshot(text) for text in self.snapshots}
        return [name for name in directory.snapshot_names() if name in wanted]

    def wal_names(self, directory: DataDirectory) -> list[WalName]:
        """Those of the ordered WAL files that are there, oldest first."""
        wanted = {parse_wal(text) for text in self.wal}
        return [name for name in directory.wal_names() if name in wanted]


def read_order(directory: DataDirectory) -> RestoreOrder | None:
    """The order that the last run left; None without one, or when none of its snapshots is there any more.

    Raises:
        DamagedFileError, FileVersionError: there is one that cannot be read.
    """
    path = directory.restore_order
    text = read_raw_order(directory)
    if text is None:
        return None
    try:
        fields = json.loads(text)
        version = fields.pop("version")
        if version != VERSION:
            raise FileVersionError(path, f"It has version {version}; this server reads {VERSION}.", NEWER)
        order = RestoreOrder(
            tuple(fields["snapshots"]),
            tuple(fields["wal"]),
            str(fields["aside"]),
            int(fields["epoch"]),
            fields.get("replaced", "aside"),
        )
        if not order.aside.isdecimal() or not all(isinstance(t, str) for t in order.snapshots + order.wal):
            raise ValueError("names expected")
        if order.replaced not in get_args(Replaced):
            raise ValueError("no place known for what is replaced")
        if not 0 <= order.epoch < EPOCHS:
            raise ValueError("no such epoch")
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedFileError(
            path,
            f"The order to restore a snapshot cannot be read ({error}).",
            "Remove the file to start with the data as it was before the snapshot was copied in. "
            "Nothing was changed.",
        ) from error
    if not order.snapshot_names(directory):
        _log.warning("the snapshot that was to be restored is gone, starting without it", order=str(path))
        return None
    return order


def read_raw_order(directory: DataDirectory) -> bytes | None:
    """The bytes of the order that stands; None without one."""
    if not directory.files.exists(directory.restore_order):
        return None
    with closing(directory.files.open(directory.restore_order)) as handle:
        return handle.read(0, MAXIMUM_SIZE)


def write_order(directory: DataDirectory, order: RestoreOrder) -> None:
    """Leave an order, in place of another one; durable when this returns. Raises OSError."""
    text = json.dumps({"version": VERSION, **asdict(order)}, indent=1)
    directory.write_whole(directory.restore_order, [text.encode()])


def remove_order(directory: DataDirectory) -> None:
    """The order was carried out, or is void."""
    if directory.files.exists(directory.restore_order):
        directory.files.remove(directory.restore_order)
        directory.files.sync_directory(directory.root)


class RestoreWatch:
    """Keeps the order in step with what is in the folders, while an instance runs."""

    def __init__(self, directory: DataDirectory, inventory: Inventory, epoch: int) -> None:
        """
        Args:
            epoch: of the running instance.
        """
        self._epoch = epoch
        self._directory = directory
        self._inventory = inventory
        self._order: RestoreOrder | None = None
        self._aside = ""

    def look(self) -> list[SnapshotName]:
        """The snapshots put there since the start; the order that names them is durable when this returns.

        Raises:
            OSError: the order could not be written.
        """
        snapshots, wal = self._inventory.put_there()
        if not snapshots:
            if self._order is not None:
                _log.warning("the snapshot put there is gone again, the next start will not restore it")
                remove_order(self._directory)
                self._order = None
            return []
        self._aside = self._aside or self._directory.created()
        order = RestoreOrder(tuple(map(str, snapshots)), tuple(map(str, wal)), self._aside, self._epoch + 1)
        if order != self._order:
            write_order(self._directory, order)
            self._order = order
            _log.warning(
                "a snapshot was put into the data directory; the next start restores it and puts the present data aside",
                snapshots=order.snapshots,
                wal=order.wal,
                aside=str(self._directory.backup / order.aside),
            )
        return snapshots
