"""The object form: any storable value, one Python object for each element that has one."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.storage.arrays import grown
from lithograph.storage.columns.chunk import Chunk, Kind, Slots, is_there


class Objects:
    """object[capacity], None where absent. Takes everything."""

    __slots__ = ("values",)

    def __init__(self, capacity: int) -> None:
        self.values: npt.NDArray[Any] = np.empty(capacity, dtype=object)

    def reserve(self, capacity: int) -> None:
        if capacity > len(self.values):
            self.values = grown(self.values, capacity)

    def gather(self, slots: Slots) -> Chunk:
        return Chunk(Kind.OBJECT, self.values[slots])

    def get(self, slot: int) -> Any:
        return self.values[slot]

    def put(self, slots: Slots, values: Chunk) -> bool:
        if values.kind is Kind.OBJECT:
            self.values[slots] = values.values
        else:
            # item by item: assigning a list would make an array of its values' own type first
            target = self.values
            for slot, value in zip(slots.tolist(), values.tolist(), strict=True):
                target[slot] = value
        return True

    def put_one(self, slot: int, value: Any) -> bool:
        self.values[slot] = value
        return True

    def remove(self, slots: Slots) -> None:
        self.values[slots] = None

    def present_slots(self) -> Slots:
        return np.flatnonzero(is_there(self.values))
