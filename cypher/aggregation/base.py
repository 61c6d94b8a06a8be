"""What an aggregation over a stream of frames has to offer, and the arrays of state that grow with the groups."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.cypher.kernels.nulls import mask_of
from lithograph.cypher.vectors import Vector

Codes = npt.NDArray[np.int64]


class Aggregate(ABC):
    """One aggregation for all groups. Agrees with the reducers of ``scalar/aggregates.py``."""

    __slots__ = ()

    @abstractmethod
    def update(self, codes: Codes, groups: int, arguments: Sequence[Vector], count: int) -> None:
        """Take ``count`` more rows.

        Args:
            codes: int64[count], the group of each row, from 0; not looked at where ``groups`` is 1.
            groups: the number of groups so far, those of these rows included; it never falls.
            arguments: the values of the arguments, each of length ``count``.

        Raises:
            InvalidArgumentValueError: a value of a type that the aggregation does not take. It may also
                come with :meth:`finish`.
        """

    @abstractmethod
    def finish(self, groups: int) -> Vector:
        """The results of groups 0 to ``groups - 1``, of which those without rows have the result of nothing.

        Raises:
            CypherArithmeticError: a sum of integers beyond 64 bits.
        """

    @abstractmethod
    def size_bytes(self) -> int:
        """A cheap estimate of the memory held."""


def grown(state: npt.NDArray[Any], groups: int, blank: Any) -> npt.NDArray[Any]:
    """``state`` with room for ``groups`` items at least, new ones being ``blank``."""
    size = len(state)
    if groups <= size:
        return state
    larger = np.full(max(groups, 2 * size), blank, dtype=state.dtype)
    larger[:size] = state
    return larger


def without_nulls(codes: Codes, groups: int, vector: Vector) -> tuple[Codes, Vector]:
    """The rows in which ``vector`` is not null; the codes are as they were where ``groups`` is 1."""
    nulls = mask_of(vector)
    if nulls is None:
        return codes, vector
    present = ~nulls
    kept = vector.filter(present)
    if kept.nulls is not None:
        kept = Vector(kept.kind, kept.values)
    return codes if groups == 1 else codes[present], kept
