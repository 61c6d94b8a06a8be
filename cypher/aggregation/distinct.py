"""DISTINCT inside an aggregation: only the first of equivalent values in a group counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lithograph.cypher.aggregation.base import Aggregate, Codes
from lithograph.cypher.grouping import Grouper
from lithograph.cypher.kernels.nulls import mask_of
from lithograph.cypher.vectors import Indices, Kind, Vector


class Distinct(Aggregate):
    """``inner`` over the distinct values of its first argument."""

    __slots__ = ("_grouped", "_inner", "_single")

    def __init__(self, inner: Aggregate) -> None:
        self._inner = inner
        self._single: Grouper | None = Grouper(1)
        """For as long as there is one group; then ``_grouped``, by group and value."""
        self._grouped = Grouper(2)

    def update(self, codes: Codes, groups: int, arguments: Sequence[Vector], count: int) -> None:
        nulls = mask_of(arguments[0])
        if nulls is not None:
            present = np.flatnonzero(~nulls)
            codes = codes[present] if groups > 1 else codes
            arguments = [vector.take(present) for vector in arguments]
            count = len(present)
        rows = self._fresh(codes, groups, arguments[0], count)
        if len(rows) < count:
            codes = codes[rows] if groups > 1 else codes
            arguments = [vector.take(rows) for vector in arguments]
        self._inner.update(codes, groups, arguments, len(rows))

    def _fresh(self, codes: Codes, groups: int, vector: Vector, count: int) -> Indices:
        if self._single is not None:
            if groups == 1:
                return self._single.fresh([vector], count)
            known = self._single.count
            zeros = Vector(Kind.INT, np.zeros(known, dtype=np.int64))
            self._grouped.fresh([zeros, self._single.keys()[0]], known)
            self._single = None
        return self._grouped.fresh([Vector(Kind.INT, codes), vector], count)

    def finish(self, groups: int) -> Vector:
        return self._inner.finish(groups)

    def size_bytes(self) -> int:
        single = self._single.size_bytes() if self._single is not None else 0
        return single + self._grouped.size_bytes() + self._inner.size_bytes()
