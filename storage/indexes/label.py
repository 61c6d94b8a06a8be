"""The label index: the slots of all elements that have had a label (or a type)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lithograph.storage.arrays import grown, next_capacity
from lithograph.storage.columns.chunk import Slots


class LabelIndex:
    """A growing array of slots, each once."""

    __slots__ = ("_known", "_slots", "count", "label")

    def __init__(self, label: str) -> None:
        self.label = label
        self.count = 0
        self._slots: npt.NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self._known: npt.NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)

    def add(self, slots: Slots) -> None:
        """Take in ``slots`` (int64[n], each once)."""
        if not len(slots):
            return
        highest = int(slots.max())
        if highest >= len(self._known):
            self._known = grown(self._known, next_capacity(len(self._known), highest + 1))
        new = slots[~self._known[slots]]
        self._known[new] = True
        stop = self.count + len(new)
        if stop > len(self._slots):
            self._slots = grown(self._slots, next_capacity(len(self._slots), stop))
        self._slots[self.count : stop] = new
        self.count = stop

    def slots(self, start: int, stop: int) -> Slots:
        """Entries ``start`` to ``stop`` (int64[n]); ``count`` is how many there are."""
        return self._slots[start : min(stop, self.count)].astype(np.int64)
