"""Prints a WAL file or a snapshot in readable form: ``python -m lithograph.durability.show [--key-file PATH] FILE``.

Reads only, needs no lock, and shows a damaged file as far as it goes, with what is wrong where. Of a sealed file
without its key it shows the header.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from lithograph.durability.checksums import NAMES
from lithograph.durability.codec import decode
from lithograph.durability.errors import DurabilityError, WrongKeyError
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
from lithograph.durability.keys import NO_KEYS, Keys, read_key_file
from lithograph.durability.snapshot import FOOTER
from lithograph.durability.values import MalformedError
from lithograph.durability.wal_reader import SUMMARY
from lithograph.storage.columns.chunk import Chunk

_SHOWN = 4


def show(path: Path, files: Files | None = None, keys: Keys = NO_KEYS) -> Iterator[str]:
    """The lines that describe a file.

    Raises:
        DamagedFileError, FileVersionError: the header cannot be read.
        OSError: the file cannot be read.
    """
    with closing((files or RealFiles()).open(path)) as handle:
        header: WalHeader | SnapshotHeader
        if handle.read(0, len(SNAPSHOT_MAGIC)) == SNAPSHOT_MAGIC:
            header, sealed = read_snapshot(handle, path, keys)
            yield from _show_header("snapshot", header, sealed, handle)
            reader = FrameReader(handle, path, sealed, header.epoch, 1)
        else:
            header, sealed = read_wal(handle, path, keys)
            yield from _show_header("WAL file", header, sealed, handle)
            reader = FrameReader(handle, path, sealed, header.epoch, header.first_frame)
        try:
            for frame in reader:
                yield from _show_frame(frame)
        except WrongKeyError as error:
            yield f"  {error.reason}"
            return
        yield f"{reader.offset:>10}  {reader.ending.value} ({reader.size - reader.offset} bytes left)"


def _show_header(
    kind: str, header: WalHeader | SnapshotHeader, sealed: Sealed, handle: Handle
) -> Iterator[str]:
    yield f"{kind}, {handle.size()} bytes, checksums {NAMES[sealed.algorithm_id]}"
    if sealed.codec is not None:
        yield f"  {'compressed':<13} {sealed.codec.compressed}"
        yield f"  {'key':<13} {sealed.key_id}"
    for field in fields(header):
        value = getattr(header, field.name)
        if field.name == "created":
            value = _moment(value)
        yield f"  {field.name:<13} {value if not isinstance(value, UUID) else str(value)}"


def _show_frame(frame: Frame) -> Iterator[str]:
    try:
        kind = FrameKind(frame.kind).name.lower()
    except ValueError:
        kind = f"unknown kind {frame.kind}"
    yield (
        f"{frame.offset:>10}  {kind} sequence={frame.sequence} timestamp={frame.timestamp} "
        f"settled={frame.settled} written={_moment(frame.written)} bytes={frame.stored}"
    )
    match frame.kind:
        case FrameKind.SUMMARY if len(frame.payload) == SUMMARY.size:
            yield "              from {} to {}, {} transactions".format(*SUMMARY.unpack(frame.payload))
        case FrameKind.FOOTER if len(frame.payload) == FOOTER.size:
            totals = FOOTER.unpack(frame.payload)
            yield "              {} blocks, {} deltas, {} vertices, {} edges".format(*totals)
        case FrameKind.TRANSACTION | FrameKind.BLOCK:
            try:
                for delta in decode(frame.payload):
                    yield f"              {_show_delta(delta)}"
            except MalformedError as error:
                yield f"              the content makes no sense: {error}"


def _moment(microseconds: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)).isoformat()


def _show_delta(delta: Any) -> str:
    parts = (f"{name}={_show_value(getattr(delta, name))}" for name in delta.__slots__)
    return f"{type(delta).__name__} {' '.join(parts)}"


def _show_value(value: Any) -> str:
    if isinstance(value, Chunk):
        return f"{value.kind.value}{_show_list(value.tolist())}"
    if hasattr(value, "tolist"):
        return _show_list(value.tolist())
    return repr(value)


def _show_list(values: list[Any]) -> str:
    shown = ", ".join(f"{value!r:.60}" for value in values[:_SHOWN])
    return f"[{shown}]" if len(values) <= _SHOWN else f"[{shown}, … {len(values)} in all]"


def main(arguments: list[str]) -> int:
    """Print each file; 0 when all could be read."""
    keys = NO_KEYS
    if arguments[:1] == ["--key-file"] and len(arguments) > 1:
        try:
            keys = read_key_file(Path(arguments[1]))
        except DurabilityError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        arguments = arguments[2:]
    if not arguments:
        sys.stderr.write("usage: python -m lithograph.durability.show [--key-file PATH] FILE …\n")
        return 2
    status = 0
    for argument in arguments:
        sys.stdout.write(f"{argument}\n")
        try:
            for line in show(Path(argument), keys=keys):
                sys.stdout.write(f"{line}\n")
        except (DurabilityError, OSError) as error:
            sys.stderr.write(f"{error}\n")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
