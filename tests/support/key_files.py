"""Key files for tests, and files taken apart and put together again as somebody would who has no key."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import google_crc32c

HEADER = 512
FRAME = struct.Struct("<4sBBHIIQQQQI")


def hex_key(number: int) -> str:
    """The key of this number, as a line of a key file."""
    return bytes([number] * 32).hex()


def key_file(path: Path, *lines: str, mode: int = 0o600) -> str:
    """Write a key file; returns its path as a flag takes it."""
    path.write_text("".join(f"{line}\n" for line in lines))
    os.chmod(path, mode)
    return str(path)


@dataclass(frozen=True)
class RawFrame:
    """A frame as it is stored; ``fields`` without the payload's checksum."""

    fields: tuple[bytes, int, int, int, int, int, int, int, int, int]
    stored: bytes

    @property
    def flags(self) -> int:
        return self.fields[2]

    def with_field(self, place: int, value: int) -> RawFrame:
        fields = list(self.fields)
        fields[place] = value
        return replace(self, fields=tuple(fields))  # type: ignore[arg-type]

    def with_stored(self, stored: bytes) -> RawFrame:
        return replace(self.with_field(4, len(stored)), stored=stored)


def frames_of(content: bytes) -> list[RawFrame]:
    """The frames of a file, which must be whole."""
    return list(_frames(content))


def _frames(content: bytes) -> Iterator[RawFrame]:
    offset = HEADER
    while offset < len(content):
        *fields, _ = FRAME.unpack_from(content, offset)
        start = offset + FRAME.size + 4
        offset = start + fields[4]
        yield RawFrame(tuple(fields), content[start:offset])


def assembled(header: bytes, frames: list[RawFrame]) -> bytes:
    """A file of these frames under this header (its first 508 bytes), with checksums that hold."""
    body = header[: HEADER - 4]
    seed = google_crc32c.value(body)
    parts = [body, struct.pack("<I", seed)]
    for frame in frames:
        fields = FRAME.pack(*frame.fields, google_crc32c.extend(seed, frame.stored))
        parts += [fields, struct.pack("<I", google_crc32c.extend(seed, fields)), frame.stored]
    return b"".join(parts)
