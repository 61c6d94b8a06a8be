"""Cheapest walks from one node to all others, in rounds over arrays.

A round takes the steps from all nodes that the round before reached more cheaply than ever, and keeps those that are
again the cheapest to their ends so far. After *n* rounds every node knows its cheapest walk of at most *n* steps, so
that a bound on the length is a bound on the rounds, and with weights of 1 the rounds are those of a breadth-first
search. Where nothing bounds the length, the heavier part of the nodes waits: maybe a lighter walk there turns up. A walk is a chain of *entries*: each knows the step that led to it, and the entry this started from.

Rounds take more steps than Dijkstra's algorithm, each node again whenever a longer walk is cheaper, and yet much less
time, since a step is a few nanoseconds in an array and microseconds in a heap. They are at most as many as there are
nodes. (R. Bellman: On a routing problem, Quarterly of Applied Mathematics 16, 1958.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lithograph.cypher.operators.expand import Steps
from lithograph.cypher.operators.weights import Scale, Weights, added
from lithograph.cypher.vectors import Indices, Mask
from lithograph.storage.columns.chunk import Slots
from lithograph.storage.versions import Int32s

BYTES_OF_ENTRY = 24

FEW = 512
"""So many nodes go on in one round, however much they weigh."""

SHARE = 8
"""Of more nodes than that, the lightest one in so many go on, where the rest may wait."""

BREATH = 4096
"""Steps back between two breaths, while all walks to a node are read."""

_NO_ROWS = np.zeros(0, dtype=np.int64)


@dataclass(slots=True)
class Frontier:
    """Where the next round begins: ``entries``, their ``nodes`` and the ``totals`` of the walks to them."""

    entries: Slots
    nodes: Slots
    totals: Weights

    def __len__(self) -> int:
        return len(self.nodes)


class Cheapest:
    """One search. Entry 0 is the start, which has led nowhere yet.

    Args:
        source: the node where all walks begin.
        capacity: more than any node's number.
        every: keep all the walks of the least weight to a node, not one.
        target: the only end that matters, if there is one; what cannot be part of a cheapest walk there is left out.
        returns: the source counts as any other node: a walk may come back to it.
        bounded: the number of rounds matters.
    """

    def __init__(
        self,
        source: int,
        capacity: int,
        every: bool = False,
        target: int | None = None,
        returns: bool = False,
        bounded: bool = True,
    ) -> None:
        self.source = source
        self.every = every
        self.target = target
        self.scale = Scale()
        self.round = 0
        self.entry_of: Int32s = np.full(capacity, -1, dtype=np.int32)
        """By node: the entry of its cheapest walk so far, -1 for none."""
        self.best: Weights = np.zeros(capacity, dtype=np.int64)
        """By node: the weight of that walk."""
        self._returns = returns
        self._bounded = bounded
        self._waiting: tuple[Slots, Slots] = (_NO_ROWS, _NO_ROWS)
        if not returns:
            self.entry_of[source] = 0
        self._nodes: list[Slots] = [np.array([source], dtype=np.int64)]
        self._edges: list[Slots] = [np.array([-1], dtype=np.int64)]
        self._parents: list[Slots] = [np.array([-1], dtype=np.int64)]
        self._rounds: list[int] = [0]
        self._ties: list[tuple[Slots, Slots, Slots]] = []
        """Other steps to entries that are as cheap: (entry before, edge, entry)."""
        self._count = 1
        self._tied = 0
        self._new: list[tuple[Slots, Slots]] = []

    def size_bytes(self) -> int:
        """The memory held."""
        entries = (self._count + self._tied) * BYTES_OF_ENTRY
        return self.entry_of.nbytes + self.best.nbytes + entries

    def start(self) -> Frontier:
        """The frontier of the first round."""
        zero = np.zeros(1, dtype=np.int64)
        return Frontier(zero, np.array([self.source], dtype=np.int64), zero)

    def relax(self, frontier: Frontier, found: Steps, weights: Weights) -> None:
        """Take in steps of this round; ``found.rows`` are numbers of ``frontier``."""
        candidates = added(self._as_kept(frontier.totals[found.rows], weights), weights)
        self._keep(candidates)
        entries, edges, nodes = frontier.entries[found.rows], found.edges, found.nodes
        if self.target is not None and self.entry_of[self.target] >= 0:
            least = self.best[self.target]
            near = candidates <= least if self.every else candidates < least
            near = near.astype(np.bool_)
            candidates, entries, edges, nodes = candidates[near], entries[near], edges[near], nodes[near]
        self._enter(candidates, entries, edges, nodes)
        if self.every:
            self._tie(candidates, entries, edges, nodes)

    def next_frontier(self) -> Frontier:
        """The end of a round: the frontier of the next one."""
        self.round += 1
        parts, self._new = [self._waiting, *self._new], []
        self._waiting = (_NO_ROWS, _NO_ROWS)
        entries, nodes = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        current = self.entry_of[nodes] == entries  # else something later was cheaper still
        entries, nodes = entries[current], nodes[current]
        frontier = Frontier(entries, nodes, self.best[nodes])
        return frontier if self._bounded or len(frontier) <= FEW else self._lightest(frontier)

    def _lightest(self, frontier: Frontier) -> Frontier:
        """The lighter part of a frontier, and all that weighs the same; the rest waits."""
        number = max(FEW, len(frontier) // SHARE)
        light = (frontier.totals <= np.sort(frontier.totals)[number - 1]).astype(np.bool_)
        self._waiting = (frontier.entries[~light], frontier.nodes[~light])
        return Frontier(frontier.entries[light], frontier.nodes[light], frontier.totals[light])

    # -- keeping what is cheap

    def _as_kept(self, totals: Weights, weights: Weights) -> Weights:
        """Totals in a form to which the weights can be added; the zero of the start has no kind of its own."""
        if totals.dtype != weights.dtype and self.round > 0:
            return totals.astype(object)
        return totals

    def _keep(self, candidates: Weights) -> None:
        """Make ``best`` an array that holds these, too."""
        if candidates.dtype != self.best.dtype and len(candidates):
            fresh = self._count == 1
            self.best = self.best.astype(candidates.dtype if fresh else object)

    def _enter(self, candidates: Weights, entries: Slots, edges: Slots, nodes: Slots) -> None:
        better = (self.entry_of[nodes] < 0) | (candidates < self.best[nodes]).astype(np.bool_)
        chosen = _cheapest(candidates, nodes, better)
        if not len(chosen):
            return
        made = np.arange(self._count, self._count + len(chosen), dtype=np.int64)
        reached = nodes[chosen]
        self._count += len(chosen)
        self._nodes.append(reached)
        self._edges.append(edges[chosen])
        self._parents.append(entries[chosen])
        self._rounds.append(self.round + 1)
        self._new.append((made, reached))
        self.entry_of[reached] = made
        self.best[reached] = candidates[chosen]

    def _tie(self, candidates: Weights, entries: Slots, edges: Slots, nodes: Slots) -> None:
        known = self.entry_of[nodes]
        same = (known >= 0) & (candidates == self.best[nodes]).astype(np.bool_)
        if not self._returns:
            same &= nodes != self.source
        self._ties.append((entries[same], edges[same], known[same].astype(np.int64)))
        self._tied += int(np.count_nonzero(same))

    # -- reading walks back

    def reached(self) -> Slots:
        """The nodes that some walk has reached, the cheapest first; the source, if it came back there."""
        nodes = np.flatnonzero(self.entry_of > 0)
        totals = self.best[nodes]
        return nodes[np.argsort(totals, kind="stable")]

    def total(self, node: int) -> Any:
        """The least weight of a walk to a node that was reached: a Python number."""
        value = self.best[node]
        return value if self.best.dtype == object else value.item()

    def chains(self) -> Chains:
        """Everything to read walks from; the search is over."""
        nodes, edges, parents = (
            np.concatenate(arrays).tolist() for arrays in (self._nodes, self._edges, self._parents)
        )
        lengths = [len(part) for part in self._nodes]
        rounds = np.repeat(self._rounds, lengths).tolist()
        into: dict[int, list[tuple[int, int]]] = {}
        for before, edge, entry in (
            step for part in self._ties for step in zip(*(array.tolist() for array in part), strict=True)
        ):
            into.setdefault(entry, []).append((before, edge))
        return Chains(nodes, edges, parents, rounds, into)


def _cheapest(candidates: Weights, nodes: Slots, allowed: Mask) -> Indices:
    """The numbers of the cheapest candidate for each node, among those allowed."""
    rows = np.flatnonzero(allowed)
    keys = candidates[rows]
    if keys.dtype == object:
        keys = np.unique(keys, return_inverse=True)[1]
    order = rows[np.lexsort((keys, nodes[rows]))]
    ends = nodes[order]
    first = np.ones(len(ends), dtype=np.bool_)
    first[1:] = ends[1:] != ends[:-1]
    return order[first]


@dataclass(frozen=True, slots=True)
class Chains:
    """Walks as chains of entries, in lists by entry."""

    nodes: list[int]
    edges: list[int]
    parents: list[int]
    rounds: list[int]
    """The least number of steps with which an entry is reached."""
    into: dict[int, list[tuple[int, int]]]

    def walk(self, entry: int) -> list[int]:
        """The edges of the walk to an entry."""
        walk = []
        while entry:
            walk.append(self.edges[entry])
            entry = self.parents[entry]
        return walk[::-1]

    def nodes_of(self, entry: int) -> list[int]:
        """The nodes of the walk to an entry, the start first."""
        walk = [self.nodes[entry]]
        while entry:
            entry = self.parents[entry]
            walk.append(self.nodes[entry])
        return walk[::-1]

    def every_walk(self, entry: int, most: int | None) -> Iterator[list[int] | None]:
        """The edges of every walk as cheap as the one to an entry that visits no node twice.

        ``most`` bounds their length. Now and then gives None, for who waits to have a look around.
        """
        end = self.nodes[entry]
        suffix: list[int] = []
        visited = {end}
        arrived: list[int] = []
        stack = [iter(self.into.get(entry, ()))]
        looked = 0
        while stack:
            looked += 1
            if looked % BREATH == 0:
                yield None
            step = next(stack[-1], None)
            if step is None:
                stack.pop()
                if suffix:
                    suffix.pop()
                    visited.discard(arrived.pop())
                continue
            before, edge = step
            node = self.nodes[before]
            if most is not None and len(suffix) + 1 + self.rounds[before] > most:
                continue
            if before == 0 and (node not in visited or node == end):
                yield [*reversed((*suffix, edge))]
            if node not in visited:
                suffix.append(edge)
                visited.add(node)
                arrived.append(node)
                stack.append(iter(self.into.get(before, ())))
