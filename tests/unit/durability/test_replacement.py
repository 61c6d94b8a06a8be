"""RECOVER SNAPSHOT as durability sees it: what it refuses, what it leaves in the directory, what goes on afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lithograph.durability.errors import BrokenDatabaseError, DamagedFileError, SnapshotRecoveryError
from lithograph.durability.files import RealFiles
from lithograph.durability.manager import Durability
from lithograph.storage.errors import WritesRefusedError
from support.durable_model import BEGIN, ROOT, Clock, Database, Model, Settings, recovered
from support.files import Fault, FaultKind, MemoryFiles, Survives

BACKUP = Path("/backup/any name will do")
LATER = BEGIN + timedelta(hours=1)
NO_WAL = Settings(storage_wal_enabled=False)
BROKEN = Settings(storage_allow_recovery_failure=True)


def backup(count: int = 5) -> bytes:
    """A snapshot of a database of its own with ``count`` transactions."""
    files = MemoryFiles()
    database = Database(files)
    database.commit_many(count)
    path = database.snapshot()
    assert path is not None
    return files.contents()[path]


def running(count: int = 30, settings: Settings | None = None) -> tuple[MemoryFiles, Database]:
    """A database that runs, with log, snapshots and a backup of another one at hand."""
    files = MemoryFiles()
    files.place(BACKUP, backup())
    database = Database(files, settings, Clock(LATER))
    for number in range(count):
        if database.durability.observer is not None:
            database.commit()
        else:
            database.committed.append(number + 1)
        if number % 12 == 5:
            database.snapshot()
    return files, database


def in_folder(files: MemoryFiles, folder: str) -> list[Path]:
    return sorted(path for path in files.contents() if path.parent == ROOT / folder)


def old_generation(files: MemoryFiles) -> MemoryFiles:
    """What lies in the two ``.old``, as a data directory of its own."""
    copied = MemoryFiles()
    for path, content in files.contents().items():
        if path.parent.name == ".old":
            copied.place(path.parent.parent / path.name, content)
    return copied


@pytest.mark.parametrize("settings", [Settings(), NO_WAL], ids=["with log", "without"])
def test_the_snapshot_takes_the_place_of_everything(settings: Settings) -> None:
    files, database = running(30, settings)
    epoch = database.durability.epoch
    database.recover(BACKUP)
    assert database.committed == [1, 2, 3, 4, 5]
    assert database.durability.recovered_timestamp == 5
    assert database.durability.epoch > epoch
    assert len(in_folder(files, "snapshots")) == 1
    assert in_folder(files, "wal") == []
    assert not [
        path for path in files.contents() if path.name.endswith(".partial") or path.name == ".restore"
    ]
    assert recovered(files.reboot(Survives.NOTHING), settings) == [1, 2, 3, 4, 5]


def test_commits_snapshots_and_restarts_go_on_from_it() -> None:
    files, database = running()
    database.recover(BACKUP)
    database.commit_many(12)
    assert recovered(files.reboot(Survives.NOTHING)) == list(range(1, 18))
    database.snapshot()
    database.commit_many(3)
    database.close()
    again = Database(files)
    assert again.committed == list(range(1, 21))
    assert again.durability.epoch > 1
    again.commit_many(2)
    assert recovered(files.reboot(Survives.NOTHING)) == list(range(1, 23))


@pytest.mark.parametrize("again", [False, True])
def test_one_generation_of_what_was_there_is_kept_and_can_be_started(again: bool) -> None:
    files, database = running()
    before = database.committed
    if again:
        database.recover(BACKUP)
        database.commit_many(4)
        before = database.committed
    database.recover(BACKUP)
    assert recovered(old_generation(files)) == before


def test_without_the_folder_for_it_what_was_there_is_deleted() -> None:
    files, database = running(settings=Settings(storage_backup_dir_enabled=False))
    database.recover(BACKUP)
    assert [path for path in files.contents() if path.is_relative_to(ROOT)] == in_folder(files, "snapshots")
    database.close()
    assert recovered(files) == [1, 2, 3, 4, 5]


def test_a_snapshot_of_its_own_that_lies_in_the_directory_can_be_gone_back_to() -> None:
    files, database = running()
    path = in_folder(files, "snapshots")[0]
    number = int(path.name.rpartition("_")[2])
    database.recover(path)
    assert database.committed == list(range(1, number + 1))
    database.commit()
    assert recovered(files.reboot(Survives.NOTHING)) == list(range(1, number + 2))


def test_what_was_copied_into_the_directory_before_is_replaced_like_everything_else() -> None:
    files, database = running()
    put = ROOT / "snapshots" / "20261122120000000000_timestamp_5"
    files.place(put, backup())
    assert database.durability.waiting_restore() == [put]
    database.recover(put)
    assert database.durability.waiting_restore() == []
    assert database.committed == [1, 2, 3, 4, 5]
    database.commit()
    database.close()
    assert recovered(files) == [1, 2, 3, 4, 5, 6]


# ------------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "Failed to find the defined snapshot file."),
        (b"", "Couldn't recover from the snapshot because of: .*ends inside the header"),
        (b"x" * 1000, "Couldn't recover from the snapshot because of: .*does not begin as a snapshot"),
        ("cut", "Couldn't recover from the snapshot because of: .*ends without its footer"),
        ("flipped", "Couldn't recover from the snapshot because of: .*checksum"),
    ],
)
def test_what_is_no_whole_snapshot_is_refused_and_nothing_changes(
    content: bytes | str | None, complaint: str
) -> None:
    files, database = running()
    whole = backup(500)
    match content:
        case None:
            files.delete(BACKUP)
        case "cut":
            files.place(BACKUP, whole[:-88])
        case "flipped":
            files.place(BACKUP, whole[:700] + bytes([whole[700] ^ 1]) + whole[701:])
        case bytes():
            files.place(BACKUP, content)
    before = files.contents()
    with pytest.raises(SnapshotRecoveryError, match=complaint) as told:
        database.recover(BACKUP)
    assert str(BACKUP) in str(told.value)
    assert "partial" not in str(told.value)
    assert "Nothing was changed." in str(told.value)
    assert files.contents() == before
    database.commit()
    assert recovered(files.reboot(Survives.NOTHING)) == database.committed


def test_a_disk_without_room_is_said_and_nothing_changes() -> None:
    files, database = running()
    before = files.contents()
    files.fault = Fault(files.calls + 5, FaultKind.NO_ROOM)
    with pytest.raises(
        SnapshotRecoveryError, match="Failed to copy snapshot over to local snapshots directory"
    ):
        database.recover(BACKUP)
    files.make_room()
    assert files.contents() == before
    database.commit()


def test_while_the_directory_is_locked_nothing_is_moved() -> None:
    files, database = running()
    database.durability.lock()
    before = files.contents()
    with pytest.raises(SnapshotRecoveryError, match="UNLOCK DATA DIRECTORY first"):
        database.recover(BACKUP)
    assert files.contents() == before
    database.durability.unlock()
    database.recover(BACKUP)
    assert database.committed == [1, 2, 3, 4, 5]


def test_when_what_was_there_cannot_be_moved_nothing_is_written_until_the_restart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files, database = running()
    rename = files.rename

    def refusing(source: Path, target: Path) -> None:
        if target.parent.name == ".old" and source.parent.name == "wal":
            raise OSError("no moves")
        rename(source, target)

    monkeypatch.setattr(files, "rename", refusing)
    with pytest.raises(SnapshotRecoveryError, match=r"The snapshot is in place, .* restart the server"):
        database.recover(BACKUP)
    assert database.committed[-1] == 30, "the store is as before, and can be read"
    assert database.durability.failure is not None
    for refused in (database.snapshot, lambda: database.recover(BACKUP)):
        with pytest.raises(WritesRefusedError, match="restart the server"):
            refused()
    assert database.durability.waiting_restore() == []
    database.durability.close()
    monkeypatch.undo()
    assert recovered(files) == [1, 2, 3, 4, 5]
    assert recovered(old_generation(files)) == list(range(1, 31))


def test_an_order_that_stood_before_a_failed_attempt_stands_again(monkeypatch: pytest.MonkeyPatch) -> None:
    files, database = running()
    put = ROOT / "snapshots" / "20261122120000000000_timestamp_7"
    files.place(put, backup(7))
    assert database.durability.waiting_restore() == [put]
    before = files.contents()
    rename = files.rename

    def refusing(source: Path, target: Path) -> None:
        if source.parent.name == "snapshots":
            raise OSError("no name")
        rename(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(files, "rename", refusing)
        with pytest.raises(
            SnapshotRecoveryError, match=r"could not be put in place: no name\. Nothing was changed\."
        ):
            database.recover(BACKUP)
    after = files.contents()
    assert after.pop(ROOT / ".restore") == before.pop(ROOT / ".restore")
    assert {path for path in after if "wal" not in path.parts} == {
        path for path in before if "wal" not in path.parts
    }
    database.commit()
    database.close()
    assert recovered(files) == list(range(1, 8))


# ------------------------------------------------------------------------------------- broken


def damaged() -> MemoryFiles:
    """A directory that no recovery accepts."""
    files, database = running()
    database.durability.close()
    path = in_folder(files, "wal")[1]
    content = bytearray(files.contents()[path])
    content[-100] ^= 1
    files.place(path, bytes(content))
    for snapshot in in_folder(files, "snapshots"):
        files.delete(snapshot)
    return files


def is_broken(database: Database) -> bool:
    return database.durability.broken is not None


def test_a_refused_recovery_is_a_broken_database_where_that_is_allowed() -> None:
    files = damaged()
    with pytest.raises(DamagedFileError):
        Database(files)
    before = files.contents()
    with capture_logs() as logs:
        durability = Durability.open(BROKEN, Model(), files=files)
    assert durability.broken is not None
    assert str(in_folder(files, "wal")[1]) in durability.broken
    assert [line["log_level"] for line in logs if "broken state" in line["event"]] == ["critical"]
    assert durability.observer is None
    assert durability.lock()
    assert durability.unlock()
    assert durability.waiting_restore() == []
    for trigger in ("manual", "exit"):
        with pytest.raises(
            BrokenDatabaseError, match="recover your database using the RECOVER SNAPSHOT query"
        ):
            durability.create_snapshot([], 1, 0, trigger)
    durability.close()
    assert files.contents() == before
    assert not files.locks


def unfinished(files: MemoryFiles) -> list[Path]:
    return [path for path in files.contents() if path.name.endswith(".partial")]


def leave_unfinished(files: MemoryFiles) -> None:
    for place in (
        ".restore",
        "wal/.20261122120000000000_current",
        "snapshots/.20261122120000000000_timestamp_9",
    ):
        files.place(ROOT / f"{place}.partial", b"half")


@pytest.mark.parametrize("settings", [Settings(), BROKEN], ids=["refused", "broken"])
def test_a_refused_recovery_leaves_even_unfinished_files_where_they_are(settings: Settings) -> None:
    files = damaged()
    leave_unfinished(files)
    before = files.contents()
    assert len(unfinished(files)) == 3
    with capture_logs():
        if settings.storage_allow_recovery_failure:
            Durability.open(settings, Model(), files=files).close()
        else:
            with pytest.raises(DamagedFileError):
                Durability.open(settings, Model(), files=files)
    assert files.contents() == before


def test_a_broken_database_makes_no_folders_until_a_snapshot_is_recovered(tmp_path: Path) -> None:
    root, source = tmp_path / "data", tmp_path / "backup"
    root.mkdir(mode=0o700)
    (root / ".restore").write_bytes(b"damaged")
    source.write_bytes(backup(5))
    with capture_logs():
        database = Database(RealFiles(), replace(BROKEN, data_directory=root))
        assert is_broken(database)
        assert {path.name for path in root.iterdir()} == {".lock", ".restore"}
        database.recover(source)
        database.commit()
        database.close()
        assert recovered(RealFiles(), Settings(data_directory=root)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("recovering", [True, False])
def test_a_start_that_goes_on_removes_unfinished_files(recovering: bool) -> None:
    files, database = running()
    database.close()
    leave_unfinished(files)
    with capture_logs():
        Database(files, Settings(data_recovery_on_startup=recovering)).durability.close()
    assert unfinished(files) == []


def test_recover_snapshot_brings_a_broken_database_back_and_keeps_the_evidence() -> None:
    files = damaged()
    evidence = {path.name: files.contents()[path] for path in in_folder(files, "wal")}
    database = Database(files, BROKEN, Clock(LATER + timedelta(hours=1)))
    assert is_broken(database)
    database.recover(BACKUP)
    assert not is_broken(database)
    database.commit_many(3)
    database.close()
    assert recovered(files) == list(range(1, 9))
    kept = {path.name: files.contents()[path] for path in in_folder(files, "wal/.old")}
    assert kept == evidence
    again = Database(files)
    assert again.durability.epoch > 1
    assert again.durability.broken is None


def test_other_reasons_not_to_start_are_not_a_broken_database() -> None:
    files = MemoryFiles()
    database = Database(files)
    with pytest.raises(Exception, match="Couldn't acquire lock"):
        Durability.open(BROKEN, Model(), files=files)
    database.durability.close()
    files.fault = Fault(files.calls + 9, FaultKind.BROKEN)
    with pytest.raises((OSError, WritesRefusedError)):
        Durability.open(BROKEN, Model(), files=files)


# ------------------------------------------------------------------------------------ archive


class Archived:
    """Settings with a folder as the archive, and what is in it."""

    folder = Path("/archive")
    settings = Settings(storage_wal_archive_directory=str(folder))

    @classmethod
    def transactions(cls, files: MemoryFiles) -> int:
        """Up to which commit the archive reaches."""
        names = [path.name for path in files.contents() if path.parent == cls.folder]
        return max((int(name.rpartition("_")[2]) for name in names if "_to_" in name), default=0)


def test_what_is_moved_away_is_in_the_archive_before() -> None:
    files, database = running(settings=Archived.settings)
    database.recover(BACKUP)
    assert Archived.transactions(files) == 30
    database.commit_many(2)
    database.close()
    with capture_logs():
        assert Database(files, Archived.settings).committed == list(range(1, 8))


def test_while_the_archive_takes_nothing_no_snapshot_is_recovered(monkeypatch: pytest.MonkeyPatch) -> None:
    files, database = running(settings=Archived.settings)
    rename = files.rename

    def refusing(source: Path, target: Path) -> None:
        if target.parent == Archived.folder:
            raise OSError("full")
        rename(source, target)

    database.commit()
    with monkeypatch.context() as patched, capture_logs():
        patched.setattr(files, "rename", refusing)
        with pytest.raises(SnapshotRecoveryError, match="Files of the present log wait for the archive"):
            database.recover(BACKUP)
        assert not [path for path in files.contents() if path.parent.name == ".old"]
        database.commit()
    assert database.committed[-1] == 32
    with capture_logs():
        database.close()


def archives(database: Database) -> bool:
    return database.durability.archive_status is not None


def test_a_broken_database_archives_nothing_until_it_is_brought_back() -> None:
    files = damaged()
    before = files.contents()
    settings = Settings(
        storage_allow_recovery_failure=True, storage_wal_archive_directory=str(Archived.folder)
    )
    with capture_logs():
        database = Database(files, settings, Clock(LATER + timedelta(hours=1)))
        assert not archives(database)
        assert files.contents() == before
        database.recover(BACKUP)
        database.commit_many(20)
        assert archives(database)
        database.close()
    assert Archived.transactions(files) > 5
