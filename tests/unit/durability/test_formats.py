"""The bytes of version 1, as docs/formats describes them. A change here is a change of format."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from uuid import UUID

import google_crc32c
import msgpack
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lithograph.durability import header
from lithograph.durability.checksums import ALGORITHMS
from lithograph.durability.codec import Encoder
from lithograph.durability.errors import DamagedFileError, FileVersionError
from lithograph.durability.framing import FrameKind, FrameReader, pack
from lithograph.durability.keys import Keys, MasterKey
from lithograph.durability.payloads import Packing
from lithograph.durability.values import MalformedError
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.deltas import CreateEdges, CreateIndex, CreateVertices, SetEnum, SetProperty
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.temporal import Date
from support.durable_model import Database, Settings, slots
from support.files import MemoryFiles

WAL = header.WalHeader(UUID(int=1), 2, UUID(int=3), UUID(int=4), 5, 6, 7, 8)
PATH = Path("/data/file")


def wal_block(**changes: object) -> bytes:
    """A header as another program would write it, from the description alone."""
    fields: dict[str, object] = {
        "needs": [],
        "database": UUID(int=1).bytes,
        "epoch": 2,
        "id": UUID(int=3).bytes,
        "previous": UUID(int=4).bytes,
        "sequence": 5,
        "first_frame": 6,
        "after": 7,
        "created": 8,
        **changes,
    }
    version, algorithm = int(str(fields.pop("version", 1))), int(str(fields.pop("algorithm", 1)))
    packed = msgpack.packb({name: value for name, value in fields.items() if value is not None})
    body = struct.pack("<8sHBBI", b"LITHWAL\n", version, algorithm, 0, len(packed)) + packed
    body = body.ljust(508, b"\0")
    return bytes(body + struct.pack("<I", google_crc32c.value(body)))


def read(block: bytes) -> header.WalHeader:
    files = MemoryFiles()
    files.place(PATH, block)
    return header.read_wal(files.open(PATH), PATH)[0]


def test_the_header_of_a_wal_file() -> None:
    block, sealed = header.pack_wal(WAL)
    assert block == wal_block()
    assert sealed.seed == google_crc32c.value(block[:508])
    assert read(block) == WAL


def test_fields_from_the_future_are_skipped() -> None:
    assert read(wal_block(colour="green")) == WAL


@pytest.mark.parametrize(
    ("changes", "offset"),
    [({"version": 2}, 8), ({"algorithm": 9}, 10), ({"needs": ["encryption"]}, 16), ({"needs": 1}, 16)],
)
def test_what_must_be_understood_and_is_not_is_refused_as_a_later_version(
    changes: dict[str, object], offset: int
) -> None:
    with pytest.raises(FileVersionError) as caught:
        read(wal_block(**changes))
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    "changes",
    [
        {"epoch": -1},
        {"epoch": 2**32},
        {"epoch": "1"},
        {"epoch": None},
        {"epoch": True},
        {"id": b"short"},
        {"after": 2**63},
    ],
)
def test_fields_that_are_not_what_they_should_be_are_damage(changes: dict[str, object]) -> None:
    with pytest.raises(DamagedFileError, match="field"):
        read(wal_block(**changes))


def test_a_frame() -> None:
    _, sealed = header.pack_wal(WAL)
    frame = pack(sealed, FrameKind.TRANSACTION, 2, 6, 9, 512, 1234, b"payload")
    fields = struct.pack(
        "<4sBBHIIQQQQI",
        b"LGfr",
        1,
        0,
        0,
        7,
        2,
        6,
        9,
        512,
        1234,
        google_crc32c.extend(sealed.seed, b"payload"),
    )
    assert frame == fields + struct.pack("<I", google_crc32c.extend(sealed.seed, fields)) + b"payload"
    assert len(frame) == 56 + 7


def test_frames_sealed_with_the_other_algorithm_are_read() -> None:
    block = wal_block(algorithm=2)
    seed = google_crc32c.value(block[:508])
    sealed = header.Sealed(ALGORITHMS[2], 2, seed)
    frame = pack(sealed, FrameKind.TRANSACTION, 2, 6, 9, 512, 0, b"payload")
    assert struct.unpack_from("<I", frame, 48)[0] == zlib.crc32(b"payload", seed)
    files = MemoryFiles()
    files.place(PATH, block + frame)
    handle = files.open(PATH)
    found, stated = header.read_wal(handle, PATH)
    assert [f.payload for f in FrameReader(handle, PATH, stated, found.epoch, found.first_frame)] == [
        b"payload"
    ]


def test_a_frame_with_flags_from_the_future_is_refused_as_such() -> None:
    block, sealed = header.pack_wal(WAL)
    frame = bytearray(pack(sealed, FrameKind.TRANSACTION, 2, 6, 9, 512, 0, b"payload"))
    frame[5] = 1
    frame[52:56] = struct.pack("<I", google_crc32c.extend(sealed.seed, bytes(frame[:52])))
    files = MemoryFiles()
    files.place(PATH, block + bytes(frame))
    with pytest.raises(FileVersionError, match="flags 0x1") as caught:
        list(FrameReader(files.open(PATH), PATH, sealed, 2, 6))
    assert caught.value.offset == 512


def test_a_sealed_frame() -> None:
    """Opened as another program would, from the description alone."""
    master = bytes(range(32))
    block, sealed = header.pack_wal(WAL, Packing(key=MasterKey(master)))
    key_id = HKDF(SHA256(), 8, None, b"lithograph key id 1").derive(master)
    assert block == wal_block(needs=["aes-256-gcm"], key=key_id)
    frame = pack(sealed, FrameKind.TRANSACTION, 2, 6, 9, 512, 1234, b"payload")
    assert frame[:48] == struct.pack("<4sBBHIIQQQQ", b"LGfr", 1, 2, 0, 7 + 28, 2, 6, 9, 512, 1234)
    assert struct.unpack_from("<I", frame, 48)[0] == google_crc32c.extend(sealed.seed, frame[56:])
    info = b"lithograph file key 1" + block[:508]
    cipher = AESGCM(HKDF(SHA256(), 32, WAL.id.bytes, info).derive(master))
    assert cipher.decrypt(frame[56:68], frame[68:], frame[:48]) == b"payload"
    files = MemoryFiles()
    files.place(PATH, block + frame)
    handle = files.open(PATH)
    found, stated = header.read_wal(handle, PATH, Keys((MasterKey(master),)))
    assert found == WAL
    assert [f.payload for f in FrameReader(handle, PATH, stated, 2, 6)] == [b"payload"]


def test_deltas() -> None:
    payload = Encoder().encode(
        [
            CreateVertices(slots(7, 8, 9, 10, 11), ("A", "B")),
            CreateEdges(slots(1), "T", slots(7), slots(300)),
            SetProperty("vertices", "k", slots(7, 11), Chunk.of([1, None])),
            SetProperty("edges", "d", slots(1), Chunk.of([Date(20_000)])),
            CreateIndex("vertices", "A", ("k",)),
            SetEnum("E", ("A", "B")),
            SetProperty("edges", "e", slots(1), Chunk.of([EnumValue("E", "B")])),
        ]
    )
    expected = [
        7,
        [1, [7, 5], ["A", "B"]],
        [2, [1, 1], "T", [7, 1], [300, 1]],
        [3, 0, "k", msgpack.ExtType(1, b"\x07\x0b"), [1, [1, 0], [True, False]]],
        [3, 1, "d", [1, 1], [5, [msgpack.ExtType(16, msgpack.packb([20_000]))], None]],
        [7, 0, "A", ["k"]],
        [10, "E", ["A", "B"]],
        [3, 1, "e", [1, 1], [5, [msgpack.ExtType(23, msgpack.packb(["E", "B"]))], None]],
    ]
    assert payload == b"".join(map(msgpack.packb, expected))


def test_files_begin_with_their_magic() -> None:
    files = MemoryFiles()
    database = Database(files, Settings(storage_wal_file_size_kib=1000))
    database.commit()
    database.close()
    assert {path.parent.name: content[:8] for path, content in files.contents().items()} == {
        "wal": b"LITHWAL\n",
        "snapshots": b"LITHSNP\n",
    }


def test_the_errors_of_the_codec_are_not_for_users() -> None:
    assert not issubclass(MalformedError, DamagedFileError)
