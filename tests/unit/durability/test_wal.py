"""The log: rotation, and what a failing disk or a meddling hand does to it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lithograph.durability.errors import FileError
from lithograph.durability.header import SIZE
from lithograph.storage.errors import PropertyTypeError, WritesRefusedError
from support.durable_model import ROOT, Database, Settings, recovered, transaction
from support.files import Fault, FaultKind, MemoryFiles, Survives

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
