"""Grouping: rows to dense group numbers, over the frames of a stream; also what DISTINCT needs.

Two values fall into one group when they are equivalent (``storage/values/ordering.py``): null with null, NaN
with NaN, ``1`` with ``1.0``, but not with ``true``.

Every column is numbered by itself: integers and elements as the numbers they are (``numbering.py``), others by a dictionary
of equivalence keys, in which only the distinct values of a frame are looked up. Of several columns, the numbers are
paired and numbered again, from left to right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lithograph.cypher.numbering import Codes, Numbers, Pairs, first_appearances
from lithograph.cypher.vectors import Indices, Kind, TextVector, Vector
from lithograph.storage.values.ordering import equivalence_key

_MAXIMUM_CODE = 1 << 40
_OWN_KEYS = frozenset((int, str, type(None)))
_NONE: Indices = np.empty(0, dtype=np.intp)


class Grouper:
    """Numbers the distinct combinations of ``width`` columns 0, 1, 2, … in order of first appearance."""

    __slots__ = ("_columns", "_pairs", "_representatives", "_size", "count")

    def __init__(self, width: int) -> None:
        self.count = 0
        self._size = 0
        self._columns = [_Column() for _ in range(width)]
        self._pairs = [Pairs() for _ in range(width - 1)]
        self._representatives: list[list[Vector]] = []

    def codes(self, vectors: Sequence[Vector], count: int) -> Codes:
        """The group numbers (int64[count]) of ``count`` rows with these columns."""
        return self._assign(vectors, count)[0]

    def fresh(self, vectors: Sequence[Vector], count: int) -> Indices:
        """The rows (intp[m], ascending) that begin a group that no row before them belongs to."""
        return self._assign(vectors, count)[1]

    def keys(self) -> list[Vector]:
        """For each column, the values of the groups: those of the first row of each."""
        if not self._representatives:
            return [Vector.all_null(0) for _ in self._columns]
        columns = zip(*self._representatives, strict=True)
        return [Vector.concatenate(column) for column in columns]

    def size_bytes(self) -> int:
        """A cheap estimate of the memory held."""
        columns = sum(column.size_bytes() for column in self._columns)
        return self._size + columns + sum(pairs.size_bytes() for pairs in self._pairs)

    def _assign(self, vectors: Sequence[Vector], count: int) -> tuple[Codes, Indices]:
        if count == 0:
            return np.empty(0, dtype=np.int64), _NONE
        codes, first = self._numbered(vectors, count)
        if len(first):
            self.count += len(first)
            taken = [vector.take(first) for vector in vectors]
            self._representatives.append(taken)
            self._size += sum(vector.size_bytes() for vector in taken)
        return codes, first

    def _numbered(self, vectors: Sequence[Vector], count: int) -> tuple[Codes, Indices]:
        if not self._columns:
            return np.zeros(count, dtype=np.int64), np.arange(1 - min(self.count, 1), dtype=np.intp)
        codes, first = self._columns[0].assign(vectors[0])
        for pairs, column, vector in zip(self._pairs, self._columns[1:], vectors[1:], strict=True):
            numbers, _ = column.assign(vector)
            codes, first = pairs.assign(codes, numbers, column.count)
        return codes, first


class _Column:
    """Numbers the distinct values of one column in order of first appearance."""

    __slots__ = ("_keys", "_kind", "_numbers")

    def __init__(self) -> None:
        self._kind: Kind | None = None
        self._numbers: Numbers | None = Numbers()
        """For as long as all values are of one kind and are numbers themselves: integers, nodes, relationships."""
        self._keys: dict[Any, int] = {}

    @property
    def count(self) -> int:
        return len(self._keys) if self._numbers is None else self._numbers.count

    def size_bytes(self) -> int:
        """A cheap estimate of the memory held."""
        return 100 * len(self._keys) + (0 if self._numbers is None else self._numbers.size_bytes())

    def assign(self, vector: Vector) -> tuple[Codes, Indices]:
        """The numbers of the values (int64[n], n > 0), and the rows of those that are new."""
        if self._numbers is not None:
            if self._kind is None:
                self._kind = vector.kind
            values = _as_numbers(vector) if vector.kind is self._kind else None
            if values is not None:
                return self._numbers.assign(values)
            self._take_to_keys()
        if vector.kind is Kind.OBJECT and not isinstance(vector, TextVector):
            return self._looked_up(equivalence_keys(vector))
        local, first = first_appearances(_identities(vector))
        numbers, fresh = self._looked_up(equivalence_keys(vector.take(first)))
        return numbers[local], first[fresh]

    def _looked_up(self, keys: list[Any]) -> tuple[Codes, Indices]:
        """The numbers of ``keys``, and the places of those that are new."""
        codes = self._keys
        before = len(codes)
        for key in dict.fromkeys(keys):  # which are the distinct ones, in order of first appearance
            codes.setdefault(key, len(codes))
        numbers: Codes = np.fromiter(map(codes.__getitem__, keys), dtype=np.int64, count=len(keys))
        if len(codes) == before:
            return numbers, _NONE
        highest = np.maximum.accumulate(numbers)  # it rises where a new one begins, and only there
        return numbers, np.flatnonzero(np.diff(np.maximum(highest, before - 1), prepend=before - 1))

    def _take_to_keys(self) -> None:
        assert self._numbers is not None
        if self._numbers.count:
            assert self._kind is not None
            distinct = Vector(self._kind, self._numbers.distinct())
            self._keys = {key: number for number, key in enumerate(equivalence_keys(distinct))}
        self._numbers = None


def _as_numbers(vector: Vector) -> Codes | None:
    """Integers that are equal exactly where the values are, if the values are such integers themselves."""
    if vector.kind <= Kind.RELATIONSHIP:
        slots: Codes = np.maximum(vector.values, -1)  # null
        return slots
    if vector.kind is not Kind.INT or (vector.nulls is not None and vector.nulls.any()):
        return None
    return vector.values


def equivalence_keys(vector: Vector) -> list[Any]:
    """The equivalence key of each value."""
    values = vector.tolist()
    if set(map(type, values)) <= _OWN_KEYS:
        return values
    distinct = {id(value): value for value in values}
    if 2 * len(distinct) > len(values):
        return [equivalence_key(value) for value in values]
    keys = {number: equivalence_key(value) for number, value in distinct.items()}  # such as lists of labels
    return [keys[id(value)] for value in values]


def _identities(vector: Vector) -> Codes:
    """Integers that are equal exactly where the values of these rows are equivalent; not of objects."""
    if isinstance(vector, TextVector):
        return vector.codes.astype(np.int64)
    kind, values = vector.kind, vector.values
    if kind is Kind.FLOAT:
        whole = values + 0.0  # -0.0 becomes 0.0
        whole[np.isnan(whole)] = np.nan  # one NaN of the many
        values = whole.view(np.int64)
    elif kind is Kind.BOOL:
        values = values.astype(np.int64)
    if vector.nulls is None:
        return values
    if kind is Kind.BOOL or _is_small(values):
        return np.where(vector.nulls, -_MAXIMUM_CODE, values)
    local, _ = first_appearances(values)
    return np.where(vector.nulls, -1, local)


def _is_small(values: Codes) -> bool:
    return int(values.min()) > -_MAXIMUM_CODE and int(values.max()) < _MAXIMUM_CODE
