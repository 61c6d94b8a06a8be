"""Recovery from directories in every state: the tables of the reference, sections 3.5 and 3.6."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import google_crc32c
import pytest
from structlog.testing import capture_logs

from lithograph.durability.errors import (
    DamagedFileError,
    DurabilityError,
    FileVersionError,
    ForeignFileError,
    MissingLogError,
)
from lithograph.durability.manager import Durability
from lithograph.storage.deltas import CreateEdges, Delta
from lithograph.storage.errors import StorageError, WritesRefusedError
from support.durable_model import BEGIN, ROOT, Clock, Database, Model, Settings, recovered
from support.files import Fault, FaultKind, MemoryFiles, Survives

NO_WAL = Settings(storage_wal_enabled=False)


def in_folder(files: MemoryFiles, folder: str) -> list[Path]:
    return sorted(path for path in files.contents() if path.parent == ROOT / folder)


def rotated(count: int = 20) -> MemoryFiles:
    """A stopped database with several WAL files and no snapshot."""
    files = MemoryFiles()
    database = Database(files)
    database.commit_many(count)
    database.durability.close()
    assert len(in_folder(files, "wal")) >= 3
    return files


def with_snapshots() -> tuple[MemoryFiles, list[int]]:
    """Three retained snapshots, WAL in between and after."""
    files = MemoryFiles()
    database = Database(files)
    for _ in range(4):
        database.commit_many(9)
        database.snapshot()
    database.commit_many(4)
    database.durability.close()
    return files, database.committed


def damage(files: MemoryFiles, path: Path, offset: int = -100) -> None:
    content = bytearray(files.contents()[path])
    content[offset] ^= 0x40
    files.place(path, bytes(content))


def test_an_empty_directory_gives_an_empty_store() -> None:
    files = MemoryFiles()
    database = Database(files)
    assert database.committed == []
    assert database.model.finished
    assert database.durability.recovered_timestamp == 0


@pytest.mark.parametrize("which", [0, 1, 2])
def test_each_of_three_snapshots_can_be_destroyed_without_loss(which: int) -> None:
    files, committed = with_snapshots()
    snapshots = in_folder(files, "snapshots")
    assert len(snapshots) == 3
    damage(files, snapshots[which])
    assert recovered(files) == committed


@pytest.mark.parametrize("how", ["flipped", "header", "cut", "empty"])
def test_a_damaged_newest_snapshot_is_passed_over_said_and_put_aside(how: str) -> None:
    files, committed = with_snapshots()
    newest = in_folder(files, "snapshots")[-1]
    content = files.contents()[newest]
    match how:
        case "flipped":
            damage(files, newest)
        case "header":
            damage(files, newest, 30)
        case "cut":
            files.place(newest, content[: len(content) // 2])
        case "empty":
            files.place(newest, b"")
    with capture_logs() as logs:
        database = Database(files)
    report = database.durability.report
    assert report is not None
    assert [path for path, _ in report.passed_over] == [newest]
    assert any(log["event"] == "passing over a damaged snapshot" for log in logs)
    assert database.committed == committed
    assert newest not in files.contents()
    assert [path.name for path in report.put_aside] == [newest.name]


def test_with_all_snapshots_damaged_it_refuses() -> None:
    files, _ = with_snapshots()
    for path in in_folder(files, "snapshots"):
        damage(files, path)
    before = files.contents()
    with pytest.raises(DamagedFileError, match="Couldn't recover using any of the specified snapshots"):
        recovered(files)
    assert files.contents() == before


def test_it_never_goes_back_in_time_behind_a_damaged_snapshot() -> None:
    files = MemoryFiles()
    for _ in range(2):  # without a log, only snapshots keep anything
        database = Database(files, NO_WAL)
        database.committed.append(database.next)
        database.close()
    assert recovered(files, NO_WAL) == [1, 2]
    newest = in_folder(files, "snapshots")[-1]
    damage(files, newest)
    with pytest.raises(DamagedFileError, match="reaches commit 1 only, this snapshot 2") as caught:
        recovered(files, NO_WAL)
    assert caught.value.path == newest
    files.delete(newest)
    assert recovered(files, NO_WAL) == [1]


def test_without_a_snapshot_the_first_wal_file_must_be_there() -> None:
    files = rotated()
    files.delete(in_folder(files, "wal")[0])
    with pytest.raises(
        MissingLogError, match="There are missing prefix WAL files and data can't be recovered without them!"
    ):
        recovered(files)


def test_a_wal_file_missing_in_the_middle_is_named_by_its_number() -> None:
    files = rotated()
    files.delete(in_folder(files, "wal")[1])
    with pytest.raises(MissingLogError, match="You are missing a WAL file with the sequence number 1!"):
        recovered(files)


def test_wal_that_begins_after_the_snapshot_is_refused() -> None:
    files, _ = with_snapshots()
    for path in in_folder(files, "snapshots")[1:]:
        files.delete(path)
    for path in in_folder(files, "wal")[:-1]:
        files.delete(path)
    with pytest.raises(
        MissingLogError, match="You must have at least one WAL file that contains at least one delta"
    ):
        recovered(files)


def test_wal_missing_before_the_snapshot_is_not_missed() -> None:
    files, committed = with_snapshots()
    newest = int(in_folder(files, "snapshots")[-1].name.split("_")[-1])
    for path in in_folder(files, "wal"):
        if int(path.name.split("_")[-1]) <= newest:
            files.delete(path)
    assert recovered(files) == committed


def test_a_damaged_wal_file_that_the_snapshot_covers_is_not_needed() -> None:
    files, committed = with_snapshots()
    damage(files, in_folder(files, "wal")[0], 20)
    assert recovered(files) == committed


def test_a_damaged_wal_file_that_is_needed_is_refused() -> None:
    files = rotated()
    path = in_folder(files, "wal")[1]
    damage(files, path)
    with pytest.raises(DamagedFileError) as caught:
        recovered(files)
    assert caught.value.path == path


def test_an_unfinished_file_before_the_last_is_refused() -> None:
    files = rotated()
    path = in_folder(files, "wal")[1]
    files.place(path.with_name(path.name[:20] + "_current"), files.contents()[path][:-80])
    files.delete(path)
    with pytest.raises(DamagedFileError, match="without its summary, although a later one follows"):
        recovered(files)


def test_a_crash_between_summary_and_rename_is_mended() -> None:
    files = rotated()
    names = [path.name for path in in_folder(files, "wal")]
    for path in in_folder(files, "wal"):
        files.place(path.with_name(path.name[:20] + "_current"), files.contents()[path])
        files.delete(path)
    assert recovered(files) == list(range(1, 21))
    assert [path.name for path in in_folder(files, "wal")] == names


def test_a_copy_of_a_wal_file_under_its_earlier_name_is_put_aside() -> None:
    """As in a backup folder that was copied to twice."""
    files = rotated()
    last = in_folder(files, "wal")[-1]
    twin = last.with_name(last.name[:20] + "_current")
    files.place(twin, files.contents()[last][:700])
    assert recovered(files) == list(range(1, 21))
    assert twin not in files.contents()
    assert any(path.name == twin.name for path in files.contents() if ".backup" in path.parts)


def test_a_file_of_another_history_under_the_same_number_is_refused() -> None:
    """Two servers went on from copies of one directory, and then the directories were merged."""
    files = rotated()
    twin = files.copy()
    for hours, disk in enumerate((files, twin), 1):
        database = Database(disk, clock=Clock(BEGIN + timedelta(hours=hours)))
        database.commit_many(3)
        database.durability.close()
    for path in in_folder(twin, "wal"):
        if path not in files.contents():
            files.place(path, twin.contents()[path])
    with pytest.raises(ForeignFileError, match="of different histories"):
        recovered(files)


def test_of_two_databases_in_one_folder_the_newest_snapshot_decides_and_the_other_is_kept_aside() -> None:
    files, committed = with_snapshots()
    other = MemoryFiles()
    database = Database(other, NO_WAL, Clock(BEGIN + timedelta(hours=1)))
    database.committed = [1, 2]
    database.close()
    strange = in_folder(other, "snapshots")[0]
    files.place(strange, other.contents()[strange])
    with capture_logs() as logs:
        assert recovered(files) == committed
    assert strange not in files.contents()
    assert [path for path in files.contents() if path.name == strange.name]
    assert any("put files aside" in log["event"] for log in logs)


def test_files_of_a_later_version_are_refused_as_such() -> None:
    files, _ = with_snapshots()
    path = in_folder(files, "snapshots")[-1]
    block = bytearray(files.contents()[path])
    block[8] = 2
    block[508:512] = google_crc32c.value(bytes(block[:508])).to_bytes(4, "little")
    files.place(path, bytes(block))
    with pytest.raises(FileVersionError, match="format version 2; this server reads version 1") as caught:
        recovered(files)
    assert caught.value.offset == 8


def test_strange_names_and_hidden_files_are_left_alone() -> None:
    files, committed = with_snapshots()
    strange = [ROOT / "snapshots" / "notes.txt", ROOT / "wal" / "x_current", ROOT / "wal" / ".hidden"]
    for path in strange:
        files.place(path, b"mine")
    with capture_logs() as logs:
        assert recovered(files) == committed
    assert all(files.contents()[path] == b"mine" for path in strange)
    ignored = [log["path"] for log in logs if log["event"].startswith("ignoring")]
    assert ignored == [str(strange[0]), str(strange[1])]


def test_started_without_recovery_files_are_put_aside_and_the_store_is_empty() -> None:
    files, committed = with_snapshots()
    count = len(files.contents())
    fresh = Settings(data_recovery_on_startup=False)
    database = Database(files, fresh, Clock(BEGIN + timedelta(hours=1)))
    assert database.committed == []
    database.commit()
    database.durability.close()
    backup = [path for path in files.contents() if path.parent.parent == ROOT / ".backup"]
    assert {path.parent.name for path in backup} == {"wal", "snapshots"}
    assert len(backup) == count
    assert recovered(files) == [1]
    again = MemoryFiles()
    for path in backup:
        again.place(ROOT / path.parent.name / path.name, files.contents()[path])
    assert recovered(again) == committed


def test_a_log_that_was_off_for_a_while_goes_on_behind_the_snapshot() -> None:
    files = rotated()
    database = Database(files, NO_WAL, Clock(BEGIN + timedelta(hours=1)))
    database.committed += [21, 22]
    database.close()
    database = Database(files, clock=Clock(BEGIN + timedelta(hours=2)))
    assert database.committed == list(range(1, 23))
    database.commit_many(3)
    database.durability.close()
    assert recovered(files) == list(range(1, 26))
    for path in in_folder(files, "snapshots"):
        files.delete(path)
    with pytest.raises(MissingLogError, match="The commits from 21 to 22 are in no file"):
        recovered(files)


def test_an_unfinished_file_is_finished_by_a_start_without_log() -> None:
    files = MemoryFiles()
    Database(files).commit_many(3)
    files.locks.clear()
    database = Database(files, NO_WAL, Clock(BEGIN + timedelta(hours=1)))
    assert database.committed == [1, 2, 3]
    assert [path.name[20:] for path in in_folder(files, "wal")] == ["_from_1_to_3"]


def test_kills_and_restarts_make_one_chain() -> None:
    files = MemoryFiles()
    for life in range(6):
        database = Database(files, clock=Clock(BEGIN + timedelta(hours=life)))
        assert len(database.committed) == 4 * life
        database.commit_many(4)
        files.locks.clear()
    assert recovered(files) == list(range(1, 25))
    names = [path.name[20:] for path in in_folder(files, "wal")]
    assert names[0].startswith("_from_1_")
    assert names[-1].endswith("_to_24")


def test_the_uuid_and_the_epoch_stay_and_the_files_carry_them() -> None:
    files, _ = with_snapshots()
    first = Database(files)
    identity = first.durability.database, first.durability.epoch
    first.close()
    second = Database(files)
    assert (second.durability.database, second.durability.epoch) == identity
    assert identity[1] == 1


def test_progress_is_told() -> None:
    files, _ = with_snapshots()
    seen: dict[str, tuple[int, int]] = {}

    def progress(what: str, done: int, total: int) -> None:
        seen[what] = (done, total)

    Durability.open(Settings(), Model(), files=files, progress=progress).close()
    assert set(seen) == {"checking the snapshot", "loading the snapshot", "replaying transactions"}
    assert all(done == total > 0 for done, total in seen.values())


def test_what_the_store_cannot_believe_is_refused_with_the_file_it_came_from() -> None:
    class Sceptic(Model):
        def apply(self, delta: Delta) -> None:
            if isinstance(delta, CreateEdges):
                raise StorageError("no such vertex")
            super().apply(delta)

    files = rotated()
    before = files.contents()
    with pytest.raises(DamagedFileError, match=r"Transaction 1 cannot be true: no such vertex") as caught:
        Durability.open(Settings(), Sceptic(), files=files)
    assert caught.value.path == in_folder(files, "wal")[0]
    assert files.contents() == before
    assert not files.locks


@pytest.mark.parametrize("settings", [Settings(), NO_WAL], ids=["log", "snapshots alone"])
def test_what_a_start_has_found_is_not_lost_by_a_power_failure_behind_it(settings: Settings) -> None:
    """Whatever failed before: what a start could read need not have been on the disk."""
    calls, found = 1, set()
    while True:
        files = MemoryFiles()
        database = Database(files, settings)
        if settings.storage_wal_enabled:
            database.commit_many(3)
        else:
            database.committed.append(database.next)
        files.fault = Fault(files.calls + calls, FaultKind.FAIL)
        stop = database.durability.close if settings.storage_wal_enabled else database.close
        with suppress(OSError, DurabilityError, WritesRefusedError):
            stop()
        if files.calls < files.fault.at:
            break
        files.locks.clear()
        again = Database(files, settings)
        for how in (Survives.NOTHING, Survives.EVERYTHING):
            assert recovered(files.reboot(how), settings) == again.committed, files.journal[
                files.fault.at - 1
            ]
        found.add(len(again.committed))
        calls += 1
    assert calls > 10
    assert found == ({3} if settings.storage_wal_enabled else {0, 1})
