"""Comparisons over arrays: numbers, Booleans, elements, and strings against one string.

An integer and a float compare by their exact values. NumPy would round the integer to a float first, so
these kernels apply to a mixed pair only where that loses nothing (all integers within ±2**53), or where
the float is a single integral one that can become an integer instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.cypher.kernels import BinaryKernel
from lithograph.cypher.kernels.nulls import SMALL, either, mask_of
from lithograph.cypher.vectors import Kind, Vector

_BOOL, _OBJECT, _RELATIONSHIP = Kind.BOOL, Kind.OBJECT, Kind.RELATIONSHIP  # for the shortest of queries
_EXACT = 2**53
_INT64 = 2.0**63
_FEW_OBJECTS = 8
"""Up to so many objects, comparing them one by one costs less than calling NumPy for them."""

Array = npt.NDArray[Any]
Comparison = Callable[[Any, Any], Any]


def _equality(compare: Comparison) -> BinaryKernel:
    """``=`` or ``<>``."""

    def kernel(left: Vector, right: Vector) -> Vector | None:
        kind = left.kind
        if kind is right.kind:
            if kind is _OBJECT:
                return _against_string(compare, left, right)
            values = compare(left.values, right.values)
            if kind > _RELATIONSHIP and left.nulls is None and right.nulls is None:
                return Vector(_BOOL, values)
            return Vector(_BOOL, values, either(mask_of(left), mask_of(right), len(values)))
        return _mixed_numbers(compare, left, right)

    return kernel


def _order(compare: Comparison) -> BinaryKernel:
    """``<``, ``<=``, ``>`` or ``>=``; elements have no order."""

    def kernel(left: Vector, right: Vector) -> Vector | None:
        kind = left.kind
        if kind is right.kind:
            if kind is _OBJECT or kind <= _RELATIONSHIP:
                return None
            values = compare(left.values, right.values)
            if left.nulls is None and right.nulls is None:
                return Vector(_BOOL, values)
            return Vector(_BOOL, values, either(left.nulls, right.nulls, len(values)))
        return _mixed_numbers(compare, left, right)

    return kernel


def _against_string(compare: Comparison, left: Vector, right: Vector) -> Vector | None:
    """Any values against one string: Python's own equality is Cypher's there, save for null."""
    if len(right) != 1:
        left, right = right, left
    if len(left) <= _FEW_OBJECTS:
        return None
    if len(right) != 1 or type(right.values.item(0)) is not str:
        return None
    values = compare(left.values, right.values.item(0)).astype(np.bool_, copy=False)
    return Vector(Kind.BOOL, values, mask_of(left))


def _mixed_numbers(compare: Comparison, left: Vector, right: Vector) -> Vector | None:
    if left.kind is Kind.INT and right.kind is Kind.FLOAT:
        pair = _exact(left.values, right.values)
        if pair is None:
            return None
        values = compare(pair[0], pair[1])
    elif left.kind is Kind.FLOAT and right.kind is Kind.INT:
        pair = _exact(right.values, left.values)
        if pair is None:
            return None
        values = compare(pair[1], pair[0])
    else:
        return None
    return Vector(Kind.BOOL, values, either(left.nulls, right.nulls, len(values)))


def _exact(integers: Array, floats: Array) -> tuple[Array, Array] | None:
    """The pair as arrays that NumPy compares exactly, or None."""
    if len(integers) <= SMALL:
        if all(-_EXACT <= value <= _EXACT for value in integers.tolist()):
            return integers, floats
    elif int(integers.min()) >= -_EXACT and int(integers.max()) <= _EXACT:
        return integers, floats
    if len(floats) == 1:
        value = floats.item(0)
        if -_INT64 <= value < _INT64 and value.is_integer():
            return integers, np.array([int(value)], dtype=np.int64)
    return None


EQUAL = _equality(np.equal)
NOT_EQUAL = _equality(np.not_equal)

KERNELS: dict[str, BinaryKernel] = {
    "=": EQUAL,
    "<>": NOT_EQUAL,
    "<": _order(np.less),
    "<=": _order(np.less_equal),
    ">": _order(np.greater),
    ">=": _order(np.greater_equal),
}
