"""Aggregations that need all values of a group at once: ``collect``, percentiles, standard deviations."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from lithograph.cypher.aggregation.base import Aggregate, Codes, without_nulls
from lithograph.cypher.scalar import aggregates
from lithograph.cypher.vectors import Kind, Vector


class _Buffered(Aggregate):
    """Keeps the arguments of all rows in which the first is not null, as vectors, with their groups."""

    __slots__ = ("_arguments", "_codes", "_size")

    def __init__(self) -> None:
        self._codes: list[Codes] = []
        self._arguments: list[Sequence[Vector]] = []
        self._size = 0

    def update(self, codes: Codes, groups: int, arguments: Sequence[Vector], count: int) -> None:
        kept, first = without_nulls(codes, groups, arguments[0])
        if not len(first):
            return
        if groups == 1:
            kept = np.zeros(len(first), dtype=np.int64)
        rest = arguments[1:]
        if rest and len(first) < count:
            present = np.flatnonzero(~arguments[0].null_mask())
            rest = [vector.take(present) for vector in rest]
        self._codes.append(kept)
        self._arguments.append((first, *rest))
        self._size += kept.nbytes + sum(vector.size_bytes() for vector in (first, *rest))

    def finish(self, groups: int) -> Vector:
        if not self._codes:
            return self._of_nothing(groups)
        codes = np.concatenate(self._codes)
        order = np.argsort(codes, kind="stable")
        columns = [Vector.concatenate(column) for column in zip(*self._arguments, strict=True)]
        bounds = np.concatenate(([0], np.cumsum(np.bincount(codes, minlength=groups)))).tolist()
        return self._of_groups([column.take(order) for column in columns], bounds)

    @abstractmethod
    def _of_nothing(self, groups: int) -> Vector:
        """The results where no group has a value."""

    @abstractmethod
    def _of_groups(self, columns: list[Vector], bounds: list[int]) -> Vector:
        """The results, from the values by group: group ``g`` has rows ``bounds[g]`` to ``bounds[g + 1]``."""

    def size_bytes(self) -> int:
        return self._size


class Collect(_Buffered):
    """``collect``: a list of the values that are not null, in the order of the rows."""

    __slots__ = ()

    def _of_nothing(self, groups: int) -> Vector:
        return Vector.objects([[] for _ in range(groups)])

    def _of_groups(self, columns: list[Vector], bounds: list[int]) -> Vector:
        values = columns[0].tolist()
        return Vector.objects([values[start:stop] for start, stop in pairwise(bounds)])


class CollectMap(_Buffered):
    """``collect`` of keys and values: a map."""

    __slots__ = ()

    def _of_nothing(self, groups: int) -> Vector:
        return Vector.objects([{} for _ in range(groups)])

    def _of_groups(self, columns: list[Vector], bounds: list[int]) -> Vector:
        keys, values = (column.tolist() for column in columns)
        return Vector.objects(
            [aggregates.collect_map(keys[start:stop], values[start:stop]) for start, stop in pairwise(bounds)]
        )


class Project(_Buffered):
    """``project``: what paths consist of."""

    __slots__ = ()

    def _of_nothing(self, groups: int) -> Vector:
        return Vector.objects([aggregates.project([]) for _ in range(groups)])

    def _of_groups(self, columns: list[Vector], bounds: list[int]) -> Vector:
        return Vector.objects([aggregates.project(part) for part in _parts(columns[0].tolist(), bounds)])


class Percentile(_Buffered):
    """``percentileCont`` or ``percentileDisc``, whichever ``reduce`` is; null of nothing."""

    __slots__ = ("_reduce",)

    def __init__(self, reduce: Callable[[Sequence[Any], Any], Any]) -> None:
        super().__init__()
        self._reduce = reduce

    def _of_nothing(self, groups: int) -> Vector:
        return Vector.all_null(groups)

    def _of_groups(self, columns: list[Vector], bounds: list[int]) -> Vector:
        values, percentiles = (column.tolist() for column in columns)
        return Vector.of(
            [
                self._reduce(values[start:stop], percentiles[start]) if stop > start else None
                for start, stop in pairwise(bounds)
            ]
        )


class Deviation(_Buffered):
    """``stDev`` or ``stDevP``: in two passes over arrays of numbers, else by ``reduce``.

    Args:
        reduce: the scalar definition.
        lost_degrees: by how much the divisor is less than the number of values.
    """

    __slots__ = ("_lost_degrees", "_reduce")

    def __init__(self, reduce: Callable[[Sequence[Any]], Any], lost_degrees: int) -> None:
        super().__init__()
        self._reduce = reduce
        self._lost_degrees = lost_degrees

    def _of_nothing(self, groups: int) -> Vector:
        return Vector(Kind.FLOAT, np.zeros(groups))

    def _of_groups(self, columns: list[Vector], bounds: list[int]) -> Vector:
        column = columns[0]
        if column.kind is Kind.INT or column.kind is Kind.FLOAT:
            values = column.values.astype(np.float64)
            if np.isfinite(values).all():
                return Vector(Kind.FLOAT, self._of_array(values, np.array(bounds)))
        return Vector.of([self._reduce(part) for part in _parts(column.tolist(), bounds)])

    def _of_array(self, values: Any, bounds: Any) -> Any:
        counts = np.diff(bounds)
        groups = np.repeat(np.arange(len(counts)), counts)
        with np.errstate(all="ignore"):
            means = np.bincount(groups, weights=values, minlength=len(counts)) / counts
            squares = np.square(values - means[groups])
            degrees = counts - self._lost_degrees
            variances = np.bincount(groups, weights=squares, minlength=len(counts)) / degrees
        return np.where(degrees > 0, np.sqrt(np.where(degrees > 0, variances, 0.0)), 0.0)


def _parts(values: list[Any], bounds: list[int]) -> Iterator[list[Any]]:
    return (values[start:stop] for start, stop in pairwise(bounds))
