"""A trail through the product of graph and pattern, unfolded to what the variables of the pattern stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.entities import NodeRef, RelationshipRef
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, repeated
from lithograph.cypher.operators.guard import path_along
from lithograph.cypher.operators.product import Product
from lithograph.cypher.operators.trails import Trail
from lithograph.cypher.plan.logical import PathPart
from lithograph.cypher.plan.logical import SearchPaths as Plan
from lithograph.cypher.vectors import Kind, Vector


@dataclass(frozen=True, slots=True)
class Unfolded:
    """A path: its other end, its edges in the order walked, and how many of them each part has."""

    end: int
    edges: list[int]
    counts: list[int]


class Unfolding:
    """Makes rows of trails; ``keep`` are the columns that go on, ``names`` all that are wanted."""

    def __init__(self, plan: Plan, keep: Names, names: Names) -> None:
        self.plan = plan
        self.keep = keep
        turn = slice(None, None, -1 if plan.hop.backwards else 1)
        self.parts = plan.parts[turn]
        self.wanted = [name for name in _names(self.parts, plan.between) if name in names]
        self.between = plan.between[turn]
        inside = {*plan.between, *(name for part in plan.parts for name, _ in part.nodes)}
        self.nodes = not inside.isdisjoint(names)
        """Whether any node between the ends is wanted."""
        self.target = not plan.hop.into and plan.hop.target in names

    def unfolded(self, product: Product, end: int, trail: Trail) -> Unfolded:
        """The path of a trail to the entry ``end``."""
        counts = [0] * len(self.parts)
        walked: list[int] = []
        for entry, edges in reversed(trail):
            walked += edges
            counts[self.plan.part_of[product.positions[entry]]] += len(edges)
        return Unfolded(product.nodes[end], walked, counts)

    def frames(
        self, outer: Frame, source: int, found: Iterable[Unfolded | None], context: Context
    ) -> Iterator[Frame]:
        """The rows of the paths from one source, for one outer row."""
        waiting: list[Unfolded] = []
        size = 0
        for path in found:
            if path is None:
                yield EMPTY
                continue
            waiting.append(path)
            size += 1 + len(path.edges)
            if size >= base.LARGEST or len(waiting) >= base.SMALLEST * 16:
                yield self.frame(outer, source, waiting, context)
                waiting, size = [], 0
        yield self.frame(outer, source, waiting, context) if waiting else EMPTY

    def frame(self, outer: Frame, source: int, paths: list[Unfolded], context: Context) -> Frame:
        """The rows of some paths."""
        columns = repeated(outer, np.zeros(len(paths), dtype=np.intp), self.keep)
        if self.target:
            ends = np.array([path.end for path in paths], dtype=np.int64)
            columns[self.plan.hop.target] = Vector(Kind.NODE, ends)
        if self.wanted:
            rows = [self._values(source, path, context) for path in paths]
            for name in self.wanted:
                columns[name] = Vector.of([row[name] for row in rows])
        return Frame(columns, len(paths))

    def _values(self, source: int, path: Unfolded, context: Context) -> dict[str, Any]:
        """What each variable stands for."""
        start, edges, counts = source, path.edges, path.counts
        if self.plan.hop.backwards:
            start, edges, counts = path.end, edges[::-1], counts[::-1]
        behind = list(accumulate(counts))
        values: dict[str, Any] = {}
        for part, last, count in zip(self.parts, behind, counts, strict=True):
            first = last - count
            if part.single:
                values[part.name] = RelationshipRef(edges[first])
                continue
            values[part.name] = [RelationshipRef(edge) for edge in edges[first:last]]
            for name, place in part.relationships:
                values[name] = [RelationshipRef(edge) for edge in edges[first + place : last : part.hops]]
        if self.nodes:
            values |= self._nodes(path_along(start, edges, context.reader).nodes, behind)
        return values

    def _nodes(self, nodes: tuple[int, ...], behind: list[int]) -> dict[str, Any]:
        """What the variables of nodes stand for; ``behind``: by part how many edges there are up to its end."""
        values: dict[str, Any] = {
            name: NodeRef(nodes[place]) for name, place in zip(self.between, behind[:-1], strict=True)
        }
        for part, first, last in zip(self.parts, [0, *behind[:-1]], behind, strict=True):
            for name, place in part.nodes:
                stop = last + (place == part.hops)
                values[name] = [NodeRef(node) for node in nodes[first + place : stop : part.hops]]
        return values


def _names(parts: tuple[PathPart, ...], between: tuple[str, ...]) -> Iterator[str]:
    yield from between
    for part in parts:
        yield part.name
        yield from (name for name, _ in (*part.nodes, *part.relationships))
