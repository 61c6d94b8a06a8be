"""``min`` and ``max`` in the order of ORDER BY; of equivalent values the first to appear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.cypher.aggregation.base import Aggregate, Codes, grown, without_nulls
from lithograph.cypher.numbering import first_appearances
from lithograph.cypher.scalar.ordering import OrderKey, order_key
from lithograph.cypher.vectors import DTYPES, Kind, TextVector, Vector

_INTEGERS = np.iinfo(np.int64)


class Extreme(Aggregate):
    """``max`` where ``greatest``, else ``min``.

    Values of one typed kind are kept in an array. When another kind turns up, what there is so far becomes
    Python values, and so does all that follows.
    """

    __slots__ = ("_best", "_greatest", "_keys", "_kind", "_objects", "_seen")

    def __init__(self, greatest: bool) -> None:
        self._greatest = greatest
        self._kind: Kind | None = None
        self._best: npt.NDArray[Any] = np.empty(0, dtype=np.int64)
        self._seen = np.zeros(0, dtype=np.bool_)
        self._objects: dict[int, Any] = {}
        """The best value of each group, once there are values of several kinds or objects."""
        self._keys: dict[int, OrderKey] = {}

    def update(self, codes: Codes, groups: int, arguments: Sequence[Vector], count: int) -> None:
        codes, vector = without_nulls(codes, groups, arguments[0])
        if not len(vector):
            return
        if self._kind is None:
            self._begin(vector.kind)
        if vector.kind is not self._kind and self._kind is not Kind.OBJECT:
            self._leave_arrays()
        if self._kind is Kind.OBJECT:
            if isinstance(vector, TextVector) and vector.repeats():
                codes, vector = _distinct_texts(codes, groups, vector)
            self._update_objects(codes, groups, vector.tolist())
        else:
            self._update_array(codes, groups, vector.values)

    def _begin(self, kind: Kind) -> None:
        self._kind = kind
        if kind is not Kind.OBJECT:
            self._best = np.empty(0, dtype=np.float64 if kind is Kind.FLOAT else np.int64)

    def _blank(self) -> Any:
        """What every value beats, or NaN for the least float: that loses to all by ``fmin``."""
        if self._kind is Kind.FLOAT:
            return -np.inf if self._greatest else np.nan
        return _INTEGERS.min if self._greatest else _INTEGERS.max

    def _update_array(self, codes: Codes, groups: int, values: npt.NDArray[Any]) -> None:
        self._best = grown(self._best, groups, self._blank())
        self._seen = grown(self._seen, groups, False)
        if self._greatest:
            better: np.ufunc = np.maximum  # NaN is greatest, and NumPy has it so
        else:
            better = (
                np.fmin if self._kind is Kind.FLOAT else np.minimum
            )  # NaN only where there is nothing else
        with np.errstate(invalid="ignore"):
            if groups == 1:
                self._best[0] = better(self._best[0], better.reduce(values))
                self._seen[0] = True
            else:
                better.at(self._best, codes, values)
                self._seen[codes] = True

    def _leave_arrays(self) -> None:
        groups = np.flatnonzero(self._seen)
        values = self._array_values().take(groups).tolist()
        self._objects = dict(zip(groups.tolist(), values, strict=True))
        self._keys = {group: order_key(value) for group, value in self._objects.items()}
        self._kind = Kind.OBJECT

    def _update_objects(self, codes: Codes, groups: int, values: list[Any]) -> None:
        if groups == 1:
            best = max(values, key=order_key) if self._greatest else min(values, key=order_key)
            rows, values = [0], [best]
        else:
            rows = codes.tolist()
        keys, objects, greatest = self._keys, self._objects, self._greatest
        for row, value in zip(rows, values, strict=True):
            key = order_key(value)
            known = keys.get(row)
            if known is None or (key > known if greatest else key < known):
                keys[row] = key
                objects[row] = value

    def finish(self, groups: int) -> Vector:
        if self._kind is None:
            return Vector.all_null(groups)
        if self._kind is Kind.OBJECT:
            return Vector.of([self._objects.get(group) for group in range(groups)])
        self._best = grown(self._best, groups, self._blank())
        self._seen = grown(self._seen, groups, False)
        return self._array_values().slice(0, groups)

    def _array_values(self) -> Vector:
        """The best of each group that the arrays have room for."""
        kind = self._kind
        assert kind is not None  # there has been a value
        missing = ~self._seen
        if kind <= Kind.RELATIONSHIP:
            return Vector(kind, np.where(missing, -1, self._best))
        if kind is Kind.BOOL:
            return Vector(kind, self._best == 1, missing if missing.any() else None)
        return Vector(kind, self._best.astype(DTYPES[kind], copy=False), missing if missing.any() else None)

    def size_bytes(self) -> int:
        return self._best.nbytes + self._seen.nbytes + 200 * len(self._objects)


def _distinct_texts(codes: Codes, groups: int, vector: TextVector) -> tuple[Codes, Vector]:
    """The rows without those that repeat the string of an earlier one in their group."""
    pairs = vector.codes.astype(np.int64)
    if groups > 1:
        pairs += codes * len(vector.dictionary)
    rows = first_appearances(pairs)[1]
    return codes if groups == 1 else codes[rows], vector.take(rows)
