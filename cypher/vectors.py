"""Vectors: a column of values for the rows of a frame.

A vector holds its values in the tightest array its content allows; kernels work on those arrays, and
``tolist`` gives the Python values that the scalar definitions work on. Both views are the same value:
whatever a kernel computes must equal what the scalar definition computes over ``tolist()``.

==============  ==================  ==============================================
kind            values              null
==============  ==================  ==============================================
NODE            int64[n] slots      -1
RELATIONSHIP    int64[n] slots      -1
INT             int64[n]            ``nulls`` mask (None: no nulls)
FLOAT           float64[n]          ``nulls`` mask
BOOL            bool[n]             ``nulls`` mask
OBJECT          object[n]           None in the values
==============  ==================  ==============================================

Strings of which there are few come as a :class:`TextVector`, an OBJECT vector that has codes as well.

Values under a set null bit are arbitrary. Vectors are immutable: no one changes the arrays of a vector
after it has been made, so that slices and columns may share them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.cypher.entities import NodeRef, RelationshipRef
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.columns.chunk import Kind as ChunkKind

Mask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]


class Kind(IntEnum):
    """How a vector holds its values."""

    NODE = 0
    RELATIONSHIP = 1
    INT = 2
    FLOAT = 3
    BOOL = 4
    OBJECT = 5


DTYPES: tuple[np.dtype[Any], ...] = (
    np.dtype(np.int64),
    np.dtype(np.int64),
    np.dtype(np.int64),
    np.dtype(np.float64),
    np.dtype(np.bool_),
    np.dtype(object),
)


class Vector:
    """``len(values)`` values of one kind; see the module for the layout."""

    __slots__ = ("kind", "nulls", "values")

    def __init__(self, kind: Kind, values: npt.NDArray[Any], nulls: Mask | None = None) -> None:
        self.kind = kind
        self.values = values
        self.nulls = nulls

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"Vector({self.kind.name}, {self.tolist()!r})"

    def take(self, indices: Indices) -> Vector:
        """The rows ``indices`` (intp[m]), in that order."""
        nulls = self.nulls
        return Vector(self.kind, self.values[indices], None if nulls is None else nulls[indices])

    def filter(self, mask: Mask) -> Vector:
        """The rows where ``mask`` (bool[n]) is set."""
        nulls = self.nulls
        return Vector(self.kind, self.values[mask], None if nulls is None else nulls[mask])

    def slice(self, start: int, stop: int) -> Vector:
        """Rows ``start`` to ``stop``, without a copy."""
        nulls = self.nulls
        return Vector(self.kind, self.values[start:stop], None if nulls is None else nulls[start:stop])

    def null_mask(self) -> Mask:
        """bool[n], set where the value is null; not to be changed."""
        if self.kind <= Kind.RELATIONSHIP:
            return self.values < 0
        if self.kind is Kind.OBJECT:
            return is_none(self.values)
        if self.nulls is None:
            return np.zeros(len(self.values), dtype=np.bool_)
        return self.nulls

    def tolist(self) -> list[Any]:
        """The values as Python objects: references for elements, None for null."""
        values: list[Any] = self.values.tolist()
        kind = self.kind
        if kind is Kind.OBJECT:
            return values
        if kind is Kind.NODE:
            return [NodeRef(slot) if slot >= 0 else None for slot in values]
        if kind is Kind.RELATIONSHIP:
            return [RelationshipRef(slot) if slot >= 0 else None for slot in values]
        if self.nulls is None:
            return values
        return [None if null else value for value, null in zip(values, self.nulls.tolist(), strict=True)]

    @staticmethod
    def objects(values: Sequence[Any]) -> Vector:
        """An OBJECT vector of ``values`` as they are (lists stay one value each)."""
        return Vector(Kind.OBJECT, np.fromiter(values, dtype=object, count=len(values)))

    @staticmethod
    def booleans(values: Sequence[bool | None]) -> Vector:
        """A BOOL vector of truth values; unlike :meth:`of` also where all of them are null."""
        return _BOOLEANS(values, None in values)

    @staticmethod
    def all_null(count: int) -> Vector:
        """``count`` nulls, as an OBJECT vector."""
        return Vector(Kind.OBJECT, np.empty(count, dtype=object))

    @staticmethod
    def of(values: Sequence[Any]) -> Vector:
        """The tightest vector for Python values, so that kernels apply to what follows.

        Integers beyond 64 bits are the caller's error and never get here.
        """
        kinds = set(map(type, values))
        nullable = type(None) in kinds
        kinds.discard(type(None))
        if len(kinds) == 1:
            maker = _MAKERS.get(kinds.pop())
            if maker is not None:
                return maker(values, nullable)
        return Vector.objects(values)

    @staticmethod
    def repeat(value: Any, count: int) -> Vector:
        """``count`` times the same value."""
        kind = type(value)
        if kind is int:
            return Vector(Kind.INT, np.full(count, value, dtype=np.int64))
        if kind is float:
            return Vector(Kind.FLOAT, np.full(count, value, dtype=np.float64))
        if kind is bool:
            return Vector(Kind.BOOL, np.full(count, value, dtype=np.bool_))
        if kind is NodeRef:
            return Vector(Kind.NODE, np.full(count, value.slot, dtype=np.int64))
        if kind is RelationshipRef:
            return Vector(Kind.RELATIONSHIP, np.full(count, value.slot, dtype=np.int64))
        array = np.empty(count, dtype=object)
        if value is not None:
            array.fill(value)
        return Vector(Kind.OBJECT, array)

    @staticmethod
    def single(value: Any) -> Vector:
        """One row."""
        single = _SINGLES.get(type(value))
        if single is not None:
            return Vector(single[0], np.array([value], dtype=single[1]))
        return Vector.repeat(value, 1)

    @staticmethod
    def nodes(slots: npt.NDArray[np.int64]) -> Vector:
        return Vector(Kind.NODE, slots)

    @staticmethod
    def relationships(slots: npt.NDArray[np.int64]) -> Vector:
        return Vector(Kind.RELATIONSHIP, slots)

    @staticmethod
    def of_chunk(chunk: Chunk) -> Vector:
        """A property chunk as a vector; typed chunks are not copied."""
        kind = _OF_CHUNK.get(chunk.kind)
        if kind is not None:
            present = chunk.present
            return Vector(kind, chunk.values, None if present is None else ~present)
        if chunk.kind is ChunkKind.OBJECT:
            return Vector(Kind.OBJECT, chunk.values)
        return TextVector(chunk.values, chunk.dictionary)

    def to_chunk(self) -> Chunk:
        """The values as a property chunk; elements must not be among them."""
        kind = _TO_CHUNK.get(self.kind)
        if kind is not None:
            return Chunk(kind, self.values, None if self.nulls is None else ~self.nulls)
        return Chunk.of(self.values.tolist())

    @staticmethod
    def concatenate(vectors: Sequence[Vector]) -> Vector:
        """The vectors end to end; of mixed kinds becomes OBJECT."""
        if len(vectors) == 1:
            return vectors[0]
        kinds = {vector.kind for vector in vectors}
        if len(kinds) > 1:
            return Vector.objects([value for vector in vectors for value in vector.tolist()])
        kind = kinds.pop()
        if kind is Kind.OBJECT and (texts := _concatenated_texts(vectors)) is not None:
            return texts
        values = np.concatenate([vector.values for vector in vectors])
        if kind <= Kind.RELATIONSHIP or kind is Kind.OBJECT or all(v.nulls is None for v in vectors):
            return Vector(kind, values)
        return Vector(kind, values, np.concatenate([vector.null_mask() for vector in vectors]))

    def size_bytes(self) -> int:
        """A cheap estimate of the memory held, for limits (objects are counted as 64 bytes)."""
        per_value = 64 if self.kind is Kind.OBJECT else self.values.itemsize
        return len(self.values) * per_value


class TextVector(Vector):
    """An OBJECT vector of strings and nulls, held as codes into a dictionary of distinct strings.

    To whoever does not look closely it is like any other: ``values`` are made when they are first asked for.
    Whoever does may work on the codes, or on the few strings instead of the many rows.

    Args:
        codes: an array of integers, -1 where null.
        dictionary: the strings. It may grow while the vector lives, at its end.
    """

    __slots__ = ("codes", "dictionary")

    def __init__(self, codes: npt.NDArray[Any], dictionary: Sequence[str]) -> None:
        self.kind = Kind.OBJECT
        self.nulls = None
        self.codes = codes
        self.dictionary = dictionary

    def __getattr__(self, name: str) -> Any:
        if name != "values":
            raise AttributeError(name)
        if self.repeats():
            self.values = self.entries().values[self.codes]
        else:
            self.values = np.fromiter(self.tolist(), dtype=object, count=len(self.codes))
        return self.values

    def tolist(self) -> list[Any]:
        if self.repeats():
            values: list[Any] = self.values.tolist()
            return values
        dictionary = self.dictionary
        return [None if code < 0 else dictionary[code] for code in self.codes.tolist()]

    def entries(self) -> Vector:
        """The strings of the dictionary and, last, null: indexed by the codes, they are the vector."""
        return Vector.objects([*self.dictionary, None])

    def repeats(self) -> bool:
        """Are there more rows than strings, so that it pays to work on the strings?"""
        return len(self.codes) > len(self.dictionary) + 1

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, indices: Indices) -> Vector:
        return TextVector(self.codes[indices], self.dictionary)

    def filter(self, mask: Mask) -> Vector:
        return TextVector(self.codes[mask], self.dictionary)

    def slice(self, start: int, stop: int) -> Vector:
        return TextVector(self.codes[start:stop], self.dictionary)

    def null_mask(self) -> Mask:
        return self.codes < 0

    def to_chunk(self) -> Chunk:
        return Chunk(ChunkKind.DICTIONARY, self.codes, dictionary=self.dictionary)

    def size_bytes(self) -> int:
        return self.codes.nbytes


def _concatenated_texts(vectors: Sequence[Vector]) -> Vector | None:
    """The vectors end to end, if all of them are texts of one dictionary."""
    first = vectors[0]
    if not isinstance(first, TextVector):
        return None
    codes = []
    for vector in vectors:
        if not isinstance(vector, TextVector) or vector.dictionary is not first.dictionary:
            return None
        codes.append(vector.codes)
    return TextVector(np.concatenate(codes), first.dictionary)


def is_none(objects: npt.NDArray[Any]) -> Mask:
    """bool[n], set where an array of objects holds None."""
    mask: Mask = np.equal(objects, np.array(None), dtype=np.bool_)
    return mask


def _typed(kind: Kind, blank: Any) -> Callable[[Sequence[Any], bool], Vector]:
    dtype = DTYPES[kind]

    def make(values: Sequence[Any], nullable: bool) -> Vector:
        if not nullable:
            return Vector(kind, np.array(values, dtype=dtype))
        nulls = np.array([value is None for value in values], dtype=np.bool_)
        return Vector(kind, np.array([blank if v is None else v for v in values], dtype=dtype), nulls)

    return make


def _slots(kind: Kind) -> Callable[[Sequence[Any], bool], Vector]:
    def make(values: Iterable[Any], _nullable: bool) -> Vector:
        return Vector(kind, np.array([-1 if v is None else v.slot for v in values], dtype=np.int64))

    return make


_BOOLEANS = _typed(Kind.BOOL, False)

_MAKERS: dict[type, Callable[[Sequence[Any], bool], Vector]] = {
    int: _typed(Kind.INT, 0),
    float: _typed(Kind.FLOAT, 0.0),
    bool: _BOOLEANS,
    NodeRef: _slots(Kind.NODE),
    RelationshipRef: _slots(Kind.RELATIONSHIP),
}

_SINGLES: dict[type, tuple[Kind, np.dtype[Any]]] = {
    kind: (of, DTYPES[of]) for kind, of in ((int, Kind.INT), (float, Kind.FLOAT), (bool, Kind.BOOL))
}

_OF_CHUNK = {ChunkKind.INT: Kind.INT, ChunkKind.FLOAT: Kind.FLOAT, ChunkKind.BOOL: Kind.BOOL}
_TO_CHUNK = {kind: chunk for chunk, kind in _OF_CHUNK.items()}
