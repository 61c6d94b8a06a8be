"""Recovery: from the files of a data directory to a loaded store, and a directory fit to go on with.

1. Plan (``chain.py``): decide from which files, by reading alone. Anything unsafe ends here, with nothing
   changed.
2. Load: the deltas of the snapshot, then those of each transaction after it, in order.
3. Settle: bring the directory in order. Only now is anything changed; each step can be cut short at any
   moment and is done again by the next start.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

import structlog

from lithograph.durability import snapshot, wal_reader
from lithograph.durability.chain import Plan, make_plan
from lithograph.durability.datadir import DataDirectory, Places
from lithograph.durability.errors import DamagedFileError
from lithograph.durability.header import NEWER, NO_ID
from lithograph.durability.names import SnapshotName, WalName
from lithograph.durability.restore import RestoreOrder, read_order, remove_order
from lithograph.durability.wal import LogEnd
from lithograph.durability.wal_reader import WalContent
from lithograph.storage.deltas import Delta
from lithograph.storage.errors import StorageError

Progress = Callable[[str, int, int], None]
"""``(what, done, in all)``: bytes while files are checked, elements or transactions while they are loaded."""

_COPY_SIZE = 1 << 20
_log = structlog.get_logger(__name__)


class Loader(Protocol):
    """What recovery feeds: a store that is being built."""

    def apply(self, delta: Delta) -> None:
        """The next delta, of the snapshot or of the transaction at hand."""

    def commit(self, timestamp: int) -> None:
        """All that was applied so far is the state as of commit ``timestamp``."""

    def finish(self) -> None:
        """That was all; indexes can be built."""


@dataclass(frozen=True, slots=True)
class CutTail:
    """What was cut off an unfinished WAL file: transactions of which not all was on disk, and bytes."""

    path: Path
    transactions: int
    size: int


@dataclass(frozen=True, slots=True)
class RecoveryReport:
    """What a start recovered, for the log and for whoever asks.

    Attributes:
        database, epoch: identity of the data.
        timestamp: of the last commit that is there again; 0 for an empty store.
        snapshot: the one that was loaded, and ``snapshot_timestamp`` what it was made for.
        wal_files, transactions: how many were replayed after it.
        passed_over: damaged snapshots that were not needed, each with what is wrong with it.
        cut: the torn tail of the last WAL file, if it had one.
        restored: whether a snapshot that had been put there was restored.
        put_aside: where files went that have no place in the directory any more.
        seconds: how long it took.
    """

    database: UUID
    epoch: int
    timestamp: int
    snapshot: Path | None
    snapshot_timestamp: int | None
    wal_files: int
    transactions: int
    passed_over: tuple[tuple[Path, str], ...]
    cut: CutTail | None
    restored: bool
    put_aside: tuple[Path, ...]
    seconds: float


def recover(
    directory: DataDirectory, loader: Loader, progress: Progress | None = None
) -> tuple[RecoveryReport, LogEnd]:
    """Load what the directory holds; returns the report and where the log goes on.

    Raises:
        DamagedFileError, MissingLogError, ForeignFileError, FileVersionError, WrongKeyError: refused; nothing
            was changed.
        OSError: a file could not be read or written.
        Whatever the loader raises beside a StorageError, which becomes a DamagedFileError; nothing was changed.
    """
    begun = time.monotonic()
    order = read_order(directory)
    snapshots = directory.snapshot_names() if order is None else order.snapshot_names(directory)
    wal = directory.wal_names() if order is None else order.wal_names(directory)
    plan = make_plan(directory, snapshots, wal, progress)
    for name, damage in plan.passed_over:
        _log.warning(
            "passing over a damaged snapshot", path=str(directory.path_of(name)), reason=damage.reason
        )
    transactions = load(directory, plan, loader, progress)
    directory.make_ready()
    put_aside, end = settle(directory, plan, order)
    report = replace(
        report_of(directory, plan, end, put_aside, order is not None),
        transactions=transactions,
        seconds=time.monotonic() - begun,
    )
    _say(report)
    return report, end


def report_of(
    directory: DataDirectory, plan: Plan, end: LogEnd, put_aside: Sequence[Path], restored: bool
) -> RecoveryReport:
    """What was recovered by ``plan``, but for the transactions and the time, which it does not know."""
    tail = plan.last.tail if plan.last is not None else None
    cut = None
    if plan.last is not None and tail is not None:
        cut = CutTail(plan.last.file.path, tail.transactions, tail.size)
    return RecoveryReport(
        end.database,
        end.epoch,
        plan.timestamp,
        None if plan.snapshot is None else plan.snapshot.path,
        None if plan.snapshot is None else plan.snapshot.header.timestamp,
        len(plan.replay),
        0,
        tuple((directory.path_of(name), damage.reason) for name, damage in plan.passed_over),
        cut,
        restored,
        tuple(put_aside),
        0.0,
    )


def load(directory: Places, plan: Plan, loader: Loader, progress: Progress | None = None) -> int:
    """Feed the loader; returns the number of transactions replayed after the snapshot."""
    base = 0
    if plan.snapshot is not None:
        _load_snapshot(directory, plan.snapshot, loader, progress)
        base = plan.snapshot.header.timestamp
    count, total = 0, sum(content.transactions for content in plan.replay)
    for content in plan.replay:
        for timestamp, deltas in wal_reader.transactions(directory.files, content):
            if timestamp <= base:
                continue
            for delta in deltas:
                _apply(loader, delta, content.file.path, f"Transaction {timestamp}")
            loader.commit(timestamp)
            count += 1
        if progress is not None:
            progress("replaying transactions", count, total)
    loader.finish()
    return count


def _apply(loader: Loader, delta: Delta, path: Path, which: str) -> None:
    try:
        loader.apply(delta)
    except StorageError as error:
        raise DamagedFileError(path, f"{which} cannot be true: {error}", NEWER) from error


def _load_snapshot(
    directory: Places, found: snapshot.SnapshotFile, loader: Loader, progress: Progress | None
) -> None:
    totals = snapshot.read_totals(directory.files, found)
    expected = 0 if totals is None else totals.deltas
    for done, delta in enumerate(snapshot.read_deltas(directory.files, found), 1):
        _apply(loader, delta, found.path, f"Delta {done}")
        if progress is not None and (done % 16 == 0 or done == expected):
            progress("loading the snapshot", done, expected)
    loader.commit(found.header.timestamp)


def settle(directory: DataDirectory, plan: Plan, order: RestoreOrder | None) -> tuple[list[Path], LogEnd]:
    """Put aside and remove what does not belong or is damaged, write the unfinished WAL file anew, name finished ones."""
    epoch = max(plan.epoch, 1)
    if order is not None:
        # What was recovered branches off here: a new history, whose files never mix with the old one's.
        epoch = max(epoch + 1, order.epoch)
    folder = directory.backup / (directory.created() if order is None else order.aside)
    useless = [name for name, _ in plan.passed_over]
    put_aside = directory.put_aside([*plan.aside, *useless], folder)
    if order is not None:
        put_aside += _replace(directory, order, folder)
    for name in plan.empty:
        directory.files.remove(directory.path_of(name))
    for content in plan.unnamed:
        _name_finished(directory, content)
    if plan.empty or plan.unnamed:
        directory.files.sync_directory(directory.wal)
    if plan.last is not None and plan.last.transactions and not plan.last.complete:
        _write_anew(directory, plan.last, plan.last.end)
    remove_order(directory)
    return put_aside, _log_end(plan, epoch)


def without_place(
    plan: Plan, order: RestoreOrder | None, names: Sequence[SnapshotName | WalName]
) -> list[SnapshotName | WalName]:
    """Which of a directory's files go when it is recovered: of others, damaged and not needed, not in the order."""
    found = [*plan.aside, *(name for name, _ in plan.passed_over)]
    if order is not None:
        kept = {*order.snapshots, *order.wal}
        found += [name for name in names if str(name) not in kept]
    return found


def _replace(directory: DataDirectory, order: RestoreOrder, folder: Path) -> list[Path]:
    """Take away what is not in the order; returns where it is."""
    kept = {*order.snapshots, *order.wal}
    names: list[SnapshotName | WalName] = [*directory.snapshot_names(), *directory.wal_names()]
    others = [name for name in names if str(name) not in kept]
    match order.replaced:
        case "aside":
            return directory.put_aside(others, folder)
        case "old":
            return directory.put_old(others)
        case "delete":
            directory.delete(others)
            return []


def _name_finished(directory: DataDirectory, content: WalContent) -> None:
    """A crash, a failed sync, or a lock of the directory came between a file's summary and its rename.

    Under its new name the file must be whole, so it is written anew as well.
    """
    _write_anew(directory, content, content.file.size)
    name = content.file.name.finish(content.first, content.last)
    directory.files.rename(content.file.path, directory.path_of(name))


def _write_anew(directory: DataDirectory, content: WalContent, end: int) -> None:
    """Replace a file that has the name of an open one by one that holds its bytes up to ``end`` and nothing else.

    That they could be read does not mean that they are on disk: after a failed sync the system may show
    pages that it will never write. A copy, synced before it takes the name, settles that, and cuts the
    torn tail in the same step.
    """
    with closing(directory.files.open(content.file.path)) as handle:
        directory.write_whole(content.file.path, _pieces(handle.read, end))


def _pieces(read: Callable[[int, int], bytes], end: int) -> Iterator[bytes]:
    for offset in range(0, end, _COPY_SIZE):
        yield read(offset, min(_COPY_SIZE, end - offset))


def _log_end(plan: Plan, epoch: int) -> LogEnd:
    last, base = plan.last, plan.snapshot
    sequence = 0 if base is None else base.header.wal_sequence
    next_frame = 1 if base is None else base.header.next_frame
    previous, resume = NO_ID, None
    if last is not None:
        header = last.file.header
        next_frame = max(next_frame, last.next_frame)
        if last.transactions:
            sequence, previous = max(sequence, header.sequence + 1), header.id
            resume = None if last.complete else last
        else:  # it goes, and the next one takes its place
            sequence, previous = max(sequence, header.sequence), header.previous
    return LogEnd(plan.database or uuid4(), epoch, sequence, previous, next_frame, plan.timestamp, resume)


def _say(report: RecoveryReport) -> None:
    if report.cut is not None:
        _log.warning(
            "cut the torn tail of the last WAL file",
            path=str(report.cut.path),
            transactions=report.cut.transactions,
            bytes=report.cut.size,
        )
    if report.put_aside:
        _log.warning(
            "put files aside that have no place in the data directory any more",
            files=[str(path) for path in report.put_aside],
        )
    _log.info(
        "recovered",
        snapshot=None if report.snapshot is None else report.snapshot.name,
        wal_files=report.wal_files,
        transactions=report.transactions,
        timestamp=report.timestamp,
        restored=report.restored,
        seconds=round(report.seconds, 3),
    )
