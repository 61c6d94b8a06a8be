"""``IN`` with one list for all rows: a set of its members, built once."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.cypher.vectors import Kind, Vector

_FEW = 64
"""Up to so many rows, asking a set costs less than a sort."""

_NUMBERS = {int, float}


class Members:
    """The members of a list of integers, of numbers, or of strings; nulls are allowed among them.

    In such a list Python's equality is Cypher's, save that Python takes Booleans for numbers: so lists and
    vectors with both are out. NaN equals nothing and is left out of the set.
    """

    __slots__ = ("_integers", "_strings", "_values", "_with_null")

    def __init__(self, values: set[Any], strings: bool, with_null: bool) -> None:
        self._values = values
        self._strings = strings
        self._with_null = with_null
        self._integers: npt.NDArray[np.int64] | None = None
        if not strings and all(type(value) is int for value in values):
            self._integers = np.array(sorted(values), dtype=np.int64)

    @staticmethod
    def of(values: list[Any]) -> Members | None:
        """The members of ``values``, or None where the list is not of a kind that this serves."""
        kinds = set(map(type, values))
        with_null = type(None) in kinds
        kinds.discard(type(None))
        if not kinds or not (kinds == {str} or kinds <= _NUMBERS):
            return None
        members = {value for value in values if value is not None and value == value}
        return Members(members, kinds == {str}, with_null)

    def contains(self, vector: Vector) -> Vector | None:
        """``value IN list`` for each value of ``vector``, or None where this does not apply."""
        kind = vector.kind
        if kind is not Kind.OBJECT if self._strings else kind is not Kind.INT and kind is not Kind.FLOAT:
            return None
        if kind is Kind.INT and self._integers is not None and len(vector) > _FEW:
            found = np.isin(vector.values, self._integers)
            if not self._with_null:
                return Vector(Kind.BOOL, found, vector.nulls)
            return Vector(Kind.BOOL, found, ~found if vector.nulls is None else vector.nulls | ~found)
        members, otherwise = self._values, None if self._with_null else False
        values = vector.tolist()
        try:
            return Vector.booleans([None if v is None else v in members or otherwise for v in values])
        except TypeError:  # a list or a map, which cannot be looked up in a set
            return None
