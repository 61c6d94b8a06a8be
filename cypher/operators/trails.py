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
from lithograph.storage.columns.chunk import Slots

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
        """By entry the steps into it, (entry before, edges), of those that have been asked for."""
        self._held = 0
        """What that takes, in bytes."""
        self._known = 0
        """How many steps there are in ``_runs``."""
        self._runs: list[tuple[Slots, Slots]] = []
        """Steps in the order of the entries that they lead to: (entries, numbers of steps)."""
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
        stack = [iter(self._into(entry))]
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
                stack.append(iter(self._into(before)))
            elif left == len(edges):
                yield [*trail, (ends[-1], edges)]

    def _read(self) -> None:
        """Take in the steps that are new; runs of about one length become one, so that there are few of them."""
        _, entries, _ = self.product.steps()
        if len(entries) == self._known:
            return
        self.product.hold((len(entries) - self._known) * 16 - self._held)
        self._back, self._held = {}, 0
        run = (entries[self._known :], np.arange(self._known, len(entries)))
        self._known = len(entries)
        while self._runs and 2 * len(run[0]) > len(self._runs[-1][0]):
            before = self._runs.pop()
            run = (np.concatenate((before[0], run[0])), np.concatenate((before[1], run[1])))
        order = np.argsort(run[0], kind="stable")
        self._runs.append((run[0][order], run[1][order]))

    def _into(self, entry: int) -> list[tuple[int, Edges]]:
        """The steps into an entry: most entries are on the way to nowhere, and never asked for."""
        found = self._back.get(entry)
        if found is None:
            found = self._back[entry] = []
            before, _, edges = self.product.steps()
            for entries, numbers in self._runs:
                first, last = entries.searchsorted((entry, entry + 1)).tolist()
                steps = numbers[first:last]
                several = zip(before[steps].tolist(), _along(edges[steps]), strict=True)
                found += [step for step in several if step[0] >= 0]
            self._held += len(found) * BYTES_OF_STEP
            self.product.hold(len(found) * BYTES_OF_STEP)
        return found

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
