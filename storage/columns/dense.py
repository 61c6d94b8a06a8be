"""The dense typed form: an array of numbers or Booleans and a mask of presence."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.storage.arrays import grown
from lithograph.storage.columns.chunk import DTYPES, Chunk, Kind, Mask, Slots, is_there

_TYPES: dict[Kind, type] = {Kind.INT: int, Kind.FLOAT: float, Kind.BOOL: bool}


class Dense:
    """int64, float64 or bool values, all of one kind."""

    __slots__ = ("kind", "present", "type", "values")

    def __init__(self, kind: Kind, capacity: int) -> None:
        self.kind = kind
        self.type = _TYPES[kind]
        self.values: npt.NDArray[Any] = np.zeros(capacity, dtype=DTYPES[kind])
        self.present: Mask = np.zeros(capacity, dtype=np.bool_)

    def reserve(self, capacity: int) -> None:
        if capacity > len(self.values):
            self.values = grown(self.values, capacity)
            self.present = grown(self.present, capacity)

    def gather(self, slots: Slots) -> Chunk:
        present = self.present[slots]
        return Chunk(self.kind, self.values[slots], None if present.all() else present)

    def get(self, slot: int) -> Any:
        return self.values[slot].item() if self.present[slot] else None

    def put(self, slots: Slots, values: Chunk) -> bool:
        if values.kind is self.kind:
            self.values[slots] = values.values
            self.present[slots] = True if values.present is None else values.present
            return True
        if values.kind is Kind.OBJECT and not is_there(values.values).any():
            self.remove(slots)
            return True
        return False

    def put_one(self, slot: int, value: Any) -> bool:
        if value is None:
            self.present[slot] = False
            return True
        if type(value) is not self.type:
            return False
        self.values[slot] = value
        self.present[slot] = True
        return True

    def remove(self, slots: Slots) -> None:
        self.present[slots] = False

    def present_slots(self) -> Slots:
        return np.flatnonzero(self.present)
