"""Lock, copy a snapshot in, unlock, restart: that restores it. See docs/decisions/0003-restore-by-copy.md."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lithograph.durability.errors import DamagedFileError
from support.durable_model import BEGIN, ROOT, Clock, Database, Settings, recovered
from support.files import MemoryFiles, Survives

NO_WAL = Settings(storage_wal_enabled=False)
LATER = BEGIN + timedelta(hours=1)


def in_folder(files: MemoryFiles, folder: str) -> list[Path]:
    return sorted(path for path in files.contents() if path.parent == ROOT / folder)


def backup(count: int = 5, settings: Settings | None = None) -> tuple[Path, bytes]:
    """A snapshot of a database of its own with ``count`` transactions."""
    files = MemoryFiles()
    database = Database(files, settings)
    database.commit_many(count)
    path = database.snapshot()
    assert path is not None
    return path, files.contents()[path]


def put_aside(files: MemoryFiles) -> MemoryFiles:
    """What lies in the one folder below .backup, as a data directory of its own."""
    aside = [path for path in files.contents() if path.relative_to(ROOT).parts[0] == ".backup"]
    assert len({path.relative_to(ROOT).parts[1] for path in aside}) == 1
    copied = MemoryFiles()
    for path in aside:
        copied.place(ROOT / path.parent.name / path.name, files.contents()[path])
    return copied


def stop(database: Database, files: MemoryFiles, how: str) -> MemoryFiles:
    if how == "orderly":
        database.close()
        return files
    return files.reboot(Survives.NOTHING)


@pytest.mark.parametrize("how", ["orderly", "killed"])
@pytest.mark.parametrize("present", [0, 3, 30])
def test_a_backup_of_another_database_takes_effect_whatever_was_there(how: str, present: int) -> None:
    path, content = backup()
    files = MemoryFiles()
    database = Database(files, clock=Clock(LATER))
    database.commit_many(present)
    database.durability.lock()
    files.place(path, content)
    database.durability.unlock()
    assert database.durability.waiting_restore() == [path]
    disk = stop(database, files, how)
    with capture_logs():
        again = Database(disk, clock=Clock(LATER + timedelta(hours=1)))
    assert again.committed == [1, 2, 3, 4, 5]
    assert again.durability.report is not None
    assert again.durability.report.restored
    again.commit_many(2)
    again.close()
    assert recovered(disk) == [1, 2, 3, 4, 5, 6, 7]
    if present:
        assert recovered(put_aside(disk)) == list(range(1, present + 1))


@pytest.mark.parametrize("settings", [Settings(), NO_WAL], ids=["with log", "without"])
def test_an_older_snapshot_of_the_same_database_takes_effect(settings: Settings) -> None:
    files = MemoryFiles()
    database = Database(files, settings)
    database.committed += [1, 2]
    database.next = 3
    path = database.snapshot()
    assert path is not None
    saved = files.contents()[path]
    database.committed.append(3)
    database.snapshot()
    database.durability.lock()
    files.place(path, saved)  # over itself, which is still there
    database.durability.unlock()
    database.committed.append(4)
    database.close()
    assert recovered(files, settings) == [1, 2]
    assert not [path for path in files.contents() if path.name == ".restore"]


def test_without_a_log_the_exit_snapshot_is_written_and_put_aside_by_the_next_start() -> None:
    path, content = backup()
    files = MemoryFiles()
    database = Database(files, NO_WAL, Clock(LATER))
    files.place(path, content)
    database.committed += [1, 2, 3]
    database.close()
    assert len(in_folder(files, "snapshots")) == 2
    assert recovered(files, NO_WAL) == [1, 2, 3, 4, 5]
    assert recovered(put_aside(files), NO_WAL) == [1, 2, 3]


def test_a_copy_without_the_lock_is_noticed_at_the_stop() -> None:
    path, content = backup()
    files = MemoryFiles()
    database = Database(files, clock=Clock(LATER))
    database.commit_many(9)
    files.place(path, content)
    database.close()
    assert recovered(files) == [1, 2, 3, 4, 5]


def test_snapshots_and_log_of_a_backup_are_restored_together() -> None:
    """The whole backup is copied over the directory it came from, some of whose files still have the same names."""
    files = MemoryFiles()
    database = Database(files, Settings(storage_wal_file_size_kib=1000))
    database.commit_many(5)
    database.snapshot()
    database.commit_many(4)
    saved = files.contents()
    database.commit_many(6)
    database.durability.lock()
    for path, content in saved.items():
        files.place(path, content)  # the open WAL file too: it is cut short under our hands
    with capture_logs():
        database.durability.unlock()
        with pytest.raises(Exception, match="changed by somebody else"):
            database.commit()
        database.durability.close()
        assert recovered(files) == list(range(1, 10))


def test_files_of_a_backup_that_were_finished_meanwhile_are_restored_too() -> None:
    files = MemoryFiles()
    database = Database(files)
    database.commit_many(5)
    database.snapshot()
    database.commit_many(4)
    saved = files.contents()
    database.commit_many(30)
    database.durability.lock()
    for path, content in saved.items():
        files.place(path, content)
    database.durability.unlock()
    database.close()
    assert recovered(files) == list(range(1, 10))
    assert recovered(put_aside_with(files, saved)) == list(range(1, 40))


def put_aside_with(files: MemoryFiles, saved: dict[Path, bytes]) -> MemoryFiles:
    """What was put aside, together with those files of the backup that were its own before."""
    copied = put_aside(files)
    present = copied.contents()
    for path, content in saved.items():
        if not any(other.name[:20] == path.name[:20] for other in present):
            copied.place(path, content)
    return copied


def test_a_damaged_copy_is_refused_and_nothing_is_touched() -> None:
    path, content = backup()
    files = MemoryFiles()
    database = Database(files, clock=Clock(LATER))
    database.commit_many(3)
    files.place(path, content[:-10])
    database.close()
    before = files.contents()
    with pytest.raises(DamagedFileError) as caught:
        recovered(files)
    assert caught.value.path == path
    assert files.contents() == before
    files.delete(path)
    assert recovered(files) == [1, 2, 3]


def test_who_takes_the_copy_away_again_gets_the_present_data() -> None:
    path, content = backup()
    files = MemoryFiles()
    database = Database(files, clock=Clock(LATER))
    database.commit_many(3)
    database.durability.lock()
    files.place(path, content)
    database.durability.unlock()
    assert ROOT / ".restore" in files.contents()
    files.delete(path)
    assert database.durability.waiting_restore() == []
    assert ROOT / ".restore" not in files.contents()
    database.close()
    assert recovered(files) == [1, 2, 3]


def test_retention_leaves_alone_what_was_put_there() -> None:
    path, content = backup(2)
    files = MemoryFiles()
    database = Database(files, Settings(storage_snapshot_retention_count=1), Clock(LATER))
    files.place(path, content)
    for _ in range(4):
        database.commit()
        database.snapshot()
    assert path in files.contents()
    assert len(in_folder(files, "snapshots")) == 2


def test_a_new_history_begins_with_a_restore() -> None:
    path, content = backup()
    files = MemoryFiles()
    database = Database(files, clock=Clock(LATER))
    database.commit_many(3)
    files.place(path, content)
    database.close()
    again = Database(files)
    assert again.durability.epoch == 2
    again.commit_many(2)
    again.close()
    third = Database(files)
    assert third.durability.epoch == 2
    assert third.committed == list(range(1, 8))


def test_a_copy_of_the_whole_directory_is_never_taken_for_a_restore() -> None:
    files = MemoryFiles()
    database = Database(files)
    database.commit_many(4)
    database.snapshot()
    database.commit_many(3)
    database.durability.lock()
    copied = MemoryFiles()
    for path, content in reversed(files.contents().items()):
        copied.place(path, content)
    database.durability.unlock()
    assert recovered(copied) == list(range(1, 8))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"rubbish",
        b"[]",
        b'{"version": 1}',
        b'{"version": 1, "snapshots": [1], "wal": [], "aside": "1", "epoch": 2}',
        b"[" * 100_000,
    ],
)
def test_an_order_that_cannot_be_read_is_refused(text: bytes) -> None:
    files = MemoryFiles()
    Database(files).close()
    files.place(ROOT / ".restore", text)
    with pytest.raises(DamagedFileError, match="Remove the file"):
        recovered(files)


def test_an_order_cannot_point_outside_of_the_directory() -> None:
    files = MemoryFiles()
    database = Database(files)
    database.commit()
    database.snapshot()
    database.durability.close()
    (path,) = in_folder(files, "snapshots")
    order = {"version": 1, "snapshots": [path.name], "wal": [], "aside": "../x", "epoch": 2}
    files.place(ROOT / ".restore", json.dumps(order).encode())
    with pytest.raises(DamagedFileError):
        recovered(files)


@pytest.mark.parametrize("epoch", ["Infinity", "1e999", "-1", str(2**32)])
def test_an_order_with_an_epoch_that_cannot_be_is_refused(epoch: str) -> None:
    files = MemoryFiles()
    Database(files).close()
    text = f'{{"version": 1, "snapshots": [], "wal": [], "aside": "1", "epoch": {epoch}}}'
    files.place(ROOT / ".restore", text.encode())
    with pytest.raises(DamagedFileError, match="order to restore a snapshot cannot be read"):
        recovered(files)
