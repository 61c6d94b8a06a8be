"""Adjacency: pools of runs hold what a dictionary of lists holds."""

from __future__ import annotations

from collections import defaultdict

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lithograph.storage.adjacency import SMALLEST_RUN, Adjacency, ranges
from lithograph.storage.arrays import LARGEST
from lithograph.storage.errors import CapacityError

VERTICES = 6


def entries(adjacency: Adjacency, vertex: int) -> list[tuple[int, int]]:
    start, stop = adjacency.run(vertex)
    return list(zip(adjacency.edges[start:stop].tolist(), adjacency.others[start:stop].tolist(), strict=True))


class Runs(RuleBasedStateMachine):
    """Appending, removing, compacting and rebuilding against a dictionary of lists."""

    def __init__(self) -> None:
        super().__init__()
        self.adjacency = Adjacency()
        self.adjacency.reserve_vertices(VERTICES)
        self.model: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.next_edge = 0

    def new_edges(self, count: int) -> list[int]:
        self.next_edge += count
        return list(range(self.next_edge - count, self.next_edge))

    @rule(vertices=st.lists(st.integers(0, VERTICES - 1), max_size=30))
    def append(self, vertices: list[int]) -> None:
        edges = self.new_edges(len(vertices))
        others = [edge * 7 % VERTICES for edge in edges]
        arrays = (np.array(part, dtype=np.int64) for part in (vertices, edges, others))
        self.adjacency.append(*arrays)
        for vertex, edge, other in zip(vertices, edges, others, strict=True):
            self.model[vertex].append((edge, other))

    @rule(vertex=st.integers(0, VERTICES - 1), other=st.integers(0, VERTICES - 1))
    def append_one(self, vertex: int, other: int) -> None:
        [edge] = self.new_edges(1)
        self.adjacency.append_one(vertex, edge, other)
        self.model[vertex].append((edge, other))

    @rule(remainder=st.integers(0, 3), vertices=st.sets(st.integers(0, VERTICES - 1)))
    def remove(self, remainder: int, vertices: set[int]) -> None:
        held = [edge for vertex in vertices for edge, _ in self.model[vertex]]
        dead = [edge for edge in held if edge % 4 == remainder]
        self.adjacency.remove(np.array(sorted(vertices), dtype=np.int64), np.array(dead, dtype=np.int64))
        for vertex in vertices:
            self.model[vertex] = [entry for entry in self.model[vertex] if entry[0] not in dead]

    @rule()
    def compact(self) -> None:
        self.adjacency.compact()
        assert self.adjacency.wasted * 2 <= self.adjacency.end

    @rule()
    def rebuild(self) -> None:
        flat = [(vertex, *entry) for vertex in range(VERTICES) for entry in self.model[vertex]]
        vertices, edges, others = np.array(flat, dtype=np.int64).reshape(-1, 3).T
        self.adjacency.rebuild(vertices, edges, others, VERTICES)
        assert self.adjacency.end == len(flat)

    @invariant()
    def same(self) -> None:
        adjacency = self.adjacency
        for vertex in range(VERTICES):
            assert entries(adjacency, vertex) == self.model[vertex]
        used = [
            position
            for vertex in range(VERTICES)
            for position in range(
                int(adjacency.starts[vertex]), int(adjacency.starts[vertex] + adjacency.rooms[vertex])
            )
        ]
        assert len(set(used)) == len(used)
        assert len(used) + adjacency.wasted == adjacency.end
        assert (adjacency.lengths <= adjacency.rooms).all()


TestRuns = Runs.TestCase


def test_a_run_that_is_full_moves_and_doubles() -> None:
    adjacency = Adjacency()
    adjacency.reserve_vertices(2)
    for edge in range(SMALLEST_RUN + 1):
        adjacency.append_one(1, edge, 0)
    assert adjacency.rooms[1] == 2 * SMALLEST_RUN
    assert adjacency.wasted == SMALLEST_RUN
    assert [edge for edge, _ in entries(adjacency, 1)] == list(range(SMALLEST_RUN + 1))


def test_compacting_takes_the_room_of_empty_runs() -> None:
    adjacency = Adjacency()
    adjacency.reserve_vertices(2)
    for edge in range(2 * SMALLEST_RUN + 1):
        adjacency.append_one(1, edge, 0)
    adjacency.append_one(0, 99, 1)
    adjacency.remove(np.array([0, 1]), np.array([99, *range(1, 2 * SMALLEST_RUN + 1)]))
    adjacency.wasted, adjacency.rooms[1] = adjacency.wasted + int(adjacency.rooms[1]) - 1, 1
    adjacency.compact()
    assert entries(adjacency, 1) == [(0, 0)]
    assert adjacency.rooms.tolist() == [0, 1]
    assert (adjacency.end, adjacency.wasted) == (1, 0)


def test_appending_nothing_does_nothing() -> None:
    adjacency = Adjacency()
    nothing = np.zeros(0, dtype=np.int64)
    adjacency.append(nothing, nothing, nothing)
    adjacency.remove(nothing, nothing)
    adjacency.compact()
    assert adjacency.end == 0


def test_making_room_keeps_the_runs() -> None:
    adjacency = Adjacency()
    adjacency.reserve_vertices(1)
    adjacency.append_one(0, 5, 0)
    adjacency.reserve_vertices(100)
    assert entries(adjacency, 0) == [(5, 0)]
    assert entries(adjacency, 99) == []


def test_a_pool_beyond_32_bits_is_refused() -> None:
    adjacency = Adjacency()
    adjacency.reserve_vertices(1)
    adjacency.end = LARGEST - 1
    with pytest.raises(CapacityError):
        adjacency.append_one(0, 0, 0)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5))))
def test_ranges_are_laid_end_to_end(pairs: list[tuple[int, int]]) -> None:
    starts = np.array([start for start, _ in pairs], dtype=np.int64)
    lengths = np.array([length for _, length in pairs], dtype=np.int64)
    assert ranges(starts, lengths).tolist() == [s + i for s, length in pairs for i in range(length)]
