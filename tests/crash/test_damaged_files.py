"""Damage anywhere in a file: never wrong data, never an error that is not ours, never much work.

Either the start is refused, with a message that says where and why and what to do, and nothing was changed; or what
it recovers is exactly a beginning of what was committed, as long as ``docs/formats/wal.md`` says. The files hold every
kind of delta, chunk and value.
"""

from __future__ import annotations

import random
from typing import get_args

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.durability.errors import DamagedFileError, FileError
from lithograph.durability.header import SIZE
from lithograph.durability.values import to_extension
from lithograph.storage.deltas import Delta
from support import thoroughness
from support.durable_model import ROOT, Settings
from support.every_delta import (
    ROOMY,
    TRANSACTIONS,
    VALUES,
    Writer,
    accidents,
    bulky,
    committed,
    ends_of,
    image,
    killed,
    newest,
    start,
    start_with,
)
from support.files import MemoryFiles
from support.key_files import frames_of

pytestmark = pytest.mark.usefixtures("quiet")

COUNT = len(TRANSACTIONS)
WHOLE = committed(1, COUNT)

EVERY = pytest.mark.parametrize("stride", [5, pytest.param(1, marks=pytest.mark.long)])
"""How many bytes apart."""


def stopped() -> MemoryFiles:
    """One finished file of log."""
    writer = Writer(MemoryFiles(), ROOMY)
    writer.commit(COUNT)
    return writer.stop()


def with_snapshots(compression: str = "none") -> MemoryFiles:
    """Two snapshots, log before, between and behind them."""
    writer = Writer(
        MemoryFiles(),
        Settings(storage_wal_file_size_kib=1 << 20, storage_snapshot_compression=compression),
    )
    for _ in range(2):
        writer.commit(COUNT)
        writer.snapshot()
    writer.commit(2)
    return writer.kill()


def with_a_snapshot_alone(compression: str = "none") -> MemoryFiles:
    writer = Writer(
        MemoryFiles(), Settings(storage_wal_enabled=False, storage_snapshot_compression=compression)
    )
    writer.count_without_log(COUNT)
    writer.snapshot()
    return writer.kill()


def flipped(content: bytes, position: int, bit: int | None = None) -> bytes:
    changed = bytearray(content)
    changed[position] ^= 1 << (position if bit is None else bit) % 8
    return bytes(changed)


def test_the_files_have_everything_in_them() -> None:
    kinds = {type(delta) for deltas in TRANSACTIONS for delta in deltas}
    assert kinds == set(get_args(Delta))
    files = killed()
    payloads = b"".join(frame.stored for frame in frames_of(files.contents()[newest(files, "wal")]))
    for value in VALUES:
        assert msgpack.packb(value, default=to_extension) in payloads
    assert start(files) == WHOLE
    assert start(stopped()) == WHOLE
    assert start(with_snapshots()) == image(2 * COUNT) + committed(2 * COUNT + 1, 2 * COUNT + 2)
    assert start(with_a_snapshot_alone()) == image(COUNT)


# ---------------------------------------------------------------------------------------- the log


@EVERY
def test_a_flip_of_a_synced_byte_is_refused_where_the_frame_begins(stride: int) -> None:
    files = killed()
    path = newest(files, "wal")
    content = files.contents()[path]
    ends = ends_of(content)
    for position in range(0, len(content), stride):
        begin = max([0 if position < SIZE else SIZE, *(end for end in ends if end <= position)])
        for bit in range(8) if stride == 1 else [position]:
            found = start_with(files, path, flipped(content, position, bit))
            if begin < ends[-2]:
                assert isinstance(found, DamagedFileError), position
                assert (found.path, found.offset) == (path, begin)
            else:  # nothing behind it says that the last one was synced
                assert found == WHOLE[:-1], position


@EVERY
def test_a_flip_of_an_unsynced_byte_is_what_a_crash_may_do(stride: int) -> None:
    files = killed(sync=False)
    path = newest(files, "wal")
    content = files.contents()[path]
    ends = ends_of(content)
    for position in range(SIZE, len(content), stride):
        whole = sum(end <= position for end in ends)
        assert start_with(files, path, flipped(content, position)) == WHOLE[:whole], position


@EVERY
@pytest.mark.parametrize("zeros", [False, True], ids=["cut", "zeros to the end"])
def test_the_open_file_may_end_anywhere(zeros: bool, stride: int) -> None:
    files = killed()
    path = newest(files, "wal")
    content = files.contents()[path]
    ends = ends_of(content)
    for length in range(SIZE if zeros else 0, len(content), stride):
        changed = content[:length].ljust(len(content) if zeros else 0, b"\0")
        whole = sum(changed[:end] == content[:end] for end in ends)
        assert start_with(files, path, changed) == WHOLE[:whole], length


def test_a_hole_in_synced_bytes_is_refused() -> None:
    files = killed()
    path = newest(files, "wal")
    content = files.contents()[path]
    last = ends_of(content)[-2]
    for begin in range(0, last - 64, 7):
        hole = content[:begin] + bytes(64) + content[begin + 64 :]
        assert isinstance(start_with(files, path, hole), DamagedFileError) or hole == content, begin


@EVERY
@pytest.mark.parametrize("cut", [False, True], ids=["flip", "cut"])
def test_a_finished_file_is_whole_or_refused(cut: bool, stride: int) -> None:
    files = stopped()
    path = newest(files, "wal")
    content = files.contents()[path]
    for position in range(0, len(content), stride):
        found = start_with(files, path, content[:position] if cut else flipped(content, position))
        assert isinstance(found, DamagedFileError), position
        assert found.path == path


# -------------------------------------------------------------------------------------- snapshots


@pytest.mark.parametrize("compression", ["none", "zstd"])
@EVERY
@pytest.mark.parametrize("cut", [False, True], ids=["flip", "cut"])
def test_a_damaged_snapshot_is_refused_where_it_is_needed(cut: bool, compression: str, stride: int) -> None:
    files = with_a_snapshot_alone(compression)
    path = newest(files, "snapshots")
    content = files.contents()[path]
    for position in range(0, len(content), stride):
        found = start_with(files, path, content[:position] if cut else flipped(content, position))
        assert isinstance(found, DamagedFileError), position
        assert found.path == path


@EVERY
@pytest.mark.parametrize("cut", [False, True], ids=["flip", "cut"])
def test_a_damaged_snapshot_is_passed_over_where_an_older_one_and_the_log_have_everything(
    cut: bool, stride: int
) -> None:
    files = with_snapshots()
    path = newest(files, "snapshots")
    content = files.contents()[path]
    expected = image(COUNT) + committed(COUNT + 1, 2 * COUNT + 2)
    for position in range(0, len(content), 3 * stride):
        found = start_with(files, path, content[:position] if cut else flipped(content, position))
        assert found == expected, position


# ------------------------------------------------------------------------------------ large files


def check_large(samples: int, seed: int) -> None:
    """Megabytes of log and of snapshot: more than is read at a time, and several blocks."""
    numbers, count = random.Random(seed), 40
    writer = Writer(MemoryFiles(), ROOMY, bulky)
    writer.commit(count)
    log = writer.kill().copy()
    writer.snapshot()
    both = writer.kill()
    whole = committed(1, count, bulky)
    for files, folder in ((log, "wal"), (both, "snapshots")):
        path = newest(files, folder)
        content = files.contents()[path]
        assert len(content) > 3 << 20
        ends = ends_of(content)
        for _ in range(samples):
            position = numbers.randrange(len(content))
            found = start_with(files, path, flipped(content, position))
            assert isinstance(found, DamagedFileError) or (path.parent.name == "wal" and found == whole[:-1])
            found = start_with(files, path, content[:position])
            if folder == "wal":
                assert found == whole[: sum(end <= position for end in ends)], position
            else:
                assert isinstance(found, DamagedFileError), position


def test_large_files_damaged_here_and_there() -> None:
    check_large(samples=6, seed=1)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_large_files_damaged_in_many_places() -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    check_large(samples=100, seed=seed)


# ---------------------------------------------------------------------------- accidents, garbage


def check_accidents(data: st.DataObject) -> None:
    files = data.draw(st.sampled_from([killed, stopped]))()
    path = newest(files, "wal")
    found = start_with(files, path, data.draw(accidents(files.contents()[path])))
    assert isinstance(found, FileError) or found == WHOLE[: len(found)]
    files = with_snapshots()
    path = newest(files, "snapshots")
    found = start_with(files, path, data.draw(accidents(files.contents()[path])))
    assert found in (
        image(COUNT) + committed(COUNT + 1, 2 * COUNT + 2),
        image(2 * COUNT) + committed(2 * COUNT + 1, 2 * COUNT + 2),
    )


@thoroughness.QUICK
@given(st.data())
def test_accidents_never_give_wrong_data(data: st.DataObject) -> None:
    check_accidents(data)


@thoroughness.long
@given(st.data())
def test_many_accidents_never_give_wrong_data(data: st.DataObject) -> None:
    check_accidents(data)


@thoroughness.QUICK
@given(st.binary(max_size=3000), st.sampled_from([b"", b"LITHWAL\n", b"LITHSNP\n"]))
def test_garbage_is_refused_unless_it_is_a_file_of_log_that_never_was(garbage: bytes, magic: bytes) -> None:
    content = magic + garbage
    for name in ("20261122100000000000_current", "20261122100000000000_from_1_to_2"):
        found = start_with(MemoryFiles(), ROOT / "wal" / name, content)
        never_was = name.endswith("current") and len(content) <= SIZE
        assert found == [] if never_was else isinstance(found, FileError)
    path = ROOT / "snapshots" / "20261122100000000000_timestamp_2"
    assert isinstance(start_with(MemoryFiles(), path, content), FileError)
