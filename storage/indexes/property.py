"""The property index: slots of vertices (or edges) of one label (or type) by the values of keys.

With one key, values are partitioned by type: integers and floats in sorted arrays, everything else in a
dictionary. With several keys an entry is the tuple of all values, and only elements that have them all
are in the index. Superset semantics: see the package.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.storage.columns.chunk import Chunk, Kind, Slots
from lithograph.storage.indexes.hashed import ORDERED, Hashed
from lithograph.storage.indexes.numbers import Numbers, Rows, joined
from lithograph.storage.values.ordering import index_key

TOP = 2.0**63
"""The first float beyond int64."""


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of a lookup; None is no bound. The bounds are two numbers, or of one type of ``ORDERED``."""

    low: Any = None
    low_open: bool = False
    high: Any = None
    high_open: bool = False


class PropertyIndex:
    """An index on ``label`` and ``keys``."""

    def __init__(self, label: str, keys: tuple[str, ...]) -> None:
        self.label = label
        self.keys = keys
        self.repeats = False
        """Whether one element may have been entered more than once under one key."""
        self.filled = 0
        """How many entries it had when it was made, none of them stale."""
        self._ints = Numbers(np.int64)
        self._floats = Numbers(np.float64)
        self._others = Hashed()
        self._nans: list[int] = []
        """Slots of elements whose value is NaN: nothing finds them but :meth:`every`."""

    def __len__(self) -> int:
        """The number of entries, stale ones included."""
        return len(self._ints) + len(self._floats) + len(self._others)

    def distinct(self) -> int:
        """About how many different values there are; at least 1."""
        return max(1, self._ints.distinct() + self._floats.distinct() + self._others.distinct())

    # -- entering

    def add_one(self, values: Sequence[Any], slot: int) -> None:
        """Enter one element with the values of all keys."""
        if len(values) > 1:
            if None not in values:
                self._others.add_one(tuple(map(index_key, values)), slot)
            return
        value = values[0]
        kind = type(value)
        if kind is int:
            self._ints.add_one(value, slot)
        elif kind is float:
            if math.isnan(value):
                self._nans.append(slot)
            else:
                self._floats.add_one(value, slot)
        elif value is not None:
            self._others.add_one(index_key(value), slot)

    def add(self, chunks: Sequence[Chunk], slots: Slots) -> None:
        """Enter a batch: a chunk for each key, beside ``slots`` (int64[n])."""
        if len(chunks) == 1 and chunks[0].kind in (Kind.INT, Kind.FLOAT):
            self._add_numbers(chunks[0], slots)
            return
        columns = [chunk.tolist() for chunk in chunks]
        for slot, *values in zip(slots.tolist(), *columns, strict=True):
            self.add_one(values, slot)

    def _add_numbers(self, chunk: Chunk, slots: Slots) -> None:
        keys = chunk.values
        if chunk.present is not None:
            keys, slots = keys[chunk.present], slots[chunk.present]
        if chunk.kind is Kind.FLOAT:
            known = ~np.isnan(keys)
            self._floats.add(keys[known], slots[known])
            self._nans.extend(slots[~known].tolist())
        else:
            self._ints.add(keys, slots)

    # -- looking up

    def find_one(self, values: Sequence[Any]) -> list[int]:
        """Slots that may have these values, one for each key or for the first ones of several; never for null."""
        if len(self.keys) > 1:
            if None in values:
                return []
            wanted = tuple(map(index_key, values))
            if len(values) < len(self.keys):
                return self._others.find_prefix(wanted)
            return self._others.find_one(wanted)
        value = values[0]
        kind = type(value)
        if kind is int:
            found = self._ints.find_one(value)
            return found + self._floats.find_one(float(value)) if len(self._floats) else found
        if kind is float:
            found = self._floats.find_one(value)
            if len(self._ints) and value.is_integer() and -TOP <= value < TOP:
                return found + self._ints.find_one(int(value))
            return found
        return [] if value is None else self._others.find_one(index_key(value))

    def find(self, columns: Sequence[Chunk]) -> tuple[Rows, Slots]:
        """For a batch of lookups, a chunk of wanted values for each key (or the first ones): (row, slot) pairs, by row."""
        chunk = columns[0]
        if len(self.keys) == 1 and chunk.kind in (Kind.INT, Kind.FLOAT):
            if chunk.present is None:
                return self._find_numbers(chunk.values)
            wanted = np.flatnonzero(chunk.present)
            rows, slots = self._find_numbers(chunk.values[wanted])
            return wanted[rows], slots
        rows_found: list[int] = []
        slots_found: list[int] = []
        for row, values in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            found = self.find_one(values)
            rows_found.extend([row] * len(found))
            slots_found.extend(found)
        return np.array(rows_found, dtype=np.intp), np.array(slots_found, dtype=np.int64)

    def _find_numbers(self, wanted: npt.NDArray[Any]) -> tuple[Rows, Slots]:
        """``find_one`` for int64[n] or float64[n]."""
        if wanted.dtype == np.int64:
            parts = [self._ints.find(wanted)]
            if len(self._floats):
                parts.append(self._floats.find(wanted.astype(np.float64)))
        else:
            parts = [self._floats.find(wanted)]
            if len(self._ints):
                rows = np.flatnonzero((wanted >= -TOP) & (wanted < TOP) & (wanted == np.floor(wanted)))
                found, slots = self._ints.find(wanted[rows].astype(np.int64))
                parts.append((rows[found], slots))
        return joined(parts)

    def between(self, bounds: Range) -> Slots:
        """Slots that may have a value of the (single) key within the bounds, maybe several times."""
        low, high = bounds.low, bounds.high
        if type(low if low is not None else high) in ORDERED:
            return self._others.between(low, bounds.low_open, high, bounds.high_open)
        if low != low or high != high:
            return np.zeros(0, dtype=np.int64)  # nothing compares with NaN
        return np.concatenate((self._ints_between(bounds), self._floats_between(bounds)))

    def _ints_between(self, bounds: Range) -> Slots:
        """The integers within the bounds, by bounds that are integers themselves."""
        low, low_open, high, high_open = bounds.low, bounds.low_open, bounds.high, bounds.high_open
        if type(low) is float:
            if low >= TOP:
                return np.zeros(0, dtype=np.int64)
            low, low_open = (math.ceil(low), low_open and low.is_integer()) if low >= -TOP else (None, False)
        if type(high) is float:
            if high < -TOP:
                return np.zeros(0, dtype=np.int64)
            high, high_open = (
                (math.floor(high), high_open and high.is_integer()) if high < TOP else (None, False)
            )
        return self._ints.between(low, low_open, high, high_open)

    def _floats_between(self, bounds: Range) -> Slots:
        """The floats within the bounds; an integer that is no float may round to one within."""
        low, low_open, high, high_open = bounds.low, bounds.low_open, bounds.high, bounds.high_open
        if type(low) is int:
            low, low_open = float(low), low_open and float(low) == low
        if type(high) is int:
            high, high_open = float(high), high_open and float(high) == high
        return self._floats.between(low, low_open, high, high_open)

    def others(self) -> Slots:
        """Slots of everything that is no number: for ranges over types that have no order here."""
        return self._others.every()

    def every(self) -> Slots:
        """Slots of all elements that have values for all keys, maybe several times."""
        numbers = (
            self._ints.between(None, False, None, False),
            self._floats.between(None, False, None, False),
        )
        return np.concatenate((*numbers, self._others.every(), np.array(self._nans, dtype=np.int64)))

    def starting(self, prefix: str) -> Slots:
        """Slots that may have a string with this prefix."""
        return self._others.starting(prefix)
