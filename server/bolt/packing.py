"""PackStream, writing: one Python value to bytes, always in the shortest form.

This is the form for messages and for single rows; ``records.py`` packs whole columns and agrees with it byte for byte.

Source: the PackStream specification, version 1.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Any

from lithograph.server.errors import IntegerOverflowError, UnencodableValueError

Pack = Callable[[Any], bytes]

NULL, FALSE, TRUE = b"\xc0", b"\xc2", b"\xc3"

SMALL = [struct.pack(">b", number) for number in range(-16, 128)]
"""The packed form of ``n`` at ``n + 16``."""

_pack8 = struct.Struct(">Bb").pack
_pack16 = struct.Struct(">Bh").pack
_pack32 = struct.Struct(">Bi").pack
_pack64 = struct.Struct(">Bq").pack
_pack_float = struct.Struct(">Bd").pack

_TINY_STRING = [bytes((0x80 + length,)) for length in range(16)]
_STRING8 = [bytes((0xD0, length)) for length in range(256)]
_LIST = [bytes((0x90 + count,)) for count in range(16)]
_MAP = [bytes((0xA0 + count,)) for count in range(16)]

_KEY_CACHE_SIZE = 8192
_keys: dict[str, bytes] = {}
"""Packed map keys; bounded, because they come from data."""


def pack_int(value: int) -> bytes:
    """Raises IntegerOverflowError beyond 64 bits."""
    if -16 <= value < 0x80:
        return SMALL[value + 16]
    if -0x8000 <= value < 0x8000:
        return _pack8(0xC8, value) if -0x80 <= value < 0 else _pack16(0xC9, value)
    if -0x8000_0000 <= value < 0x8000_0000:
        return _pack32(0xCA, value)
    try:
        return _pack64(0xCB, value)
    except struct.error as error:
        raise IntegerOverflowError("A result is an integer beyond 64 bits.") from error


def pack_float(value: float) -> bytes:
    return _pack_float(0xC1, value)


def pack_bool(value: bool) -> bytes:
    return TRUE if value else FALSE


def pack_null(_: None) -> bytes:
    return NULL


def _header(length: int, wide: int) -> bytes:
    """Marker ``wide``, ``wide + 1`` or ``wide + 2`` with the length in 1, 2 or 4 bytes."""
    if length < 0x100:
        return bytes((wide, length))
    if length < 0x1_0000:
        return struct.pack(">BH", wide + 1, length)
    if length < 0x1_0000_0000:
        return struct.pack(">BI", wide + 2, length)
    raise UnencodableValueError("A value is too long to be sent.")


def pack_string(value: str) -> bytes:
    try:
        data = value.encode()
    except UnicodeEncodeError as error:
        raise UnencodableValueError("A string has surrogates, which UTF-8 cannot express.") from error
    length = len(data)
    if length < 16:
        return _TINY_STRING[length] + data
    if length < 256:
        return _STRING8[length] + data
    return _header(length, 0xD0) + data


def pack_bytes(value: bytes) -> bytes:
    return _header(len(value), 0xCC) + value


def pack_key(key: str) -> bytes:
    packed = _keys.get(key)
    if packed is None:
        if type(key) is not str:
            raise UnencodableValueError("A map key is not a string.")
        packed = pack_string(key)
        if len(_keys) < _KEY_CACHE_SIZE and len(packed) <= 64:
            _keys[key] = packed
    return packed


def list_header(count: int) -> bytes:
    return _LIST[count] if count < 16 else _header(count, 0xD4)


def map_header(count: int) -> bytes:
    return _MAP[count] if count < 16 else _header(count, 0xD8)


class Packer:
    """Packs any value; what structures there are is added with ``register``.

    ``pack`` raises UnencodableValueError for a type that Bolt does not know and for values nested too deeply.
    """

    def __init__(self) -> None:
        self._packers: dict[type, Pack] = {
            int: pack_int,
            str: pack_string,
            float: pack_float,
            bool: pack_bool,
            type(None): pack_null,
            bytes: pack_bytes,
            bytearray: pack_bytes,
            list: self.pack_list,
            tuple: self.pack_list,
            dict: self.pack_map,
        }

    def register(self, kind: type, pack: Pack) -> None:
        self._packers[kind] = pack

    def packer_of(self, kind: type) -> Pack:
        """What packs values of exactly this type. Raises UnencodableValueError."""
        pack = self._packers.get(kind)
        if pack is None:
            raise UnencodableValueError(f"A value of type {kind.__name__} cannot be sent to a client.")
        return pack

    def pack(self, value: Any) -> bytes:
        try:
            pack = self._packers.get(type(value))
            return pack(value) if pack is not None else self.packer_of(type(value))(value)
        except RecursionError as error:
            raise UnencodableValueError("A result is nested too deeply to be sent.") from error

    def pack_list(self, values: list[Any] | tuple[Any, ...]) -> bytes:
        packers = self._packers
        try:
            return list_header(len(values)) + b"".join([packers[type(value)](value) for value in values])
        except KeyError:
            return list_header(len(values)) + b"".join([self.packer_of(type(v))(v) for v in values])

    def pack_map(self, entries: dict[str, Any]) -> bytes:
        packers = self._packers
        parts = [map_header(len(entries))]
        append = parts.append
        for key, value in entries.items():
            append(_keys.get(key) or pack_key(key))
            pack = packers.get(type(value))
            append(pack(value) if pack is not None else self.packer_of(type(value))(value))
        return b"".join(parts)

    def list_of(self, packed: Iterable[bytes]) -> bytes:
        """A list of values that are packed already."""
        parts = list(packed)
        return list_header(len(parts)) + b"".join(parts)
