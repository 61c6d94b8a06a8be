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

from lithograph.storage.columns.chunk import Chunk, Kind, Slots
from lithograph.storage.indexes.hashed import Hashed
from lithograph.storage.indexes.numbers import Numbers, Rows
from lithograph.storage.values.ordering import index_key

EXACT = 2**53
"""Integers up to here, of either sign, are floats without loss."""


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of a lookup; None is no bound. The bounds are two numbers or two strings."""

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
        self._ints = Numbers(np.int64)
        self._floats = Numbers(np.float64)
        self._others = Hashed()

    def __len__(self) -> int:
        """The number of entries, stale ones included."""
        return len(self._ints) + len(self._floats) + len(self._others)

    def distinct(self) -> int:
        """About how many different values there are; at least 1."""
        return max(1, self._ints.distinct() + self._floats.distinct() + self._others.distinct())

    # -- entering

    def add_one(self, values: Sequence[Any], slot: int) -> None:
        """Enter one element with the values of all keys."""
        if any(value is None for value in values):
            return
        if len(values) > 1:
            self._others.add_one(tuple(map(index_key, values)), slot)
            return
        value = values[0]
        kind = type(value)
        if kind is int:
            self._ints.add_one(value, slot)
        elif kind is float:
            if not math.isnan(value):
                self._floats.add_one(value, slot)
        else:
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
        else:
            self._ints.add(keys, slots)

    def settle(self) -> None:
        """Make lookups read-only; called after a write, under the latch."""
        self._ints.settle()
        self._floats.settle()

    # -- looking up

    def find_one(self, values: Sequence[Any]) -> list[int]:
        """Slots that may have these values (one for each key); never for null."""
        if any(value is None for value in values):
            return []
        if len(values) > 1:
            return self._others.find_one(tuple(map(index_key, values)))
        value = values[0]
        kind = type(value)
        if kind is int:
            found = self._ints.find_one(value)
            if len(self._floats) and -EXACT <= value <= EXACT:
                found = found + self._floats.find_one(float(value))
            return found
        if kind is float:
            found = self._floats.find_one(value)
            if len(self._ints) and value.is_integer() and -(2.0**63) <= value < 2.0**63:
                found = found + self._ints.find_one(int(value))
            return found
        return self._others.find_one(index_key(value))

    def find(self, columns: Sequence[Chunk]) -> tuple[Rows, Slots]:
        """For a batch of lookups, a chunk of wanted values for each key: (row, slot) pairs."""
        chunk = columns[0]
        if len(columns) == 1 and chunk.kind is Kind.INT and not len(self._floats):
            if chunk.present is None:
                return self._ints.find(chunk.values)
            wanted = np.flatnonzero(chunk.present)
            rows, slots = self._ints.find(chunk.values[wanted])
            return wanted[rows], slots
        rows_found: list[int] = []
        slots_found: list[int] = []
        for row, values in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            found = self.find_one(values)
            rows_found.extend([row] * len(found))
            slots_found.extend(found)
        return np.array(rows_found, dtype=np.intp), np.array(slots_found, dtype=np.int64)

    def between(self, bounds: Range) -> Slots:
        """Slots that may have a value of the (single) key within the bounds, maybe several times."""
        known = bounds.low if bounds.low is not None else bounds.high
        if type(known) is str:
            return self._others.between(bounds.low, bounds.low_open, bounds.high, bounds.high_open)
        parts = [
            numbers.between(bounds.low, bounds.low_open, bounds.high, bounds.high_open)
            for numbers in (self._ints, self._floats)
            if len(numbers)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def others(self) -> Slots:
        """Slots of everything that is no number: for ranges over types that have no order here."""
        return self._others.every()

    def starting(self, prefix: str) -> Slots:
        """Slots that may have a string with this prefix."""
        return self._others.starting(prefix)
