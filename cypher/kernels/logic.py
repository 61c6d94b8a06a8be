"""Three-valued logic over BOOL vectors (Kleene's strong logic of indeterminacy)."""

from __future__ import annotations

import numpy as np

from lithograph.cypher.kernels import BinaryKernel
from lithograph.cypher.kernels.nulls import either
from lithograph.cypher.vectors import Kind, Mask, Vector


def conjunction(left: Vector, right: Vector) -> Vector | None:
    """``AND``: false where either is false, else null where either is null."""
    if left.kind is not Kind.BOOL or right.kind is not Kind.BOOL:
        return None
    a, b = left.values, right.values
    values = a & b
    if left.nulls is None and right.nulls is None:
        return Vector(Kind.BOOL, values)
    unknown = _unknown(left, right)
    unknown &= _or_null(a, left.nulls)
    unknown &= _or_null(b, right.nulls)
    return Vector(Kind.BOOL, values, unknown)


def disjunction(left: Vector, right: Vector) -> Vector | None:
    """``OR``: true where either is true, else null where either is null."""
    if left.kind is not Kind.BOOL or right.kind is not Kind.BOOL:
        return None
    a, b = left.values, right.values
    values = a | b
    if left.nulls is None and right.nulls is None:
        return Vector(Kind.BOOL, values)
    unknown = _unknown(left, right)
    unknown &= _or_null(~a, left.nulls)
    unknown &= _or_null(~b, right.nulls)
    return Vector(Kind.BOOL, values, unknown)


def exclusive(left: Vector, right: Vector) -> Vector | None:
    """``XOR``: null where either is null."""
    if left.kind is not Kind.BOOL or right.kind is not Kind.BOOL:
        return None
    values = left.values ^ right.values
    return Vector(Kind.BOOL, values, either(left.nulls, right.nulls, len(values)))


def negation(vector: Vector) -> Vector | None:
    """``NOT``."""
    if vector.kind is not Kind.BOOL:
        return None
    return Vector(Kind.BOOL, ~vector.values, vector.nulls)


def _unknown(left: Vector, right: Vector) -> Mask:
    """Where either is null, as an array of the result's length that may be written to."""
    count = max(len(left.values), len(right.values)) if len(left.values) and len(right.values) else 0
    mask = either(left.nulls, right.nulls, count)
    assert mask is not None  # the callers have ruled it out
    return np.array(mask)


def _or_null(values: Mask, nulls: Mask | None) -> Mask:
    return values if nulls is None else values | nulls


def is_true(vector: Vector) -> Mask:
    """bool[n], set where a BOOL vector is true (neither false nor null)."""
    return vector.values if vector.nulls is None else vector.values & ~vector.nulls


def is_false(vector: Vector) -> Mask:
    """bool[n], set where a BOOL vector is false (neither true nor null)."""
    return ~vector.values if vector.nulls is None else ~(vector.values | vector.nulls)


KERNELS: dict[str, BinaryKernel] = {"AND": conjunction, "OR": disjunction, "XOR": exclusive}
