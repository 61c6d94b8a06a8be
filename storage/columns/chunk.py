"""A chunk: the values of one property for some elements, as arrays.

It is what columns hand out and take in, what property deltas carry, and what images are made of, so
that values cross the layers without becoming Python objects one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

Slots = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Kind(Enum):
    """How the values of a chunk are held; the text is what files say."""

    INT = "int"
    """``int64[n]``"""
    FLOAT = "float"
    """``float64[n]``"""
    BOOL = "bool"
    """``bool[n]``"""
    DICTIONARY = "dictionary"
    """``int32[n]`` codes into ``dictionary``, a list of distinct strings; -1 where absent"""
    OBJECT = "object"
    """``object[n]`` of storable Python values, None where absent"""


DTYPES: dict[Kind, np.dtype[Any]] = {
    Kind.INT: np.dtype(np.int64),
    Kind.FLOAT: np.dtype(np.float64),
    Kind.BOOL: np.dtype(np.bool_),
    Kind.DICTIONARY: np.dtype(np.int32),
    Kind.OBJECT: np.dtype(object),
}


def object_array(values: Sequence[Any]) -> npt.NDArray[Any]:
    """object[n] of ``values`` as they are; lists among them stay one item each."""
    return np.fromiter(values, dtype=object, count=len(values))


def is_there(values: npt.NDArray[Any]) -> Mask:
    """Which items of object[n] are not None (bool[n])."""
    there: Mask = np.not_equal(values, _NONE)
    return there


_NONE = np.array(None, dtype=object)


@dataclass(slots=True)
class Chunk:
    """Values of one property for ``len(values)`` elements.

    ``present`` is a mask, or None when every element has the property; it is used by the kinds INT,
    FLOAT and BOOL only (the other two mark absence in their values). ``dictionary`` belongs to
    DICTIONARY. Arrays are not to be changed by whoever receives them.
    """

    kind: Kind
    values: npt.NDArray[Any]
    present: Mask | None = None
    dictionary: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.values)

    def tolist(self) -> list[Any]:
        """The values as Python objects, None where absent."""
        values: list[Any] = self.values.tolist()
        if self.kind is Kind.DICTIONARY:
            if len(self.dictionary) > len(values):
                return [self.dictionary[code] if code >= 0 else None for code in values]
            texts = [*self.dictionary, None]  # code -1 finds None
            return [texts[code] for code in values]
        if self.kind is Kind.OBJECT or self.present is None:
            return values
        return [value if there else None for value, there in zip(values, self.present.tolist(), strict=True)]

    @staticmethod
    def of(values: Sequence[Any]) -> Chunk:
        """The tightest chunk for Python values (None: absent); numbers and Booleans become arrays."""
        kinds = set(map(type, values))
        nullable = type(None) in kinds
        kinds.discard(type(None))
        if len(kinds) == 1:
            found = _TYPED.get(kinds.pop())
            if found is not None:
                kind, blank = found
                filled = [blank if value is None else value for value in values] if nullable else values
                try:
                    array = np.array(filled, dtype=DTYPES[kind])
                except OverflowError:  # an integer that cannot be stored; storing says so
                    return Chunk(Kind.OBJECT, object_array(values))
                if not nullable:
                    return Chunk(kind, array)
                return Chunk(kind, array, np.array([value is not None for value in values], dtype=np.bool_))
        return Chunk(Kind.OBJECT, object_array(values))


_TYPED: dict[type, tuple[Kind, Any]] = {
    int: (Kind.INT, 0),
    float: (Kind.FLOAT, 0.0),
    bool: (Kind.BOOL, False),
}
