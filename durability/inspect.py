"""What is in a WAL file or a snapshot, record by record: header, frames, end.

Reads only, needs no lock, and goes through a damaged file as far as it goes, to say what is wrong where. One frame
is in memory at a time, and what is shown of it is short whatever it holds, so a file may be of any size. Of a sealed
file without its key the header can be shown, which names that key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, fields
from math import isfinite
from pathlib import Path
from typing import Any
from uuid import UUID

from lithograph.durability.checksums import NAMES
from lithograph.durability.codec import decode
from lithograph.durability.files import Files, Handle, RealFiles
from lithograph.durability.framing import Frame, FrameKind, FrameReader
from lithograph.durability.header import (
    SNAPSHOT_MAGIC,
    Sealed,
    SnapshotHeader,
    WalHeader,
    read_snapshot,
    read_wal,
)
from lithograph.durability.keys import NO_KEYS, Keys
from lithograph.durability.point import moment_of
from lithograph.durability.snapshot import FOOTER
from lithograph.durability.values import MalformedError
from lithograph.durability.wal_reader import SUMMARY
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.deltas import Delta

SHOWN_ITEMS = 4
"""Of an array so many items are shown, then how many there are."""
SHOWN_CHARACTERS = 60
SHOWN_DELTAS = 1000
"""Of a frame so many deltas are shown; all are counted."""

Record = dict[str, Any]
"""A description of something in a file, of values that JSON knows; ``record`` says of what."""

_SUMMARY_FIELDS = ("from", "to", "transactions")
_FOOTER_FIELDS = ("blocks", "deltas", "vertices", "edges")


@dataclass(slots=True)
class _Sums:
    """What the frames of a file amount to."""

    frames: Counter[str] = field(default_factory=Counter)
    deltas: Counter[str] = field(default_factory=Counter)
    elements: Counter[str] = field(default_factory=Counter)
    first: Record = field(default_factory=dict)
    last: Record = field(default_factory=dict)

    def add(self, record: Record) -> None:
        self.frames[record["record"]] += 1
        if record["record"] == "transaction":
            self.last = {key: record[key] for key in ("sequence", "timestamp", "written")}
            self.first = self.first or self.last

    def record(self) -> Record:
        counts = {name: dict(getattr(self, name)) for name in ("frames", "deltas", "elements")}
        return {"record": "sums", **counts, "first": self.first, "last": self.last}


def inspect(
    path: Path,
    files: Files | None = None,
    *,
    limit: int | None = None,
    summary: bool = False,
    keys: Keys = NO_KEYS,
) -> Iterator[Record]:
    """The records of a file: ``header``; ``transaction`` and ``summary`` of a WAL file, ``block`` and ``footer`` of
    a snapshot (with ``deltas``, shortened); ``end``, which says why there is nothing more.

    Args:
        limit: so many frames at most.
        summary: instead of the frames only ``sums``: how many frames, deltas and elements of each kind there are.
        keys: what a sealed file is opened with.

    Raises:
        DamagedFileError, FileVersionError: the header cannot be read; or a frame needs a later version.
        WrongKeyError: after the header: the file is sealed with a key that is not at hand.
        OSError: the file cannot be read.
    """
    with closing((files or RealFiles()).open(path)) as handle:
        header: WalHeader | SnapshotHeader
        if handle.read(0, len(SNAPSHOT_MAGIC)) == SNAPSHOT_MAGIC:
            header, sealed = read_snapshot(handle, path, keys)
            first = 1
        else:
            header, sealed = read_wal(handle, path, keys)
            first = header.first_frame
        yield _header(path, header, sealed, handle)
        reader = FrameReader(handle, path, sealed, header.epoch, first)
        yield from _frames(reader, limit, summary)


def _frames(reader: FrameReader, limit: int | None, summary: bool) -> Iterator[Record]:
    sums, ending = _Sums(), ""
    for number, frame in enumerate(reader):
        if number == limit:
            ending = f"not read further than {limit} frames"
            reader.offset = frame.offset
            break
        record = _frame(frame, sums)
        sums.add(record)
        if not summary:
            yield record
    if summary:
        yield sums.record()
    yield {
        "record": "end",
        "offset": reader.offset,
        "ending": ending or reader.ending.value,
        "left": reader.size - reader.offset,
    }


def _header(path: Path, header: WalHeader | SnapshotHeader, sealed: Sealed, handle: Handle) -> Record:
    record: Record = {
        "record": "header",
        "file": str(path),
        "kind": "WAL file" if isinstance(header, WalHeader) else "snapshot",
        "size": handle.size(),
        "checksums": NAMES[sealed.algorithm_id],
    }
    if sealed.codec is not None:
        record |= {"compressed": sealed.codec.compressed, "key": sealed.key_id}
    for each in fields(header):
        value = getattr(header, each.name)
        if each.name == "created":
            value = moment_of(value).isoformat()
        record[each.name] = str(value) if isinstance(value, UUID) else value
    return record


def _frame(frame: Frame, sums: _Sums) -> Record:
    try:
        kind = FrameKind(frame.kind).name.lower()
    except ValueError:
        kind = f"unknown kind {frame.kind}"
    record: Record = {
        "record": kind,
        "offset": frame.offset,
        "sequence": frame.sequence,
        "timestamp": frame.timestamp,
        "settled": frame.settled,
        "written": moment_of(frame.written).isoformat(),
        "bytes": frame.stored,
    }
    match frame.kind:
        case FrameKind.SUMMARY if len(frame.payload) == SUMMARY.size:
            record.update(zip(_SUMMARY_FIELDS, SUMMARY.unpack(frame.payload), strict=True))
        case FrameKind.FOOTER if len(frame.payload) == FOOTER.size:
            record.update(zip(_FOOTER_FIELDS, FOOTER.unpack(frame.payload), strict=True))
        case FrameKind.TRANSACTION | FrameKind.BLOCK:
            _add_content(record, frame, sums)
    return record


def _add_content(record: Record, frame: Frame, sums: _Sums) -> None:
    counts: Counter[str] = Counter()
    shown: list[Record] = []
    try:
        for delta in decode(frame.payload):
            name = type(delta).__name__
            counts[name] += 1
            sums.deltas[name] += 1
            sums.elements[name] += len(getattr(delta, "slots", (None,)))
            if len(shown) < SHOWN_DELTAS:
                shown.append(_delta(delta))
    except MalformedError as error:
        record["malformed"] = str(error)
    record["counts"] = dict(counts)
    record["deltas"] = shown


def _delta(delta: Delta) -> Record:
    return {
        "delta": type(delta).__name__,
        **{name: _short(getattr(delta, name)) for name in delta.__slots__},
    }


def _short(value: Any) -> Any:
    """A value of a delta, of which JSON knows all and nothing is long."""
    if isinstance(value, Chunk):
        return {"kind": value.kind.value, "values": _short_chunk(value)}
    if hasattr(value, "tolist"):
        return _short_list(value[:SHOWN_ITEMS].tolist(), len(value))
    if isinstance(value, tuple):
        return _short_list(list(value[:SHOWN_ITEMS]), len(value))
    return _short_item(value)


def _short_chunk(chunk: Chunk) -> list[Any]:
    present = None if chunk.present is None else chunk.present[:SHOWN_ITEMS]
    head = Chunk(chunk.kind, chunk.values[:SHOWN_ITEMS], present, chunk.dictionary)
    return _short_list(head.tolist(), len(chunk))


def _short_list(head: list[Any], length: int) -> list[Any]:
    shown = [_short_item(item) for item in head]
    return shown if length <= SHOWN_ITEMS else [*shown, f"… {length} in all"]


def _short_item(value: Any) -> Any:
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value)):
        return value
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}… {len(text)} characters"
