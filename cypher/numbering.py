"""Dense numbers for the distinct values of a stream of int64 arrays, in order of first appearance.

Values within a narrow range go through a table that is indexed by the value, so that an array without new ones costs one
gather. Others are looked up in sorted runs, of which a new one is merged with those before it as soon as it is half as long
(a log-structured merge tree: O'Neil et al., Acta Informatica 33, 1996), so that growing costs O(log n) a value.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lithograph.cypher.vectors import Indices

Codes = npt.NDArray[np.int64]

_NARROW = 1 << 16
"""A range of values that is always worth a table; wider ones where they are at most ``_SPARSE`` times as
wide as there have been rows."""
_SPARSE = 8
_FIRST_BATCH = 1024
_NONE: Indices = np.empty(0, dtype=np.intp)


class Numbers:
    """Numbers distinct values 0, 1, 2, … in order of first appearance."""

    __slots__ = ("_distinct", "_runs", "_seen", "_table", "count")

    def __init__(self) -> None:
        self.count = 0
        self._seen = 0
        self._table: _Table | None = _Table()
        self._runs: list[_Run] = []
        self._distinct: list[Codes] = []

    def assign(self, values: Codes) -> tuple[Codes, Indices]:
        """The numbers of ``values`` (int64[n]), and the rows (ascending) of those that are new."""
        if not len(values):
            return np.empty(0, dtype=np.int64), _NONE
        self._seen += len(values)
        found = None if self._table is None else self._table.assign(values, self.count, self._seen)
        if found is None:
            found = self._assign_by_runs(values)
        fresh = found[1]
        if len(fresh):
            self.count += len(fresh)
            self._distinct.append(values[fresh])
        return found

    def distinct(self) -> Codes:
        """The values by their numbers (int64[count])."""
        if len(self._distinct) > 1:
            self._distinct = [np.concatenate(self._distinct)]
        return self._distinct[0] if self._distinct else np.empty(0, dtype=np.int64)

    def size_bytes(self) -> int:
        """The memory held."""
        table = 0 if self._table is None else self._table.codes.nbytes
        return table + 8 * self.count + sum(run.keys.nbytes + run.numbers.nbytes for run in self._runs)

    def _assign_by_runs(self, values: Codes) -> tuple[Codes, Indices]:
        if self._table is not None:
            self._table = None
            self._add(self.distinct(), np.arange(self.count, dtype=np.int64))
        distinct, first, places = np.unique(values, return_index=True, return_inverse=True)
        numbers = np.full(len(distinct), -1, dtype=np.int64)
        for run in self._runs:
            run.look_up(distinct, numbers)
        new = np.flatnonzero(numbers < 0)
        rows = np.sort(first[new])
        numbers[new] = self.count + np.searchsorted(rows, first[new])
        self._add(distinct[new], numbers[new])
        return numbers[places], rows

    def _add(self, keys: Codes, numbers: Codes) -> None:
        if not len(keys):
            return
        run = _Run.of(keys, numbers)
        while self._runs and 2 * len(run.keys) > len(self._runs[-1].keys):
            other = self._runs.pop()
            run = _Run.of(
                np.concatenate((other.keys, run.keys)), np.concatenate((other.numbers, run.numbers))
            )
        self._runs.append(run)


class _Run:
    """Keys, ascending, with their numbers."""

    __slots__ = ("keys", "numbers")

    def __init__(self, keys: Codes, numbers: Codes) -> None:
        self.keys = keys
        self.numbers = numbers

    @classmethod
    def of(cls, keys: Codes, numbers: Codes) -> _Run:
        order = np.argsort(
            keys, kind="stable"
        )  # which finds that two sorted halves are all there is, and merges them
        return cls(keys[order], numbers[order])

    def look_up(self, keys: Codes, into: Codes) -> None:
        """Put the numbers of ``keys`` in their places of ``into``, where they are known.

        Fast for ascending keys: neighbours are then looked for in the same cache lines.
        """
        places = np.searchsorted(self.keys, keys)
        places[places == len(self.keys)] = 0
        hits = self.keys[places] == keys
        into[hits] = self.numbers[places[hits]]


class _Table:
    """Numbers indexed by the value; -1 where there is none yet."""

    __slots__ = ("_base", "codes")

    def __init__(self) -> None:
        self._base = 0
        self.codes: Codes = np.empty(0, dtype=np.int64)

    def assign(self, values: Codes, count: int, seen: int) -> tuple[Codes, Indices] | None:
        """Numbers for the values and the rows of new ones, or None where a table does not suit.

        ``count`` is how many numbers there are so far, ``seen`` how many rows including these.
        """
        if not self._cover(int(values.min()), int(values.max()), seen):
            return None
        places = values - self._base
        codes = self.codes[places]
        fresh: list[Indices] = [_NONE]
        batch = _FIRST_BATCH
        while codes.min() < 0:  # new values tend to show up early, so few rows are looked at closely
            rows = np.flatnonzero(codes < 0)[:batch]
            _, first = first_appearances(places[rows])
            new = rows[first]
            self.codes[places[new]] = np.arange(count, count + len(new))
            count += len(new)
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


class Pairs:
    """Numbers distinct pairs of dense numbers, each below 2**30, in order of first appearance."""

    __slots__ = ("_numbers", "_stride")

    def __init__(self) -> None:
        self._numbers = Numbers()
        self._stride = 16

    def assign(self, first: Codes, second: Codes, bound: int) -> tuple[Codes, Indices]:
        """The numbers of pairs (both int64[n], the second ones below ``bound``), and the rows of new ones."""
        if bound > self._stride:
            self._widen(1 << (2 * bound - 1).bit_length())
        return self._numbers.assign(first * self._stride + second)

    @property
    def count(self) -> int:
        return self._numbers.count

    def size_bytes(self) -> int:
        """The memory held."""
        return self._numbers.size_bytes()

    def _widen(self, stride: int) -> None:
        before, self._numbers = self._numbers.distinct(), Numbers()
        first, second = np.divmod(before, self._stride)
        self._stride = stride
        self._numbers.assign(first * stride + second)


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
