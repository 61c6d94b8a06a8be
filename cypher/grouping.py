"""Grouping: rows to dense group numbers, over the frames of a stream; also what DISTINCT needs.

Two values fall into one group when they are equivalent (``storage/values/ordering.py``): null with null, NaN
with NaN, ``1`` with ``1.0``, but not with ``true``.

A single column of integers or elements within a narrow range goes through a table that is indexed by the
value, so that a frame without new groups costs one gather. Everything else is first reduced to the distinct
rows of the frame, and only these are looked up in a dictionary of equivalence keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.cypher.vectors import Indices, Kind, TextVector, Vector
from lithograph.storage.values.ordering import equivalence_key

Codes = npt.NDArray[np.int64]

_NARROW = 1 << 16
"""A range of values that is always worth a table; wider ones where they are at most ``_SPARSE`` times as
wide as there have been rows."""
_SPARSE = 8
_MAXIMUM_CODE = 1 << 40
_FIRST_BATCH = 1024
_OWN_KEYS = frozenset((int, str, type(None)))


class Grouper:
    """Numbers the distinct combinations of ``width`` columns 0, 1, 2, … in order of first appearance."""

    __slots__ = ("_codes", "_representatives", "_seen", "_size", "_table", "_width", "count")

    def __init__(self, width: int) -> None:
        self.count = 0
        self._width = width
        self._seen = 0
        self._size = 0
        self._codes: dict[Any, int] = {}
        """Equivalence key (a tuple of them when there are several columns) to group number."""
        self._table: _Table | None = _Table() if width == 1 else None
        """Takes the place of ``_codes`` for as long as it can."""
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
            return [Vector.all_null(0) for _ in range(self._width)]
        columns = zip(*self._representatives, strict=True)
        return [Vector.concatenate(column) for column in columns]

    def size_bytes(self) -> int:
        """A cheap estimate of the memory held."""
        table = self._table.codes.nbytes if self._table is not None else 0
        return self._size + table + 100 * len(self._codes)

    def _assign(self, vectors: Sequence[Vector], count: int) -> tuple[Codes, Indices]:
        self._seen += count
        if count == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.intp)
        if self._width == 0:
            first: Indices = np.arange(1 - min(self.count, 1), dtype=np.intp)
            codes: Codes = np.zeros(count, dtype=np.int64)
        else:
            codes, first = self._numbered(vectors, count)
        if len(first):
            self.count += len(first)
            taken = [vector.take(first) for vector in vectors]
            self._representatives.append(taken)
            self._size += sum(vector.size_bytes() for vector in taken)
        return codes, first

    def _numbered(self, vectors: Sequence[Vector], count: int) -> tuple[Codes, Indices]:
        if self._table is not None:
            found = self._table.numbered(vectors[0], self.count, self._seen)
            if found is not None:
                return found
            self._leave_table()
        if len(vectors) == 1 and vectors[0].kind is Kind.OBJECT and not isinstance(vectors[0], TextVector):
            return self._looked_up(equivalence_keys(vectors[0]))
        local, first = local_codes(vectors, count)
        keys = [equivalence_keys(vector.take(first)) for vector in vectors]
        numbers, fresh = self._looked_up(keys[0] if len(keys) == 1 else list(zip(*keys, strict=True)))
        return numbers[local], first[fresh]

    def _looked_up(self, keys: list[Any]) -> tuple[Codes, Indices]:
        """The numbers of ``keys``, and the places of those that are new."""
        codes = self._codes
        before = len(codes)
        for key in dict.fromkeys(keys):  # which are the distinct ones, in order of first appearance
            codes.setdefault(key, len(codes))
        numbers: Codes = np.fromiter(map(codes.__getitem__, keys), dtype=np.int64, count=len(keys))
        if len(codes) == before:
            return numbers, np.empty(0, dtype=np.intp)
        highest = np.maximum.accumulate(numbers)  # it rises where a new group begins, and only there
        return numbers, np.flatnonzero(np.diff(np.maximum(highest, before - 1), prepend=before - 1))

    def _leave_table(self) -> None:
        self._table = None
        for vectors in self._representatives:
            for key in equivalence_keys(vectors[0]):
                self._codes[key] = len(self._codes)


class _Table:
    """Group numbers of integers or slots, indexed by the value; -1 where there is none yet."""

    __slots__ = ("_base", "_kind", "codes")

    def __init__(self) -> None:
        self._kind: Kind | None = None
        self._base = 0
        self.codes: Codes = np.empty(0, dtype=np.int64)

    def numbered(self, vector: Vector, groups: int, seen: int) -> tuple[Codes, Indices] | None:
        """Numbers for the values and the rows that begin new groups, or None where a table does not suit.

        ``groups`` is the number of groups so far, ``seen`` that of rows including these.
        """
        if self._kind is None and vector.kind <= Kind.INT:
            self._kind = vector.kind
        if vector.kind is not self._kind:
            return None
        values = vector.values
        if vector.nulls is not None and vector.nulls.any():
            return None
        low, high = int(values.min()), int(values.max())
        if not self._cover(low, high, seen):
            return None
        places = values - self._base
        codes = self.codes[places]
        fresh: list[Indices] = [np.empty(0, dtype=np.intp)]
        batch = _FIRST_BATCH
        while codes.min() < 0:  # groups tend to show up early, so few rows are looked at closely
            rows = np.flatnonzero(codes < 0)[:batch]
            _, first = first_appearances(places[rows])
            new = rows[first]
            self.codes[places[new]] = np.arange(groups, groups + len(new))
            groups += len(new)
            fresh.append(new)
            np.take(self.codes, places, out=codes, mode="clip")  # all are in range; this mode needs no buffer
            batch *= 8
        return codes, np.concatenate(fresh)

    def _cover(self, low: int, high: int, seen: int) -> bool:
        """Let the table reach from ``low`` to ``high``, if that is not too far."""
        size = len(self.codes)
        if size and low >= self._base and high < self._base + size:
            return True
        if size:
            low, high = min(low, self._base), max(high, self._base + size - 1)
        width = high - low + 1
        if width > _NARROW and width > _SPARSE * seen:
            return False
        codes = np.full(width, -1, dtype=np.int64)
        if size:
            codes[self._base - low : self._base - low + size] = self.codes
        self._base, self.codes = low, codes
        return True


def equivalence_keys(vector: Vector) -> list[Any]:
    """The equivalence key of each value."""
    values = vector.tolist()
    if set(map(type, values)) <= _OWN_KEYS:
        return values
    return [equivalence_key(value) for value in values]


def first_appearances(ids: npt.NDArray[np.int64]) -> tuple[Codes, Indices]:
    """Dense numbers for ``ids`` in order of first appearance (int64[n]), and the row of each first one."""
    count = len(ids)
    low, high = int(ids.min()), int(ids.max())
    if high - low >= 4 * count + 1024:
        _, first, inverse = np.unique(ids, return_index=True, return_inverse=True)
        order = np.argsort(first)
        rank = np.empty(len(first), dtype=np.int64)
        rank[order] = np.arange(len(first))
        return rank[inverse], first[order]
    places = ids - low
    table = np.full(high - low + 1, count, dtype=np.int64)
    table[places[::-1]] = np.arange(
        count - 1, -1, -1
    )  # of equal places the last written stays: the first row
    distinct = np.flatnonzero(table < count)
    first = table[distinct]
    order = np.argsort(first)
    first = first[order]
    table[distinct[order]] = np.arange(len(first))
    return table[places], first


def local_codes(vectors: Sequence[Vector], count: int) -> tuple[Codes, Indices]:
    """Dense numbers for the combinations of values in these rows, and the first row of each."""
    combined: Codes | None = None
    size = 1
    for vector in vectors:
        ids, width = _identities(vector)
        if combined is None:
            combined, size = ids, width
            continue
        if size * width > _MAXIMUM_CODE:
            combined, first = first_appearances(combined)
            size = len(first)
        combined = combined * width + ids
        size *= width
    assert combined is not None  # at least one column
    return first_appearances(combined)


def _identities(vector: Vector) -> tuple[Codes, int]:
    """Integers from 0 that are equal exactly where the values are equivalent, and a bound above them."""
    if isinstance(vector, TextVector):
        return vector.codes.astype(np.int64) + 1, len(vector.dictionary) + 1
    kind, values = vector.kind, vector.values
    if kind is Kind.OBJECT:
        codes: dict[Any, int] = {}
        numbers = [codes.setdefault(key, len(codes)) for key in equivalence_keys(vector)]
        return np.array(numbers, dtype=np.int64), len(codes)
    if kind is Kind.FLOAT:
        whole = values + 0.0  # -0.0 becomes 0.0
        whole[np.isnan(whole)] = np.nan  # one NaN of the many
        values = whole.view(np.int64)
    elif kind is Kind.BOOL:
        values = values.astype(np.int64)
    nulls = vector.nulls
    if nulls is not None:
        values = np.where(nulls, 0, values)
    low, high = int(values.min()), int(values.max())
    if high - low < _MAXIMUM_CODE:
        ids, width = values - low + 1, high - low + 2
    else:
        local, first = first_appearances(values)
        ids, width = local + 1, len(first) + 1
    if nulls is not None:
        ids[nulls] = 0
    return ids, width
