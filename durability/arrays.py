"""Arrays of numbers in msgpack, in the narrowest type that holds them.

==== ==================================== ===========
code elements (little-endian)             read as
==== ==================================== ===========
1    int8                                 int64
2    int16                                int64
3    int32                                int64
4    int64                                int64
5    float64                              float64
6    bits, first byte: unused bits at end bool
==== ==================================== ===========

Up to :data:`SMALL` numbers are a plain msgpack array instead, which is cheaper to make and to read. Slots
that follow one another are neither but ``[first, count]``. A count is believed up to
:data:`MAXIMUM_COUNT` only, which is also the most elements that one delta is written with: so a few bytes
never become more than 8 MB. Arrays that were read are read-only.
"""

from __future__ import annotations

from typing import Any

import msgpack
import numpy as np
import numpy.typing as npt

from lithograph.durability.values import MalformedError
from lithograph.storage.columns.chunk import Mask, Slots

MAXIMUM_COUNT = 1 << 20
MAXIMUM_SLOT = (1 << 31) - 1
SMALL = 4

_INTEGERS: dict[int, np.dtype[Any]] = {
    1: np.dtype("<i1"),
    2: np.dtype("<i2"),
    3: np.dtype("<i4"),
    4: np.dtype("<i8"),
}
_FLOAT, _BITS = 5, 6
_FLOAT64 = np.dtype("<f8")
_ONE = np.int64(1)


class PackedArray:
    """An array as it lies in the file: its code and bytes. What msgpack's ``ext_hook`` returns."""

    __slots__ = ("code", "data")

    def __init__(self, code: int, data: bytes) -> None:
        self.code = code
        self.data = data


ARRAY_CODES = frozenset((*_INTEGERS, _FLOAT, _BITS))


def pack_slots(slots: Slots) -> Any:
    """What msgpack writes for slots: ``[first, count]`` or an extension."""
    count = len(slots)
    if count <= 1:
        return (slots.item(), 1) if count else (0, 0)
    first = slots.item(0)
    if slots.item(count - 1) - first == count - 1 and bool((slots[1:] - slots[:-1] == _ONE).all()):
        return first, count
    return _pack_narrow(slots)


def pack_integers(values: npt.NDArray[Any]) -> Any:
    """An array of integers, narrowed."""
    return values.tolist() if len(values) <= SMALL else _pack_narrow(values)


def _pack_narrow(values: npt.NDArray[Any]) -> msgpack.ExtType:
    low, high = values.min(), values.max()
    if low >= -0x80000000 and high <= 0x7FFFFFFF:
        code = 3 if low < -0x8000 or high > 0x7FFF else 2 if low < -0x80 or high > 0x7F else 1
    else:
        code = 4
    return msgpack.ExtType(code, values.astype(_INTEGERS[code]).tobytes())


def pack_floats(values: npt.NDArray[np.float64]) -> Any:
    """An array of float64; bits of NaNs and signs of zeros are kept."""
    if len(values) <= SMALL:
        return values.tolist()
    return msgpack.ExtType(_FLOAT, values.astype(_FLOAT64, copy=False).tobytes())


def pack_mask(values: Mask) -> Any:
    """An array of booleans, eight to a byte."""
    if len(values) <= SMALL:
        return values.tolist()
    return msgpack.ExtType(_BITS, bytes((-len(values) % 8,)) + np.packbits(values).tobytes())


def slots_of(packed: Any) -> Slots:
    """int64 slots of what :func:`pack_slots` wrote. Raises MalformedError."""
    if type(packed) is list:
        if len(packed) != 2 or type(packed[0]) is not int or type(packed[1]) is not int:
            raise MalformedError("a range of slots with wrong parts")
        first, count = packed
        if not 0 <= count <= MAXIMUM_COUNT or not 0 <= first <= MAXIMUM_SLOT - count + 1:
            raise MalformedError(f"a range of {count} slots from {first}")
        return np.arange(first, first + count, dtype=np.int64)
    slots = _wide(packed)
    if len(slots) and (slots.min() < 0 or slots.max() > MAXIMUM_SLOT):
        raise MalformedError("slots out of range")
    return slots


def integers_of(packed: Any) -> npt.NDArray[np.int64]:
    """int64 values of what :func:`pack_integers` wrote. Raises MalformedError."""
    return _small(packed, int, np.int64) if type(packed) is list else _wide(packed)


def _wide(packed: Any) -> npt.NDArray[np.int64]:
    dtype = _INTEGERS.get(_code(packed))
    if dtype is None:
        raise MalformedError("integers expected")
    return _frozen(_elements(packed.data, dtype).astype(np.int64, copy=False))


def floats_of(packed: Any) -> npt.NDArray[np.float64]:
    """float64 values of what :func:`pack_floats` wrote. Raises MalformedError."""
    if type(packed) is list:
        return _small(packed, float, np.float64)
    if _code(packed) != _FLOAT:
        raise MalformedError("floats expected")
    return _frozen(_elements(packed.data, _FLOAT64).astype(np.float64, copy=False))


def mask_of(packed: Any) -> Mask:
    """Booleans of what :func:`pack_mask` wrote. Raises MalformedError."""
    if type(packed) is list:
        return _small(packed, bool, np.bool_)
    if _code(packed) != _BITS or not packed.data or packed.data[0] > 7:
        raise MalformedError("booleans expected")
    count = (len(packed.data) - 1) * 8 - packed.data[0]
    if count < 0:
        raise MalformedError("booleans expected")
    bits = np.frombuffer(packed.data, dtype=np.uint8, offset=1)
    return _frozen(np.unpackbits(bits, count=count).astype(np.bool_))


def _small(packed: list[Any], kind: type, dtype: type[np.generic]) -> npt.NDArray[Any]:
    if set(map(type, packed)) - {kind}:
        raise MalformedError(f"values of type {kind.__name__} expected")
    try:
        return _frozen(np.array(packed, dtype=dtype))
    except OverflowError:
        raise MalformedError("an integer beyond 64 bits") from None


def _code(packed: Any) -> int:
    return packed.code if type(packed) is PackedArray else 0


def _elements(data: bytes, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    if len(data) % dtype.itemsize:
        raise MalformedError(f"an array of {len(data)} bytes with elements of {dtype.itemsize}")
    return np.frombuffer(data, dtype=dtype)


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.setflags(write=False)
    return array
