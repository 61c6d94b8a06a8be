"""A partition of a property index for everything that is no number: a dictionary, sorted when asked.

Keys are strings as they are, or hashable stand-ins for other values. The order, for ranges and prefixes,
covers the strings only, and is made when the first range is asked for. Keys that are tuples are also found by
their first items, once somebody has asked for that.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import takewhile

import numpy as np
from sortedcontainers import SortedList

from lithograph.storage.columns.chunk import Slots


class Hashed:
    """key → slot, or list of slots."""

    __slots__ = ("_by_prefix", "_count", "_order", "_slots")

    def __init__(self) -> None:
        self._slots: dict[Hashable, int | list[int]] = {}
        self._order: SortedList | None = None
        self._count = 0
        self._by_prefix: dict[int, dict[tuple[Hashable, ...], list[int]]] = {}
        """By the length of the prefix."""

    def __len__(self) -> int:
        return self._count

    def add_one(self, key: Hashable, slot: int) -> None:
        """Take in one entry."""
        held = self._slots.get(key)
        self._count += 1
        if self._by_prefix and type(key) is tuple:
            for length, found in self._by_prefix.items():
                found.setdefault(key[:length], []).append(slot)
        if held is None:
            self._slots[key] = slot
            if self._order is not None and type(key) is str:
                self._order.add(key)
        elif type(held) is list:
            held.append(slot)
        else:
            self._slots[key] = [held, slot]  # type: ignore[list-item]

    def find_one(self, key: Hashable) -> list[int]:
        """The slots of one key."""
        held = self._slots.get(key)
        if held is None:
            return []
        return held if type(held) is list else [held]  # type: ignore[list-item]

    def find_prefix(self, prefix: tuple[Hashable, ...]) -> list[int]:
        """The slots of all keys that begin with these items."""
        by_prefix = self._by_prefix.get(len(prefix))
        if by_prefix is None:
            by_prefix = {}
            for key in self._slots:
                if type(key) is tuple:
                    by_prefix.setdefault(key[: len(prefix)], []).extend(self.find_one(key))
            self._by_prefix[len(prefix)] = by_prefix
        return by_prefix.get(prefix, [])

    def between(self, low: str | None, low_open: bool, high: str | None, high_open: bool) -> Slots:
        """The slots of the strings in a range (by code point); a bound None is no bound."""
        return self._collect(self._ordered().irange(low, high, (not low_open, not high_open)))

    def starting(self, prefix: str) -> Slots:
        """The slots of the strings with a prefix."""
        following = self._ordered().irange(prefix)
        return self._collect(takewhile(lambda key: key.startswith(prefix), following))

    def _ordered(self) -> SortedList:
        if self._order is None:
            self._order = SortedList(key for key in self._slots if type(key) is str)
        return self._order

    def _collect(self, keys: Iterable[str]) -> Slots:
        found: list[int] = []
        for key in keys:
            found.extend(self.find_one(key))
        return np.array(found, dtype=np.int64)

    def every(self) -> Slots:
        """All slots."""
        found: list[int] = []
        for key in self._slots:
            found.extend(self.find_one(key))
        return np.array(found, dtype=np.int64)

    def distinct(self) -> int:
        """How many different keys there are."""
        return len(self._slots)
