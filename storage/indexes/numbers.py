"""A partition of a property index for numbers of one type: a few sorted runs and what came since.

A batch is sorted into a run of its own; a run is merged with the one before it unless that is much longer.
So there are few runs, each several times as long as the next, and a load of n entries costs O(n log n) in
all, whatever the size of its batches. Single entries wait in a dictionary until they are worth a run.
Lookups only read.

The geometric merging is that of O'Neil, Cheng, Gawlick, O'Neil: The Log-Structured Merge-Tree, Acta
Informatica 33 (1996), in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.storage.columns.chunk import Slots

RECENT = 1024
"""So many single entries may wait."""

RATIO = 4
"""A run is at least so many times as long as the next one. More: fewer runs, more merging."""

Keys = npt.NDArray[Any]
Rows = npt.NDArray[np.intp]
Run = tuple[Keys, npt.NDArray[np.int32]]
"""Keys in ascending order, and the slot of each."""


class Numbers:
    """int64 or float64 keys (no NaN: it equals nothing) → slots."""

    __slots__ = ("_recent", "_recent_count", "_runs", "_sorted_count", "dtype")

    def __init__(self, dtype: type[np.int64] | type[np.float64]) -> None:
        self.dtype = np.dtype(dtype)
        self._runs: list[Run] = []
        self._sorted_count = 0
        self._recent: dict[Any, list[int]] = {}
        self._recent_count = 0

    def __len__(self) -> int:
        return self._sorted_count + self._recent_count

    # -- entering

    def add_one(self, key: Any, slot: int) -> None:
        """Take in one entry."""
        self._recent.setdefault(key, []).append(slot)
        self._recent_count += 1
        if self._recent_count > RECENT:
            keys, slots = self._recent_run()
            self._recent, self._recent_count = {}, 0
            self._add_run(keys, slots)

    def add(self, keys: Keys, slots: Slots) -> None:
        """Take in a batch (same lengths)."""
        if len(keys):
            order = np.argsort(keys, kind="stable")
            self._add_run(keys[order], slots[order].astype(np.int32))

    def _add_run(self, keys: Keys, slots: npt.NDArray[np.int32]) -> None:
        self._sorted_count += len(keys)
        while self._runs and len(self._runs[-1][0]) < RATIO * len(keys):
            before_keys, before_slots = self._runs.pop()
            keys, slots = np.concatenate((before_keys, keys)), np.concatenate((before_slots, slots))
            order = np.argsort(keys, kind="stable")  # Timsort: two sorted runs in linear time
            keys, slots = keys[order], slots[order]
        self._runs.append((keys, slots))

    def _recent_run(self) -> Run:
        """The single entries as a run."""
        keys = np.array([key for key, slots in self._recent.items() for _ in slots], dtype=self.dtype)
        held = np.array([slot for slots in self._recent.values() for slot in slots], dtype=np.int32)
        order = np.argsort(keys, kind="stable")
        return keys[order], held[order]

    # -- looking up

    def find_one(self, key: Any) -> list[int]:
        """The slots of one key."""
        found: list[int] = []
        for keys, slots in self._runs:
            first = stop = int(keys.searchsorted(key))
            while stop < len(keys) and keys[stop] == key:
                stop += 1
            if stop > first:
                found += slots[first:stop].tolist()
        recent = self._recent.get(key)
        return found + recent if recent else found

    def find(self, wanted: Keys) -> tuple[Rows, Slots]:
        """For a batch of keys: (which of them, slot) pairs, as intp[m] and int64[m], by row ascending."""
        parts = [_find(run, wanted) for run in self._runs]
        if self._recent:
            parts.append(self._find_recent(wanted))
        return joined(parts)

    def _find_recent(self, wanted: Keys) -> tuple[Rows, Slots]:
        if len(wanted) > self._recent_count:
            return _find(self._recent_run(), wanted)
        get = self._recent.get
        pairs = [(row, slot) for row, key in enumerate(wanted.tolist()) for slot in get(key, ())]
        rows = np.array([row for row, _ in pairs], dtype=np.intp)
        return rows, np.array([slot for _, slot in pairs], dtype=np.int64)

    def between(self, low: Any, low_open: bool, high: Any, high_open: bool) -> Slots:
        """The slots of the keys in a range; a bound is of the keys' type, or None: no bound."""
        parts = [np.zeros(0, dtype=np.int32)]
        runs: Iterator[Run] = iter([*self._runs, self._recent_run()] if self._recent else self._runs)
        for keys, slots in runs:
            first, stop = 0, len(keys)
            if low is not None:
                first = int(keys.searchsorted(low, side="right" if low_open else "left"))
            if high is not None:
                stop = int(keys.searchsorted(high, side="left" if high_open else "right"))
            parts.append(slots[first : max(first, stop)])
        return np.concatenate(parts).astype(np.int64)

    def distinct(self) -> int:
        """About how many different keys there are."""
        found = len(self._recent)
        for keys, _ in self._runs:
            found += int(np.count_nonzero(keys[1:] != keys[:-1])) + 1
        return found


def _find(run: Run, wanted: Keys) -> tuple[Rows, Slots]:
    keys, slots = run
    firsts = keys.searchsorted(wanted)
    rows = np.flatnonzero(keys.take(firsts, mode="clip") == wanted)
    firsts = firsts[rows]
    if not (keys.take(firsts + 1, mode="clip") == keys[firsts])[firsts + 1 < len(keys)].any():
        return rows, slots[firsts].astype(np.int64)
    counts = keys.searchsorted(wanted[rows], side="right") - firsts
    ends = np.cumsum(counts)
    positions = np.arange(int(ends[-1])) + np.repeat(firsts - (ends - counts), counts)
    return np.repeat(rows, counts), slots[positions].astype(np.int64)


def joined(parts: list[tuple[Rows, Slots]]) -> tuple[Rows, Slots]:
    """Several (row, slot) pairs as one, by row ascending."""
    parts = [part for part in parts if len(part[0])]
    if not parts:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int64)
    if len(parts) == 1:
        return parts[0]
    rows = np.concatenate([rows for rows, _ in parts])
    order = np.argsort(rows, kind="stable")
    return rows[order], np.concatenate([slots for _, slots in parts])[order]
