"""Putting the results of parts of a frame together again.

Where a value is needed for some rows only (a branch of CASE, the elements that are not null), it is
computed for those and scattered back to their places.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lithograph.cypher.vectors import DTYPES, Indices, Kind, Mask, TextVector, Vector


def scatter(vector: Vector, rows: Mask | Indices, count: int) -> Vector:
    """``vector`` at ``rows`` (a mask, or distinct indices in the vector's order) of ``count``; null elsewhere."""
    kind = vector.kind
    if isinstance(vector, TextVector):
        codes = np.full(count, -1, dtype=vector.codes.dtype)
        codes[rows] = vector.codes
        return TextVector(codes, vector.dictionary)
    if kind is Kind.OBJECT:
        objects = np.empty(count, dtype=object)
        objects[rows] = vector.values
        return Vector(kind, objects)
    if kind <= Kind.RELATIONSHIP:
        slots = np.full(count, -1, dtype=np.int64)
        slots[rows] = vector.values
        return Vector(kind, slots)
    values = np.zeros(count, dtype=DTYPES[kind])
    values[rows] = vector.values
    nulls = np.ones(count, dtype=np.bool_)
    nulls[rows] = False if vector.nulls is None else vector.nulls
    return Vector(kind, values, nulls)


def merge(parts: Sequence[tuple[Indices, Vector]], count: int) -> Vector:
    """One vector of ``count`` rows from parts (rows, values); each row is in at most one part, else null.

    A part's vector may have length 1 instead of its number of rows: the same value for each of them.
    Parts of one kind give a vector of that kind, others an OBJECT vector.
    """
    if len({vector.kind for _, vector in parts}) > 1:  # nulls without a type go with any type
        parts = [part for part in parts if not _only_nulls(part[1])]
    kinds = {vector.kind for _, vector in parts}
    covered = sum(len(rows) for rows, _ in parts)
    if len(kinds) != 1:
        return _merge_objects(parts, count)
    kind = kinds.pop()
    if kind is Kind.OBJECT or kind <= Kind.RELATIONSHIP:
        values = np.full(count, None if kind is Kind.OBJECT else -1, dtype=DTYPES[kind])
        for rows, vector in parts:
            values[rows] = vector.values
        return Vector(kind, values)
    values = np.zeros(count, dtype=DTYPES[kind])
    nullable = covered < count or any(vector.nulls is not None for _, vector in parts)
    nulls = np.ones(count, dtype=np.bool_) if nullable else None
    for rows, vector in parts:
        values[rows] = vector.values
        if nulls is not None:
            nulls[rows] = False if vector.nulls is None else vector.nulls
    return Vector(kind, values, nulls)


def _only_nulls(vector: Vector) -> bool:
    return vector.kind is Kind.OBJECT and bool(vector.null_mask().all())


def _merge_objects(parts: Sequence[tuple[Indices, Vector]], count: int) -> Vector:
    merged = np.empty(count, dtype=object)
    for rows, vector in parts:
        objects = Vector.objects(vector.tolist())
        merged[rows] = objects.values
    return Vector(Kind.OBJECT, merged)


def take_broadcast(vector: Vector, count: int) -> Vector:
    """``vector`` at ``count`` rows: itself, or its one value repeated."""
    if len(vector) == count:
        return vector
    return vector.take(np.zeros(count, dtype=np.intp))
