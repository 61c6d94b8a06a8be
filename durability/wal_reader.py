"""Reading one WAL file: what it holds, where it ends, and the transactions in it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from lithograph.durability.codec import decode
from lithograph.durability.errors import DamagedFileError, FileVersionError
from lithograph.durability.files import Files
from lithograph.durability.framing import Ending, Frame, FrameKind, FrameReader, Tail, Verdict, judge
from lithograph.durability.header import NEWER, RESTORE, SIZE, Sealed, WalHeader, read_wal
from lithograph.durability.keys import NO_KEYS, Keys
from lithograph.durability.names import WalName
from lithograph.durability.values import MalformedError
from lithograph.storage.deltas import Delta

SUMMARY = struct.Struct("<QQQ")
"""Payload of the last frame of a finished file: first and last commit timestamp, number of transactions."""


@dataclass(frozen=True, slots=True)
class WalFile:
    """A WAL file whose header was read, and no more."""

    name: WalName
    path: Path
    header: WalHeader
    sealed: Sealed
    size: int


@dataclass(frozen=True, slots=True)
class WalContent:
    """What reading a WAL file to its end has shown.

    Attributes:
        transactions: number of whole transactions; ``first`` and ``last`` are the timestamps of the
            outermost, ``header.after`` without any.
        end: offset behind the last of them.
        complete: it has its summary, nothing will be appended.
        tail: what lies behind ``end`` and can be cut off; None when there is nothing.
        written: wall clock of the last of them, microseconds since 1970 UTC; 0 without any.
        left_out: ``(timestamp, written)`` of the transaction that reading stopped before, because it was not
            wanted; what follows was not looked at then.
    """

    file: WalFile
    transactions: int
    first: int
    last: int
    end: int
    complete: bool
    tail: Tail | None
    written: int = 0
    left_out: tuple[int, int] | None = None

    @property
    def next_frame(self) -> int:
        """Sequence number of the transaction that comes after those in the file."""
        return self.file.header.first_frame + self.transactions


def read_file(files: Files, path: Path, name: WalName, keys: Keys = NO_KEYS) -> WalFile | None:
    """Read the header; None for a file whose creation was cut short, which never held a transaction.

    Args:
        keys: at hand for reading on, which is when they are needed.

    Raises:
        DamagedFileError, FileVersionError: as :func:`~lithograph.durability.header.read_wal`.
    """
    with closing(files.open(path)) as handle:
        size = handle.size()
        try:
            header, sealed = read_wal(handle, path, keys)
        except DamagedFileError:
            if size <= SIZE and not name.finished:
                return None
            raise
    return WalFile(name, path, header, sealed, size)


def scan(files: Files, file: WalFile, wanted: Callable[[Frame], bool] | None = None) -> WalContent:
    """Read every frame of a file and decide how it ends.

    Args:
        wanted: reading stops before the first transaction for which this is false.

    Raises:
        DamagedFileError: damage that a crash does not explain.
        FileVersionError: content of a later version.
        WrongKeyError: it is sealed with a key that is not at hand.
    """
    first = last = file.header.after
    count, complete, end, written = 0, False, SIZE, 0
    with closing(files.open(file.path)) as handle:
        reader = FrameReader(handle, file.path, file.sealed, file.header.epoch, file.header.first_frame)
        for frame in reader:
            if complete:
                raise _damaged(file, frame.offset, "Something follows the summary, which ends a file.")
            if frame.kind == FrameKind.SUMMARY:
                complete = True
                _check_summary(file, frame, (first, last, count))
                continue
            _check_transaction(file, frame, last)
            if wanted is not None and not wanted(frame):
                left_out = (frame.timestamp, frame.written)
                return WalContent(file, count, first, last, end, False, None, written, left_out)
            first, last = first if count else frame.timestamp, frame.timestamp
            count, end, written = count + 1, frame.end, frame.written
        tail = _tail(file, reader, complete)
    return WalContent(file, count, first, last, end, complete, tail, written)


def transactions(files: Files, content: WalContent) -> Iterator[tuple[int, Iterator[Delta]]]:
    """``(commit timestamp, deltas)`` of the transactions that :func:`scan` found whole, in order.

    Raises (while iterating):
        DamagedFileError: a payload is not what a WAL holds, although its checksum holds.
    """
    file = content.file
    with closing(files.open(file.path)) as handle:
        reader = FrameReader(handle, file.path, file.sealed, file.header.epoch, file.header.first_frame)
        for frame in reader:
            if frame.kind != FrameKind.TRANSACTION or frame.offset >= content.end:
                return
            yield frame.timestamp, decoded(file.path, frame)


def decoded(path: Path, frame: Frame) -> Iterator[Delta]:
    """The deltas of a frame. Raises (while iterating) DamagedFileError."""
    try:
        yield from decode(frame.payload)
    except MalformedError as error:
        raise DamagedFileError(
            path, f"The checksum holds, but the content makes no sense: {error}.", NEWER, frame.offset
        ) from error


def _check_transaction(file: WalFile, frame: Frame, last: int) -> None:
    if frame.kind != FrameKind.TRANSACTION:
        reason = f"A frame is of kind {frame.kind}, which this server does not know."
        raise FileVersionError(file.path, reason, NEWER, frame.offset)
    if frame.timestamp <= last:
        reason = f"Commit timestamp {frame.timestamp} does not come after {last}."
        raise _damaged(file, frame.offset, reason)


def _check_summary(file: WalFile, frame: Frame, found: tuple[int, int, int]) -> None:
    if len(frame.payload) != SUMMARY.size or SUMMARY.unpack(frame.payload) != found:
        raise _damaged(file, frame.offset, "The summary does not agree with the transactions before it.")
    if file.name.finished and (file.name.first, file.name.last) != found[:2]:
        raise _damaged(
            file,
            frame.offset,
            f"It holds the commits from {found[0]} to {found[1]}, other than its name says.",
        )


def _tail(file: WalFile, reader: FrameReader, complete: bool) -> Tail | None:
    if complete and reader.ending is Ending.CLEAN:
        return None
    tail = reader.tail()
    verdict = judge(reader.ending, reader.offset, tail.settled, file.name.finished or complete)
    if verdict is Verdict.DAMAGED:
        reason = "the file ends without its summary" if reader.ending is Ending.CLEAN else reader.ending.value
        raise _damaged(file, reader.offset, f"{reason[0].upper()}{reason[1:]}.")
    return None if verdict is Verdict.WHOLE else tail


def _damaged(file: WalFile, offset: int, reason: str) -> DamagedFileError:
    return DamagedFileError(file.path, reason, RESTORE, offset)
