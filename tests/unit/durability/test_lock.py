"""LOCK, UNLOCK and STATUS of the data directory: the table of the reference, section 2.6."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lithograph.durability.manager import Durability
from lithograph.durability.retainer import Retainer
from support.durable_model import BEGIN, ROOT, Clock, Database, Model, Settings, recovered
from support.files import Fault, FaultKind, MemoryFiles

KEEP_ONE = Settings(storage_snapshot_retention_count=1)


def data(files: MemoryFiles) -> set[Path]:
    return {path for path in files.contents() if path.parent.name in ("wal", "snapshots")}


def test_the_rows_are_those_of_the_reference() -> None:
    durability = Database(MemoryFiles()).durability
    assert durability.lock_status().text == "Data directory is unlocked."
    assert durability.lock() == "Data directory is now locked."
    assert durability.lock() == "Data directory is already locked."
    assert durability.lock_status().text == "Data directory is locked."
    assert durability.unlock() == "Data directory is now unlocked."
    assert durability.unlock() == "Data directory is already unlocked."
    assert durability.lock_status().text == "Data directory is unlocked."


def test_the_status_says_since_when_and_by_whom() -> None:
    durability = Database(MemoryFiles()).durability
    durability.lock("anna")
    durability.lock("bert")
    status = durability.lock_status()
    assert status.by == "anna"
    assert status.since is not None
    assert status.since > BEGIN
    durability.unlock()
    assert (durability.lock_status().since, durability.lock_status().by) == (None, None)


def test_while_locked_no_file_goes_or_changes_its_name() -> None:
    files = MemoryFiles()
    database = Database(files, KEEP_ONE)
    database.commit_many(8)
    database.durability.lock()
    before, mark = data(files), len(files.journal)
    for _ in range(5):
        database.commit_many(8)
        database.snapshot()
        assert before <= data(files)
        before = data(files)
    published = [
        path
        for operation, path in files.journal[mark:]
        if operation in ("rename", "remove") and not path.name.startswith(".")
    ]
    assert published == []
    assert database.durability.lock_status().waiting > 0


def test_the_unlock_catches_up() -> None:
    files, twin = MemoryFiles(), MemoryFiles()
    databases = [Database(files, KEEP_ONE), Database(twin, KEEP_ONE)]
    databases[0].durability.lock()
    for database in databases:
        for _ in range(5):
            database.commit_many(8)
            database.snapshot()
    databases[0].durability.unlock()
    assert {p.name[20:] for p in data(files)} == {p.name[20:] for p in data(twin)}
    assert databases[0].durability.lock_status().waiting == 0
    databases[0].close()
    assert recovered(files, KEEP_ONE) == list(range(1, 41))


def test_the_unlock_of_a_broken_database_leaves_everything_where_it_is() -> None:
    """The newest snapshot and the log are damaged; a smaller number of snapshots to keep must not cost the good ones."""
    files = MemoryFiles()
    database = Database(files)
    for _ in range(3):
        database.commit_many(4)
        database.snapshot()
    database.commit_many(4)
    database.durability.close()
    snapshots = sorted(path for path in files.contents() if path.parent.name == "snapshots")
    log = sorted(path for path in files.contents() if path.parent.name == "wal")
    for path in (snapshots[-1], *log[-2:]):
        content = bytearray(files.contents()[path])
        content[-100] ^= 1
        files.place(path, bytes(content))
    settings = replace(KEEP_ONE, storage_allow_recovery_failure=True)
    durability = Durability.open(settings, Model(), files=files, clock=Clock())
    assert durability.broken is not None
    before = data(files)
    assert set(snapshots) <= before
    durability.lock()
    durability.unlock()
    assert data(files) == before
    durability.close()


def test_a_copy_taken_under_the_lock_is_the_database() -> None:
    files = MemoryFiles()
    database = Database(files, KEEP_ONE)
    database.commit_many(8)
    database.snapshot()
    database.durability.lock()
    database.commit_many(20)
    copied = files.copy()
    database.commit_many(20)
    database.durability.unlock()
    assert recovered(copied, KEEP_ONE) == list(range(1, 29))


def test_a_stop_under_the_lock_leaves_all_names_and_the_next_start_takes_it_off() -> None:
    files = MemoryFiles()
    database = Database(files)
    database.commit_many(20)
    database.durability.lock()
    database.commit_many(20)
    before = data(files)
    database.close()
    assert before <= data(files)
    again = Database(files)
    assert again.durability.lock_status().locked is False
    assert again.committed == list(range(1, 41))
    assert not [path for path in data(files) if path.name.endswith("_current")]


def test_what_waits_is_done_once() -> None:
    files = MemoryFiles()
    path = ROOT / "wal" / "a"
    files.place(path, b"")
    retainer = Retainer(files, Clock())
    retainer.lock()
    retainer.rename(path, path.with_name("b"))
    retainer.remove(path)
    retainer.remove(path)
    assert retainer.status().waiting == 1
    retainer.unlock()
    assert files.contents() == {}
    assert [operation for operation, _ in files.journal] == ["remove", "sync_directory"]


@pytest.mark.parametrize("operation", ["rename", "remove"])
def test_a_file_that_cannot_be_moved_is_told_of_and_harms_nobody(operation: str) -> None:
    files = MemoryFiles(Fault(1, FaultKind.FAIL))
    path = ROOT / "wal" / "a"
    files.place(path, b"")
    retainer = Retainer(files, Clock())
    with capture_logs() as logs:
        if operation == "rename":
            retainer.rename(path, path.with_name("b"))
        else:
            retainer.remove(path)
    assert [log["log_level"] for log in logs] == ["warning"]
    assert path in files.contents()
