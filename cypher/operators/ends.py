"""Walks that a search has found, made into rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lithograph.cypher.entities import RelationshipRef
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, repeated
from lithograph.cypher.plan.logical import Hop
from lithograph.cypher.vectors import Kind, Vector

Found = tuple[int, list[int], Any] | None
"""(end, edges in the order walked, weight), or None for a breath."""


@dataclass(slots=True)
class Ends:
    """Walks that wait to become a frame."""

    nodes: list[int]
    walks: list[list[int]]
    totals: list[Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which columns somebody asks for; ``total`` is the name of that of weights."""

    hop: Hop
    total: str | None
    keep: Names
    names: Names

    @property
    def walks(self) -> bool:
        """Whether anybody asks for the relationships."""
        return self.hop.relationship in self.names

    def frames(self, outer: Frame, found: Iterable[Found]) -> Iterator[Frame]:
        """The rows for the walks of one outer row, in their order."""
        ends, size = Ends([], [], []), 0
        for walk in found:
            if walk is None:
                yield EMPTY
                continue
            ends.nodes.append(walk[0])
            ends.walks.append(walk[1])
            ends.totals.append(walk[2])
            size += 1 + len(walk[1])
            if size >= base.LARGEST or len(ends.nodes) >= base.SMALLEST * 16:
                yield self._frame(outer, ends)
                ends, size = Ends([], [], []), 0
        yield self._frame(outer, ends) if ends.nodes else EMPTY

    def _frame(self, outer: Frame, ends: Ends) -> Frame:
        hop = self.hop
        columns = repeated(outer, np.zeros(len(ends.nodes), dtype=np.intp), self.keep)
        if hop.target in self.names:
            columns[hop.target] = Vector(Kind.NODE, np.array(ends.nodes, dtype=np.int64))
        if hop.relationship in self.names:
            turned = (walk[::-1] if hop.backwards else walk for walk in ends.walks)
            lists = [[RelationshipRef(edge) for edge in walk] for walk in turned]
            columns[hop.relationship] = Vector.objects(lists)
        if self.total is not None and self.total in self.names:
            columns[self.total] = Vector.of(ends.totals)
        return Frame(columns, len(ends.nodes))
