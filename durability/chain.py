"""Which files a recovery would use, decided by reading alone: nothing is changed, nothing is loaded.

1. The newest snapshot whose header can be read says which database this is. Of that database's snapshots the
   newest whole one is taken; damaged ones are passed over.
2. The WAL files of the same database are put in order by their sequence numbers. A copy of a file under its
   earlier name, a file without a transaction, a file of another database are set apart.
3. From the first file with something after the snapshot, the chain has to be without a gap: each file states
   the id of the one before it and the commit after which it begins.
4. The last file may be unfinished and end in a torn tail. Everything else has to be whole.
5. A file that is needed and sealed with a key that is not at hand is not passed over: the key has to be found.
6. If a snapshot was passed over, the chain must reach at least as far as it did; going back in time
   silently is losing data.

A plan may also be made for a point in the history (``point.py``). Then snapshots beyond it are left out, the chain is
followed to the point only, and what is damaged or missing behind it does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from lithograph.durability import snapshot, wal_reader
from lithograph.durability.datadir import Places
from lithograph.durability.errors import DamagedFileError, ForeignFileError, MissingLogError
from lithograph.durability.framing import Frame
from lithograph.durability.header import RESTORE, SIZE
from lithograph.durability.names import SnapshotName, WalName
from lithograph.durability.point import Point
from lithograph.durability.snapshot import SnapshotFile
from lithograph.durability.wal_reader import WalContent, WalFile

NO_SNAPSHOT = (
    "Couldn't recover using any of the specified snapshots! "
    "Please inspect them and restart the database. The newest one says: "
)
NO_PREFIX = "There are missing prefix WAL files and data can't be recovered without them!"
NO_LINK = (
    "You must have at least one WAL file that contains at least one delta that was created before the "
    "snapshot file!"
)
_FIND = "Put the missing file back, or restore a backup. Nothing was changed."


@dataclass(slots=True)
class Plan:
    """What a recovery would do.

    Attributes:
        database: uuid of the data; None for an empty directory.
        epoch: the highest in use, 0 for an empty directory.
        snapshot: loaded first, if any.
        replay: files with transactions after the snapshot, in order.
        last: the newest file of the chain, where the log goes on.
        timestamp: of the last commit that would be recovered.
        passed_over: damaged snapshots that are not needed.
        aside: files of others, and copies, that have no place in the directory.
        empty: unfinished files without a whole transaction; they can go.
        unnamed: complete files that still have the name of an open one.
        reached: of a plan for a point, whether it is certain that all of the point's transactions are there: the first one
            beyond it was seen, or its last one.
        unread: of a plan for a point, damaged WAL files that matter unless it is reached without them.
    """

    database: UUID | None = None
    epoch: int = 0
    snapshot: SnapshotFile | None = None
    replay: list[WalContent] = field(default_factory=list)
    last: WalContent | None = None
    timestamp: int = 0
    passed_over: list[tuple[SnapshotName, DamagedFileError]] = field(default_factory=list)
    aside: list[SnapshotName | WalName] = field(default_factory=list)
    empty: list[WalName] = field(default_factory=list)
    unnamed: list[WalContent] = field(default_factory=list)
    reached: bool = False
    unread: list[DamagedFileError] = field(default_factory=list)


def make_plan(
    directory: Places,
    snapshots: Sequence[SnapshotName],
    wal: Sequence[WalName],
    progress: Callable[[str, int, int], None] | None = None,
    until: Point | None = None,
) -> Plan:
    """Decide what to recover from the given files.

    Args:
        progress: called with what is being read, bytes read so far, bytes in all.
        until: recover no further than this; None for all there is.

    Raises:
        DamagedFileError, MissingLogError, ForeignFileError, FileVersionError, WrongKeyError: there is no safe way.
    """
    plan = Plan()
    _choose_snapshot(directory, snapshots, plan, progress, until)
    files = _read_wal_files(directory, wal, plan, until)
    chain = _in_order(files, plan)
    _follow(directory, chain, plan, until)
    if until is not None:
        if plan.unread and not plan.reached:
            raise plan.unread[0]
        return plan
    for name, damage in plan.passed_over:
        if name.timestamp > plan.timestamp:
            raise DamagedFileError(
                damage.path,
                f"{damage.reason} The log reaches commit {plan.timestamp} only, this snapshot {name.timestamp}.",
                RESTORE,
                damage.offset,
            )
    return plan


# -------------------------------------------------------------------------------------- snapshots


def _choose_snapshot(
    directory: Places,
    names: Sequence[SnapshotName],
    plan: Plan,
    progress: Callable[[str, int, int], None] | None,
    until: Point | None,
) -> None:
    for name in sorted(names, reverse=True):
        try:
            found = snapshot.read_file(directory.files, directory.path_of(name), name, directory.keys)
            if plan.database is None:
                plan.database = found.header.database
            if found.header.database != plan.database:
                plan.aside.append(name)
                continue
            plan.epoch = max(plan.epoch, found.header.epoch)
            if plan.snapshot is None and (until is None or until.covers(found.header)):
                snapshot.verify(directory.files, found, _in_file(progress, found))
                plan.snapshot = found
                plan.timestamp = found.header.timestamp
        except DamagedFileError as damage:
            plan.passed_over.append((name, damage))
    if plan.passed_over and plan.snapshot is None and until is None:
        newest = plan.passed_over[0][1]
        raise DamagedFileError(newest.path, NO_SNAPSHOT + newest.reason, RESTORE, newest.offset) from newest


def _in_file(
    progress: Callable[[str, int, int], None] | None, found: SnapshotFile
) -> Callable[[int], None] | None:
    if progress is None:
        return None
    return lambda done: progress("checking the snapshot", done, found.size)


# -------------------------------------------------------------------------------------- WAL files


def _read_wal_files(
    directory: Places, names: Sequence[WalName], plan: Plan, until: Point | None
) -> list[WalFile]:
    files: list[WalFile] = []
    for name in names:
        try:
            file = wal_reader.read_file(directory.files, directory.path_of(name), name, directory.keys)
        except DamagedFileError as damage:
            if plan.snapshot is not None and name.last is not None and name.last <= plan.timestamp:
                continue  # all of it is in the snapshot
            if until is None:
                raise
            plan.unread.append(damage)
            continue
        if file is None:
            plan.empty.append(name)
        else:
            files.append(file)
    if plan.database is None and files:
        # Of files without transactions none tells whose data this is, unless there is no other.
        newest = max(files, key=lambda file: (file.size > SIZE, file.name.created))
        plan.database = newest.header.database
    own = [file for file in files if file.header.database == plan.database]
    for file in files:
        if file.header.database != plan.database:
            (plan.aside if file.size > SIZE else plan.empty).append(file.name)
    return own


def _in_order(files: list[WalFile], plan: Plan) -> list[WalFile]:
    """One file for each sequence number, ascending."""
    by_id: dict[UUID, WalFile] = {}
    for file in files:
        twin = by_id.setdefault(file.header.id, file)
        if twin is file:
            continue
        # The same file was copied here under two names: the finished one has all of it.
        keep, other = sorted((twin, file), key=lambda f: (f.name.finished, f.size), reverse=True)
        by_id[file.header.id] = keep
        plan.aside.append(other.name)
    chain: dict[int, WalFile] = {}
    for file in by_id.values():
        twin = chain.setdefault(file.header.sequence, file)
        if twin is file:
            continue
        keep, other = sorted((twin, file), key=lambda f: (f.size, f.name.created), reverse=True)
        if other.size > SIZE:
            raise ForeignFileError(
                other.path,
                f"It and {keep.path.name} are both WAL file number {file.header.sequence}, of different histories.",
                "Move the one that does not belong here out of the directory. Nothing was changed.",
            )
        chain[file.header.sequence] = keep
        plan.empty.append(other.name)
    plan.epoch = max([plan.epoch, *(file.header.epoch for file in chain.values())])
    return [chain[number] for number in sorted(chain)]


def _follow(directory: Places, chain: list[WalFile], plan: Plan, until: Point | None) -> None:
    """Read what is needed of the chain, check its links, and fill in the rest of the plan."""
    previous: WalContent | None = None
    base = plan.timestamp
    plan.reached = until is not None and until.is_reached(base)
    for index, file in enumerate(chain):
        if plan.reached:
            break
        is_last = index == len(chain) - 1
        if not is_last and file.name.last is not None and file.name.last <= base:
            continue  # all of it is in the snapshot
        content = wal_reader.scan(directory.files, file, _wanted(until, base))
        if not (is_last or content.complete or content.left_out):
            reason = "The file ends without its summary, although a later one follows."
            raise DamagedFileError(file.path, reason, RESTORE, content.end)
        if content.last > base and content.transactions:
            _check_link(content, previous, plan)
            plan.replay.append(content)
            plan.timestamp = content.last
            previous = content
        if content.complete and not file.name.finished:
            plan.unnamed.append(content)
        plan.last = content
        plan.reached = until is not None and (
            content.left_out is not None or until.is_reached(plan.timestamp)
        )
    if plan.last is not None and not plan.last.transactions:
        plan.empty.append(plan.last.file.name)


def _wanted(until: Point | None, base: int) -> Callable[[Frame], bool] | None:
    """Which transactions belong to the point; those in the snapshot do, whatever the clock said then."""
    if until is None:
        return None
    return lambda frame: frame.timestamp <= base or until.includes(frame)


def _check_link(content: WalContent, previous: WalContent | None, plan: Plan) -> None:
    """Whether a file goes on where the snapshot or the file before it ended."""
    header, path = content.file.header, content.file.path
    if previous is None:
        if header.after <= plan.timestamp:
            return
        raise MissingLogError(path, NO_PREFIX if plan.snapshot is None else NO_LINK, _FIND)
    before = previous.file.header
    if header.sequence != before.sequence + 1:
        missing = f"You are missing a WAL file with the sequence number {before.sequence + 1}!"
        raise MissingLogError(path, missing, _FIND)
    if header.previous != before.id or header.epoch < before.epoch:
        raise ForeignFileError(
            path,
            f"It does not continue {previous.file.path.name}: they come from different histories.",
            "Move the one that does not belong here out of the directory. Nothing was changed.",
        )
    # Numbers of transactions may be left out (a commit that was refused had one), commits may not.
    if header.after > plan.timestamp or header.first_frame < previous.next_frame:
        missing = f"The commits from {plan.timestamp + 1} to {header.after} are in no file."
        raise MissingLogError(path, missing, _FIND)
