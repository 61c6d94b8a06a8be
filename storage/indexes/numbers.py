"""A partition of a property index for numbers of one type: sorted arrays and what came since.

``keys`` and ``slots`` are sorted by key. New entries wait, single ones in a dictionary, batches in a list,
until there are enough of them, or a lookup needs them sorted in; so neither a bulk load nor a point write
pays for sorting each time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.storage.columns.chunk import Slots

RECENT = 1024
"""So many single entries may wait, or a sixteenth of the sorted ones if that is more."""

Rows = npt.NDArray[np.intp]


class Numbers:
    """int64 or float64 keys (no NaN: it equals nothing) → slots."""

    __slots__ = ("_batches", "_keys", "_recent", "_recent_count", "_slots", "dtype")

    def __init__(self, dtype: type[np.int64] | type[np.float64]) -> None:
        self.dtype = np.dtype(dtype)
        self._keys: npt.NDArray[Any] = np.zeros(0, dtype=self.dtype)
        self._slots: npt.NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self._recent: dict[Any, list[int]] = {}
        self._recent_count = 0
        self._batches: list[tuple[npt.NDArray[Any], Slots]] = []

    def __len__(self) -> int:
        return len(self._keys) + self._recent_count + sum(len(keys) for keys, _ in self._batches)

    def add_one(self, key: Any, slot: int) -> None:
        """Take in one entry."""
        self._recent.setdefault(key, []).append(slot)
        self._recent_count += 1
        if self._recent_count > max(RECENT, len(self._keys) // 16):
            self._settle()

    def add(self, keys: npt.NDArray[Any], slots: Slots) -> None:
        """Take in a batch (same lengths)."""
        if len(keys):
            self._batches.append((keys, slots))

    def _settle(self) -> None:
        """Sort in everything that waits."""
        batches = self._batches
        if self._recent:
            keys = np.array([key for key, slots in self._recent.items() for _ in slots], dtype=self.dtype)
            slots = np.array([slot for slots in self._recent.values() for slot in slots], dtype=np.int64)
            batches = [*batches, (keys, slots)]
        new_keys = np.concatenate([keys for keys, _ in batches])
        new_slots = np.concatenate([slots for _, slots in batches]).astype(np.int32)
        order = np.argsort(new_keys, kind="stable")
        new_keys, new_slots = new_keys[order], new_slots[order]
        if not len(self._keys):
            self._keys, self._slots = new_keys, new_slots
        else:
            places = np.searchsorted(self._keys, new_keys, side="right")
            self._keys = np.insert(self._keys, places, new_keys)
            self._slots = np.insert(self._slots, places, new_slots)
        self._batches, self._recent, self._recent_count = [], {}, 0

    def settle(self) -> None:
        """Sort in waiting batches, so that lookups only read; called after writing, under the latch."""
        if self._batches:
            self._settle()

    def find_one(self, key: Any) -> list[int]:
        """The slots of one key."""
        found: list[int] = []
        keys = self._keys
        if len(keys):
            first = int(keys.searchsorted(key))
            stop = first
            while stop < len(keys) and keys[stop] == key:
                stop += 1
            found = self._slots[first:stop].tolist()
        recent = self._recent.get(key)
        return found + recent if recent else found

    def find(self, wanted: npt.NDArray[Any]) -> tuple[Rows, Slots]:
        """For a batch of keys: (which of them, slot) pairs, as intp[m] and int64[m]."""
        firsts = self._keys.searchsorted(wanted, side="left")
        counts = self._keys.searchsorted(wanted, side="right") - firsts
        rows = np.repeat(np.arange(len(wanted)), counts)
        ends = np.cumsum(counts)
        positions = np.arange(len(rows)) + np.repeat(firsts - (ends - counts), counts)
        slots = self._slots[positions].astype(np.int64)
        if self._recent:
            get = self._recent.get
            late = [(row, slot) for row, key in enumerate(wanted.tolist()) for slot in get(key, ())]
            if late:
                rows = np.append(rows, [row for row, _ in late])
                slots = np.append(slots, [slot for _, slot in late])
        return rows, slots

    def between(self, low: Any, low_open: bool, high: Any, high_open: bool) -> Slots:
        """The slots of the keys in a range; a bound None is no bound."""
        first = 0 if low is None else int(self._keys.searchsorted(low, side="right" if low_open else "left"))
        stop = len(self._keys)
        if high is not None:
            stop = int(self._keys.searchsorted(high, side="left" if high_open else "right"))
        slots = self._slots[first : max(first, stop)].astype(np.int64)
        late = [
            slot
            for key, slots_of_key in self._recent.items()
            if (low is None or key > low or (key == low and not low_open))
            and (high is None or key < high or (key == high and not high_open))
            for slot in slots_of_key
        ]
        return np.append(slots, np.array(late, dtype=np.int64)) if late else slots

    def distinct(self) -> int:
        """About how many different keys there are."""
        keys = self._keys
        different = int(np.count_nonzero(keys[1:] != keys[:-1])) + 1 if len(keys) else 0
        return different + len(self._recent)
