"""PackStream, reading: bytes to Python values, fast and suspicious.

Integers, floats, strings, bytes, lists, maps and null become their Python counterparts; structures are
handed to the ``structures`` table (``structures.py``). Longer forms than needed are accepted. The reader never allocates by a
declared length, nests no deeper than the limit, and raises PackStreamError (the bytes make no sense) or
InvalidRequestError (they do, but the value is unacceptable) and nothing else.

Two things make it fast: the scalars that fill real parameters are decoded in the loops themselves, without a call; and
a list of maps with the same keys (``UNWIND $rows``) is matched against the key bytes of its first map.

There are no bounds checks on short reads: the position only ever grows, an index beyond the end raises IndexError, a
slice beyond it leaves the position behind the end, and the one check at the very end sees that.

Source: the PackStream specification, version 1.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any

from lithograph.server.errors import InvalidRequestError, ProtocolError

Hydrator = Callable[[list[Any]], Any]
Structures = Mapping[int, tuple[int, Hydrator]]
"""tag → (number of fields, what makes a value of them; may raise InvalidRequestError)"""

_int16 = struct.Struct(">h").unpack_from
_int32 = struct.Struct(">i").unpack_from
_int64 = struct.Struct(">q").unpack_from
_float = struct.Struct(">d").unpack_from
_uint16 = struct.Struct(">H").unpack_from
_uint32 = struct.Struct(">I").unpack_from

_KEY_CACHE_SIZE = 8192
_keys: dict[bytes, str] = {}
"""Keys seen, by their bytes with the marker: equal keys become the same object. Only those of up to 15 bytes."""


class PackStreamError(ProtocolError):
    """The bytes are not a PackStream message."""


class ValueLimitError(InvalidRequestError):
    """Nested too deeply, or too many values."""

    gql_status = "22N56"


class _Reader:
    """The state of one message being read: ``position`` is where the last value ended."""

    __slots__ = ("data", "depth", "items", "position", "size", "structures")

    def __init__(self, data: bytes, structures: Structures, depth: int, items: int) -> None:
        self.data = data
        self.size = len(data)
        self.position = 0
        self.structures = structures
        self.depth = depth  # levels that may still be opened
        self.items = items  # values that may still come

    def admit(self, count: int, position: int, least: int) -> None:
        """Check a container's declared count before its values are read; each takes ``least`` bytes or more."""
        if count * least > self.size - position:
            raise PackStreamError("A list or map declares more values than the message has bytes.")
        self.items -= count
        if self.items < 0:
            raise ValueLimitError("The message holds too many values. Send less data at a time.")

    def descend(self) -> None:
        self.depth -= 1
        if self.depth < 0:
            raise ValueLimitError("A value is nested too deeply.")

    def fields(self, position: int, count: int) -> list[Any]:
        """The fields of a structure: few, and seldom alike."""
        data, handlers = self.data, _HANDLERS
        out: list[Any] = []
        for _ in range(count):
            out.append(handlers[data[position]](self, position + 1))
            position = self.position
        self.position = position
        return out

    def values(self, position: int, count: int) -> list[Any]:
        """The ``count`` values of a list, from ``position`` on."""
        data, handlers = self.data, _HANDLERS
        out: list[Any] = []
        append = out.append
        while count:
            count -= 1
            marker = data[position]
            if marker < 0x80:
                append(marker)
                position += 1
            elif marker < 0x90:
                start = position + 1
                position = start + marker - 0x80
                append(data[start:position].decode())
            elif marker == 0xC9:
                append(_int16(data, position + 1)[0])
                position += 3
            elif marker == 0xCA:
                append(_int32(data, position + 1)[0])
                position += 5
            elif 0xA0 < marker < 0xB0 and count:
                rows = self.rows(position, count + 1)
                out += rows
                count -= len(rows) - 1
                position = self.position
            else:
                append(handlers[marker](self, position + 1))
                position = self.position
        self.position = position
        return out

    def map(self, position: int, count: int, spans: list[tuple[bytes, str]] | None = None) -> dict[str, Any]:
        """``count`` pairs from ``position`` on; each key with its bytes is noted in ``spans``, if given."""
        data, handlers = self.data, _HANDLERS
        out: dict[str, Any] = {}
        while count:
            count -= 1
            start = position
            marker = data[position]
            if 0x80 <= marker < 0x90:
                position += marker - 0x7F
                raw = data[start:position]
                key = _keys.get(raw) or _new_key(raw)
            else:
                key = self.long_key(position)
                position = self.position
            if spans is not None:
                spans.append((data[start:position], key))
            marker = data[position]
            if marker < 0x80:
                out[key] = marker
                position += 1
            elif marker < 0x90:
                start = position + 1
                position = start + marker - 0x80
                out[key] = data[start:position].decode()
            elif marker == 0xC9:
                out[key] = _int16(data, position + 1)[0]
                position += 3
            elif marker == 0xCA:
                out[key] = _int32(data, position + 1)[0]
                position += 5
            else:
                out[key] = handlers[marker](self, position + 1)
                position = self.position
        self.position = position
        return out

    def rows(self, position: int, limit: int) -> list[dict[str, Any]]:
        """The map at ``position`` and those behind it with the same keys in the same order, ``limit`` at most."""
        data, handlers = self.data, _HANDLERS
        width = data[position] & 0x0F
        spans: list[tuple[bytes, str]] = []
        self.descend()
        self.admit(width, position, 2)
        row = self.map(position + 1, width, spans)
        out = [row]
        position = self.position
        first, key = spans[0]
        steps = [(raw, len(raw), key) for raw, key in ((bytes((0xA0 | width,)) + first, key), *spans[1:])]
        # A map that repeats a key cannot be counted by its length below, and comes from no driver: one at a time.
        limit = min(limit, 1 + self.items // width) if len(row) == width else 1
        while len(out) < limit:
            row = {}
            for raw, length, key in steps:
                end = position + length
                if data[position:end] != raw:
                    break
                marker = data[end]
                if marker < 0x80:
                    row[key] = marker
                    position = end + 1
                elif marker == 0xC9:
                    row[key] = _int16(data, end + 1)[0]
                    position = end + 3
                elif marker == 0xCA:
                    row[key] = _int32(data, end + 1)[0]
                    position = end + 5
                elif marker < 0x90:
                    end += 1
                    position = end + marker - 0x80
                    row[key] = data[end:position].decode()
                else:
                    row[key] = handlers[marker](self, end + 1)
                    position = self.position
            else:
                out.append(row)
                continue
            if not row:
                break
            row.update(self.map(position, width - len(row)))  # begins like the first, goes on differently
            position = self.position
            out.append(row)
        self.depth += 1
        self.admit(width * (len(out) - 1), position, 0)
        self.position = position
        return out

    def long_key(self, position: int) -> str:
        marker = self.data[position]
        if not 0xD0 <= marker <= 0xD2:
            raise PackStreamError("A map key is not a string.")
        key: str = _HANDLERS[marker](self, position + 1)
        return key


def _new_key(raw: bytes) -> str:
    key = raw[1:].decode()
    if len(_keys) < _KEY_CACHE_SIZE and len(raw) == raw[0] - 0x7F:
        _keys[raw] = key
    return key


# Handlers: each reads the value whose marker stands just before ``position`` and leaves the reader behind it.

_Handler = Callable[[_Reader, int], Any]


def _constant(value: Any) -> _Handler:
    def read(reader: _Reader, position: int) -> Any:
        reader.position = position
        return value

    return read


def _fixed(unpack: Callable[[bytes, int], tuple[Any, ...]], size: int) -> _Handler:
    def read(reader: _Reader, position: int) -> Any:
        reader.position = position + size
        return unpack(reader.data, position)[0]

    return read


def _small_count(reader: _Reader, position: int) -> tuple[int, int]:
    return reader.data[position - 1] & 0x0F, position


def _count8(reader: _Reader, position: int) -> tuple[int, int]:
    return reader.data[position], position + 1


def _count16(reader: _Reader, position: int) -> tuple[int, int]:
    return _uint16(reader.data, position)[0], position + 2


def _count32(reader: _Reader, position: int) -> tuple[int, int]:
    return _uint32(reader.data, position)[0], position + 4


_Count = Callable[[_Reader, int], tuple[int, int]]


def _string(count: _Count) -> _Handler:
    def read(reader: _Reader, position: int) -> str:
        length, start = count(reader, position)
        reader.position = start + length
        return reader.data[start : start + length].decode()

    return read


def _bytes(count: _Count) -> _Handler:
    def read(reader: _Reader, position: int) -> bytes:
        length, start = count(reader, position)
        reader.position = start + length
        return reader.data[start : start + length]

    return read


def _list(count: _Count) -> _Handler:
    def read(reader: _Reader, position: int) -> list[Any]:
        length, start = count(reader, position)
        reader.admit(length, start, 1)
        reader.descend()
        value = reader.values(start, length)
        reader.depth += 1
        return value

    return read


def _map(count: _Count) -> _Handler:
    def read(reader: _Reader, position: int) -> dict[str, Any]:
        length, start = count(reader, position)
        reader.admit(length, start, 2)
        reader.descend()
        value = reader.map(start, length)
        reader.depth += 1
        return value

    return read


def _structure(reader: _Reader, position: int) -> Any:
    count = reader.data[position - 1] & 0x0F
    tag = reader.data[position]
    reader.admit(count, position + 1, 1)
    reader.descend()
    fields = reader.fields(position + 1, count)
    reader.depth += 1
    known = reader.structures.get(tag)
    if known is None:
        raise InvalidRequestError(
            f"A value of structure type 0x{tag:02X} cannot be accepted here: it is unknown in this version of Bolt, or "
            "it is a node, a relationship or a path."
        )
    expected, hydrate = known
    if count != expected:
        raise InvalidRequestError(f"A structure 0x{tag:02X} has {count} fields instead of {expected}.")
    return hydrate(fields)


def _reserved(reader: _Reader, position: int) -> Any:
    raise PackStreamError(f"The marker 0x{reader.data[position - 1]:02X} is reserved.")


def _handlers() -> list[_Handler]:
    table: list[_Handler] = [_reserved] * 256
    for number in range(-16, 128):
        table[number & 0xFF] = _constant(number)
    for marker, value in ((0xC0, None), (0xC2, False), (0xC3, True)):
        table[marker] = _constant(value)
    table[0xC1] = _fixed(_float, 8)
    table[0xC8] = _fixed(struct.Struct(">b").unpack_from, 1)
    table[0xC9], table[0xCA], table[0xCB] = _fixed(_int16, 2), _fixed(_int32, 4), _fixed(_int64, 8)
    for low in range(16):
        table[0x80 + low] = _string(_small_count)
        table[0x90 + low] = _list(_small_count)
        table[0xA0 + low] = _map(_small_count)
        table[0xB0 + low] = _structure
    for offset, count in enumerate((_count8, _count16, _count32)):
        table[0xCC + offset] = _bytes(count)
        table[0xD0 + offset] = _string(count)
        table[0xD4 + offset] = _list(count)
        table[0xD8 + offset] = _map(count)
    return table


_HANDLERS = _handlers()


def read_message(data: bytes, structures: Structures, depth: int, items: int) -> tuple[int, list[Any]]:
    """(tag, fields) of the structure that ``data`` is, to its last byte.

    ``depth``: levels of nesting, ``items``: values, that are accepted. Raises PackStreamError, InvalidRequestError.
    """
    if len(data) < 2 or data[0] & 0xF0 != 0xB0:
        raise PackStreamError("The message is not a structure.")
    reader = _Reader(data, structures, depth, items)
    try:
        fields = reader.fields(2, data[0] & 0x0F)
    except UnicodeDecodeError as error:
        raise InvalidRequestError(f"A string is not valid UTF-8: {error.reason}.") from error
    except (IndexError, struct.error) as error:
        raise PackStreamError("The message ends in the middle of a value.") from error
    if reader.position != len(data):
        raise PackStreamError("The message ends in the middle of a value, or something follows it.")
    return data[1], fields
