"""The product of a graph and a pattern: which positions of the pattern can be reached at which nodes, and by which steps.

From one source all walks are followed at once, the shorter first; a position at a node, an *entry*, is gone on from once,
as soon as the first walk comes there, but every *step* into it is kept: the next shortest walks are made of them.
(D. Vrgoč and others: PathFinder, a unified approach for handling paths in graph query languages, 2023.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Operator, row_numbers
from lithograph.cypher.operators.elements import node_slots, relationship_slots
from lithograph.cypher.operators.levels import Walked
from lithograph.cypher.plan.logical import SearchPaths as Plan
from lithograph.cypher.vectors import Indices, Kind, Vector
from lithograph.storage.columns.chunk import Slots
from lithograph.storage.versions import Int32s

NO_EDGE = -1
"""Stands where a step has fewer relationships than others."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """A plan with its operators; ``row`` names the column by which these number what they are given."""

    plan: Plan
    inners: list[Operator]
    row: str

    @property
    def last(self) -> int:
        """The position where a path ends."""
        return len(self.plan.part_of) - 1

    @property
    def width(self) -> int:
        """Relationships of the longest stretch."""
        return max(len(stretch.relationships) for stretch in self.plan.stretches)

    def steps(
        self, stretch: int, nodes: Slots, outer: Frame, context: Context
    ) -> Iterator[tuple[Indices, Slots, Walked]]:
        """Where a stretch leads from ``nodes``: (numbers in ``nodes``, ends, edges[n, width])."""
        if stretch < 0:
            yield np.arange(len(nodes)), nodes, np.full((len(nodes), self.width), NO_EDGE, dtype=np.int64)
            return
        taken = self.plan.stretches[stretch]
        for first in range(0, len(nodes), base.LARGEST):
            part = nodes[first : first + base.LARGEST]
            rows = outer.take(np.zeros(len(part), dtype=np.intp))
            argument = rows.extend({taken.begin: Vector(Kind.NODE, part), self.row: row_numbers(len(part))})
            for found in self.inners[stretch].run(context, argument):
                context.check()
                if found.count:
                    edges = np.full((found.count, self.width), NO_EDGE, dtype=np.int64)
                    for place, name in enumerate(taken.relationships):
                        edges[:, place] = relationship_slots(found.columns[name])
                    numbers = found.columns[self.row].values.astype(np.intp)
                    yield numbers + first, node_slots(found.columns[taken.end]), edges


@dataclass(slots=True)
class Arrival:
    """Steps of one move that wait until it is their length's turn: from ``entries`` to ``nodes``."""

    position: int
    entries: Slots
    nodes: Slots
    edges: Walked

    def size_bytes(self) -> int:
        return self.entries.nbytes + self.nodes.nbytes + self.edges.nbytes


class Product:
    """What is reached from one source. Entry 0 is the source itself, at position 0.

    Attributes:
        length: all walks up to this length have been followed.
        exhausted: there are no others.
    """

    def __init__(self, automaton: Automaton, outer: Frame, source: int, context: Context) -> None:
        self.automaton = automaton
        self.length = -1
        self.exhausted = False
        self._outer = outer
        self._context = context
        self._held = 0
        self._numbers: dict[int, Int32s] = {}
        self._count = 0
        self.positions: list[int] = []
        """By entry, as the two below."""
        self.distances: list[int] = []
        self.parents: list[int] = []
        """The first step that led there."""
        self.nodes: list[int] = []
        self._steps: list[Arrival] = []
        self._step_count = 0
        nothing = np.full((1, automaton.width), NO_EDGE, dtype=np.int64)
        start = Arrival(0, np.array([-1]), np.array([source], dtype=np.int64), nothing)
        self._waiting: dict[int, list[Arrival]] = {0: [start]}

    def explore(self) -> Iterator[None]:
        """Follow the walks of the least length that has not been followed, with breaths."""
        if not self._waiting:
            self.exhausted = True
            return
        length = min(self._waiting)
        while arrivals := self._waiting.pop(length, None):  # a move along nothing leads on at the same length
            for arrival in arrivals:
                entries, nodes = self._enter(arrival, length)
                if len(entries):
                    yield from self._go_on(arrival.position, entries, nodes, length)
        self.length = length
        self.exhausted = not self._waiting

    def entry(self, position: int, node: int) -> int | None:
        """The entry for a position at a node, if a walk has come there."""
        numbers = self._numbers.get(position)
        number = NO_EDGE if numbers is None else int(numbers[node])
        return None if number < 0 else number

    def ends(self) -> list[int]:
        """The entries at the last position, the nearest first."""
        last = self.automaton.last
        return [entry for entry, position in enumerate(self.positions) if position == last]

    def steps(self) -> tuple[Slots, Slots, Walked]:
        """All steps so far: (entry before, entry, edges[n, width]), by number."""
        if len(self._steps) > 1:
            whole = self._steps[0]
            parts = [(step.entries, step.nodes, step.edges) for step in self._steps]
            arrays = [np.concatenate(several) for several in zip(*parts, strict=True)]
            self._steps = [Arrival(whole.position, *arrays)]
        (step,) = self._steps
        return step.entries, step.nodes, step.edges

    def hold(self, size: int) -> None:
        """Account for memory until :meth:`release`. Raises MemoryLimitError."""
        self._held += size
        self._context.hold(size)

    def release(self) -> None:
        """Give back the memory that is accounted for."""
        self.hold(-self._held)

    # ------------------------------------------------------------ following

    def _enter(self, arrival: Arrival, length: int) -> tuple[Slots, Slots]:
        """Keep steps; (entries, nodes) of what none has led to before."""
        numbers = self._numbers.get(arrival.position)
        if numbers is None:
            numbers = np.full(self._context.transaction.store.vertices.capacity, -1, dtype=np.int32)
            self._numbers[arrival.position] = numbers
            self.hold(numbers.nbytes)
        unknown = np.flatnonzero(numbers[arrival.nodes] < 0)
        fresh, first = np.unique(arrival.nodes[unknown], return_index=True)
        made = np.arange(self._count, self._count + len(fresh), dtype=np.int64)
        numbers[fresh] = made
        self._count += len(fresh)
        self.positions += [arrival.position] * len(fresh)
        self.distances += [length] * len(fresh)
        self.parents += (self._step_count + unknown[first]).tolist()
        self.nodes += fresh.tolist()
        self.hold(len(fresh) * 4 * 8)
        reached = numbers[arrival.nodes].astype(np.int64)
        self._steps.append(Arrival(arrival.position, arrival.entries, reached, arrival.edges))
        self._step_count += len(reached)
        return made, fresh

    def _go_on(self, position: int, entries: Slots, nodes: Slots, length: int) -> Iterator[None]:
        automaton = self.automaton
        for move in automaton.plan.moves:
            if move.source != position:
                continue
            hops = 0 if move.stretch < 0 else len(automaton.plan.stretches[move.stretch].relationships)
            for rows, ends, edges in automaton.steps(move.stretch, nodes, self._outer, self._context):
                arrival = Arrival(move.target, entries[rows], ends, edges)
                self._waiting.setdefault(length + hops, []).append(arrival)
                self.hold(arrival.size_bytes())
                yield
