"""``count(*)`` and ``count(x)``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lithograph.cypher.aggregation.base import Aggregate, Codes, grown
from lithograph.cypher.kernels.nulls import mask_of
from lithograph.cypher.vectors import Kind, Vector


class Count(Aggregate):
    """How many rows there are, or how many have a value that is not null."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts = np.zeros(1, dtype=np.int64)

    def update(self, codes: Codes, groups: int, arguments: Sequence[Vector], count: int) -> None:
        nulls = mask_of(arguments[0]) if arguments else None
        if groups == 1:
            self._counts[0] += count if nulls is None else count - int(np.count_nonzero(nulls))
            return
        if nulls is not None:
            codes = codes[~nulls]
        self._counts = grown(self._counts, groups, 0)
        self._counts[:groups] += np.bincount(codes, minlength=groups)

    def finish(self, groups: int) -> Vector:
        return Vector(Kind.INT, grown(self._counts, groups, 0)[:groups])

    def size_bytes(self) -> int:
        return self._counts.nbytes
