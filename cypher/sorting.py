"""ORDER BY: stable sorting by columns in openCypher's total order, and the best k rows of a stream.

Ascending, NaN follows all other numbers and null comes last of all; descending is the exact reverse, save
that rows which compare equal keep their order (``storage/values/ordering.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.vectors import Indices, Kind, TextVector, Vector
from lithograph.storage.values.ordering import order_key

Key = npt.NDArray[Any]


def sort_indices(vectors: Sequence[Vector], descending: Sequence[bool]) -> Indices:
    """The order (intp[n]) of the rows by ``vectors``, the first being the most significant.

    ``descending`` says so for each of them; rows that compare equal stay in their order. All vectors have
    the same length; at least one is needed.
    """
    if len(vectors) == 1 and vectors[0].kind is Kind.OBJECT and not isinstance(vectors[0], TextVector):
        return np.array(_sorted_objects(vectors[0], descending[0])[0], dtype=np.intp)
    keys = [key for vector, down in zip(vectors, descending, strict=True) for key in sort_keys(vector, down)]
    if len(keys) == 1:
        return np.argsort(keys[0], kind="stable")
    return np.lexsort(keys[::-1])


def sort_keys(vector: Vector, descending: bool) -> list[Key]:
    """Arrays of numbers that order the rows as ``vector`` does, the most significant first; no NaN."""
    if isinstance(vector, TextVector) and vector.repeats():
        ranks = _ranks(vector.entries(), descending)
        return [ranks[vector.codes]]
    kind, values = vector.kind, vector.values
    if kind is Kind.OBJECT:
        return [_ranks(vector, descending)]
    if kind <= Kind.RELATIONSHIP:
        key = values.view(np.uint64)  # -1, null, becomes the greatest
        return [~key if descending else key]
    key = values
    if kind is Kind.BOOL:
        key = values.view(np.int8)
    nulls = vector.nulls
    strange = np.isnan(values) if kind is Kind.FLOAT else None
    if (strange is None or not strange.any()) and (nulls is None or not nulls.any()):
        return [_directed(key, descending)]
    special = np.zeros(len(values), dtype=np.int8)
    if strange is not None:
        special[strange] = 1
    if nulls is not None:
        special[nulls] = 2
    return [_directed(special, descending), _directed(np.where(special == 0, key, 0), descending)]


def _directed(key: Key, descending: bool) -> Key:
    if not descending:
        return key
    return -key if key.dtype.kind == "f" else ~key  # ~ of an integer reverses the order and cannot overflow


def _sorted_objects(vector: Vector, descending: bool) -> tuple[list[int], list[Any]]:
    """The rows in order, and the key of each row."""
    keys: list[Any] = vector.tolist()
    if set(map(type, keys)) != {str}:
        keys = [order_key(value) for value in keys]
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=descending), keys


def _ranks(vector: Vector, descending: bool) -> Key:
    """Dense ranks (int64[n]) of objects; equal keys have equal ranks."""
    rows, keys = _sorted_objects(vector, descending)
    ranks = np.zeros(len(rows), dtype=np.int64)
    if rows:
        steps = [0, *(keys[a] != keys[b] for a, b in pairwise(rows))]
        ranks[rows] = np.cumsum(steps)
    return ranks


class TopK:
    """The first ``k`` rows of a stream in the order of its keys, as ORDER BY with LIMIT (and SKIP) needs them.

    Holds at most the greater of ``2 * k`` and ``k + batch`` rows and a frame. Rows that compare equal stay in the order of the stream.
    """

    __slots__ = ("_batch", "_descending", "_frames", "_k", "_keys", "_pending")

    def __init__(self, k: int, descending: Sequence[bool], batch: int = 8192) -> None:
        self._k = k
        self._batch = batch
        self._descending = tuple(descending)
        self._frames: list[Frame] = []
        self._keys: list[Sequence[Vector]] = []
        self._pending = 0

    def add(self, frame: Frame, keys: Sequence[Vector]) -> None:
        """Rows of the stream and, for each of them, the values to sort by."""
        if frame.count == 0 or self._k == 0:
            return
        self._frames.append(frame)
        self._keys.append(keys)
        self._pending += frame.count
        if self._pending >= self._k + max(self._k, self._batch):
            self._compact()

    def finish(self) -> Frame:
        """The rows in order; a frame without columns when there were none."""
        if not self._frames:
            return EMPTY
        self._compact()
        return self._frames[0]

    def size_bytes(self) -> int:
        """A cheap estimate of the memory held."""
        keys = sum(vector.size_bytes() for vectors in self._keys for vector in vectors)
        return keys + sum(frame.size_bytes() for frame in self._frames)

    def _compact(self) -> None:
        frame = Frame.concatenate(self._frames)
        keys = [Vector.concatenate(column) for column in zip(*self._keys, strict=True)]
        best = best_indices(keys, self._descending, self._k)
        self._frames = [frame.take(best)]
        self._keys = [[key.take(best) for key in keys]]
        self._pending = len(best)


def best_indices(vectors: Sequence[Vector], descending: Sequence[bool], k: int) -> Indices:
    """The first ``k`` of :func:`sort_indices`, without sorting what cannot be among them."""
    count = len(vectors[0])
    if k >= count:
        return sort_indices(vectors, descending)
    if vectors[0].kind is Kind.OBJECT and not isinstance(vectors[0], TextVector):
        return sort_indices(vectors, descending)[:k]
    leading = sort_keys(vectors[0], descending[0])[0]
    bound = np.partition(leading, k - 1)[k - 1] if k else None
    if bound is None:
        return np.empty(0, dtype=np.intp)
    candidates = np.flatnonzero(leading <= bound)
    order = sort_indices([vector.take(candidates) for vector in vectors], descending)
    return candidates[order[:k]]
