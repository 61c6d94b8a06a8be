"""Checks a data directory the way a start reads it, and further, and changes nothing.

Every checksum of every file is read, also of those that a start has no need of; then what a start would recover is
loaded into a store that is thrown away, and that store is checked for contradictions (``storage/check.py``). The
findings are a :class:`CheckReport`: what a start would do, or the message with which it would refuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

from lithograph.durability import history, snapshot, wal_reader
from lithograph.durability.chain import Plan, make_plan
from lithograph.durability.errors import FileError, WrongKeyError
from lithograph.durability.files import Files, RealFiles
from lithograph.durability.history import Span
from lithograph.durability.keys import NO_KEYS, Keys
from lithograph.durability.names import SnapshotName, WalName
from lithograph.durability.point import moment_of
from lithograph.durability.recovery import CutTail, Progress, load, without_place
from lithograph.durability.source import Source, read_from
from lithograph.durability.wal_reader import WalContent
from lithograph.storage.check import check as contradictions
from lithograph.storage.errors import LithographError
from lithograph.storage.images import Loader
from lithograph.storage.store import Store

State = Literal["whole", "unfinished", "torn", "empty", "damaged", "locked"]
"""``unfinished``: a WAL file that was open, with nothing wrong; ``torn``: the same with a tail that a crash explains;
``empty``: one without a transaction; ``locked``: sealed with a key that is not at hand, so not checked."""


@dataclass(frozen=True, slots=True)
class FileFinding:
    """One file. ``first`` and ``last``: commit timestamps; ``size`` in bytes; ``problem``: what is damaged, or
    which key is missing."""

    path: Path
    size: int
    state: State
    first: int = 0
    last: int = 0
    transactions: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Recoverable:
    """What a start would recover, and what it would do to the directory.

    Attributes:
        database, epoch: identity of the data; None for no data at all.
        timestamp: of the last commit.
        last_commit: when it was written; None when no WAL file has it.
        snapshot: the one that would be loaded, of which time, and up to which commit.
        wal_files, transactions: how many would be replayed after it.
        vertices, edges, indexes: how many there would be; None when nothing was loaded.
        cut: the torn tail that would be cut off.
        passed_over: damaged snapshots that are not needed.
        put_aside, removed: files that would move to ``.backup``, and files without content that would go.
        restores: whether an order to restore waits for the start.
    """

    database: UUID | None
    epoch: int
    timestamp: int
    last_commit: datetime | None
    snapshot: Path | None
    snapshot_created: datetime | None
    snapshot_timestamp: int | None
    wal_files: int
    transactions: int
    vertices: int | None
    edges: int | None
    indexes: int | None
    cut: CutTail | None
    passed_over: tuple[Path, ...]
    put_aside: tuple[Path, ...]
    removed: tuple[Path, ...]
    restores: bool


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The findings.

    Attributes:
        root: what was checked, and who ran a server on it meanwhile.
        files: each of our files.
        recoverable: what a start would do; None when it would refuse, with the message ``refusal``.
        contradictions: what is wrong with the store that would be recovered.
        history: to which points the data can be taken back.
        strangers, partial: files of unknown names, and of unfinished writing.
    """

    root: Path
    holder: str | None
    files: tuple[FileFinding, ...]
    recoverable: Recoverable | None
    refusal: str | None
    contradictions: tuple[str, ...]
    history: tuple[Span, ...]
    strangers: tuple[Path, ...]
    partial: tuple[Path, ...]

    @property
    def damaged(self) -> tuple[FileFinding, ...]:
        return tuple(file for file in self.files if file.state == "damaged")

    @property
    def locked(self) -> tuple[FileFinding, ...]:
        return tuple(file for file in self.files if file.state == "locked")

    @property
    def fine(self) -> bool:
        """Whether a start recovers everything, and every file was read and is not damaged."""
        return self.refusal is None and not (self.damaged or self.locked or self.contradictions)


def check(
    root: Path,
    files: Files | None = None,
    progress: Progress | None = None,
    *,
    quick: bool = False,
    live: bool = False,
    keys: Keys = NO_KEYS,
) -> CheckReport:
    """Check a data directory, a copy of one, or a snapshot.

    Args:
        quick: read the checksums, but load nothing.
        live: also while a server runs on it, see ``source.py``.
        keys: what sealed files are opened with; those of other keys are ``locked``.

    Raises:
        SourceError: there is no data, or it is in use.
        OSError: a file cannot be read.
    """
    files = files or RealFiles()
    holder = files.holder(root / ".lock")
    return read_from(
        root, files, lambda source: _check(source, holder, progress, quick), live=live, keys=keys
    )


def _check(source: Source, holder: str | None, progress: Progress | None, quick: bool) -> CheckReport:
    findings = _read_all(source, progress)
    recoverable: Recoverable | None = None
    refusal: str | None = None
    faults: tuple[str, ...] = ()
    try:
        plan = make_plan(source, *source.ordered(), progress)
        store = None if quick else Store()
        if store is None:
            transactions = _count_transactions(source, plan)
        else:
            transactions = load(source, plan, Loader(store), progress)
            faults = tuple(contradictions(store))
        recoverable = _recoverable(source, plan, store, transactions)
    except LithographError as error:
        refusal = str(error)
    return CheckReport(
        source.root,
        holder,
        findings,
        recoverable,
        refusal,
        faults,
        tuple(history.spans(source)),
        tuple(source.strangers),
        tuple(source.partial),
    )


# -- each file


def _read_all(source: Source, progress: Progress | None) -> tuple[FileFinding, ...]:
    names: list[SnapshotName | WalName] = [*source.snapshots, *source.wal]
    sizes = [source.files.status(source.path_of(name)).size for name in names]
    findings, done = [], 0
    for name, size in zip(names, sizes, strict=True):
        findings.append(_read_one(source, name, size))
        done += size
        if progress is not None:
            progress("reading every file", done, sum(sizes))
    return tuple(findings)


def _read_one(source: Source, name: SnapshotName | WalName, size: int) -> FileFinding:
    path = source.path_of(name)
    try:
        if isinstance(name, SnapshotName):
            image = snapshot.read_file(source.files, path, name, source.keys)
            for _ in snapshot.read_deltas(source.files, image):
                pass
            return FileFinding(path, size, "whole", last=name.timestamp)
        file = wal_reader.read_file(source.files, path, name, source.keys)
        if file is None:
            return FileFinding(path, size, "empty")
        content = wal_reader.scan(source.files, file)
        for _, deltas in wal_reader.transactions(source.files, content):
            for _ in deltas:
                pass
    except WrongKeyError as error:
        return FileFinding(path, size, "locked", problem=error.reason)
    except FileError as error:
        place = "" if error.offset is None else f"at byte {error.offset}: "
        return FileFinding(path, size, "damaged", problem=f"{place}{error.reason}")
    return FileFinding(path, size, _state(content), content.first, content.last, content.transactions)


def _state(content: WalContent) -> State:
    if content.complete:
        return "whole"
    if content.tail is not None:
        return "torn"
    return "unfinished" if content.transactions else "empty"


# -- what a start would do


def _recoverable(source: Source, plan: Plan, store: Store | None, transactions: int) -> Recoverable:
    base, last = plan.snapshot, plan.last
    cut = None
    if last is not None and last.tail is not None:
        cut = CutTail(last.file.path, last.tail.transactions, last.tail.size)
    put_aside = without_place(plan, source.order, [*source.snapshots, *source.wal])
    return Recoverable(
        plan.database,
        max(plan.epoch, 1 if source.order is None else source.order.epoch),
        plan.timestamp,
        last_commit(plan),
        None if base is None else base.path,
        None if base is None else moment_of(base.header.created),
        None if base is None else base.header.timestamp,
        len(plan.replay),
        transactions,
        None if store is None else store.vertex_counts.total,
        None if store is None else store.edge_counts.total,
        None if store is None else _count_indexes(store),
        cut,
        tuple(source.path_of(name) for name, _ in plan.passed_over),
        _paths(source, put_aside),
        _paths(source, plan.empty),
        source.order is not None,
    )


def last_commit(plan: Plan) -> datetime | None:
    """When the last commit of a plan was written; None when only a snapshot has it."""
    for content in (*reversed(plan.replay), *([] if plan.last is None else [plan.last])):
        if content.transactions and content.last == plan.timestamp:
            return moment_of(content.written)
    return None


def _count_transactions(source: Source, plan: Plan) -> int:
    base = 0 if plan.snapshot is None else plan.snapshot.header.timestamp
    found = (wal_reader.transactions(source.files, content) for content in plan.replay)
    return sum(timestamp > base for transactions in found for timestamp, _ in transactions)


def _count_indexes(store: Store) -> int:
    return len(list(store.vertex_indexes.names())) + len(list(store.edge_indexes.names()))


def _paths(source: Source, names: Sequence[SnapshotName | WalName]) -> tuple[Path, ...]:
    return tuple(source.path_of(name) for name in names)
