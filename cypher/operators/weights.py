"""What steps weigh: the values of a weight lambda, checked, in a form that can be added and compared.

Weights are numbers or durations, never null, negative or not a number. Integers alone and floats alone are arrays
(int64, float64); where both meet they are Python numbers, so that the total of integers stays an integer. Durations
are compared, and added while searching, by their mean length; their total is added up by parts at the end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.errors import ArgumentError, CypherArithmeticError, CypherTypeError
from lithograph.cypher.frames import Frame
from lithograph.cypher.scalar.arithmetic import add
from lithograph.cypher.vectors import Indices, Kind, Vector
from lithograph.storage.columns.chunk import Slots
from lithograph.storage.values.duration import (
    NANOSECONDS_PER_SECOND,
    SECONDS_PER_DAY,
    SECONDS_PER_MONTH,
    Duration,
)
from lithograph.storage.values.types import type_name

Weights = npt.NDArray[Any]
"""int64, float64, or Python numbers"""

_LARGEST = np.iinfo(np.int64).max


@dataclass(slots=True)
class Scale:
    """What the weights of one search are: ``durations`` is None until the first weight is known."""

    durations: bool | None = None

    def take(self, durations: bool) -> None:
        """Note what a weight is.

        Raises:
            CypherTypeError: another one was something else.
        """
        if self.durations is not None and self.durations != durations:
            raise CypherTypeError("The weights of one expansion must be all numbers or all durations.")
        self.durations = durations


@dataclass(frozen=True, slots=True)
class Weigher:
    """The lambda ``(edge, node | body)``; without a body every step weighs 1."""

    edge: str = ""
    node: str = ""
    body: Compiled | None = None

    def values(self, outer: Frame, rows: Indices, edges: Slots, nodes: Slots, context: Context) -> Vector:
        """The weights of steps as they are: ``edges`` to ``nodes`` (int64[n]), for ``rows`` of ``outer``."""
        if self.body is None:
            return Vector(Kind.INT, np.ones(len(edges), dtype=np.int64))
        columns = {self.edge: Vector(Kind.RELATIONSHIP, edges), self.node: Vector(Kind.NODE, nodes)}
        with context.pinned():
            return self.body.vector(outer.take(rows).extend(columns), context)

    def weights(
        self, outer: Frame, rows: Indices, edges: Slots, nodes: Slots, scale: Scale, context: Context
    ) -> Weights:
        """The weights of steps to be added and compared.

        Raises:
            CypherTypeError: one is neither a number nor a duration, or both occur.
            ArgumentError: one is negative or not a number.
        """
        found = self.values(outer, rows, edges, nodes, context)
        if not len(found):
            return np.zeros(0, dtype=np.int64)
        if found.kind in (Kind.INT, Kind.FLOAT) and found.nulls is None:
            scale.take(False)
        if found.kind is Kind.INT and found.nulls is None:
            if int(found.values.min()) < 0:
                raise _negative(int(found.values.min()))
            return found.values
        if found.kind is Kind.FLOAT and found.nulls is None:
            if not bool((found.values >= 0).all()):
                raise _negative(float(found.values[~(found.values >= 0)][0]))
            return found.values
        return _comparable(found.tolist(), scale)

    def total(self, outer: Frame, edges: Slots, nodes: Slots, context: Context) -> Any:
        """The weight of a whole walk: of the steps ``edges`` to ``nodes``, added up from the left."""
        values = self.values(outer, np.zeros(len(edges), dtype=np.intp), edges, nodes, context).tolist()
        return reduce(add, values) if values else 0


def _comparable(values: list[Any], scale: Scale) -> Weights:
    array = np.empty(len(values), dtype=object)
    array[:] = [_length(value) for value in values]
    for kind in set(map(type, values)):
        scale.take(kind is Duration)
    return array


def _length(value: Any) -> int | float:
    """A number as it is, a duration in nanoseconds, with days and months of mean length."""
    kind = type(value)
    if kind is not int and kind is not float and kind is not Duration:
        raise CypherTypeError(
            f"The weight of an expansion must be a number or a duration, not {type_name(value)}; "
            "coalesce(e.weight, 1) stands in for what is missing."
        )
    if kind is Duration:
        days = value.months * SECONDS_PER_MONTH + value.days * SECONDS_PER_DAY
        length = days * NANOSECONDS_PER_SECOND + value.total_nanoseconds
    else:
        length = value
    if not length >= 0:
        raise _negative(value)
    number: int | float = length
    return number


def added(totals: Weights, weights: Weights) -> Weights:
    """The totals with one more weight each.

    Raises:
        CypherArithmeticError: integers do not fit into 64 bits any more.
    """
    if totals.dtype == weights.dtype == np.int64:
        if len(totals) and bool((weights > _LARGEST - totals).any()):
            raise CypherArithmeticError("Integer overflow: a total weight does not fit into 64 bits.")
    result: Weights = totals + weights
    return result


def _negative(value: Any) -> ArgumentError:
    if isinstance(value, float) and math.isnan(value):
        return ArgumentError("The weight of an expansion must be a number; NaN is none.")
    return ArgumentError(f"The weight of an expansion must not be negative; {value} is.")
