"""The sparse form: slot → value, while few elements have the key."""

from __future__ import annotations

from typing import Any

import numpy as np

from lithograph.storage.columns.chunk import Chunk, Slots

SHARE = 64
"""A column is sparse while fewer than one element in so many has the key."""

SMALL = 4096
"""Tables with room for fewer elements have no sparse columns."""


class Sparse:
    """Values of any type in a dictionary; leaves the form when it is no longer small."""

    __slots__ = ("capacity", "values")

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.values: dict[int, Any] = {}

    def reserve(self, capacity: int) -> None:
        self.capacity = max(capacity, self.capacity)

    def gather(self, slots: Slots) -> Chunk:
        get = self.values.get
        return Chunk.of([get(slot) for slot in slots.tolist()])

    def get(self, slot: int) -> Any:
        return self.values.get(slot)

    def put(self, slots: Slots, values: Chunk) -> bool:
        items = values.tolist()
        coming = len(items) - items.count(None)
        if coming and (len(self.values) + coming) * SHARE > self.capacity:
            return False
        for slot, value in zip(slots.tolist(), items, strict=True):
            if value is None:
                self.values.pop(slot, None)
            else:
                self.values[slot] = value
        return True

    def put_one(self, slot: int, value: Any) -> bool:
        if value is None:
            self.values.pop(slot, None)
            return True
        if slot not in self.values and (len(self.values) + 1) * SHARE > self.capacity:
            return False
        self.values[slot] = value
        return True

    def remove(self, slots: Slots) -> None:
        for slot in slots.tolist():
            self.values.pop(slot, None)

    def present_slots(self) -> Slots:
        return np.array(sorted(self.values), dtype=np.int64)
