"""A partition of a property index for everything that is no number: a dictionary, sorted when asked.

Keys are strings and temporal values as they are, or hashable stand-ins for other values. There is an order
for each type of ``ORDERED``, for ranges and prefixes, made when the first range of that type is asked for.
Keys that are tuples are also found by their first items, once somebody has asked for that.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import takewhile
from typing import Any

import numpy as np
from sortedcontainers import SortedKeyList, SortedList

from lithograph.storage.columns.chunk import Slots
from lithograph.storage.values.temporal import Date, DateTime, LocalDateTime, LocalTime, Time

ORDERED: frozenset[type] = frozenset((str, Date, LocalTime, Time, LocalDateTime, DateTime))
"""Types whose values have ranges: strings by code point, temporal values by their order."""


class Hashed:
    """key → slot, or list of slots."""

    __slots__ = ("_by_prefix", "_count", "_orders", "_slots")

    def __init__(self) -> None:
        self._slots: dict[Hashable, int | list[int]] = {}
        self._orders: dict[type, SortedList] = {}
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
            order = self._orders.get(type(key))
            if order is not None:
                order.add(key)
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

    def between(self, low: Any, low_open: bool, high: Any, high_open: bool) -> Slots:
        """The slots of the keys in a range; the bounds are of one type of ``ORDERED``, None is no bound."""
        order = self._ordered(type(high if low is None else low))
        return self._collect(order.irange(low, high, (not low_open, not high_open)))

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

    def starting(self, prefix: str) -> Slots:
        """The slots of the strings with a prefix."""
        following: Iterable[str] = self._ordered(str).irange(prefix)
        having = takewhile(lambda key: key.startswith(prefix), following)
        return self._collect(having)

    def _ordered(self, kind: type) -> SortedList:
        order = self._orders.get(kind)
        if order is None:
            keys = [key for key in self._slots if type(key) is kind]
            order = SortedList(keys) if kind is str else SortedKeyList(keys, key=kind.sort_key)  # type: ignore[attr-defined]
            self._orders[kind] = order
        return order

    def _collect(self, keys: Iterable[Hashable]) -> Slots:
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
