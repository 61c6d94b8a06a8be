"""The first 512 bytes of every file: what it is, whose it is, where it belongs.

::

    0        8         10        11       12          16                  508        512
    +--------+---------+---------+--------+-----------+-------------------+----------+
    | magic  | version | check-  | zero   | length of | fields (msgpack   | checksum |
    | 8 B    | u16     | sum u8  | u8     | fields u32| map), then zeros  | u32      |
    +--------+---------+---------+--------+-----------+-------------------+----------+

Numbers are little-endian. The checksum of this block is always CRC32C, over the 508 bytes before it; the
id at byte 10 is that of the checksums in the rest of the file. This much never changes with versions, so
that damage can be told from a later version. Magic, version, checksum id and ``needs`` decide whether this
reader can read on; further fields may be added without a new version, and a reader skips those it does
not know. What a reader *must* know to read the file right is named in
``needs``: a reader refuses a file that needs something it has never heard of. The header itself is never
compressed or sealed, so what a file is, and which ``key`` it takes, can be told without the key.

One sector holds it all, so a header is written whole or not at all, and a file of at most 512 bytes
without a valid header is one whose creation was cut short: it never held a transaction.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import msgpack

from lithograph.durability.checksums import ALGORITHMS, CRC32C, Checksum
from lithograph.durability.errors import DamagedFileError, FileVersionError
from lithograph.durability.files import Handle
from lithograph.durability.keys import ID_SIZE, NO_KEYS, Keys
from lithograph.durability.payloads import (
    NEEDS_COMPRESSION,
    NEEDS_SEALING,
    PLAIN,
    Packing,
    PayloadCodec,
    codec_of,
)

SIZE = 512
VERSION = 1
WAL_MAGIC = b"LITHWAL\n"
SNAPSHOT_MAGIC = b"LITHSNP\n"

_PREFIX = struct.Struct("<8sHBBI")
_CHECKSUM = struct.Struct("<I")
_BODY = SIZE - _CHECKSUM.size
_KNOWN_NEEDS = frozenset({NEEDS_COMPRESSION, NEEDS_SEALING})

EPOCHS = 1 << 32
"""Epochs are smaller: frames have them in 32 bits."""

NO_ID = UUID(int=0)
"""The ``previous`` of the first file of a chain."""


@dataclass(frozen=True, slots=True)
class WalHeader:
    """What a WAL file says of itself when it is opened; it never changes afterwards.

    Attributes:
        database: uuid that groups the files of one database.
        epoch: number of the history this file belongs to; a restore opens a new one.
        id: uuid of this file.
        previous: ``id`` of the file before it in the chain, :data:`NO_ID` for the first.
        sequence: number of this file in the chain, from 0.
        first_frame: sequence number of the first transaction of this file, from 1 in the whole chain.
        after: timestamp of the last commit before this file: whoever has everything up to there can go
            on with this file and misses nothing.
        created: microseconds since 1970 UTC.
    """

    database: UUID
    epoch: int
    id: UUID
    previous: UUID
    sequence: int
    first_frame: int
    after: int
    created: int


@dataclass(frozen=True, slots=True)
class SnapshotHeader:
    """What a snapshot says of itself.

    Attributes:
        database, epoch, id, created: as in :class:`WalHeader`.
        timestamp: everything committed up to here is in it, and nothing after.
        wal_sequence: number that a WAL file opened after this snapshot gets at least.
        next_frame: sequence number that a transaction after this snapshot gets at least.
        trigger: why it was made: ``periodic``, ``manual``, ``exit``, ``storage_mode_change``, ``restore``.
    """

    database: UUID
    epoch: int
    id: UUID
    created: int
    timestamp: int
    wal_sequence: int
    next_frame: int
    trigger: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the frames of a file are checked with: the algorithm, seeded by the file's own header.

    The seed makes frames of another file, or of an earlier life of these blocks, invalid here.

    Attributes:
        codec: what payloads go through on their way into the file; None: they are stored as they are.
    """

    algorithm: Checksum
    algorithm_id: int
    seed: int
    codec: PayloadCodec | None = None

    @property
    def key_id(self) -> str | None:
        """Names the key that payloads are sealed with; None when they are not."""
        return None if self.codec is None else self.codec.key_id


def pack_wal(header: WalHeader, packing: Packing = PLAIN) -> tuple[bytes, Sealed]:
    """The header block and what its frames are sealed with."""
    return _pack(WAL_MAGIC, _fields_of_wal(header), packing)


def pack_snapshot(header: SnapshotHeader, packing: Packing = PLAIN) -> tuple[bytes, Sealed]:
    """The header block and what its frames are sealed with."""
    return _pack(SNAPSHOT_MAGIC, _fields_of_snapshot(header), packing)


def read_wal(handle: Handle, path: Path, keys: Keys = NO_KEYS) -> tuple[WalHeader, Sealed]:
    """The header of a WAL file. It is readable whatever the keys; without the right one its frames are not.

    Raises:
        DamagedFileError: the block is short, changed or not a WAL file's.
        FileVersionError: written by a later version.
    """
    fields, sealed = _read(handle, path, WAL_MAGIC, "WAL file", keys)
    header = WalHeader(
        fields.uuid("database"),
        fields.count("epoch", EPOCHS),
        fields.uuid("id"),
        fields.uuid("previous"),
        fields.count("sequence"),
        fields.count("first_frame"),
        fields.count("after"),
        fields.count("created"),
    )
    return header, sealed


def read_snapshot(handle: Handle, path: Path, keys: Keys = NO_KEYS) -> tuple[SnapshotHeader, Sealed]:
    """The header of a snapshot; as :func:`read_wal`."""
    fields, sealed = _read(handle, path, SNAPSHOT_MAGIC, "snapshot", keys)
    header = SnapshotHeader(
        fields.uuid("database"),
        fields.count("epoch", EPOCHS),
        fields.uuid("id"),
        fields.count("created"),
        fields.count("timestamp"),
        fields.count("wal_sequence"),
        fields.count("next_frame"),
        fields.text("trigger"),
    )
    return header, sealed


def _fields_of_wal(header: WalHeader) -> dict[str, Any]:
    return {
        "needs": [],
        "database": header.database.bytes,
        "epoch": header.epoch,
        "id": header.id.bytes,
        "previous": header.previous.bytes,
        "sequence": header.sequence,
        "first_frame": header.first_frame,
        "after": header.after,
        "created": header.created,
    }


def _fields_of_snapshot(header: SnapshotHeader) -> dict[str, Any]:
    return {
        "needs": [],
        "database": header.database.bytes,
        "epoch": header.epoch,
        "id": header.id.bytes,
        "created": header.created,
        "timestamp": header.timestamp,
        "wal_sequence": header.wal_sequence,
        "next_frame": header.next_frame,
        "trigger": header.trigger,
    }


def _pack(magic: bytes, fields: dict[str, Any], packing: Packing) -> tuple[bytes, Sealed]:
    fields["needs"] = packing.needs
    if packing.key is not None:
        fields["key"] = bytes.fromhex(packing.key.id)
    packed: bytes = msgpack.packb(fields)
    body = (_PREFIX.pack(magic, VERSION, CRC32C, 0, len(packed)) + packed).ljust(_BODY, b"\0")
    if len(body) != _BODY:
        raise ValueError(f"header fields of {len(packed)} bytes do not fit")
    seed = ALGORITHMS[CRC32C](0, body)
    codec = packing.codec(fields["id"], body)
    return body + _CHECKSUM.pack(seed), Sealed(ALGORITHMS[CRC32C], CRC32C, seed, codec)


def _read(handle: Handle, path: Path, magic: bytes, kind: str, keys: Keys) -> tuple[_Fields, Sealed]:
    block = handle.read(0, SIZE)
    if len(block) < SIZE:
        raise _damaged(path, f"The file ends inside the header (it has {len(block)} bytes).")
    found, version, algorithm_id, _, length = _PREFIX.unpack_from(block)
    if found != magic:
        raise _damaged(path, f"It does not begin as a {kind} of Lithograph does.")
    body = block[:_BODY]
    seed = ALGORITHMS[CRC32C](0, body)
    if _CHECKSUM.unpack_from(block, _BODY)[0] != seed:
        raise _damaged(path, "The checksum of the header does not match.")
    if version != VERSION:
        raise _too_new(path, f"It has format version {version}; this server reads version {VERSION}.", 8)
    algorithm = ALGORITHMS.get(algorithm_id)
    if algorithm is None:
        raise _too_new(
            path, f"Its checksums are of kind {algorithm_id}, which this server does not know.", 10
        )
    if length > _BODY - _PREFIX.size:
        raise _damaged(path, "The fields of the header are longer than the header.")
    fields = _Fields(path, _unpack_map(path, body[_PREFIX.size : _PREFIX.size + length]))
    needs = _checked_needs(path, fields.values)
    key_id = fields.key() if NEEDS_SEALING in needs else None
    codec = codec_of(needs, key_id, fields.uuid("id").bytes, body, keys)
    return fields, Sealed(algorithm, algorithm_id, seed, codec)


def _unpack_map(path: Path, packed: bytes) -> dict[str, Any]:
    try:
        fields = msgpack.unpackb(packed)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise _damaged(path, "The fields of the header cannot be read.")
    return fields


def _checked_needs(path: Path, fields: dict[str, Any]) -> list[str]:
    needs = fields.get("needs", [])
    stated = [str(need) for need in needs] if isinstance(needs, list) else ["?"]
    unknown = [need for need in stated if need not in _KNOWN_NEEDS]
    if unknown:
        raise _too_new(path, f"Reading it needs {', '.join(unknown)}, which this server does not know.", 16)
    return stated


class _Fields:
    """Header fields with their types checked."""

    def __init__(self, path: Path, values: dict[str, Any]) -> None:
        self._path = path
        self.values = values

    def count(self, name: str, limit: int = 1 << 63) -> int:
        value = self.values.get(name)
        if type(value) is not int or not 0 <= value < limit:
            raise self._wrong(name)
        return value

    def uuid(self, name: str) -> UUID:
        value = self.values.get(name)
        if type(value) is not bytes or len(value) != 16:
            raise self._wrong(name)
        return UUID(bytes=value)

    def key(self) -> str:
        value = self.values.get("key")
        if type(value) is not bytes or len(value) != ID_SIZE:
            raise self._wrong("key")
        return value.hex()

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if type(value) is not str:
            raise self._wrong(name)
        return value

    def _wrong(self, name: str) -> DamagedFileError:
        return _damaged(self._path, f"The header's field {name!r} is missing or not what it should be.")


def _too_new(path: Path, reason: str, offset: int) -> FileVersionError:
    return FileVersionError(path, reason, NEWER, offset)


def _damaged(path: Path, reason: str) -> DamagedFileError:
    return DamagedFileError(path, reason, RESTORE, 0)


NEWER = "Start it with the version of Lithograph that wrote it, or a later one. Nothing was changed."
"""The remedy for a file of a later version."""

RESTORE = (
    "Restore the file from a backup; or, to go on without it and without what only it holds, "
    "move it out of the directory. Nothing was changed."
)
"""The remedy for a file that is damaged."""
