"""The dictionary form: strings of which there are few different ones, as codes into a list."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.storage.arrays import grown
from lithograph.storage.columns.chunk import Chunk, Kind, Slots

ALWAYS = 1024
"""So many distinct strings never make a column leave this form."""


_TEXT_OR_ABSENT = {str, type(None)}


class Dictionary:
    """int32 codes, -1 where absent. A string, once in the dictionary, stays in it."""

    __slots__ = ("_codes_of", "codes", "strings")

    def __init__(self, capacity: int) -> None:
        self.codes: npt.NDArray[np.int32] = np.full(capacity, -1, dtype=np.int32)
        self.strings: list[str] = []
        self._codes_of: dict[str, int] = {}

    def reserve(self, capacity: int) -> None:
        if capacity > len(self.codes):
            self.codes = grown(self.codes, capacity, fill=-1)

    def gather(self, slots: Slots) -> Chunk:
        return Chunk(Kind.DICTIONARY, self.codes[slots], dictionary=self.strings)

    def get(self, slot: int) -> Any:
        code = self.codes[slot]
        return None if code < 0 else self.strings[code]

    def put(self, slots: Slots, values: Chunk) -> bool:
        if values.kind is Kind.DICTIONARY:
            # what the values use of their dictionary, which may be far larger
            used, rows = np.unique(values.values, return_inverse=True)
            texts = [values.dictionary[code] if code >= 0 else None for code in used.tolist()]
            if not self._fits(set(texts)):
                return False
            self.codes[slots] = np.array([self._code(text) for text in texts], dtype=np.int32)[rows]
            return True
        if values.kind is not Kind.OBJECT:
            return False
        objects = values.values.tolist()
        if not set(map(type, objects)) <= _TEXT_OR_ABSENT:
            return False
        distinct = set(objects)
        if not self._fits(distinct):
            return False
        codes = {text: self._code(text) for text in distinct}
        self.codes[slots] = np.fromiter(map(codes.__getitem__, objects), dtype=np.int32, count=len(objects))
        return True

    def put_one(self, slot: int, value: Any) -> bool:
        if value is None:
            self.codes[slot] = -1
            return True
        if type(value) is not str or (value not in self._codes_of and not self._fits({value})):
            return False
        self.codes[slot] = self._code(value)
        return True

    def remove(self, slots: Slots) -> None:
        self.codes[slots] = -1

    def present_slots(self) -> Slots:
        return np.flatnonzero(self.codes >= 0)

    def _code(self, text: str | None) -> int:
        if text is None:
            return -1
        code = self._codes_of.get(text)
        if code is None:
            code = self._codes_of[text] = len(self.strings)
            self.strings.append(text)
        return code

    def _fits(self, texts: set[str | None]) -> bool:
        """Whether the dictionary stays small beside the column when these come in."""
        if len(self.strings) + len(texts) <= ALWAYS:
            return True
        new = len(texts.difference(self._codes_of, (None,)))
        return not new or len(self.strings) + new <= max(ALWAYS, len(self.codes) // 8)
