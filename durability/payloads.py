"""How the payloads of a file are stored: as they are, compressed, sealed, or compressed and then sealed.

A file's header says what its payloads went through (``needs``), each frame's flags what its own did: a payload that
does not get smaller is not compressed, but in a sealed file every payload is sealed. Stored payloads are what the
checksums of frames cover, so whether a file is whole can be told without its key.

A seal covers the header of the frame as well (as *associated data*: all of it but the checksums), and the
key of the file hangs on the file's header; so no frame can be changed, moved within its file or put into another.
"""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.durability import compression
from lithograph.durability.keys import MAXIMUM_CONTENT, OVERHEAD, FileCipher, Keys, MasterKey
from lithograph.storage.errors import CapacityError

COMPRESSED = 1
SEALED = 2
"""Flags of a frame."""

NEEDS_COMPRESSION = "zstd"
NEEDS_SEALING = "aes-256-gcm"
"""What a file's header says that a reader must know."""


@dataclass(frozen=True, slots=True)
class Packing:
    """What the payloads of a new file are to go through; by default nothing."""

    compressed: bool = False
    key: MasterKey | None = None

    @property
    def needs(self) -> list[str]:
        """What the file's header says that a reader must know."""
        return [NEEDS_COMPRESSION] * self.compressed + [NEEDS_SEALING] * (self.key is not None)

    def codec(self, file_id: bytes, header: bytes) -> PayloadCodec | None:
        """What packs the payloads of the file with this id and header; None: they are stored as they are."""
        if self.key is None:
            return PayloadCodec(True) if self.compressed else None
        return PayloadCodec(self.compressed, self.key.id, self.key.cipher(file_id, header))


PLAIN = Packing()


@dataclass(frozen=True, slots=True)
class PayloadCodec:
    """Packs the payloads of one file into what is stored, and back.

    Attributes:
        compressed: payloads may be compressed.
        key_id: of the key that they are sealed with; None when they are not.
        given: ids of the keys at hand, when the file's was not among them.
    """

    compressed: bool
    key_id: str | None = None
    _cipher: FileCipher | None = None
    given: tuple[str, ...] = ()

    @property
    def locked(self) -> bool:
        """Whether payloads cannot be opened, for want of the key."""
        return self.key_id is not None and self._cipher is None

    @property
    def flags(self) -> int:
        """The flags that frames of the file may have."""
        return COMPRESSED * self.compressed | SEALED * (self.key_id is not None)

    @property
    def overhead(self) -> int:
        """Bytes that a stored payload has more than one that is only compressed, if at all."""
        return OVERHEAD if self.key_id is not None else 0

    def shrink(self, payload: bytes) -> tuple[int, bytes]:
        """The first step: flags of the frame, and the payload, compressed where that helps.

        Raises:
            CapacityError: it is too large to be sealed.
        """
        flags, content = self.flags & SEALED, payload
        if self.compressed and (smaller := compression.compress(payload)) is not None:
            flags, content = flags | COMPRESSED, smaller
        if flags & SEALED and len(content) > MAXIMUM_CONTENT:
            raise CapacityError(
                f"A transaction cannot have more than 2 GiB in a sealed file, this one has {len(content)} bytes."
            )
        return flags, content

    def seal(self, content: bytes, associated: bytes) -> bytes:
        """The second step, once the frame's header is known: what is stored, ``overhead`` bytes more."""
        return content if self._cipher is None else self._cipher.seal(content, associated)

    def open(self, flags: int, stored: bytes, associated: bytes) -> bytes:
        """The payload.

        Raises:
            ValueError: it is not what it should be; says what is wrong, beginning small.
        """
        if self._cipher is not None:
            if not flags & SEALED:
                raise ValueError("it is not sealed, in a file in which all are")
            stored = self._cipher.open(stored, associated)
        return compression.expand(stored) if flags & COMPRESSED else stored


def codec_of(
    needs: list[str], key_id: str | None, file_id: bytes, header: bytes, keys: Keys
) -> PayloadCodec | None:
    """What opens the payloads of a file that says this of itself; None: they are stored as they are."""
    compressed = NEEDS_COMPRESSION in needs
    if key_id is None:
        return PayloadCodec(True) if compressed else None
    key = keys.find(key_id)
    if key is None:
        return PayloadCodec(compressed, key_id, given=keys.ids)
    return PayloadCodec(compressed, key_id, key.cipher(file_id, header))
