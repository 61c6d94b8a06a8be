"""Snapshots: an image of the store as the deltas that would make it from nothing.

A file is a header, blocks of deltas of about a megabyte (compressed and sealed as asked), and a footer with the
totals; every block has its checksum, and a snapshot without its footer is none. It is written under a hidden name, synced, renamed, and
the folder synced: whatever bears a snapshot's name was whole once.

Writing takes the deltas one by one and never holds more than a block; reading likewise. So that the sync at
the end does not hold up the commits of others for long, parts are synced along the way.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from lithograph.durability.codec import Encoder, split
from lithograph.durability.datadir import DataDirectory
from lithograph.durability.errors import DamagedFileError, FileVersionError
from lithograph.durability.files import Files, Handle
from lithograph.durability.framing import HEADER_SIZE, Ending, Frame, FrameKind, FrameReader, pack
from lithograph.durability.header import (
    NEWER,
    RESTORE,
    Sealed,
    SnapshotHeader,
    pack_snapshot,
    read_snapshot,
)
from lithograph.durability.keys import NO_KEYS, Keys
from lithograph.durability.names import SnapshotName
from lithograph.durability.payloads import Packing
from lithograph.durability.wal_reader import decoded
from lithograph.storage.deltas import CreateEdges, CreateVertices, Delta

BLOCK_SIZE = 1 << 20
SYNC_SIZE = 32 << 20

FOOTER = struct.Struct("<QQQQ")
"""Payload of the last frame: blocks, deltas, vertices, edges."""

Progress = Callable[[int], None]
"""Called now and then with the number of elements (vertices and edges) done so far."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a snapshot holds, as its footer says."""

    blocks: int
    deltas: int
    vertices: int
    edges: int

    def packed(self) -> bytes:
        return FOOTER.pack(self.blocks, self.deltas, self.vertices, self.edges)


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """A snapshot whose header was read, and no more."""

    name: SnapshotName
    path: Path
    header: SnapshotHeader
    size: int
    sealed: Sealed


class _Writer:
    """Packs deltas into blocks and counts."""

    def __init__(
        self,
        handle: Handle,
        header: SnapshotHeader,
        packing: Packing,
        progress: Progress | None,
        window: int,
    ) -> None:
        self._window = window
        self._handle = handle
        self._header = header
        self._progress = progress
        self._encoder = Encoder()
        self._packed: list[bytes] = []
        self._packed_size = 0
        self._unsynced = 0
        self._blocks = self._deltas = self._vertices = self._edges = 0
        block, self._sealed = pack_snapshot(header, packing)
        handle.write(block)

    def add(self, delta: Delta) -> None:
        for part in split(delta):
            packed = self._encoder.encode_one(part)
            self._packed.append(packed)
            self._packed_size += len(packed)
            self._deltas += 1
            if isinstance(part, CreateVertices):
                self._vertices += len(part.slots)
            elif isinstance(part, CreateEdges):
                self._edges += len(part.slots)
            if self._packed_size >= BLOCK_SIZE:
                self._write_block()

    def finish(self) -> Totals:
        if self._packed:
            self._write_block()
        totals = Totals(self._blocks, self._deltas, self._vertices, self._edges)
        self._write(FrameKind.FOOTER, totals.packed())
        self._handle.sync()
        return totals

    def _write_block(self) -> None:
        payload = self._encoder.join(self._packed)
        self._packed, self._packed_size = [], 0
        self._write(FrameKind.BLOCK, payload)
        self._blocks += 1
        self._unsynced += len(payload)
        if self._unsynced >= self._window:
            self._handle.sync()
            self._unsynced = 0
        if self._progress is not None:
            self._progress(self._vertices + self._edges)

    def _write(self, kind: FrameKind, payload: bytes) -> None:
        header = self._header
        number = self._blocks + 1
        frame = pack(self._sealed, kind, header.epoch, number, header.timestamp, 0, header.created, payload)
        self._handle.write(frame)


def write(
    directory: DataDirectory,
    name: SnapshotName,
    header: SnapshotHeader,
    deltas: Iterable[Delta],
    progress: Progress | None = None,
    before_naming: Callable[[], None] | None = None,
    *,
    compressed: bool = False,
    window: int = SYNC_SIZE,
) -> Totals:
    """Write a snapshot, sealed if the directory has keys; when this returns, it is durable under its name.

    Args:
        before_naming: called when all of it is on disk, before it gets its name.
        compressed: whether blocks are compressed where that helps.
        window: bytes after which what was written is synced along the way.

    Raises:
        OSError: it could not be written; nothing is left of it.
        PropertyTypeError, CapacityError: a value that no file can hold; likewise.
        Whatever ``deltas`` or ``before_naming`` raises, which is how a snapshot is called off; likewise.
    """
    files, partial = directory.files, directory.snapshots / name.partial
    packing = Packing(compressed, directory.keys.current)
    try:
        with closing(files.create(partial)) as handle:
            writer = _Writer(handle, header, packing, progress, window)
            for delta in deltas:
                writer.add(delta)
            totals = writer.finish()
        if before_naming is not None:
            before_naming()
        files.rename(partial, directory.path_of(name))
    except Exception:
        # Where not even this works, the next start sweeps it away.
        with suppress(OSError):
            files.remove(partial)
        raise
    files.sync_directory(directory.snapshots)
    return totals


def read_file(files: Files, path: Path, name: SnapshotName, keys: Keys = NO_KEYS) -> SnapshotFile:
    """Read the header of a snapshot.

    Args:
        keys: at hand for reading on, which is when they are needed.

    Raises:
        DamagedFileError, FileVersionError: as :func:`~lithograph.durability.header.read_snapshot`; also
            when name and header state different timestamps.
    """
    with closing(files.open(path)) as handle:
        header, sealed = read_snapshot(handle, path, keys)
        if header.timestamp != name.timestamp:
            reason = f"It was written for timestamp {header.timestamp}, other than its name says."
            raise DamagedFileError(path, reason, RESTORE, 0)
        return SnapshotFile(name, path, header, handle.size(), sealed)


def read_totals(files: Files, snapshot: SnapshotFile) -> Totals | None:
    """The totals from the footer, without reading the rest; None when they are not where they should be.

    Raises:
        WrongKeyError: it is sealed with a key that is not at hand.
        DamagedFileError: the footer cannot be opened.
    """
    codec = snapshot.sealed.codec
    length = HEADER_SIZE + FOOTER.size + (0 if codec is None else codec.overhead)
    with closing(files.open(snapshot.path)) as handle:
        frame = _reader(handle, snapshot).frame_at(snapshot.size - length)
    if frame is None or frame.kind != FrameKind.FOOTER or len(frame.payload) != FOOTER.size:
        return None
    return Totals(*FOOTER.unpack(frame.payload))


def verify(files: Files, snapshot: SnapshotFile, progress: Callable[[int], None] | None = None) -> Totals:
    """Read a snapshot to its end, checking everything but the content of its blocks.

    Args:
        progress: called with the number of bytes read so far.

    Raises:
        DamagedFileError: it is not whole.
        FileVersionError: content of a later version.
        WrongKeyError: it is sealed with a key that is not at hand.
    """
    with closing(files.open(snapshot.path)) as handle:
        for frame in _frames(handle, snapshot):
            if progress is not None:
                progress(frame.end)
            if frame.kind == FrameKind.FOOTER:
                return Totals(*FOOTER.unpack(frame.payload))
    raise AssertionError("frames end with a footer or an error")


def read_deltas(files: Files, snapshot: SnapshotFile) -> Iterator[Delta]:
    """The deltas of the image, in the order they were written.

    Raises (while iterating):
        DamagedFileError: it is not whole, or a block's content makes no sense.
        FileVersionError: content of a later version.
    """
    with closing(files.open(snapshot.path)) as handle:
        count = 0
        for frame in _frames(handle, snapshot):
            if frame.kind == FrameKind.FOOTER:
                expected = Totals(*FOOTER.unpack(frame.payload)).deltas
                if count != expected:
                    raise _damaged(snapshot, frame.offset, f"It has {count} of {expected} deltas.")
                return
            for delta in decoded(snapshot.path, frame):
                count += 1
                yield delta


def _frames(handle: Handle, snapshot: SnapshotFile) -> Iterator[Frame]:
    """Blocks, then the footer as the very last thing; anything else is damage."""
    reader = _reader(handle, snapshot)
    blocks = 0
    for frame in reader:
        if frame.kind == FrameKind.BLOCK:
            blocks += 1
            yield frame
        elif frame.kind == FrameKind.FOOTER:
            if len(frame.payload) != FOOTER.size or FOOTER.unpack(frame.payload)[0] != blocks:
                raise _damaged(snapshot, frame.offset, "The totals at its end do not agree with its content.")
            if frame.end != reader.size:
                raise _damaged(snapshot, frame.end, "Something follows its footer.")
            yield frame
            return
        else:
            reason = f"A frame is of kind {frame.kind}, which this server does not know."
            raise FileVersionError(snapshot.path, reason, NEWER, frame.offset)
    reason = "the file ends without its footer" if reader.ending is Ending.CLEAN else reader.ending.value
    raise _damaged(snapshot, reader.offset, f"{reason[0].upper()}{reason[1:]}.")


def _reader(handle: Handle, snapshot: SnapshotFile) -> FrameReader:
    return FrameReader(handle, snapshot.path, snapshot.sealed, snapshot.header.epoch, 1)


def _damaged(snapshot: SnapshotFile, offset: int, reason: str) -> DamagedFileError:
    return DamagedFileError(snapshot.path, reason, RESTORE, offset)
