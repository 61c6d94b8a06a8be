"""Interned names: labels, label sets, edge types and property keys as small dense integers.

An id, once given, keeps its meaning for the life of the process; ids are never written to a file.
Looking up never interns: a query about an unknown label must not make it known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

ABSENT = -1
"""The code of an element that does not exist: no label set, no type."""


class Names:
    """Texts and their ids, both ways."""

    __slots__ = ("ids", "texts")

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.texts: list[str] = []

    def __len__(self) -> int:
        return len(self.texts)

    def intern(self, text: str) -> int:
        """The id of ``text``, a new one if it has none."""
        found = self.ids.get(text)
        if found is None:
            found = self.ids[text] = len(self.texts)
            self.texts.append(text)
        return found

    def find(self, text: str) -> int | None:
        """The id of ``text``, or None."""
        return self.ids.get(text)


class CodeTable:
    """A truth value for every code of a growing set of codes, as an array to index with codes.

    ``table()[codes]`` is bool[n]; the code ``ABSENT`` (-1) finds the last item, which is False.
    """

    __slots__ = ("_size", "_table", "_test")

    def __init__(self, test: Callable[[int], bool]) -> None:
        self._test = test
        self._table: npt.NDArray[np.bool_] = np.zeros(1, dtype=np.bool_)
        self._size = 0

    def table(self, size: int) -> npt.NDArray[np.bool_]:
        """The table for codes ``0 <= code < size``."""
        if size != self._size:
            self._table = np.array([self._test(code) for code in range(size)] + [False], dtype=np.bool_)
            self._size = size
        return self._table


class LabelSets:
    """Interned sets of labels; set 0 is the empty one."""

    __slots__ = ("_ids", "_members", "labels", "sets")

    def __init__(self) -> None:
        self.labels = Names()
        self.sets: list[frozenset[int]] = [frozenset()]
        self._ids: dict[frozenset[int], int] = {frozenset(): 0}
        self._members: dict[int, CodeTable] = {}

    def __len__(self) -> int:
        return len(self.sets)

    def intern(self, labels: Iterable[str]) -> int:
        """The id of the set of these labels."""
        return self.intern_ids(frozenset(map(self.labels.intern, labels)))

    def intern_ids(self, label_ids: frozenset[int]) -> int:
        """The id of the set of these label ids."""
        found = self._ids.get(label_ids)
        if found is None:
            found = self._ids[label_ids] = len(self.sets)
            self.sets.append(label_ids)
        return found

    def texts(self, set_id: int) -> tuple[str, ...]:
        """The labels of a set, in the order in which they first appeared in the store."""
        texts = self.labels.texts
        return tuple(texts[label] for label in sorted(self.sets[set_id]))

    def holding(self, label_id: int) -> npt.NDArray[np.bool_]:
        """For every set id, whether the set holds the label (see CodeTable)."""
        table = self._members.get(label_id)
        if table is None:
            table = self._members[label_id] = CodeTable(lambda code: label_id in self.sets[code])
        return table.table(len(self.sets))
