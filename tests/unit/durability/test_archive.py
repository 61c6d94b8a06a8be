"""The archive: what it gets, when, and that nothing is removed that it has not got."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lithograph.durability import archive
from lithograph.durability.archive import Archiver, CommandArchive, FolderArchive
from lithograph.durability.datadir import DataDirectory
from lithograph.durability.errors import ArchiveError
from lithograph.durability.files import RealFiles
from lithograph.durability.names import WalName, parse_wal
from support.durable_model import ROOT, Clock, Database, Settings, recovered
from support.files import Crash, Fault, FaultKind, MemoryFiles, Survives

ARCHIVE = Path("/archive")
ARCHIVING = Settings(storage_wal_archive_directory=str(ARCHIVE), storage_snapshot_retention_count=1)


def in_folder(files: MemoryFiles, folder: Path) -> dict[str, bytes]:
    contents = files.contents().items()
    return {path.name: content for path, content in contents if path.parent == folder and path.name[0] != "."}


def finished(files: MemoryFiles) -> dict[str, bytes]:
    return {name: data for name, data in in_folder(files, ROOT / "wal").items() if "_from_" in name}


def with_finished_files(count: int = 40) -> MemoryFiles:
    """A stopped database of several finished WAL files and no archive."""
    files = MemoryFiles()
    database = Database(files)
    database.commit_many(count)
    database.durability.close()
    assert len(finished(files)) > 3
    return files


def archiver(files: MemoryFiles, folder: Path = ARCHIVE) -> Archiver:
    directory = DataDirectory.open(ROOT, files, 0, Clock())
    return Archiver(directory, FolderArchive(files, folder))


def run_out(work: Archiver) -> None:
    while work.archive_next():
        pass


# ------------------------------------------------------------------------------ a whole database


def test_everything_that_was_finished_is_in_the_archive_after_a_stop() -> None:
    files = MemoryFiles()
    database = Database(files, ARCHIVING)
    database.commit_many(40)
    database.durability.close()
    assert len(finished(files)) > 3
    assert in_folder(files, ARCHIVE) == finished(files)
    status = database.durability.archive_status
    assert status is not None
    assert (status.timestamp, status.waiting, status.error) == (40, 0, None)


def test_the_archive_and_a_snapshot_have_every_transaction_whatever_the_retention_removed() -> None:
    files = MemoryFiles()
    database = Database(files, ARCHIVING)
    for _ in range(4):
        database.commit_many(15)
        database.snapshot()
    database.durability.close()
    kept = in_folder(files, ARCHIVE)
    assert len(kept) > len(finished(files))
    names = sorted(filter(None, map(parse_wal, kept)), key=lambda name: name.created)
    assert [name.first for name in names] == [1, *(name.last + 1 for name in names[:-1] if name.last)]
    alone = MemoryFiles()
    for name, content in kept.items():
        alone.place(ROOT / "wal" / name, content)
    assert recovered(alone) == list(range(1, 61))


def test_the_retention_leaves_what_is_not_archived(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: FolderArchive, path: Path, name: str) -> None:
        raise ArchiveError("the archive is not there")

    files = MemoryFiles()
    with monkeypatch.context() as patched:
        patched.setattr(FolderArchive, "put", refuse)
        database = Database(files, ARCHIVING)
        for _ in range(4):
            database.commit_many(15)
            database.snapshot()
        database.durability.close()
    first, *_ = sorted(filter(None, map(parse_wal, finished(files))), key=lambda name: name.created)
    assert first.first == 1, "nothing was removed"
    again = Database(files, ARCHIVING)
    again.commit_many(15)
    again.durability.close()  # catches up
    again = Database(files, ARCHIVING)
    again.commit_many(15)
    again.snapshot()
    again.durability.close()
    assert len(in_folder(files, ARCHIVE)) > len(finished(files))


def test_a_file_is_archived_while_the_directory_is_locked() -> None:
    files = MemoryFiles()
    database = Database(files, ARCHIVING)
    database.durability.lock()
    database.commit_many(40)
    assert finished(files) == {}
    database.durability.close()
    assert len(in_folder(files, ARCHIVE)) > 3
    assert recovered(files, ARCHIVING) == list(range(1, 41))


def test_a_file_of_some_age_is_finished_for_the_archive() -> None:
    files = MemoryFiles()
    database = Database(files, ARCHIVING)
    database.commit()
    database.durability.finish_file_after(timedelta(hours=1))
    assert finished(files) == {}
    database.clock.now += timedelta(hours=1)
    database.durability.finish_file_after(timedelta(hours=1))
    assert len(finished(files)) == 1
    database.durability.finish_file_after(timedelta(hours=1))
    database.commit()
    database.durability.close()
    assert recovered(files) == [1, 2]


# ------------------------------------------------------------------------------------- the archiver


def test_files_go_out_oldest_first_and_once() -> None:
    files = with_finished_files()
    work = archiver(files)
    names = sorted(finished(files))
    for count in range(1, len(names) + 1):
        assert work.archive_next()
        assert sorted(in_folder(files, ARCHIVE)) == names[:count]
    assert not work.archive_next()
    again = files.copy()
    before = again.calls
    assert not archiver(again).archive_next()
    assert all(operation != "write" for operation, path in again.journal[before:] if path.parent == ARCHIVE)


def test_another_archive_gets_everything() -> None:
    files = with_finished_files()
    run_out(archiver(files))
    again = files.copy()
    run_out(archiver(again, Path("/other")))
    assert in_folder(again, Path("/other")) == finished(again)


def test_a_file_of_the_same_name_with_other_content_is_an_error_and_stays() -> None:
    files = with_finished_files()
    name = min(finished(files))
    files.place(ARCHIVE / name, b"somebody else's")
    work = archiver(files)
    assert not work.archive_next()
    error = work.status().error
    assert error is not None
    assert "with other content" in error
    assert files.contents()[ARCHIVE / name] == b"somebody else's"
    files.delete(ARCHIVE / name)
    run_out(work)
    assert work.status().error is None
    assert in_folder(files, ARCHIVE) == finished(files)


@pytest.mark.parametrize(
    "kind", [FaultKind.FAIL, FaultKind.SHORT, FaultKind.NO_ROOM, FaultKind.CRASH, FaultKind.CRASHED]
)
def test_no_fault_at_any_call_makes_a_file_count_as_archived_that_is_not(kind: FaultKind) -> None:
    """After the fault, and after a power failure on top of it, the list of what is done is true, and the rest follows."""
    before = with_finished_files(20)
    points = 0
    while True:
        points += 1
        files = before.copy()
        work = archiver(files)
        files.fault = Fault(files.calls + points, kind)
        last = files.calls + points
        try:
            for _ in range(len(finished(before)) + 1):
                work.archive_next()
        except Crash:
            pass
        reached = files.calls >= last
        for survives in Survives:
            left = files.reboot(survives, points)
            again = archiver(left)
            for name in again.archived(filter(None, map(parse_wal, finished(left)))):
                assert in_folder(left, ARCHIVE)[str(name)] == finished(left)[str(name)]
            run_out(again)
            assert again.status().error is None
            assert in_folder(left, ARCHIVE) == finished(left) == finished(before)
        if not reached:
            break
    assert points > 60


def test_what_is_archived_is_known_after_a_restart() -> None:
    files = with_finished_files()
    run_out(archiver(files))
    assert archiver(files.copy()).status() == archive.ArchiveStatus(40, 0, None)


def test_a_reason_that_nobody_foresaw_holds_the_file_back_and_does_not_end_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = with_finished_files()
    work = archiver(files)
    with monkeypatch.context() as patched, capture_logs() as logs:
        patched.setattr(FolderArchive, "put", lambda *_: 1 / 0)
        assert not work.archive_next()
    assert "nobody foresaw" in logs[0]["event"]
    assert "division by zero" in str(work.status().error)
    run_out(work)
    assert in_folder(files, ARCHIVE) == finished(files)


def test_a_failure_is_logged_once_until_something_worked() -> None:
    files = with_finished_files()
    first, second, *_ = sorted(finished(files))
    for name in (first, second):
        files.place(ARCHIVE / name, b"somebody else's")
    work = archiver(files)
    with capture_logs() as logs:
        for _ in range(5):
            assert not work.archive_next()
        files.delete(ARCHIVE / first)
        assert work.archive_next()
        for _ in range(5):
            assert not work.archive_next()
    assert [log["file"] for log in logs] == [first, second]


def test_many_files_that_wait_are_told_of() -> None:
    files = with_finished_files()
    work = archiver(files)
    names = [WalName(f"2026112210000000{number:04}", number, number) for number in range(archive.MANY)]
    with capture_logs() as logs:
        for name in names:
            work.offer(name)
    assert [log["event"] for log in logs] == ["many WAL files wait for the archive"]


def test_a_file_that_is_still_on_its_way_at_the_stop_is_not_noted_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By then the directory may be another server's; that one archives the file once more."""
    files = with_finished_files()
    work = archiver(files)
    original = FolderArchive.put

    def put(self: FolderArchive, path: Path, name: str) -> None:
        original(self, path, name)
        work.close(0.0)

    monkeypatch.setattr(FolderArchive, "put", put)
    assert not work.archive_next()
    assert ROOT / ".archived" not in files.contents()


def test_a_stop_does_not_wait_for_an_archive_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    files = with_finished_files()
    begun, go = threading.Event(), threading.Event()

    def put(self: FolderArchive, path: Path, name: str) -> None:
        begun.set()
        assert go.wait(30)

    monkeypatch.setattr(FolderArchive, "put", put)
    work = archiver(files)
    work.start()
    assert begun.wait(30)
    with capture_logs() as logs:
        work.close(0.0)  # returns, although the file is still on its way
    assert [log["event"] for log in logs] == ["WAL files are not archived yet; the next start goes on"]
    assert logs[0]["files"] == len(finished(files))
    go.set()
    work._thread.join(30)
    assert not work._thread.is_alive()
    assert ROOT / ".archived" not in files.contents(), "the next start archives it once more"


# ------------------------------------------------------------------------------------- the settings


@pytest.mark.parametrize("folder", [ROOT, ROOT / "wal", ROOT / "archive", ROOT / ".." / "data" / "wal"])
def test_an_archive_in_the_data_directory_is_refused(folder: Path) -> None:
    """A file that is copied over itself would count as archived, and be removed."""
    files = with_finished_files()
    before = files.contents()
    with pytest.raises(ArchiveError, match="lies in the data directory"):
        Database(files, Settings(storage_wal_archive_directory=str(folder)))
    assert files.contents() == before
    assert not files.locks


# -------------------------------------------------------------------------------------- the command


def test_a_command_gets_path_and_name(tmp_path: Path) -> None:
    source = tmp_path / "a b"
    source.write_bytes(b"content")
    CommandArchive(
        f"{sys.executable} -c 'import shutil, sys; shutil.copy(*sys.argv[1:])' %p {tmp_path}/%f.100%%"
    ).put(source, "name")
    assert (tmp_path / "name.100%").read_bytes() == b"content"


def test_a_command_that_fails_says_what_it_said(tmp_path: Path) -> None:
    command = CommandArchive(f"{sys.executable} -c 'import sys; sys.exit(\"no tape\")'")
    with pytest.raises(ArchiveError, match="ended with status 1: no tape"):
        command.put(tmp_path, "name")


def test_a_command_that_is_not_there_or_does_not_end_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such-command"):
        CommandArchive("no-such-command %p").put(tmp_path, "name")
    endless = CommandArchive(f"{sys.executable} -c 'import time; time.sleep(60)'", timeout=0.2)
    with pytest.raises(ArchiveError, match=r"did not end within 0\.2 seconds"):
        endless.put(tmp_path, "name")


def test_the_thread_tries_again_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FIRST_PAUSE", 0.01)
    (tmp_path / "blocked").write_text("a file where the folder should be")
    settings = Settings(
        data_directory=tmp_path / "data", storage_wal_archive_directory=str(tmp_path / "blocked")
    )
    database = Database(RealFiles(), settings)
    database.commit_many(20)
    (tmp_path / "blocked").unlink()
    while (status := database.durability.archive_status) is not None and status.waiting:
        threading.Event().wait(0.01)
    database.durability.close()
    kept = sorted(path.name for path in (tmp_path / "blocked").iterdir())
    assert kept == sorted(path.name for path in (tmp_path / "data" / "wal").iterdir())
