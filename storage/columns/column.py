"""A property column: one key of one table, in the form that suits its content.

The form changes when a value comes that does not fit it, and nothing above notices: reads give chunks
(``chunk.py``) whatever the form. Numbers and Booleans of one type are dense arrays, strings a
dictionary while few are distinct, all else objects; while few elements have the key it is sparse.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lithograph.storage.columns.chunk import Chunk, Kind, Slots, is_there
from lithograph.storage.columns.dense import Dense
from lithograph.storage.columns.dictionary import Dictionary
from lithograph.storage.columns.form import Form
from lithograph.storage.columns.objects import Objects
from lithograph.storage.columns.sparse import SHARE, SMALL, Sparse

_DENSE = {Kind.INT, Kind.FLOAT, Kind.BOOL}


class PropertyColumn:
    """The newest values of one property key; versions are the table's business."""

    __slots__ = ("capacity", "form", "key", "number")

    def __init__(self, key: str, number: int, capacity: int) -> None:
        self.key = key
        self.number = number
        self.capacity = capacity
        self.form: Form | None = None

    def reserve(self, capacity: int) -> None:
        """Make room for slots below ``capacity``."""
        self.capacity = max(capacity, self.capacity)
        if self.form is not None:
            self.form.reserve(self.capacity)

    def gather(self, slots: Slots) -> Chunk:
        """The values at ``slots`` (int64[n])."""
        if self.form is None:
            return Chunk(Kind.OBJECT, np.empty(len(slots), dtype=object))
        return self.form.gather(slots)

    def get(self, slot: int) -> Any:
        """One value, None where absent."""
        return None if self.form is None else self.form.get(slot)

    def put(self, slots: Slots, values: Chunk) -> None:
        """Store (absent: remove) values at ``slots`` (int64[n], each once)."""
        if not len(slots):
            return
        if values.kind is Kind.OBJECT and not isinstance(self.form, Objects):
            values = Chunk.of(values.tolist())  # they may be of one type all the same
        if self.form is None:
            if values.kind is Kind.OBJECT and not is_there(values.values).any():
                return
            self.form = self._first_form(values)
        while not self.form.put(slots, values):
            self._change_form(values)

    def put_one(self, slot: int, value: Any) -> None:
        """Store one value, or remove it (None)."""
        if self.form is None:
            if value is None:
                return
            self.form = self._first_form(Chunk.of([value]))
        while not self.form.put_one(slot, value):
            self._change_form(Chunk.of([value]))

    def clear(self, slots: Slots) -> None:
        """Remove the values at ``slots``: the elements are gone for everyone."""
        if self.form is not None and len(slots):
            self.form.remove(slots)

    def present_slots(self) -> Slots:
        """Where there are values, of whatever version (int64[n], ascending)."""
        return np.zeros(0, dtype=np.int64) if self.form is None else self.form.present_slots()

    def _first_form(self, values: Chunk) -> Form:
        if self.capacity >= SMALL and len(values) * SHARE <= self.capacity:
            return Sparse(self.capacity)
        return _dense_form(values, self.capacity)

    def _change_form(self, incoming: Chunk) -> None:
        """Go over to a form that holds what is there; ``incoming`` did not fit the present one."""
        old = self.form
        assert old is not None
        slots = old.present_slots()
        values = old.gather(slots)
        if isinstance(old, Sparse):
            new = _dense_form(values if len(values) else incoming, self.capacity)
        elif not len(slots) and not isinstance(old, Objects):
            new = _dense_form(incoming, self.capacity)
            if isinstance(old, Dictionary) and isinstance(new, Dictionary):
                new = Objects(self.capacity)
        else:
            new = Objects(self.capacity)
        while len(slots) and not new.put(slots, values):
            new = Objects(self.capacity)
        self.form = new


def _dense_form(values: Chunk, capacity: int) -> Form:
    if values.kind in _DENSE:
        return Dense(values.kind, capacity)
    if values.kind is Kind.DICTIONARY:
        return Dictionary(capacity)
    types = set(map(type, values.values.tolist())) - {type(None)}
    return Dictionary(capacity) if types == {str} else Objects(capacity)
