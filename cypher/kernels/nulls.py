"""Null masks: how the masks of operands make the mask of a result."""

from __future__ import annotations

import numpy as np

from lithograph.cypher.vectors import Kind, Mask, Vector

SMALL = 16
"""Up to so many rows, one call of a Python function per row costs less than a reduction over an array."""


def mask_of(vector: Vector) -> Mask | None:
    """The null mask of ``vector`` (bool[n]), None when it holds no null."""
    kind = vector.kind
    if kind is Kind.INT or kind is Kind.FLOAT or kind is Kind.BOOL:
        return vector.nulls
    if kind is Kind.OBJECT:
        mask = vector.null_mask()
    else:
        mask = vector.values < 0
    return mask if mask.any() else None


def either(left: Mask | None, right: Mask | None, count: int) -> Mask | None:
    """Null where either operand is: the mask (bool[count]) of operations that are strict in null."""
    if left is None:
        mask = right
    elif right is None:
        mask = left
    else:
        mask = left | right
    if mask is not None and len(mask) != count:
        return np.broadcast_to(mask, count)
    return mask


def is_null(vector: Vector, negated: bool) -> Vector:
    """``IS NULL``, or ``IS NOT NULL`` when ``negated``; applies to every vector."""
    kind = vector.kind
    if kind <= Kind.RELATIONSHIP:
        return Vector(Kind.BOOL, vector.values >= 0 if negated else vector.values < 0)
    if kind is Kind.OBJECT:
        mask = vector.null_mask()
        return Vector(Kind.BOOL, ~mask if negated else mask)
    if vector.nulls is None:
        return Vector(Kind.BOOL, np.full(len(vector.values), negated))
    return Vector(Kind.BOOL, ~vector.nulls if negated else vector.nulls)
