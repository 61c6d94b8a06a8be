"""``sum`` and ``avg``.

Integers add up exactly, whatever their order: in int64 while a bound on every partial sum says that nothing
can wrap, else as Python's integers. Floats add up in the order of the rows. Whatever is no number (durations,
or errors) is kept and left to the scalar definition at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lithograph.cypher.aggregation.base import Aggregate, Codes, grown, without_nulls
from lithograph.cypher.scalar.aggregates import avg, sum_
from lithograph.cypher.scalar.arithmetic import checked
from lithograph.cypher.vectors import Kind, Vector

_LIMIT = 2**63 - 1
_EXACT = 2**53


class _Totals(Aggregate):
    """The totals and numbers of integers and floats in each group, and the other values."""

    __slots__ = ("_big", "_bound", "_counts", "_float_counts", "_floats", "_integers", "_others")

    def __init__(self) -> None:
        self._integers = np.zeros(1, dtype=np.int64)
        self._bound = 0
        """No partial sum in ``_integers`` is greater than this, nor less than its negative."""
        self._big: dict[int, int] = {}
        """What did not fit into ``_integers``, by group, to be added to it."""
        self._floats = np.zeros(1, dtype=np.float64)
        self._counts = np.zeros(1, dtype=np.int64)
        self._float_counts = np.zeros(1, dtype=np.int64)
        self._others: dict[int, list[Any]] = {}

    def update(self, codes: Codes, groups: int, arguments: Sequence[Vector], count: int) -> None:
        codes, vector = without_nulls(codes, groups, arguments[0])
        if len(vector):
            self._add(codes, groups, vector)

    def _add(self, codes: Codes, groups: int, vector: Vector) -> None:
        if vector.kind is Kind.INT:
            self._count_numbers(codes, groups, len(vector))
            self._add_integers(codes, groups, vector)
        elif vector.kind is Kind.FLOAT:
            self._count_numbers(codes, groups, len(vector))
            self._add_floats(codes, groups, vector)
        else:
            self._add_mixed(codes, groups, vector)

    def _count_numbers(self, codes: Codes, groups: int, count: int) -> None:
        self._counts = grown(self._counts, groups, 0)
        if groups == 1:
            self._counts[0] += count
        else:
            self._counts[:groups] += np.bincount(codes, minlength=groups)

    def _add_integers(self, codes: Codes, groups: int, vector: Vector) -> None:
        values = vector.values
        self._integers = grown(self._integers, groups, 0)
        bound = max(-int(values.min()), int(values.max()), 0) * len(values)
        if self._bound + bound > _LIMIT:
            self._spill()
        if bound > _LIMIT:
            rows = [0] * len(values) if groups == 1 else codes.tolist()
            for code, value in zip(rows, values.tolist(), strict=True):
                self._big[code] = self._big.get(code, 0) + value
            return
        self._bound += bound
        if groups == 1:
            self._integers[0] += values.sum()
        else:
            np.add.at(self._integers, codes, values)

    def _spill(self) -> None:
        """Move what ``_integers`` holds to ``_big``."""
        for code in np.flatnonzero(self._integers).tolist():
            self._big[code] = self._big.get(code, 0) + self._integers.item(code)
        self._integers[:] = 0
        self._bound = 0

    def _add_floats(self, codes: Codes, groups: int, vector: Vector) -> None:
        values = vector.values
        self._floats = grown(self._floats, groups, 0.0)
        self._float_counts = grown(self._float_counts, groups, 0)
        with np.errstate(all="ignore"):
            if groups == 1:
                self._floats[0] += values.sum()
                self._float_counts[0] += len(values)
            else:
                np.add.at(self._floats, codes, values)
                self._float_counts[:groups] += np.bincount(codes, minlength=groups)

    def _add_mixed(self, codes: Codes, groups: int, vector: Vector) -> None:
        values = vector.tolist()
        rows = [0] * len(values) if groups == 1 else codes.tolist()
        for kind in (int, float):
            chosen = [row for row, value in enumerate(values) if type(value) is kind]
            if chosen:
                places = np.array([rows[row] for row in chosen], dtype=np.int64)
                self._add(places, groups, Vector.of([values[row] for row in chosen]))
        for code, value in zip(rows, values, strict=True):
            if type(value) is not int and type(value) is not float:
                self._others.setdefault(code, []).append(value)

    def size_bytes(self) -> int:
        arrays = (self._integers, self._floats, self._counts, self._float_counts)
        others = sum(map(len, self._others.values()))
        return sum(array.nbytes for array in arrays) + 100 * (len(self._big) + others)

    def _integer(self, group: int) -> int:
        """The exact total of the integers of a group."""
        return int(self._integers[group]) + self._big.get(group, 0)

    def _grow_all(self, groups: int) -> None:
        self._integers = grown(self._integers, groups, 0)
        self._floats = grown(self._floats, groups, 0.0)
        self._counts = grown(self._counts, groups, 0)
        self._float_counts = grown(self._float_counts, groups, 0)

    def _by_group(self, groups: int, of: Callable[[int], Any], reduce: Callable[[list[Any]], Any]) -> Vector:
        """Group by group: ``of`` the group where there are numbers only, else the scalar's ``reduce``."""
        results: list[Any] = []
        for group in range(groups):
            others = self._others.get(group)
            if others is None:
                results.append(of(group))
            else:  # durations; with a number among them, an error
                number = [0] if self._counts[group] else []
                results.append(reduce([*number, *others]))
        return Vector.of(results)


class Sum(_Totals):
    """``sum``: 0 of nothing, an integer where there are integers only."""

    __slots__ = ()

    def finish(self, groups: int) -> Vector:
        self._grow_all(groups)
        if not self._others and not self._big:
            floating = self._float_counts[:groups] > 0
            if not floating.any():
                return Vector(Kind.INT, self._integers[:groups])
            if floating.all():
                return Vector(Kind.FLOAT, self._integers[:groups] + self._floats[:groups])
        return self._by_group(groups, self._sum, sum_)

    def _sum(self, group: int) -> int | float:
        total = self._integer(group)
        return total + float(self._floats[group]) if self._float_counts[group] else checked(total)


class Average(_Totals):
    """``avg``: null of nothing."""

    __slots__ = ()

    def finish(self, groups: int) -> Vector:
        self._grow_all(groups)
        integers = self._integers[:groups]
        exact = groups == 0 or max(-int(integers.min()), int(integers.max())) <= _EXACT
        if self._others or self._big or not exact:
            return self._by_group(groups, self._average, avg)
        counts = self._counts[:groups]
        with np.errstate(all="ignore"):
            values = (integers + self._floats[:groups]) / counts
        empty = counts == 0
        return Vector(Kind.FLOAT, values, empty if empty.any() else None)

    def _average(self, group: int) -> float | None:
        count = int(self._counts[group])
        if count == 0:
            return None
        total = self._integer(group)
        if self._float_counts[group]:
            return float((total + float(self._floats[group])) / count)
        return total / count
