"""The log: rotation, and what a failing disk or a meddling hand does to it."""

from __future__ import annotations

import errno
from itertools import pairwise
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lithograph.durability.codec import Encoder
from lithograph.durability.errors import DiskFullError, FileError
from lithograph.durability.framing import HEADER_SIZE
from lithograph.durability.header import SIZE
from lithograph.durability.wal_reader import SUMMARY
from lithograph.storage.errors import PropertyTypeError, WritesRefusedError
from support.durable_model import ROOT, Database, Settings, recovered, transaction
from support.files import Fault, FaultKind, MemoryFiles, MemoryHandle, Survives

BIG = Settings(storage_wal_file_size_kib=1000)


def wal_files(files: MemoryFiles) -> list[Path]:
    return sorted(path for path in files.contents() if path.parent == ROOT / "wal")


def calls_of_a_commit() -> list[str]:
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit_many(2)
    mark = len(files.journal)
    database.commit()
    return [operation for operation, _ in files.journal[mark:]]


def at_the_next(files: MemoryFiles, operation: str, kind: FaultKind) -> None:
    """Let the coming commit's call of this name fail."""
    files.fault = Fault(files.calls + calls_of_a_commit().index(operation) + 1, kind)


def test_a_commit_costs_one_write_and_one_sync() -> None:
    assert calls_of_a_commit() == ["size", "write", "sync", "fstat"]


def test_files_are_finished_by_size_and_never_split_a_transaction() -> None:
    files = MemoryFiles()
    Database(files).commit_many(30)
    *finished, _ = wal_files(files)
    assert len(finished) > 3
    ends = [tuple(map(int, path.name.split("_")[2::2])) for path in finished]
    assert ends[0][0] == 1
    assert all(after[0] == before[1] + 1 for before, after in pairwise(ends))
    assert all(len(files.contents()[path]) >= 1024 for path in finished)


def test_a_transaction_larger_than_a_file_is_whole_in_one() -> None:
    files = MemoryFiles()
    database = Database(files)
    observer = database.durability.observer
    assert observer is not None
    observer.append(1, [delta for number in range(100) for delta in transaction(number)])
    database.durability.flush()
    assert len(wal_files(files)) == 1


def test_no_commit_no_file() -> None:
    files = MemoryFiles()
    database = Database(files)
    assert database.durability.observer is not None
    database.durability.observer.append(1, [])
    database.durability.flush()
    database.durability.close()
    assert wal_files(files) == []


def test_timestamps_must_rise() -> None:
    database = Database(MemoryFiles())
    database.commit_many(3)
    assert database.durability.observer is not None
    with pytest.raises(ValueError, match="3 does not come after 3"):
        database.durability.observer.append(3, transaction(3))


def test_a_value_that_cannot_be_written_leaves_the_log_as_it_was() -> None:
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit()
    before = files.contents()
    (vertices, edges, numbers) = transaction(2)
    object.__setattr__(edges, "type", object())
    assert database.durability.observer is not None
    with pytest.raises(PropertyTypeError):
        database.durability.observer.append(2, [vertices, edges, numbers])
    assert files.contents() == before
    assert database.commit() == 2


def test_a_failed_sync_is_never_repeated_and_believed() -> None:
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit_many(2)
    at_the_next(files, "sync", FaultKind.FAIL)
    with capture_logs() as logs, pytest.raises(WritesRefusedError, match="could not be synced"):
        database.commit()
    assert [log["log_level"] for log in logs] == ["error"]
    mark = len(files.journal)
    for attempt in (database.commit, database.durability.flush):
        with pytest.raises(WritesRefusedError, match="restart the server"):
            attempt()
    assert files.journal[mark:] == []
    assert database.durability.failure is not None
    database.durability.close()
    assert recovered(files.reboot(Survives.NOTHING), BIG) == [1, 2]


def test_what_could_be_read_after_a_failed_sync_is_on_disk_after_the_next_start() -> None:
    """The system shows a page it never wrote and believes it clean; recovery must not serve it from there."""
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit_many(2)
    at_the_next(files, "sync", FaultKind.FAIL)
    with pytest.raises(WritesRefusedError):
        database.commit()
    files.locks.clear()
    again = Database(files, BIG)
    assert again.committed == [1, 2, 3]
    assert recovered(files.reboot(Survives.NOTHING), BIG) == [1, 2, 3]


@pytest.mark.parametrize("kind", [FaultKind.FULL, FaultKind.NO_ROOM])
def test_a_full_disk_refuses_writes_and_takes_them_again_when_there_is_room(kind: FaultKind) -> None:
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit_many(2)
    at_the_next(files, "write", kind)
    with pytest.raises(WritesRefusedError, match="as soon as there is room"):
        database.commit()
    assert database.durability.failure is None
    database.next = 3
    if kind is FaultKind.NO_ROOM:
        with pytest.raises(WritesRefusedError, match="as soon as there is room"):
            database.commit()
        database.next = 3
        files.make_room()
    database.commit_many(2)
    database.durability.close()
    assert recovered(files, BIG) == [1, 2, 3, 4]


def test_a_full_disk_is_told_with_folder_and_size_once_in_the_log_and_until_something_was_written() -> None:
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit()
    (path,) = wal_files(files)
    size = len(files.contents()[path])
    database.commit()
    frame = len(files.contents()[path]) - size
    at_the_next(files, "write", FaultKind.NO_ROOM)
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(DiskFullError) as caught:
                database.commit()
            assert (caught.value.folder, caught.value.needed) == (ROOT / "wal", frame)
            assert f"no room for {frame} bytes in {ROOT / 'wal'}" in caught.value.message
            assert database.durability.no_room == caught.value.message
        files.make_room()
        database.commit()
    assert [log["log_level"] for log in logs] == ["error", "info"]
    assert database.durability.no_room is None


def test_a_quota_is_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(MemoryFiles(), BIG)
    database.commit()

    def over_quota(handle: MemoryHandle, data: bytes) -> None:
        raise OSError(errno.EDQUOT, "over quota")

    with monkeypatch.context() as patched:
        patched.setattr(MemoryHandle, "write", over_quota)
        with pytest.raises(DiskFullError):
            database.commit()
    assert database.commit() == 3


@pytest.mark.parametrize("how", ["fails", "has no effect"])
def test_a_full_disk_that_cannot_be_cut_back_ends_the_log(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of a frame that stays would be in the way of the next one."""
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit_many(2)

    def truncate(handle: MemoryHandle, size: int) -> None:
        if how == "fails":
            raise OSError(errno.EIO, "no")

    at_the_next(files, "write", FaultKind.FULL)
    with monkeypatch.context() as patched:
        patched.setattr(MemoryHandle, "truncate", truncate)
        with pytest.raises(WritesRefusedError, match=r"not be cut back|cutting it back"):
            database.commit()
    mark = len(files.journal)
    with pytest.raises(WritesRefusedError, match="restart the server"):
        database.commit()
    assert files.journal[mark:] == []
    assert recovered(files.reboot(Survives.EVERYTHING), BIG) == [1, 2]


def about_to_rotate() -> tuple[MemoryFiles, Database]:
    """A database whose next commit finishes the open file and makes the next one."""
    files = MemoryFiles()
    database = Database(files)
    database.commit()
    while len(files.contents()[wal_files(files)[-1]]) < 1024:
        database.commit()
    return files, database


@pytest.mark.parametrize("place", ["summary", "creation", "header", "frame"])
def test_a_rotation_that_finds_no_room_says_what_the_commit_wants(place: str) -> None:
    files, database = about_to_rotate()
    mark = len(files.journal)
    database.commit()
    calls = [operation for operation, _ in files.journal[mark:]]
    writes = [number for number, operation in enumerate(calls, 1) if operation in ("write", "create")]
    assert [calls[number - 1] for number in writes] == ["write", "create", "write", "write"]

    files, database = about_to_rotate()
    ahead = writes[["summary", "creation", "header", "frame"].index(place)]
    files.fault = Fault(files.calls + ahead, FaultKind.FULL)
    frame = HEADER_SIZE + len(Encoder().encode(transaction(database.next)))
    with pytest.raises(DiskFullError) as caught:
        database.commit()
    summary = HEADER_SIZE + SUMMARY.size
    assert caught.value.needed == frame + (summary if place == "summary" else 0)
    database.commit_many(2)
    database.durability.close()
    assert recovered(files.reboot(Survives.NOTHING)) == database.committed


def test_a_stop_without_room_for_the_summary_keeps_what_was_acknowledged() -> None:
    """With a larger n the last commits wait for the sync that comes with the end of the file."""
    settings = Settings(storage_wal_file_flush_every_n_tx=10, storage_wal_file_size_kib=1000)
    files = MemoryFiles()
    database = Database(files, settings)
    observer = database.durability.observer
    assert observer is not None
    for number in (1, 2, 3):
        observer.append(number, transaction(number))
    assert recovered(files.reboot(Survives.NOTHING), BIG) == []
    files.capacity = sum(map(len, files.contents().values()))
    with pytest.raises(DiskFullError):
        database.durability.close()
    assert recovered(files.reboot(Survives.NOTHING), BIG) == [1, 2, 3]
    assert not files.locks


def test_a_start_without_room_is_refused_in_words_and_works_when_there_is() -> None:
    files = MemoryFiles()
    Database(files, BIG).commit_many(3)
    files.locks.clear()
    files.capacity = sum(map(len, files.contents().values()))
    before = files.contents()
    with pytest.raises(DiskFullError, match="nothing was lost"):
        Database(files, BIG)
    assert files.contents() == before
    assert not files.locks
    files.make_room()
    assert Database(files, BIG).committed == [1, 2, 3]


def test_a_write_that_fails_otherwise_ends_the_log() -> None:
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit_many(2)
    at_the_next(files, "write", FaultKind.SHORT)
    with pytest.raises(WritesRefusedError, match="could not be written"):
        database.commit()
    with pytest.raises(WritesRefusedError, match="restart the server"):
        database.commit()
    database.durability.close()
    assert recovered(files, BIG) == [1, 2]


@pytest.mark.parametrize("how", ["cut", "removed", "replaced", "longer"])
def test_a_file_that_somebody_meddles_with_is_not_written_on(how: str) -> None:
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit_many(2)
    (path,) = wal_files(files)
    content = files.contents()[path]
    match how:
        case "cut":
            files.place(path, content[:SIZE])
        case "longer":
            files.place(path, content + b"x")
        case "removed":
            files.delete(path)
        case "replaced":
            files.delete(path)
            files.place(path, content)
    with pytest.raises(WritesRefusedError, match=r"somebody else|removed or replaced"):
        database.commit()
    with pytest.raises(WritesRefusedError):
        database.commit()


def test_without_a_sync_for_each_commit_a_power_failure_takes_the_last_ones_and_no_others() -> None:
    files = MemoryFiles()
    database = Database(files, Settings(storage_wal_file_flush_every_n_tx=10, storage_wal_file_size_kib=1000))
    database.commit_many(4)
    observer = database.durability.observer
    assert observer is not None
    for number in range(5, 9):
        observer.append(number, transaction(number))
    assert database.durability.unsynced == 4
    assert recovered(files.reboot(Survives.NOTHING), BIG) == [1, 2, 3, 4]
    assert recovered(files.reboot(Survives.EVERYTHING), BIG) == list(range(1, 9))


def test_the_log_is_off_when_it_is_switched_off() -> None:
    durability = Database(MemoryFiles(), Settings(storage_wal_enabled=False)).durability
    assert durability.observer is None
    assert (durability.position, durability.unsynced, durability.failure) == (0, 0, None)
    durability.flush()
    durability.skip_to(5)
    durability.close()


def test_closing_twice_is_closing_once() -> None:
    files = MemoryFiles()
    database = Database(files)
    database.commit()
    database.durability.close()
    mark = len(files.journal)
    database.durability.close()
    assert files.journal[mark:] == []


def test_a_start_that_is_refused_lets_go_of_the_directory() -> None:
    files = MemoryFiles()
    Database(files).commit_many(30)
    files.locks.clear()
    files.delete(wal_files(files)[1])
    with pytest.raises(FileError):
        Database(files)
    assert not files.locks
