"""The rule tables of the reference (Memgraph's behaviour), one row each: file names, retention, LOCK DATA DIRECTORY.

Where this server differs on purpose, the test is called ``…_deliberately_…`` and says why.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lithograph.durability.errors import DamagedFileError, DiskFullError, SnapshotFailedError
from lithograph.durability.header import SIZE
from lithograph.durability.names import SnapshotName, WalName, parse_snapshot, parse_wal
from lithograph.server.errors import NotAloneError, StorageModeError
from support.databases import begin, execute, numbers, opened, run_in
from support.durable_model import ROOT, Clock, Database, Settings, recovered
from support.files import Fault, FaultKind, MemoryFiles, Survives

SNAPSHOTS, WAL = ROOT / "snapshots", ROOT / "wal"


def keeping(count: int) -> Settings:
    return Settings(storage_snapshot_retention_count=count)


def names(files: MemoryFiles, folder: Path) -> list[str]:
    return sorted(path.name for path in files.contents() if path.parent == folder)


def snapshots(files: MemoryFiles) -> list[int]:
    """Timestamps of the snapshots that are there."""
    return sorted(name.timestamp for name in map(parse_snapshot, names(files, SNAPSHOTS)) if name)


def wal(files: MemoryFiles) -> list[WalName]:
    """The WAL files that are there, by age."""
    return [name for name in map(parse_wal, names(files, WAL)) if name]


def with_rounds(count: int, settings: Settings, commits: int = 15) -> tuple[MemoryFiles, Database]:
    """Rounds of commits, each enough for several WAL files, with a snapshot after each."""
    files = MemoryFiles()
    database = Database(files, settings)
    for _ in range(count):
        database.commit_many(commits)
        database.snapshot()
    return files, database


# =================================================================================== file names

MOMENT = datetime(2026, 8, 21, 16, 48, 55, 123456, tzinfo=UTC)


class Standing(Clock):
    """A wall clock that does not move."""

    def __call__(self) -> datetime:
        return self.now


def at_the_moment() -> tuple[MemoryFiles, Database]:
    """A database that was started the day before :data:`MOMENT`, which it is now."""
    files, clock = MemoryFiles(), Standing(MOMENT - timedelta(days=1))
    database = Database(files, Settings(storage_wal_file_size_kib=1000), clock)
    clock.now = MOMENT
    return files, database


def test_name_of_a_snapshot() -> None:
    files, database = at_the_moment()
    database.committed.append(42)
    database.snapshot()
    assert names(files, SNAPSHOTS) == ["20260821164855123456_timestamp_42"]


def test_name_of_an_open_wal_file() -> None:
    files, database = at_the_moment()
    database.commit()
    assert names(files, WAL) == ["20260821164855123456_current"]


def test_name_of_a_finished_wal_file_keeps_the_prefix_of_its_creation() -> None:
    files, database = at_the_moment()
    database.next = 3
    database.commit_many(40)
    database.durability.close()
    assert names(files, WAL) == ["20260821164855123456_from_3_to_42"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("20260821164855123456_timestamp_42", SnapshotName(42, "20260821164855123456")),
        ("20260821164855123456_current", WalName("20260821164855123456")),
        ("20260821164855123456_from_3_to_42", WalName("20260821164855123456", 3, 42)),
    ],
)
def test_the_examples_are_read_as_what_they_are(text: str, name: SnapshotName | WalName) -> None:
    assert (parse_snapshot(text) or parse_wal(text)) == name


def test_a_prefix_is_twenty_digits_of_utc() -> None:
    files, _ = with_rounds(3, keeping(3))
    for name in (*names(files, SNAPSHOTS), *names(files, WAL)):
        assert re.fullmatch(r"20\d{18}_(timestamp_\d+|current|from_\d+_to_\d+)", name)


def test_a_wal_file_without_a_transaction_is_removed_at_the_stop() -> None:
    """It is there because the transaction it was made for found no room any more."""
    files = MemoryFiles()
    database = Database(files)
    files.capacity = SIZE
    with pytest.raises(DiskFullError):
        database.commit()
    assert [name.finished for name in wal(files)] == [False]
    database.durability.close()
    assert wal(files) == []


def test_finishing_is_summary_then_sync_then_rename() -> None:
    files, database = at_the_moment()
    database.commit()
    mark = len(files.journal)
    database.durability.close()
    changes = [name for name, _ in files.journal[mark:] if name in ("write", "sync", "rename")]
    assert changes == ["write", "sync", "rename"]


@pytest.mark.parametrize("folder", [SNAPSHOTS, WAL])
@pytest.mark.parametrize("hidden", [".something", ".old/20260821164855123456_timestamp_99"])
def test_hidden_files_and_folders_are_ignored(folder: Path, hidden: str) -> None:
    files, database = with_rounds(2, keeping(1))
    database.close()
    files.place(folder / hidden, b"not ours")
    with capture_logs() as logs:
        again = Database(files, keeping(1))
        again.commit_many(15)
        again.snapshot()
    assert again.committed == list(range(1, 46))
    assert files.contents()[folder / hidden] == b"not ours"
    assert [log for log in logs if log["log_level"] == "warning"] == []


# ===================================================================================== retention


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_the_newest_snapshots_stay(count: int) -> None:
    files, _ = with_rounds(5, keeping(count))
    assert snapshots(files) == [15, 30, 45, 60, 75][-count:]


def test_newest_means_by_timestamp_not_by_name() -> None:
    """A clock that was set back makes no snapshot older than it is."""
    files = MemoryFiles()
    clock = Clock()
    database = Database(files, keeping(1), clock)
    database.commit()
    database.snapshot()
    clock.now = clock.now.replace(year=2020)
    database.commit()
    database.snapshot()
    assert snapshots(files) == [2]


def test_the_log_line_of_the_retention() -> None:
    files, database = with_rounds(3, keeping(3))
    database.commit()
    with capture_logs() as logs:
        database.snapshot()
    line = "snapshot retention: deleting 1 old snapshot file(s), retention_count=3"
    assert line in [log["event"] for log in logs]
    assert len(snapshots(files)) == 3


def test_it_runs_after_a_successful_snapshot_only() -> None:
    files, database = with_rounds(2, keeping(2))
    database.commit()
    before = snapshots(files)
    files.fault = Fault(files.calls + 1, FaultKind.NO_ROOM)
    with pytest.raises(SnapshotFailedError):
        database.snapshot()
    assert snapshots(files) == before
    files.make_room()
    files.fault = None
    database.snapshot()
    assert snapshots(files) == [*before[1:], 31]


def test_a_lock_postpones_it() -> None:
    files, database = with_rounds(2, keeping(2))
    database.durability.lock()
    for _ in range(2):
        database.commit()
        database.snapshot()
    assert snapshots(files) == [15, 30, 31, 32]
    database.durability.unlock()
    assert snapshots(files) == [31, 32]


def test_an_unreadable_snapshot_is_deliberately_put_aside_and_not_deleted() -> None:
    """The reference counts it as the oldest and deletes it first. Here a start moves it out of the way, whole."""
    files, database = with_rounds(3, keeping(3))
    database.close()
    (damaged, *_) = sorted(path for path in files.contents() if path.name.endswith("_timestamp_45"))
    files.place(damaged, b"damaged")
    again = Database(files, keeping(3))
    assert again.committed == list(range(1, 46))
    assert snapshots(files) == [15, 30]
    aside = [path for path in files.contents() if ".backup" in path.parts]
    assert [path.name for path in aside] == [damaged.name]
    assert files.contents()[aside[0]] == b"damaged"


def test_a_snapshot_of_another_database_is_deliberately_put_aside_and_not_deleted() -> None:
    """The reference counts it as the oldest and deletes it; here nobody's data are deleted."""
    foreign, other = with_rounds(1, keeping(3), commits=2)
    other.durability.close()
    (path,) = [path for path in foreign.contents() if path.parent == SNAPSHOTS]
    files, database = with_rounds(2, keeping(2))
    database.close()
    files.place(path, foreign.contents()[path])
    again = Database(files, keeping(2))
    assert again.committed == list(range(1, 31))
    assert snapshots(files) == [15, 30]
    assert [found.name for found in files.contents() if ".backup" in found.parts] == [path.name]


def test_a_snapshot_put_there_is_deliberately_neither_counted_nor_deleted() -> None:
    """It waits to be restored by the next start."""
    files, database = with_rounds(2, keeping(2))
    (path, content) = min((path, data) for path, data in files.contents().items() if path.parent == SNAPSHOTS)
    put = path.with_name("20200101000000000000_timestamp_15")
    files.place(put, content)
    for _ in range(3):
        database.commit()
        database.snapshot()
    assert put in files.contents()
    assert snapshots(files) == [15, 32, 33]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_no_wal_goes_before_there_are_as_many_snapshots_as_are_kept(count: int) -> None:
    files, database = with_rounds(count - 1, keeping(count))
    assert wal(files)[0].first == 1
    database.commit_many(15)
    database.snapshot()
    assert (wal(files)[0].first or 0) > 1


@pytest.mark.parametrize("count", [1, 2, 3])
def test_wal_goes_before_the_file_that_precedes_the_first_after_the_oldest_snapshot(count: int) -> None:
    files, _ = with_rounds(5, keeping(count))
    oldest = snapshots(files)[0]
    finished = [name for name in wal(files) if name.finished]
    after = [name for name in finished if (name.first or 0) > oldest]
    assert len(finished) - len(after) == 1, "exactly one file before it"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_one_file_with_something_older_than_the_oldest_snapshot_always_stays(count: int) -> None:
    files, _ = with_rounds(6, keeping(count))
    first = wal(files)[0]
    assert first.finished
    assert (first.first or 0) <= snapshots(files)[0]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_every_snapshot_that_stays_can_be_recovered_to_the_latest_commit(count: int) -> None:
    files, database = with_rounds(5, keeping(count))
    database.commit_many(5)
    for kept in snapshots(files):
        disk = files.reboot(Survives.NOTHING)
        for path in list(disk.contents()):
            if path.parent == SNAPSHOTS and not path.name.endswith(f"_timestamp_{kept}"):
                disk.delete(path)
        assert recovered(disk, keeping(count)) == database.committed


def test_a_wal_file_of_another_database_is_deliberately_put_aside_and_not_deleted() -> None:
    """The reference deletes it; here nobody's data are deleted."""
    foreign, other = with_rounds(1, keeping(3), commits=3)
    other.durability.close()
    (path,) = [path for path in foreign.contents() if path.parent == WAL]
    files, database = with_rounds(2, keeping(1))
    database.close()
    put = path.with_name("20190101000000000000_from_1_to_3")
    files.place(put, foreign.contents()[path])
    again = Database(files, keeping(1))
    assert again.committed == list(range(1, 31))
    assert [found.name for found in files.contents() if ".backup" in found.parts] == [put.name]


def test_an_unreadable_wal_file_stays_while_it_is_needed_and_the_start_is_refused() -> None:
    files, database = with_rounds(2, keeping(2))
    database.durability.close()
    needed = next(path for path in sorted(files.contents()) if path.parent == WAL and "_to_" in path.name)
    for path in list(files.contents()):
        if path.parent == SNAPSHOTS:
            files.delete(path)
    files.place(needed, b"unreadable")
    before = files.contents()
    with pytest.raises(DamagedFileError, match="Nothing was changed"):
        Database(files, keeping(2))
    assert files.contents() == before


def test_an_unreadable_wal_file_that_nothing_needs_deliberately_goes_like_any_other() -> None:
    """The reference leaves it, with a warning, for ever; here names decide, and content that nobody needs matters to nobody."""
    files, database = with_rounds(1, keeping(1))
    database.close()
    damaged = next(path for path in sorted(files.contents()) if path.parent == WAL)
    files.place(damaged, b"unreadable")
    again = Database(files, keeping(1))
    for _ in range(3):
        again.commit_many(15)
        again.snapshot()
    assert damaged not in files.contents()
    assert recovered(files.reboot(Survives.NOTHING), keeping(1)) == again.committed


def test_the_open_wal_file_never_goes() -> None:
    files, database = with_rounds(
        3, Settings(storage_snapshot_retention_count=1, storage_wal_file_size_kib=1000)
    )
    assert [name.finished for name in wal(files)] == [False]
    database.durability.close()
    assert recovered(files) == database.committed


# =========================================================================== LOCK DATA DIRECTORY

LOCK, UNLOCK, STATUS = "LOCK DATA DIRECTORY;", "UNLOCK DATA DIRECTORY;", "DATA DIRECTORY LOCK STATUS;"


@pytest.mark.parametrize(
    ("before", "statement", "row"),
    [
        ((), LOCK, "Data directory is now locked."),
        ((LOCK,), LOCK, "Data directory is already locked."),
        ((LOCK,), UNLOCK, "Data directory is now unlocked."),
        ((), UNLOCK, "Data directory is already unlocked."),
        ((LOCK,), STATUS, "Data directory is locked."),
        ((), STATUS, "Data directory is unlocked."),
    ],
)
async def test_the_rows(before: tuple[str, ...], statement: str, row: str) -> None:
    async with opened() as database:
        for text in before:
            await execute(database, text)
        run = begin(database, explicit=False).run(statement, {})
        assert run.columns[0] == "STATUS"
        ((text, *_),) = await execute(database, statement)
        assert text == row


async def test_the_status_deliberately_says_more() -> None:
    """Since when and by whom, in columns of their own behind Memgraph's."""
    async with opened() as database:
        assert begin(database, explicit=False).run(STATUS, {}).columns == ("STATUS", "since", "by")


async def test_it_is_not_counted() -> None:
    async with opened() as database:
        for text in (LOCK, LOCK, UNLOCK):
            await execute(database, text)
        assert (await execute(database, STATUS))[0][0] == "Data directory is unlocked."


async def test_it_is_not_tied_to_who_took_it_and_anybody_takes_it_off() -> None:
    async with opened() as database:
        taker = begin(database, explicit=False)
        await run_in(taker, LOCK)
        taker.rollback()  # the session is over
        assert (await execute(database, STATUS))[0][0] == "Data directory is locked."
        assert (await execute(database, UNLOCK))[0][0] == "Data directory is now unlocked."


async def test_it_vanishes_with_a_restart() -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, LOCK)
    async with opened(files) as again:
        assert (await execute(again, STATUS))[0][0] == "Data directory is unlocked."


def test_deletions_wait_for_the_unlock() -> None:
    files, database = with_rounds(2, keeping(1))
    database.durability.lock()
    before = set(files.contents())
    for _ in range(2):
        database.commit_many(15)
        database.snapshot()
    assert before <= set(files.contents())
    database.durability.unlock()
    assert snapshots(files) == [60]
    assert not before <= set(files.contents())


def test_renames_wait_for_the_unlock_and_deliberately_leave_one_file_not_two() -> None:
    """The reference copies a file that is finished under the lock; here it keeps its name until then."""
    files = MemoryFiles()
    database = Database(files)
    database.durability.lock()
    database.commit_many(30)
    assert len(wal(files)) > 3
    assert not any(name.finished for name in wal(files))
    copied = files.copy()
    database.durability.unlock()
    assert [name.finished for name in wal(files)] == [True] * (len(wal(files)) - 1) + [False]
    assert recovered(copied) == database.committed


def test_it_stops_no_commits_no_new_wal_files_and_no_snapshots() -> None:
    files, database = with_rounds(1, keeping(3))
    database.durability.lock()
    files_before = len(wal(files))
    database.commit_many(15)
    assert database.snapshot() is not None
    assert database.snapshot("periodic") is None, "nothing changed since"
    database.commit()
    assert database.snapshot("periodic") is not None
    assert len(wal(files)) > files_before
    assert database.committed == list(range(1, 32))


def test_a_copy_with_a_torn_tail_is_recovered() -> None:
    files, database = with_rounds(1, Settings(storage_wal_file_size_kib=1000))
    database.durability.lock()
    database.commit_many(3)
    (path,) = [path for path in files.contents() if path.name.endswith("_current")]
    whole = files.contents()[path]
    database.commit()
    copied = files.copy()
    for end in range(len(whole), len(files.contents()[path])):
        torn = copied.copy()
        torn.place(path, files.contents()[path][:end])
        assert recovered(torn) == list(range(1, 19))


@pytest.mark.parametrize("statement", [LOCK, UNLOCK])
async def test_not_in_an_explicit_transaction_with_others(statement: str) -> None:
    async with opened() as database:
        transaction = begin(database)
        await run_in(transaction, "CREATE (:N {i: 1})")
        with pytest.raises(
            NotAloneError, match=r"^Locking paths is not allowed in multicommand transactions\."
        ):
            await run_in(transaction, statement)
        assert await numbers(database) == []
        assert (await execute(database, STATUS))[0][0] == "Data directory is unlocked."


async def test_there_is_no_on_disk_mode_to_refuse_it_in() -> None:
    """And so no ``Locking paths is not supported for the OnDisk storage mode``."""
    async with opened() as database:
        with pytest.raises(StorageModeError, match="ON_DISK_TRANSACTIONAL is not supported"):
            await execute(database, "STORAGE MODE ON_DISK_TRANSACTIONAL")
