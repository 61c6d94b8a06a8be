"""Trails out of a product of graph and pattern: walks back from an end, the shortest first, no relationship twice.

The shortest walk is a trail more often than not, and is read from the first step into each entry. Where it is none, and
for all that come after it, steps back are tried one after the other as long as what is left to the source still fits into
the length at hand, which grows as far as it has to. (R. Korf: Depth-first iterative-deepening, Artificial
Intelligence 27, 1985.)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lithograph.cypher.operators.levels import Walked
from lithograph.cypher.operators.product import Product

BREATH = 4096
"""Steps tried in between two breaths."""

BYTES_OF_STEP = 150
"""What a step takes in lists, with its edges."""

Edges = tuple[int, ...]

Trail = list[tuple[int, Edges]]
"""Steps, the last of the walk first: (entry that it leads to, edges)."""


class Trails:
    """Reads trails from a product, which may have been explored further each time."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.next_length: int | None = None
        """The least length of which there may be a trail longer than those asked for last."""
        self._back: dict[int, list[tuple[int, Edges]]] = {}
        """By entry the steps into it: (entry before, edges)."""
        self._known = 0
        """How many steps ``_back`` has been made of."""
        self._tree: list[tuple[int, Edges]] = []
        """By entry the first of the steps into it."""

    def first(self, entry: int) -> Trail | None:
        """The walk by which the entry was reached first, if that is a trail."""
        self._read_tree()
        trail: Trail = []
        used: set[int] = set()
        walked = 0
        while entry:
            before, edges = self._tree[entry]
            trail.append((entry, edges))
            used.update(edges)
            walked += len(edges)
            entry = before
        return trail if len(used) == walked else None

    def of_length(self, entry: int, length: int) -> Iterator[Trail | None]:
        """All trails of a length to an entry; None now and then, for a breath."""
        distances = self.product.distances
        self._read()
        self.next_length = None
        used: set[int] = set()
        trail: Trail = []
        ends = [entry]
        stack = [iter(self._back.get(entry, ()))]
        left, tried = length, 0
        while stack:
            tried += 1
            if tried % BREATH == 0:
                yield None
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
                ends.pop()
                if trail:
                    _, edges = trail.pop()
                    used.difference_update(edges)
                    left += len(edges)
                continue
            before, edges = step
            if not used.isdisjoint(edges):
                continue
            beyond = len(edges) + distances[before] - left
            if beyond > 0:
                longer = length + beyond
                self.next_length = longer if self.next_length is None else min(self.next_length, longer)
            elif before:
                trail.append((ends[-1], edges))
                ends.append(before)
                used.update(edges)
                left -= len(edges)
                stack.append(iter(self._back.get(before, ())))
            elif left == len(edges):
                yield [*trail, (ends[-1], edges)]

    def _read(self) -> None:
        """Take in the steps that are new."""
        before, entries, edges = self.product.steps()
        fresh = slice(self._known, len(before))
        several = zip(before[fresh].tolist(), entries[fresh].tolist(), _along(edges[fresh]), strict=True)
        for start, entry, walked in several:
            if start >= 0:
                self._back.setdefault(entry, []).append((start, walked))
        self.product.hold((len(before) - self._known) * BYTES_OF_STEP)
        self._known = len(before)

    def _read_tree(self) -> None:
        """The same for the entries that are new, and the first step into each."""
        if len(self._tree) == len(self.product.parents):
            return
        before, _, edges = self.product.steps()
        steps = np.array(self.product.parents[len(self._tree) :], dtype=np.int64)
        self.product.hold(len(steps) * BYTES_OF_STEP)
        self._tree += zip(before[steps].tolist(), _along(edges[steps]), strict=True)


def _along(edges: Walked) -> Iterator[Edges]:
    """The edges of each step."""
    for walked in edges.tolist():
        yield tuple(walked) if walked[-1] >= 0 else tuple(edge for edge in walked if edge >= 0)
