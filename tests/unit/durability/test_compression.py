"""Compressed payloads: smaller, the same again, and never larger than they may be."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.durability import compression, snapshot
from lithograph.durability.compression import compress, expand
from lithograph.durability.errors import DamagedFileError, FileError
from lithograph.durability.names import parse_snapshot
from lithograph.durability.payloads import COMPRESSED
from support.durable_model import ROOT, Database, Settings, recovered
from support.files import MemoryFiles
from support.key_files import assembled, frames_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PLAIN = Settings(storage_wal_enabled=False)
ZSTD = Settings(storage_wal_enabled=False, storage_snapshot_compression="zstd")
COUNT = 400


def one_snapshot(settings: Settings, count: int = COUNT) -> tuple[MemoryFiles, snapshot.SnapshotFile, bytes]:
    """Files of a stopped database that has a snapshot and nothing else."""
    files = MemoryFiles()
    database = Database(files, settings)
    database.committed += range(1, count + 1)
    path = database.snapshot()
    database.durability.close()
    assert path is not None
    name = parse_snapshot(path.name)
    assert name is not None
    return files, snapshot.read_file(files, path, name), files.contents()[path]


@given(st.binary(min_size=1, max_size=40), st.integers(1, 400))
def test_what_is_compressed_is_smaller_and_comes_back(piece: bytes, times: int) -> None:
    payload = piece * times
    compressed = compress(payload)
    if compressed is not None:
        assert len(compressed) < len(payload)
        assert expand(compressed) == payload
    else:
        assert len(payload) < 2 * compression.MINIMUM


def test_what_does_not_get_smaller_is_left() -> None:
    assert compress(bytes(compression.MINIMUM - 1)) is None
    assert compress(bytes(range(256))) is None


def test_what_is_large_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "MAXIMUM", 1000)
    assert compress(bytes(1001)) is None
    assert compress(bytes(1000)) is not None


def streamed(payload: bytes) -> bytes:
    """Without the size in front."""
    compressor = zstd.ZstdCompressor()
    return compressor.compress(payload) + compressor.flush()


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(zstd.compress(bytes(compression.MAXIMUM + 1)), id="a bomb that says so"),
        pytest.param(streamed(bytes(10 << 20)), id="a bomb that does not"),
        pytest.param(zstd.compress(bytes(1000)) * 2, id="two frames"),
        pytest.param(zstd.compress(bytes(1000)) + b"x", id="something follows"),
        pytest.param(zstd.compress(bytes(1000))[:-1], id="cut off"),
        pytest.param(zstd.compress(b""), id="nothing in it"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"not compressed" * 40, id="something else"),
    ],
)
def test_hostile_input_is_refused(hostile: bytes) -> None:
    with pytest.raises(ValueError, match="expand"):
        expand(hostile)


def test_a_frame_that_holds_more_than_it_states_is_expanded_no_further() -> None:
    honest = bytearray(zstd.compress(bytes(100_000)))
    place = honest.index((100_000).to_bytes(4, "little"))
    honest[place : place + 4] = (1_000).to_bytes(4, "little")
    with pytest.raises(ValueError, match="expand"):
        expand(bytes(honest))


def test_a_compressed_snapshot_is_smaller_and_recovered_like_any() -> None:
    files, file, content = one_snapshot(ZSTD)
    _, _, plain = one_snapshot(PLAIN)
    assert len(frames_of(content)[0].stored) < len(frames_of(plain)[0].stored) * 0.8
    assert [frame.flags for frame in frames_of(content)] == [COMPRESSED, 0]
    totals = snapshot.read_totals(files, file)
    assert totals == snapshot.verify(files, file)
    assert totals is not None
    assert totals.vertices == COUNT
    assert recovered(files, PLAIN) == list(range(1, COUNT + 1))


def test_a_plain_snapshot_is_byte_for_byte_what_it_was_before_there_was_compression() -> None:
    _, _, content = one_snapshot(PLAIN)
    assert b"zstd" not in content[:512]
    assert [frame.flags for frame in frames_of(content)] == [0, 0]


def test_a_compressed_snapshot_flipped_anywhere_is_refused() -> None:
    files, file, content = one_snapshot(ZSTD)
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1 << position % 8
        disk = files.copy()
        disk.place(file.path, bytes(changed))
        with pytest.raises(FileError, match="Couldn't recover using any of the specified snapshots"):
            recovered(disk, PLAIN)


@pytest.mark.parametrize(
    "payload", [zstd.compress(bytes(compression.MAXIMUM + 1)), streamed(bytes(1 << 20)), b"x" * 300]
)
def test_a_snapshot_with_a_bomb_and_right_checksums_is_damaged(payload: bytes) -> None:
    files, file, content = one_snapshot(ZSTD)
    block, footer = frames_of(content)
    files.place(file.path, assembled(content, [block.with_stored(payload), footer]))
    with pytest.raises(DamagedFileError, match="expand") as caught:
        recovered(files, PLAIN)
    assert caught.value.offset == 512


def test_a_compressed_frame_in_a_file_that_is_not_is_refused() -> None:
    files, file, content = one_snapshot(PLAIN)
    block, footer = frames_of(content)
    files.place(file.path, assembled(content, [block.with_field(2, COMPRESSED), footer]))
    with pytest.raises(FileError, match="flags 0x1"):
        recovered(files, PLAIN)


def test_the_folders_hold_compressed_and_plain_snapshots_side_by_side() -> None:
    files = MemoryFiles()
    for settings in (ZSTD, PLAIN, ZSTD):
        database = Database(files, settings)
        database.committed.append(len(database.committed) + 1)
        assert database.snapshot() is not None
        database.durability.close()
    needs = [b"zstd" in content[:512] for path, content in sorted(files.contents().items())]
    assert needs == [True, False, True]
    assert all(path.parent == ROOT / "snapshots" for path in files.contents())
    assert recovered(files, PLAIN) == [1, 2, 3]
