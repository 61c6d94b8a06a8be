"""Every way a WAL can end: cut at each byte, flipped at each byte, zeros, and unsynced parts missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lithograph.durability.errors import FileError
from lithograph.durability.framing import HEADER_SIZE, Ending, FrameKind, FrameReader, Verdict, judge, pack
from lithograph.durability.header import SIZE, read_wal
from lithograph.durability.manager import Durability
from support.durable_model import BEGIN, Database, Model, Settings, recovered, transaction
from support.files import MemoryFiles, Survives

COUNT = 5
BIG = Settings(storage_wal_file_size_kib=1000)


def killed(transactions: int = COUNT, settings: Settings = BIG) -> tuple[MemoryFiles, Path, list[int]]:
    """Files after a kill, the open WAL file, and where each transaction ends in it."""
    files = MemoryFiles()
    database, ends = Database(files, settings), []
    for _ in range(transactions):
        database.commit()
        path = max(path for path in files.contents() if path.parent.name == "wal")
        ends.append(len(files.contents()[path]))
    files.locks.clear()
    return files, path, ends


def closed(settings: Settings = BIG) -> tuple[MemoryFiles, Path]:
    """Files after an orderly stop without a snapshot, and the newest WAL file."""
    files = MemoryFiles()
    database = Database(files, settings)
    database.commit_many(COUNT)
    database.durability.close()
    return files, max(path for path in files.contents() if path.parent.name == "wal")


@pytest.mark.parametrize("zeros", [0, 1, 55, 56, 600])
def test_each_truncation_of_the_open_file_recovers_exactly_the_whole_transactions(zeros: int) -> None:
    files, path, ends = killed()
    content = files.contents()[path]
    for length in range(0 if zeros == 0 else SIZE, len(content) + 1):
        disk = files.copy()
        disk.place(path, content[:length] + bytes(zeros))
        whole = sum(end <= length for end in ends)
        if zeros and length + zeros >= ends[min(whole, COUNT - 1)] and content[length:].strip(b"\0") == b"":
            continue  # the zeros complete what was cut
        assert recovered(disk, BIG) == list(range(1, whole + 1)), length


def test_what_was_cut_is_reported_and_the_log_goes_on() -> None:
    files, path, ends = killed()
    disk = files.copy()
    disk.place(path, files.contents()[path][: ends[3] + 60])
    with capture_logs() as logs:
        database = Database(disk, BIG)
    report = database.durability.report
    assert report is not None
    assert report.cut is not None
    assert (report.cut.path, report.cut.transactions, report.cut.size) == (path, 1, 60)
    assert report.transactions == 4
    assert [log["bytes"] for log in logs if "torn tail" in log["event"]] == [60]
    database.commit_many(3)
    database.durability.close()
    assert recovered(disk, BIG) == list(range(1, 8))


def test_every_transaction_that_was_begun_in_the_tail_is_counted() -> None:
    settings = Settings(storage_wal_file_size_kib=1000, storage_wal_file_flush_every_n_tx=100)
    files = MemoryFiles()
    observer = Database(files, settings).durability.observer
    assert observer is not None
    ends = []
    for number in range(1, 6):
        observer.append(number, transaction(number))
        path = max(path for path in files.contents() if path.parent.name == "wal")
        ends.append(len(files.contents()[path]))
    content = bytearray(files.contents()[path])
    content[ends[1] + HEADER_SIZE] ^= 1  # the third never got to the disk; the fifth only in part
    files.locks.clear()
    files.place(path, bytes(content[: len(content) - 3]))
    report = Database(files, settings).durability.report
    assert report is not None
    assert report.cut is not None
    assert (report.transactions, report.cut.transactions) == (2, 3)
    assert report.cut.size == len(content) - 3 - ends[1]


def flips(content: bytes) -> list[tuple[int, bytes]]:
    flipped = []
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1 << position % 8
        flipped.append((position, bytes(changed)))
    return flipped


def test_a_flip_anywhere_in_the_open_file_cuts_the_last_transaction_at_most() -> None:
    files, path, ends = killed()
    for position, changed in flips(files.contents()[path]):
        disk = files.copy()
        disk.place(path, changed)
        if position < ends[-2]:
            # Later frames say that these bytes were synced: damage, not a crash.
            with pytest.raises(FileError) as caught:
                recovered(disk, BIG)
            assert caught.value.path == path
            assert caught.value.remedy
            assert disk.contents() == {**files.contents(), path: changed}
        else:
            assert recovered(disk, BIG) == [1, 2, 3, 4], position


def test_a_flip_anywhere_in_a_finished_file_is_refused() -> None:
    files, path = closed()
    for position, changed in flips(files.contents()[path]):
        disk = files.copy()
        disk.place(path, changed)
        with pytest.raises(FileError) as caught:
            recovered(disk, BIG)
        assert caught.value.path == path, position
        assert disk.contents()[path] == changed


def test_a_finished_file_cut_anywhere_is_refused() -> None:
    files, path = closed()
    content = files.contents()[path]
    for length in range(len(content)):
        disk = files.copy()
        disk.place(path, content[:length])
        with pytest.raises(FileError):
            recovered(disk, BIG)


def test_the_refusal_names_file_offset_reason_and_remedy() -> None:
    files, path = closed()
    content = bytearray(files.contents()[path])
    content[SIZE + HEADER_SIZE] ^= 1
    files.place(path, bytes(content))
    with pytest.raises(FileError) as caught:
        recovered(files, BIG)
    assert caught.value.offset == SIZE
    assert str(caught.value) == (
        f"{path}, at byte {SIZE}: The checksum of a frame does not match. Restore the file from a backup; or, to go "
        "on without it and without what only it holds, move it out of the directory. Nothing was changed."
    )


def test_unsynced_transactions_may_go_missing_in_any_order_and_that_is_no_damage() -> None:
    settings = Settings(storage_wal_file_size_kib=1000, storage_wal_file_flush_every_n_tx=100)
    for seed in range(60):
        files = MemoryFiles()
        database = Database(files, settings)
        database.commit_many(2)
        observer = database.durability.observer
        assert observer is not None
        for number in range(3, 30):
            observer.append(number, transaction(number))
        disk = files.reboot(Survives.SOMETHING, seed)
        found = recovered(disk, settings)
        assert found == list(range(1, len(found) + 1))
        assert len(found) >= 2


def test_frames_of_another_file_are_never_taken_for_ones_own() -> None:
    files, path, ends = killed()
    other, other_path, _ = killed()
    mixed = files.contents()[path][: ends[1]] + other.contents()[other_path][ends[1] :]
    files.place(path, mixed)
    assert recovered(files, BIG) == [1, 2]


def test_a_frame_that_is_there_twice_is_damage() -> None:
    files, path, ends = killed()
    content = files.contents()[path]
    files.place(path, content + content[ends[3] :])
    with pytest.raises(FileError, match="does not continue"):
        recovered(files, BIG)


def test_garbage_of_any_length_instead_of_a_wal_is_refused_or_was_never_one() -> None:
    files, path, _ = killed()
    for length in (0, 1, 100, SIZE):
        disk = files.copy()
        disk.place(path, b"\xa5" * length)
        assert recovered(disk, BIG) == []
    for length in (SIZE + 1, 5000):
        files.place(path, b"\xa5" * length)
        with pytest.raises(FileError, match="does not begin"):
            recovered(files, BIG)


def test_a_length_that_was_never_checked_is_not_believed() -> None:
    files, path, ends = killed()
    content = bytearray(files.contents()[path])
    content[ends[3] + 8 : ends[3] + 12] = b"\xff\xff\xff\xff"
    files.place(path, bytes(content))
    assert recovered(files, BIG) == [1, 2, 3, 4]


@pytest.mark.parametrize("ending", Ending)
@pytest.mark.parametrize("proven", [False, True])
@pytest.mark.parametrize("finished", [False, True])
def test_the_table_of_endings(ending: Ending, proven: bool, finished: bool) -> None:
    verdict = judge(ending, 1000, 1001 if proven else 1000, finished)
    if finished or proven or ending is Ending.OUT_OF_ORDER:
        assert verdict is Verdict.DAMAGED
    else:
        assert verdict is (Verdict.WHOLE if ending is Ending.CLEAN else Verdict.CUT)


def test_flips_of_a_rotated_log_never_give_wrong_data() -> None:
    small = Settings()
    files = MemoryFiles()
    Database(files, small).commit_many(20)
    files.locks.clear()
    for path, content in files.contents().items():
        for position in range(0, len(content), 13):
            disk = files.copy()
            changed = bytearray(content)
            changed[position] ^= 0x20
            disk.place(path, bytes(changed))
            model = Model()
            try:
                Durability.open(small, model, files=disk).close()
            except FileError:
                continue
            found = model.transactions()
            assert found == list(range(1, len(found) + 1))
            assert len(found) >= 19


def test_each_transaction_says_when_it_was_written() -> None:
    files, path, _ = killed()
    handle = files.open(path)
    header, sealed = read_wal(handle, path)
    times = [frame.written for frame in FrameReader(handle, path, sealed, header.epoch, header.first_frame)]
    begin = int(BEGIN.timestamp() * 1_000_000)
    assert all(begin < time < begin + 60_000_000 for time in times)
    assert times == sorted(set(times))


def test_what_follows_damage_is_read_once() -> None:
    """However many frames there are behind it, to tell a crash from damage."""
    files, path, _ = killed(1)
    handle = files.open(path)
    header, sealed = read_wal(handle, path)
    frames = [pack(sealed, FrameKind.TRANSACTION, 1, n, n, 0, 0, bytes(50)) for n in range(1, 40_001)]
    content = bytearray(files.contents()[path][:SIZE] + b"".join(frames))
    content[SIZE] ^= 1
    files.place(path, bytes(content))
    reader = FrameReader(files.open(path), path, sealed, header.epoch, header.first_frame)
    before = files.calls
    assert list(reader) == []
    assert reader.tail().transactions == 39_999
    assert files.calls - before < 10
