"""Deltas to bytes and back: the content of WAL transactions and of snapshot blocks alike.

A payload is the number of deltas followed by that many deltas, each a msgpack array that begins with its
number (on disk; never change or reuse one):

==== ================ =====================================================
kind delta            further elements
==== ================ =====================================================
1    CreateVertices   slots, labels
2    CreateEdges      slots, type, sources, targets
3    SetProperty      table, key, slots, chunk
4    SetLabels        slots, labels
5    DeleteVertices   slots
6    DeleteEdges      slots
7    CreateIndex      table, label, keys
8    DropIndex        table, label, keys
9    ChangeSetting    name, value or nil
10   SetEnum          name, values
==== ================ =====================================================

``table`` is 0 for vertices and 1 for edges. Slots and numbers are as in ``arrays.py``, single values as in
``values.py``. A chunk is ``[kind, values, present]``, where kind is 1 INT, 2 FLOAT, 3 BOOL (arrays;
present: bits or nil), 4 DICTIONARY (codes; present: the list of strings), 5 OBJECT (a list; present: nil).

A delta of more than :data:`~lithograph.durability.arrays.MAXIMUM_COUNT` elements is written as several.
Reading refuses what it does not know and believes no length it has not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgpack
import numpy as np

from lithograph.durability.arrays import (
    ARRAY_CODES,
    MAXIMUM_COUNT,
    PackedArray,
    floats_of,
    integers_of,
    mask_of,
    pack_floats,
    pack_integers,
    pack_mask,
    pack_slots,
    slots_of,
)
from lithograph.durability.values import MalformedError, check_depth, check_read, from_extension, to_extension
from lithograph.storage.columns.chunk import Chunk, Kind
from lithograph.storage.deltas import (
    ChangeSetting,
    CreateEdges,
    CreateIndex,
    CreateVertices,
    DeleteEdges,
    DeleteVertices,
    Delta,
    DropIndex,
    SetEnum,
    SetLabels,
    SetProperty,
    TableName,
)
from lithograph.storage.errors import PropertyTypeError

_UNCHECKED = 1 << 12
"""Lengths in a payload of so few bytes cannot add up to much."""

_TABLES: tuple[TableName, TableName] = ("vertices", "edges")
_TABLE_NUMBERS: dict[str, int] = {"vertices": 0, "edges": 1}


class Encoder:
    """Turns deltas into payloads; keeps a packer, so it serves one thread at a time."""

    def __init__(self) -> None:
        self._pack: Callable[[Any], bytes] = msgpack.Packer(default=to_extension).pack

    def encode(self, deltas: Iterable[Delta]) -> bytes:
        """The payload of one transaction or block.

        Raises:
            PropertyTypeError: a value that no file can hold.
        """
        packed = [self.encode_one(part) for delta in deltas for part in split(delta)]
        return b"".join((self._pack(len(packed)), *packed))

    def encode_one(self, delta: Delta) -> bytes:
        """One delta of at most ``MAXIMUM_COUNT`` elements, without the count in front."""
        try:
            return self._pack(_WRITERS[type(delta)](delta))
        except (ValueError, OverflowError, TypeError) as error:
            # Nothing that storage lets through; but what cannot be read back must not commit.
            raise PropertyTypeError(f"A value cannot be written to the log: {error}.") from error

    def join(self, packed: Sequence[bytes]) -> bytes:
        """A payload of deltas that :meth:`encode_one` made."""
        return b"".join((self._pack(len(packed)), *packed))


def decode(payload: bytes) -> Iterator[Delta]:
    """The deltas of a payload, one at a time.

    Raises:
        MalformedError: not a payload of ours, or one of a later version.
    """
    unpacker = _unpacker(payload)
    try:
        if len(payload) > _UNCHECKED:
            _check_lengths(payload)
        count = unpacker.unpack()
        if type(count) is not int or count < 0:
            raise MalformedError("no number of deltas")
        for _ in range(count):
            yield _decode_one(unpacker.unpack())
    except (ValueError, TypeError, msgpack.OutOfData, msgpack.UnpackException) as error:
        raise MalformedError(f"not msgpack of ours ({type(error).__name__}: {error})") from error
    if unpacker.tell() != len(payload):
        raise MalformedError("bytes after the last delta")


def _unpacker(payload: bytes) -> Any:
    unpacker = msgpack.Unpacker(ext_hook=_extension, max_buffer_size=max(len(payload), 1), use_list=True)
    unpacker.feed(payload)
    return unpacker


def _check_lengths(payload: bytes) -> None:
    """Go over it without making anything: msgpack makes room for an array before it has seen its elements."""
    unpacker = _unpacker(payload)
    while unpacker.tell() < len(payload):
        unpacker.skip()


def split(delta: Delta) -> Iterator[Delta]:
    """The same delta in parts of at most ``MAXIMUM_COUNT`` elements."""
    if (
        isinstance(delta, CreateIndex | DropIndex | ChangeSetting | SetEnum)
        or len(delta.slots) <= MAXIMUM_COUNT
    ):
        yield delta
        return
    for start in range(0, len(delta.slots), MAXIMUM_COUNT):
        yield _part(delta, slice(start, start + MAXIMUM_COUNT))


def _part(
    delta: CreateVertices | CreateEdges | SetProperty | SetLabels | DeleteVertices | DeleteEdges, part: slice
) -> Delta:
    slots = delta.slots[part]
    match delta:
        case CreateVertices():
            return CreateVertices(slots, delta.labels)
        case CreateEdges():
            return CreateEdges(slots, delta.type, delta.sources[part], delta.targets[part])
        case SetProperty():
            chunk = delta.values
            present = None if chunk.present is None else chunk.present[part]
            values = Chunk(chunk.kind, chunk.values[part], present, chunk.dictionary)
            return SetProperty(delta.table, delta.key, slots, values)
        case SetLabels():
            return SetLabels(slots, delta.labels)
        case DeleteVertices():
            return DeleteVertices(slots)
        case DeleteEdges():
            return DeleteEdges(slots)


# ---------------------------------------------------------------------------------------- writing


def _pack_chunk(chunk: Chunk) -> tuple[Any, ...]:
    match chunk.kind:
        case Kind.INT:
            return 1, pack_integers(chunk.values), _pack_present(chunk)
        case Kind.FLOAT:
            return 2, pack_floats(chunk.values), _pack_present(chunk)
        case Kind.BOOL:
            return 3, pack_mask(chunk.values), _pack_present(chunk)
        case Kind.DICTIONARY:
            return _pack_dictionary(chunk)
        case Kind.OBJECT:
            values = chunk.values.tolist()
            check_depth(values)
            return 5, values, None


def _pack_present(chunk: Chunk) -> Any:
    return None if chunk.present is None else pack_mask(chunk.present)


def _pack_dictionary(chunk: Chunk) -> tuple[Any, ...]:
    if len(chunk.dictionary) <= len(chunk.values):
        return 4, pack_integers(chunk.values), list(chunk.dictionary)
    # A column's dictionary may be far larger than the few values at hand: write what they use.
    used, codes = np.unique(chunk.values, return_inverse=True)
    if len(used) and used[0] < 0:
        used, codes = used[1:], codes - 1
    return 4, pack_integers(codes), [chunk.dictionary[code] for code in used.tolist()]


_WRITERS: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    CreateVertices: lambda d: (1, pack_slots(d.slots), d.labels),
    CreateEdges: lambda d: (2, pack_slots(d.slots), d.type, pack_slots(d.sources), pack_slots(d.targets)),
    SetProperty: lambda d: (3, _TABLE_NUMBERS[d.table], d.key, pack_slots(d.slots), _pack_chunk(d.values)),
    SetLabels: lambda d: (4, pack_slots(d.slots), d.labels),
    DeleteVertices: lambda d: (5, pack_slots(d.slots)),
    DeleteEdges: lambda d: (6, pack_slots(d.slots)),
    CreateIndex: lambda d: (7, _TABLE_NUMBERS[d.table], d.label, d.keys),
    DropIndex: lambda d: (8, _TABLE_NUMBERS[d.table], d.label, d.keys),
    ChangeSetting: lambda d: (9, d.name, d.value),
    SetEnum: lambda d: (10, d.name, d.values),
}


# ---------------------------------------------------------------------------------------- reading


def _extension(code: int, data: bytes) -> Any:
    return PackedArray(code, data) if code in ARRAY_CODES else from_extension(code, data)


def _decode_one(packed: Any) -> Delta:
    if type(packed) is not list or not packed or type(packed[0]) is not int:
        raise MalformedError("not a delta")
    found = _READERS.get(packed[0])
    if found is None:
        raise MalformedError(f"unknown kind of delta {packed[0]}")
    length, read = found
    if len(packed) != length:
        raise MalformedError(f"a delta of kind {packed[0]} with {len(packed)} elements")
    return read(packed)


def _read_create_vertices(packed: list[Any]) -> Delta:
    return CreateVertices(slots_of(packed[1]), _texts(packed[2]))


def _read_create_edges(packed: list[Any]) -> Delta:
    slots, sources, targets = slots_of(packed[1]), slots_of(packed[3]), slots_of(packed[4])
    if not len(slots) == len(sources) == len(targets):
        raise MalformedError("edges with different numbers of slots, sources and targets")
    return CreateEdges(slots, _text(packed[2]), sources, targets)


def _read_set_property(packed: list[Any]) -> Delta:
    slots, chunk = slots_of(packed[3]), _read_chunk(packed[4])
    if len(slots) != len(chunk):
        raise MalformedError("a property with different numbers of slots and values")
    return SetProperty(_table(packed[1]), _text(packed[2]), slots, chunk)


def _read_setting(packed: list[Any]) -> Delta:
    return ChangeSetting(_text(packed[1]), None if packed[2] is None else _text(packed[2]))


def _read_enum(packed: list[Any]) -> Delta:
    values = _texts(packed[2])
    if not values or len(set(values)) < len(values):
        raise MalformedError("an enumeration without values, or with one twice")
    return SetEnum(_text(packed[1]), values)


_READERS: dict[int, tuple[int, Callable[[list[Any]], Delta]]] = {
    1: (3, _read_create_vertices),
    2: (5, _read_create_edges),
    3: (5, _read_set_property),
    4: (3, lambda p: SetLabels(slots_of(p[1]), _texts(p[2]))),
    5: (2, lambda p: DeleteVertices(slots_of(p[1]))),
    6: (2, lambda p: DeleteEdges(slots_of(p[1]))),
    7: (4, lambda p: CreateIndex(_table(p[1]), _text(p[2]), _texts(p[3]))),
    8: (4, lambda p: DropIndex(_table(p[1]), _text(p[2]), _texts(p[3]))),
    9: (3, _read_setting),
    10: (3, _read_enum),
}


def _read_chunk(packed: Any) -> Chunk:
    if type(packed) is not list or len(packed) != 3:
        raise MalformedError("not a chunk")
    kind, values, present = packed
    match kind:
        case 1:
            return _with_mask(Chunk(Kind.INT, integers_of(values)), present)
        case 2:
            return _with_mask(Chunk(Kind.FLOAT, floats_of(values)), present)
        case 3:
            return _with_mask(Chunk(Kind.BOOL, mask_of(values)), present)
        case 4:
            return _read_dictionary(values, present)
        case 5:
            return _read_objects(values)
    raise MalformedError(f"unknown kind of chunk {kind!r}")


def _with_mask(chunk: Chunk, present: Any) -> Chunk:
    if present is not None:
        chunk.present = mask_of(present)
        if len(chunk.present) != len(chunk.values):
            raise MalformedError("values and their presence differ in number")
    return chunk


def _read_dictionary(packed: Any, strings: Any) -> Chunk:
    codes = integers_of(packed)
    dictionary = _texts(strings)
    if len(codes) and (codes.min() < -1 or codes.max() >= len(dictionary)):
        raise MalformedError("codes outside of their dictionary")
    return Chunk(Kind.DICTIONARY, codes.astype(np.int32), None, dictionary)


def _read_objects(values: Any) -> Chunk:
    if type(values) is not list:
        raise MalformedError("a list of values expected")
    check_read(values)
    return Chunk(Kind.OBJECT, np.fromiter(values, dtype=object, count=len(values)))


def _table(number: Any) -> TableName:
    if type(number) is not int or number not in (0, 1):
        raise MalformedError(f"unknown table {number!r}")
    return _TABLES[number]


def _text(value: Any) -> str:
    if type(value) is not str:
        raise MalformedError("text expected")
    return value


def _texts(values: Any) -> tuple[str, ...]:
    if type(values) is not list or set(map(type, values)) - {str}:
        raise MalformedError("a list of texts expected")
    return tuple(values)
