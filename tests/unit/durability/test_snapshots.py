"""Snapshots: whole or nothing, and what happens when one is not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from lithograph.durability import snapshot
from lithograph.durability.errors import FileError, SnapshotFailedError, SnapshotInProgressError
from lithograph.durability.names import parse_snapshot
from lithograph.durability.snapshotter import Trigger
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.deltas import CreateVertices, Delta, SetProperty
from support.durable_model import ROOT, Database, Settings, image, recovered, slots, transaction
from support.files import Fault, FaultKind, MemoryFiles, Survives

NO_WAL = Settings(storage_wal_enabled=False)


def one_snapshot(count: int = 3) -> tuple[MemoryFiles, bytes]:
    """Files of a stopped database that has a snapshot and no WAL file."""
    files = MemoryFiles()
    database = Database(files, NO_WAL)
    path = database.durability.create_snapshot(image(list(range(1, count + 1))), count, 2 * count)
    database.durability.close()
    assert path is not None
    return files, files.contents()[path]


def place_of(files: MemoryFiles) -> tuple[snapshot.SnapshotFile, bytes]:
    (path,) = [path for path in files.contents() if path.parent == ROOT / "snapshots"]
    name = parse_snapshot(path.name)
    assert name is not None
    return snapshot.read_file(files, path, name), files.contents()[path]


def test_a_snapshot_alone_is_enough() -> None:
    files, _ = one_snapshot()
    assert recovered(files, NO_WAL) == [1, 2, 3]


def test_a_snapshot_is_on_disk_when_it_is_reported() -> None:
    files = MemoryFiles()
    database = Database(files, NO_WAL)
    for number in (1, 2):
        database.committed.append(number)
        database.snapshot()
        assert recovered(files.reboot(Survives.NOTHING), NO_WAL) == list(range(1, number + 1))


def test_a_snapshot_cut_or_flipped_anywhere_is_refused() -> None:
    files, content = one_snapshot(1)
    file, _ = place_of(files)
    for position in range(len(content)):
        flipped = bytearray(content)
        flipped[position] ^= 1 << position % 8
        for changed in (content[:position], bytes(flipped)):
            disk = files.copy()
            disk.place(file.path, changed)
            with pytest.raises(
                FileError, match="Couldn't recover using any of the specified snapshots"
            ) as caught:
                recovered(disk, NO_WAL)
            assert caught.value.path == file.path
            assert disk.contents()[file.path] == changed


def test_bytes_after_the_footer_are_refused() -> None:
    files, content = one_snapshot()
    file, _ = place_of(files)
    files.place(file.path, content + b"\0")
    with pytest.raises(FileError, match="follows its footer"):
        recovered(files, NO_WAL)


def test_a_snapshot_under_another_timestamp_is_refused() -> None:
    files, content = one_snapshot()
    file, _ = place_of(files)
    files.delete(file.path)
    files.place(file.path.with_name(f"{file.name.created}_timestamp_99"), content)
    with pytest.raises(FileError, match="other than its name says"):
        recovered(files, NO_WAL)


def test_a_large_snapshot_has_many_blocks_and_is_read_as_it_was_written() -> None:
    files, count = MemoryFiles(), 300_000
    database = Database(files, NO_WAL)
    at = np.arange(count)

    def deltas() -> Iterator[Delta]:
        yield CreateVertices(at, ("User",))
        for start in range(0, count, 50_000):
            part = at[start : start + 50_000]
            yield SetProperty("vertices", "n", part, Chunk.of((part * 1_000_003).tolist()))

    path = database.durability.create_snapshot(deltas(), 7, count)
    database.durability.close()
    assert path is not None
    file, _ = place_of(files)
    totals = snapshot.verify(files, file)
    assert totals == snapshot.read_totals(files, file)
    assert (totals.vertices, totals.edges, totals.deltas) == (count, 0, 7)
    assert totals.blocks > 1
    found = [delta for delta in snapshot.read_deltas(files, file) if isinstance(delta, SetProperty)]
    assert np.array_equal(np.concatenate([delta.values.values for delta in found]), at * 1_000_003)


@pytest.mark.parametrize(("window", "syncs"), [(1, 3), (2, 2), (32, 1)])
def test_a_snapshot_is_synced_along_the_way_as_often_as_told(window: int, syncs: int) -> None:
    """Blocks of a megabyte or a little more: one of 1.5, one of 1, and at the end the sync of the rest."""
    files = MemoryFiles()
    settings = Settings(storage_wal_enabled=False, storage_snapshot_writeback_window_mib=window)
    database = Database(files, settings)
    mark = len(files.journal)

    def deltas() -> Iterator[Delta]:
        yield CreateVertices(np.arange(1 << 19), ("User",))
        for text in ("x" * (3 << 19), "y" * (1 << 20)):
            yield SetProperty("vertices", "text", slots(1), Chunk.of([text]))

    assert database.durability.create_snapshot(deltas(), 1, 1) is not None
    synced = [path for operation, path in files.journal[mark:] if operation == "sync"]
    assert len(synced) == syncs
    assert {path.parent for path in synced} == {ROOT / "snapshots"}


def test_a_snapshot_that_is_called_off_leaves_nothing() -> None:
    files = MemoryFiles()
    database = Database(files)
    database.commit_many(2)

    def deltas() -> Iterator[Delta]:
        yield CreateVertices(slots(1), ("User",))
        raise RuntimeError("called off")

    with pytest.raises(RuntimeError, match="called off"):
        database.durability.create_snapshot(deltas(), 2, 4)
    assert not [path for path in files.contents() if path.parent.name == "snapshots"]
    assert database.snapshot() is not None


def with_one_snapshot() -> tuple[MemoryFiles, Database]:
    """A running database with a snapshot and a commit after it."""
    files = MemoryFiles()
    database = Database(files)
    database.commit_many(2)
    database.snapshot()
    database.commit()
    return files, database


def calls_of_a_snapshot() -> list[str]:
    files, database = with_one_snapshot()
    mark = len(files.journal)
    database.snapshot()
    return [operation for operation, _ in files.journal[mark:]]


@pytest.mark.parametrize("operation", ["create", "write", "sync", "rename", "sync_directory"])
def test_a_full_disk_fails_the_snapshot_alone(operation: str) -> None:
    """It is removed again and the client is told; the snapshot before, the log and the next one are not harmed."""
    places = [number for number, name in enumerate(calls_of_a_snapshot(), 1) if name == operation]
    assert places
    for ahead in places:
        files, database = with_one_snapshot()
        before = files.contents()
        files.fault = Fault(files.calls + ahead, FaultKind.FULL)
        with pytest.raises(
            SnapshotFailedError, match=r"the disk is full .* Make room and try again"
        ) as caught:
            database.snapshot()
        assert caught.value.folder == ROOT / "snapshots"
        if operation != "sync_directory":  # by then it has its name
            assert files.contents() == before
        database.commit()
        assert database.snapshot() is not None
        database.close()
        assert recovered(files.reboot(Survives.NOTHING)) == database.committed == [1, 2, 3, 4]


def test_two_at_a_time_are_refused() -> None:
    database = Database(MemoryFiles())
    database.commit()

    def deltas() -> Iterator[Delta]:
        with pytest.raises(
            SnapshotInProgressError, match=r"^Another snapshot creation is already in progress$"
        ):
            database.snapshot()
        yield from image([1])

    assert database.durability.create_snapshot(deltas(), 1, 2) is not None


@pytest.mark.parametrize(("trigger", "written"), [("periodic", False), ("exit", False), ("manual", True)])
def test_where_nothing_changed_only_a_manual_one_is_written(trigger: Trigger, written: bool) -> None:
    database = Database(MemoryFiles())
    database.commit_many(2)
    assert database.snapshot("periodic") is not None
    assert (database.snapshot(trigger) is not None) is written
    database.commit()
    assert database.snapshot("periodic") is not None


def test_an_empty_database_writes_no_snapshot_at_its_exit() -> None:
    files = MemoryFiles()
    Database(files).close()
    assert files.contents() == {}


def test_an_exit_after_a_recovery_from_a_snapshot_writes_none() -> None:
    files, _ = one_snapshot()
    before = files.contents()
    Database(files, NO_WAL).close()
    assert files.contents() == before


def test_snapshots_are_listed_newest_first() -> None:
    database = Database(MemoryFiles())
    for _ in range(3):
        database.commit()
        database.snapshot()
    entries = database.durability.snapshots()
    assert [entry.timestamp for entry in entries] == [3, 2, 1]
    assert entries[0].created > entries[1].created
    assert all(entry.size > 512 and entry.path.parent == ROOT / "snapshots" for entry in entries)


def test_a_half_written_snapshot_is_swept_away_by_the_next_start() -> None:
    files = MemoryFiles()
    files.place(ROOT / "snapshots" / ".20260821164855123456_timestamp_42.partial", b"half")
    Database(files).close()
    assert files.contents() == {}


def test_what_was_done_without_the_log_is_a_gap_that_only_the_snapshot_fills() -> None:
    files = MemoryFiles()
    database = Database(files, Settings(storage_snapshot_retention_count=5))
    database.commit_many(3)
    database.snapshot()
    database.committed += [4, 5]  # analytical mode
    database.next = 6
    path = database.snapshot("storage_mode_change")
    database.durability.skip_to(5)
    database.commit_many(2)
    database.durability.close()
    assert recovered(files) == [1, 2, 3, 4, 5, 6, 7]
    assert path is not None
    files.delete(path)
    with pytest.raises(FileError, match="at least one WAL file"):
        recovered(files)


def test_the_log_is_never_behind_a_snapshot() -> None:
    files = MemoryFiles()
    database = Database(
        files, Settings(storage_wal_file_flush_every_n_tx=100, storage_wal_file_size_kib=1000)
    )
    observer = database.durability.observer
    assert observer is not None
    for number in (1, 2, 3):
        observer.append(number, transaction(number))
    path = database.durability.create_snapshot(image([1, 2, 3]), 3, 6)
    disk = files.reboot(Survives.NOTHING)
    assert path is not None
    disk.delete(path)
    assert recovered(disk) == [1, 2, 3]
