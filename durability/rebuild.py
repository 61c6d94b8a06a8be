"""Restores a source into a data directory: all of it, or as it was at a point of its history.

What is written is one new snapshot, made from a store that was loaded from the source by the rules of recovery. So
the source is verified as a start verifies it, nothing half-copied can be there, and an ordinary start opens the
result. It is *a database of its own* (a new uuid, commits numbered on from the point), so neither files of the
original's later history nor those of another restore are ever taken for its own.

The snapshot appears by one rename when all of it is on disk; until then the directory has what it had. What was there
before is not deleted: an order to restore, written just before that rename, makes it move to ``.backup/<created>/``,
here or, if this process is killed in between, by the next start (``restore.py``). See
``docs/decisions/0012-point-in-time-recovery.md``.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from lithograph.durability import history, snapshot
from lithograph.durability.chain import Plan, make_plan
from lithograph.durability.check import last_commit
from lithograph.durability.datadir import Clock, DataDirectory, wall_clock
from lithograph.durability.errors import (
    DirectoryInUseError,
    DurabilityError,
    FileError,
    PointError,
    SourceError,
    TargetNotEmptyError,
    WrongKeyError,
)
from lithograph.durability.files import Files, RealFiles
from lithograph.durability.header import SnapshotHeader
from lithograph.durability.keys import NO_KEYS, Keys
from lithograph.durability.names import SnapshotName, WalName, microseconds_of
from lithograph.durability.point import Point, UpToTransaction, moment_of
from lithograph.durability.recovery import Progress, load
from lithograph.durability.restore import RestoreOrder, read_order, remove_order, write_order
from lithograph.durability.source import Source, read_from
from lithograph.storage.images import Loader, image
from lithograph.storage.store import Store

LOCK_FILE = ".lock"


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was restored, or would be.

    Attributes:
        source, directory: from where and to where.
        database: uuid of the source's data, ``epoch`` of its history.
        base: the snapshot that was loaded; None if the log was followed from its beginning.
        wal_files, transactions: how many were replayed after it.
        timestamp, last_commit: number of the last transaction included, and when it was written (None when only
            a snapshot has it).
        left_out, left_out_written: the first transaction beyond the point; None when none was looked at.
        vertices, edges: how many there are.
        snapshot: what was written; None if nothing was.
        put_aside: where files went that had been in the directory.
    """

    source: Path
    directory: Path
    database: UUID | None
    epoch: int
    base: Path | None
    wal_files: int
    transactions: int
    timestamp: int
    last_commit: datetime | None
    left_out: int | None
    left_out_written: datetime | None
    vertices: int
    edges: int
    snapshot: Path | None = None
    put_aside: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A store made from a source, and what there is to say about it."""

    store: Store
    report: RestoreReport
    compressed: bool
    """Whether the snapshot that it came from is; the one that is written is like it."""


def restore(
    root: Path,
    target: Path,
    *,
    until: Point | None = None,
    archives: Iterable[Path] = (),
    force: bool = False,
    dry_run: bool = False,
    live: bool = False,
    keys: Keys = NO_KEYS,
    files: Files | None = None,
    clock: Clock = wall_clock,
    progress: Progress | None = None,
) -> RestoreReport:
    """Restore ``root`` (a data directory, a copy of one, or a snapshot) into the directory ``target``.

    Args:
        until: up to which point; None for all there is.
        archives: folders with further WAL files.
        force: put aside what is in the target.
        dry_run: read and verify everything, and write nothing.
        live: also from a directory that a server runs on, see ``source.py``.
        keys: what the source's sealed files are opened with; with the current one, what is written is sealed.

    Raises:
        TargetNotEmptyError, DirectoryInUseError, DirectoryNotOwnedError: the target is not to be written.
        SourceError: there is no data, or it is in use.
        PointError: the point cannot be reached; the message says which ones can.
        DamagedFileError, MissingLogError, ForeignFileError, FileVersionError: the source is not in order.
        WrongKeyError: it is sealed with a key that is not at hand.
        OSError: something cannot be read or written.
        In all cases nothing was changed, except that an empty directory may have been made.
    """
    files = files or RealFiles()
    _check_target(target, files, force)
    loaded = read_from(
        root,
        files,
        lambda source: _load(source, target, until, progress),
        archives=archives,
        live=live,
        keys=keys,
    )
    if dry_run:
        return loaded.report
    directory = DataDirectory.open(target, files, 0.0, clock, keys)
    try:
        _check_empty(directory, force)
        directory.make_ready()
        return _write(directory, loaded, progress)
    finally:
        directory.close()


# -- the target


def _check_target(target: Path, files: Files, force: bool) -> None:
    """Before the long work begins; the lock, once taken, decides."""
    holder = files.holder(target / LOCK_FILE)
    if holder is not None:
        raise DirectoryInUseError(target, 0.0, holder)
    _check_empty(DataDirectory(target, files), force)


def _check_empty(directory: DataDirectory, force: bool) -> None:
    """Any file counts but for those of a data directory without data."""
    if force:
        return
    for folder in (directory.snapshots, directory.wal, directory.root):
        for text in directory.files.list(folder):
            if text != LOCK_FILE and not (text.startswith(".") and text.endswith(".partial")):
                raise TargetNotEmptyError(directory.root, folder / text)


# -- reading


def _load(source: Source, target: Path, until: Point | None, progress: Progress | None) -> _Loaded:
    try:
        plan = make_plan(source, *source.ordered(), progress, until)
    except WrongKeyError:
        raise  # no other point can be reached either
    except FileError as error:
        raise error if until is None else _unreachable(source, until, str(error)) from error
    _check_point(source, plan, until)
    store = Store()
    loader = Loader(store)
    transactions = load(source, plan, loader, progress)
    beyond = None if plan.last is None else plan.last.left_out
    report = RestoreReport(
        source.root,
        target,
        plan.database,
        plan.epoch,
        None if plan.snapshot is None else plan.snapshot.path,
        len(plan.replay),
        transactions,
        plan.timestamp,
        last_commit(plan),
        None if beyond is None else beyond[0],
        None if beyond is None else moment_of(beyond[1]),
        store.vertex_counts.total,
        store.edge_counts.total,
    )
    codec = None if plan.snapshot is None else plan.snapshot.sealed.codec
    return _Loaded(store, report, codec is not None and codec.compressed)


def _check_point(source: Source, plan: Plan, until: Point | None) -> None:
    if until is None:
        if plan.database is None:
            raise SourceError(
                f"There is nothing to restore in {source.root}: no snapshot and no transaction."
            )
        return
    if not plan.timestamp:
        raise _unreachable(source, until, "Nothing of it had been committed by then.")
    if isinstance(until, UpToTransaction) and not plan.reached:
        raise _unreachable(source, until, f"The last transaction there is {plan.timestamp}.")


def _unreachable(source: Source, until: Point, why: str) -> PointError:
    return PointError(
        f"{source.root} cannot be restored as of {until}. {why} "
        f"It can be restored as of {history.describe(history.spans(source))}."
    )


# -- writing


def _write(directory: DataDirectory, loaded: _Loaded, progress: Progress | None) -> RestoreReport:
    report = loaded.report
    present: list[SnapshotName | WalName] = [*directory.snapshot_names(), *directory.wal_names()]
    name = SnapshotName(report.timestamp, directory.created())
    header = SnapshotHeader(
        database=uuid4(),
        epoch=report.epoch + 1,
        id=uuid4(),
        created=microseconds_of(name.created),
        timestamp=report.timestamp,
        wal_sequence=0,
        next_frame=1,
        trigger="restore",
    )
    aside = directory.backup / directory.created()
    before = read_order(directory)

    def order() -> None:
        if present:
            write_order(directory, RestoreOrder((str(name),), (), aside.name, header.epoch))

    total = report.vertices + report.edges
    show = None if progress is None else lambda done: progress("writing the snapshot", done, total)
    try:
        deltas = image(loaded.store.begin())
        snapshot.write(directory, name, header, deltas, show, order, compressed=loaded.compressed)
    except OSError:
        with suppress(OSError):  # otherwise the next start does either what was wanted or nothing
            _take_back(directory, name, before)
        raise
    # From here on it is restored, whatever happens.
    try:
        moved = directory.put_aside(present, aside)
        remove_order(directory)
    except OSError as error:
        raise DurabilityError(
            f"{directory.root} is restored, but what was there before could not be put aside ({error}). "
            "The next start of the server does it."
        ) from error
    return replace(report, snapshot=directory.path_of(name), put_aside=tuple(moved))


def _take_back(directory: DataDirectory, name: SnapshotName, before: RestoreOrder | None) -> None:
    """After a failure: the snapshot, in case it has its name already, and the order for it go."""
    if directory.files.exists(directory.path_of(name)):
        directory.files.remove(directory.path_of(name))
        directory.files.sync_directory(directory.snapshots)
    if before is None:
        remove_order(directory)
    else:
        write_order(directory, before)
