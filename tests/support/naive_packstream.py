"""PackStream written for clarity alone: the oracle for the server's reader and writers, and the test client's codec.

Structures are ``Structure(tag, fields)`` in both directions; nothing is limited, every error is a ``ValueError``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Structure:
    """A structure of any meaning."""

    tag: int
    fields: tuple[Any, ...]


def pack(value: Any) -> bytes:
    """The shortest form."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return _pack_int(value)
    if isinstance(value, float):
        return b"\xc1" + struct.pack(">d", value)
    if isinstance(value, str):
        data = value.encode()
        return _header(len(data), 0x80, 0xD0) + data
    if isinstance(value, bytes):
        return _header(len(value), None, 0xCC) + value
    if isinstance(value, list):
        return _header(len(value), 0x90, 0xD4) + b"".join(map(pack, value))
    if isinstance(value, dict):
        entries = [pack(key) + pack(entry) for key, entry in value.items()]
        return _header(len(value), 0xA0, 0xD8) + b"".join(entries)
    if isinstance(value, Structure):
        return bytes((0xB0 + len(value.fields), value.tag)) + b"".join(map(pack, value.fields))
    raise ValueError(f"cannot pack {value!r}")


def _pack_int(value: int) -> bytes:
    if -16 <= value <= 127:
        return struct.pack(">b", value)
    for marker, form, bits in ((0xC8, ">b", 7), (0xC9, ">h", 15), (0xCA, ">i", 31), (0xCB, ">q", 63)):
        if -(1 << bits) <= value < 1 << bits:
            return bytes((marker,)) + struct.pack(form, value)
    raise ValueError("integer beyond 64 bits")


def _header(length: int, tiny: int | None, wide: int) -> bytes:
    if tiny is not None and length < 16:
        return bytes((tiny + length,))
    if length < 1 << 8:
        return struct.pack(">BB", wide, length)
    if length < 1 << 16:
        return struct.pack(">BH", wide + 1, length)
    return struct.pack(">BI", wide + 2, length)


def unpack(data: bytes) -> Any:
    """The value that ``data`` is, to its last byte."""
    reader = _Reader(data)
    value = reader.value()
    if reader.position != len(data):
        raise ValueError("something follows the value")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def take(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self.data):
            raise ValueError("the data ends too early")
        taken, self.position = self.data[self.position : end], end
        return taken

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def length(self, marker: int, tiny: int | None, wide: int) -> int | None:
        if tiny is not None and tiny <= marker < tiny + 16:
            return marker - tiny
        forms = {wide: ">B", wide + 1: ">H", wide + 2: ">I"}
        return self.number(forms[marker]) if marker in forms else None

    def value(self) -> Any:
        marker = self.number(">B")
        if marker < 0x80:
            return marker
        if marker >= 0xF0:
            return marker - 256
        if marker in (0xC0, 0xC2, 0xC3):
            return {0xC0: None, 0xC2: False, 0xC3: True}[marker]
        numbers = {0xC1: ">d", 0xC8: ">b", 0xC9: ">h", 0xCA: ">i", 0xCB: ">q"}
        if marker in numbers:
            return self.number(numbers[marker])
        if (length := self.length(marker, 0x80, 0xD0)) is not None:
            return self.take(length).decode()
        if (length := self.length(marker, None, 0xCC)) is not None:
            return self.take(length)
        if (length := self.length(marker, 0x90, 0xD4)) is not None:
            return [self.value() for _ in range(length)]
        if (length := self.length(marker, 0xA0, 0xD8)) is not None:
            return dict(self.entry() for _ in range(length))
        if 0xB0 <= marker < 0xC0:
            tag = self.number(">B")
            return Structure(tag, tuple(self.value() for _ in range(marker - 0xB0)))
        raise ValueError(f"reserved marker {marker:#x}")

    def entry(self) -> tuple[str, Any]:
        key = self.value()
        if not isinstance(key, str):
            raise ValueError("a key is not a string")
        return key, self.value()
