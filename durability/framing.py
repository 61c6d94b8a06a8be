"""Frames: the units that the rest of a file, after its header, is made of.

::

    0       4      5       6      8        12      16         24          32        40        48        52       56
    +-------+------+-------+------+--------+-------+----------+-----------+---------+---------+---------+--------+----
    | "LGfr"| kind | flags | zero | length | epoch | sequence | timestamp | settled | written | payload | header | payload
    | 4 B   | u8   | u8    | u16  | u32    | u32   | u64      | u64       | u64     | u64     | sum u32 | sum u32| length B
    +-------+------+-------+------+--------+-------+----------+-----------+---------+---------+---------+--------+----

Both checksums are seeded with the file's header, so that a frame is valid in its own file only. What they cover
is what is stored: a payload that is compressed or sealed (``payloads.py``), as the flags say. ``written`` is
the wall clock in microseconds since 1970 UTC, for recovery to a point in time; it need not rise.

``settled`` makes it possible to tell a crash from damage. It is the offset below which every byte of the
file was synced when the frame was written (the "last add confirmed" that BookKeeper puts in every entry).
A crash may lose or tear whatever was not synced, in any order: an invalid frame at ``o`` may therefore be
followed by valid ones. But when any of those was written with ``settled > o``, the bytes at ``o`` were
synced once and may have been acknowledged: that is damage, and never cut away.

How a file can end, and what it means, is decided in one place, :func:`judge`:

============== ============================== ======================= ================== ==================
ending         what is there                  unfinished file         a later frame says finished file,
                                                                      it was synced      snapshot
============== ============================== ======================= ================== ==================
CLEAN          nothing after the last frame   go on after it          –                  damaged (no end)
TORN_HEADER    less than a frame header       cut                     –                  damaged
TORN_PAYLOAD   valid header, short payload    cut                     –                  damaged
ZERO_FILL      zeros only, to the end         cut                     –                  damaged
BAD_HEADER     header checksum is wrong       cut                     damaged            damaged
BAD_PAYLOAD    payload checksum is wrong      cut                     damaged            damaged
OUT_OF_ORDER   valid, but not the next frame  damaged                 damaged            damaged
============== ============================== ======================= ================== ==================

A finished file whose summary was read ends CLEAN and is whole; see ``wal_reader.py`` and ``snapshot.py``.

A frame whose checksums hold but whose payload cannot be opened is no crash's work: that is damage, wherever it is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import Enum, IntEnum
from pathlib import Path
from typing import NamedTuple

from lithograph.durability.errors import DamagedFileError, FileVersionError, WrongKeyError
from lithograph.durability.files import Handle
from lithograph.durability.header import NEWER, RESTORE, SIZE, Sealed
from lithograph.storage.errors import CapacityError

MARKER = b"LGfr"
HEADER_SIZE = 56
MAXIMUM_PAYLOAD = (1 << 32) - 1

_FIELDS = struct.Struct("<4sBBHIIQQQQI")
_SUM = struct.Struct("<I")
_UNSUMMED = _FIELDS.size - _SUM.size
"""So much of a frame, from its start, is tied to a sealed payload: what comes before the checksums."""
_READ_AHEAD = 1 << 20


class FrameKind(IntEnum):
    """What a payload is; the numbers are on disk."""

    TRANSACTION = 1
    """WAL: the deltas of one transaction."""
    SUMMARY = 2
    """WAL: the last frame of a finished file."""
    BLOCK = 3
    """snapshot: some deltas of the image."""
    FOOTER = 4
    """snapshot: its last frame."""


class Ending(Enum):
    """Why reading stopped; see the table above."""

    CLEAN = "nothing follows"
    TORN_HEADER = "the header of a frame is cut off"
    TORN_PAYLOAD = "the payload of a frame is cut off"
    ZERO_FILL = "only zeros follow"
    BAD_HEADER = "the checksum of a frame's header does not match"
    BAD_PAYLOAD = "the checksum of a frame does not match"
    OUT_OF_ORDER = "a frame does not continue the one before it"


class Verdict(Enum):
    """What an ending means for an unfinished file."""

    WHOLE = "whole"
    CUT = "cut"
    DAMAGED = "damaged"


class Frame(NamedTuple):
    """One valid frame; ``offset`` is where it begins and ``end`` where the next one does.

    ``payload`` is what was handed in, ``stored`` the number of bytes that it has in the file.
    """

    offset: int
    kind: int
    epoch: int
    sequence: int
    timestamp: int
    settled: int
    written: int
    payload: bytes
    stored: int

    @property
    def end(self) -> int:
        return self.offset + HEADER_SIZE + self.stored


class _Header(NamedTuple):
    """The fields of a frame header, in the order of ``_FIELDS``."""

    marker: bytes
    kind: int
    flags: int
    zero: int
    length: int
    epoch: int
    sequence: int
    timestamp: int
    settled: int
    written: int
    payload_sum: int


class Tail(NamedTuple):
    """What follows the last good frame: ``transactions`` and ``size`` (bytes) that would be cut off.

    ``settled`` is the largest of the valid frames in it, 0 without any.
    """

    transactions: int
    size: int
    settled: int


def pack(
    sealed: Sealed,
    kind: int,
    epoch: int,
    sequence: int,
    timestamp: int,
    settled: int,
    written: int,
    payload: bytes,
) -> bytes:
    """A whole frame.

    Raises:
        CapacityError: a payload of 4 GiB or more, or of 2 GiB or more in a sealed file.
    """
    codec, flags = sealed.codec, 0
    if codec is not None:
        flags, payload = codec.shrink(payload)
        length = len(payload) + codec.overhead
        fields = _FIELDS.pack(MARKER, kind, flags, 0, length, epoch, sequence, timestamp, settled, written, 0)
        payload = codec.seal(payload, fields[:_UNSUMMED])
    length = len(payload)
    if length > MAXIMUM_PAYLOAD:
        raise CapacityError(
            f"A transaction cannot have more than 4 GiB in the log, this one has {length} bytes."
        )
    checksum, seed = sealed.algorithm, sealed.seed
    payload_sum = checksum(seed, payload)
    fields = _FIELDS.pack(
        MARKER, kind, flags, 0, length, epoch, sequence, timestamp, settled, written, payload_sum
    )
    return b"".join((fields, _SUM.pack(checksum(seed, fields)), payload))


def judge(ending: Ending, offset: int, settled: int, finished: bool) -> Verdict:
    """The table of the module: what it means that reading stopped at ``offset``.

    Args:
        settled: largest ``settled`` of the valid frames that follow, 0 without any.
        finished: whether the file was complete once, by its name.
    """
    if finished or ending is Ending.OUT_OF_ORDER or settled > offset:
        return Verdict.DAMAGED
    return Verdict.WHOLE if ending is Ending.CLEAN else Verdict.CUT


class FrameReader:
    """Reads the valid frames from the start of a file (after its header), and says why it stopped.

    After iteration ``offset`` is the end of the last good frame and ``ending`` tells what is there.
    Nothing is allocated by a length that was not checked: a payload is read only when its header's
    checksum holds and the file is long enough.

    Raises (while iterating):
        FileVersionError: a valid frame has flags that this reader does not know.
        WrongKeyError: the file is sealed with a key that is not at hand.
        DamagedFileError: the checksums of a frame hold, but its payload cannot be opened.
    """

    def __init__(self, handle: Handle, path: Path, sealed: Sealed, epoch: int, first_sequence: int) -> None:
        self._bytes = _ReadAhead(handle)
        self._path = path
        self._sealed = sealed
        self._epoch = epoch
        self._next = first_sequence
        self.size = handle.size()
        self.offset = SIZE
        self.ending = Ending.CLEAN

    def __iter__(self) -> Iterator[Frame]:
        self._check_key()
        while True:
            found = self._frame_at(self.offset)
            if isinstance(found, Ending):
                self.ending = found
                return
            if found.sequence != self._next or found.epoch != self._epoch:
                self.ending = Ending.OUT_OF_ORDER
                return
            self._next += 1
            self.offset = found.end
            yield found

    def frame_at(self, offset: int) -> Frame | None:
        """The frame at this place, whatever came before it; None when there is no valid one. Raises likewise."""
        self._check_key()
        found = self._frame_at(offset) if SIZE <= offset <= self.size else None
        return None if isinstance(found, Ending) else found

    def tail(self) -> Tail:
        """What follows ``offset``, looked at to the end of the file.

        A header whose checksum holds counts whatever became of its payload: it was written, if not wholly.
        """
        settled, transactions, position = 0, 0, self.offset
        while (position := self._bytes.find(MARKER, position, self.size)) >= 0:
            header = self._header_at(position)
            if isinstance(header, Ending):
                position += len(MARKER)
                continue
            settled = max(settled, header.settled)
            transactions += header.kind == FrameKind.TRANSACTION
            end = position + HEADER_SIZE + header.length
            position = end if end <= self.size else position + HEADER_SIZE
        if not transactions and self.ending not in (Ending.CLEAN, Ending.ZERO_FILL):
            transactions = 1
        return Tail(transactions, self.size - self.offset, settled)

    def _frame_at(self, offset: int) -> Frame | Ending:
        header = self._header_at(offset)
        if isinstance(header, Ending):
            return header
        if header.length > self.size - offset - HEADER_SIZE:
            return Ending.TORN_PAYLOAD
        payload = self._bytes.read(offset + HEADER_SIZE, header.length)
        if self._sealed.algorithm(self._sealed.seed, payload) != header.payload_sum:
            return Ending.BAD_PAYLOAD
        stored = len(payload)
        if header.flags or self._sealed.codec is not None:
            payload = self._opened(header, payload, offset)
        return Frame(
            offset,
            header.kind,
            header.epoch,
            header.sequence,
            header.timestamp,
            header.settled,
            header.written,
            payload,
            stored,
        )

    def _opened(self, header: _Header, stored: bytes, offset: int) -> bytes:
        codec = self._sealed.codec
        if codec is None or header.flags & ~codec.flags:
            reason = f"A frame has flags {header.flags:#x}, which this server does not know."
            raise FileVersionError(self._path, reason, NEWER, offset)
        try:
            return codec.open(header.flags, stored, _FIELDS.pack(*header)[:_UNSUMMED])
        except ValueError as error:
            reason = f"The checksum of a frame holds, but {error}."
            raise DamagedFileError(self._path, reason, RESTORE, offset) from error

    def _check_key(self) -> None:
        codec = self._sealed.codec
        if codec is not None and codec.key_id is not None and codec.locked:
            raise WrongKeyError(self._path, codec.key_id, codec.given)

    def _header_at(self, offset: int) -> _Header | Ending:
        remaining = self.size - offset
        if remaining == 0:
            return Ending.CLEAN
        block = self._bytes.read(offset, min(HEADER_SIZE, remaining))
        if not any(block):
            return self._after_zeros(offset, remaining)
        if len(block) < HEADER_SIZE:
            return Ending.TORN_HEADER
        header = _Header(*_FIELDS.unpack_from(block))
        (header_sum,) = _SUM.unpack_from(block, _FIELDS.size)
        fields = block[: _FIELDS.size]
        if header.marker != MARKER or self._sealed.algorithm(self._sealed.seed, fields) != header_sum:
            return Ending.BAD_HEADER
        return header

    def _after_zeros(self, offset: int, remaining: int) -> Ending:
        while remaining:
            piece = self._bytes.read(offset, min(remaining, _READ_AHEAD))
            if any(piece):
                return Ending.BAD_HEADER
            offset += len(piece)
            remaining -= len(piece)
        return Ending.ZERO_FILL


class _ReadAhead:
    """Reads a file mostly from front to back in pieces of a megabyte."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._start = 0
        self._piece = b""

    def read(self, offset: int, length: int) -> bytes:
        """Exactly ``length`` bytes, which the caller knows to be there."""
        within = offset - self._start
        if within >= 0 and within + length <= len(self._piece):
            return self._piece[within : within + length]
        if length >= _READ_AHEAD:
            return self._exactly(self._handle.read(offset, length), length)
        self._load(offset, length)
        return self._piece[:length]

    def find(self, wanted: bytes, start: int, end: int) -> int:
        """The first place of ``wanted`` in ``start … end``; -1 when there is none."""
        while end - start >= len(wanted):
            if not self._start <= start <= self._start + len(self._piece) - len(wanted):
                self._load(start, min(_READ_AHEAD, end - start))
            found = self._piece.find(wanted, start - self._start, end - self._start)
            if found >= 0:
                return self._start + found
            start = self._start + len(self._piece) - len(wanted) + 1
        return -1

    def _load(self, offset: int, length: int) -> None:
        """Read ahead from ``offset``, where ``length`` bytes are known to be."""
        self._start, self._piece = offset, self._handle.read(offset, _READ_AHEAD)
        if len(self._piece) < length:
            self._exactly(self._piece, length)

    @staticmethod
    def _exactly(data: bytes, length: int) -> bytes:
        if len(data) != length:
            raise OSError(f"the file became shorter while it was read ({len(data)} of {length} bytes)")
        return data
