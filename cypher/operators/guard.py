"""What every step of an expansion must fulfil: conditions on its relationship, and a filter lambda.

A lambda ``(edge, node [, path [, weight]] | …)`` sees the relationship walked, the node that it leads to in the order
in which the pattern is written, and what has been gathered on the way, this step included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.entities import GraphReader, PathRef
from lithograph.cypher.frames import Frame
from lithograph.cypher.operators.expand import Steps
from lithograph.cypher.scalar.logic import is_true
from lithograph.cypher.vectors import Indices, Kind, Mask, Vector
from lithograph.storage.columns.chunk import Slots


@dataclass(frozen=True, slots=True)
class Gathered:
    """What lambdas may see of the way to a step: each is called only where a lambda asks for it."""

    paths: Callable[[], Vector]
    weights: Callable[[], Vector] | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """``conditions`` know the relationship as ``element``; the lambda is ``body`` over up to four ``names``.

    A name that the body does not use is None.
    """

    element: str
    conditions: list[Compiled]
    names: tuple[str | None, ...] = ()
    body: Compiled | None = None

    def __bool__(self) -> bool:
        return bool(self.conditions) or self.body is not None

    @property
    def gathers(self) -> bool:
        """Whether the lambda looks at the path or the weight gathered."""
        return any(name is not None for name in self.names[2:])

    def allowed(
        self,
        outer: Frame,
        rows: Indices,
        edges: Slots,
        nodes: Slots,
        context: Context,
        gathered: Gathered | None = None,
    ) -> Mask:
        """Which steps may be taken (bool[n]): ``edges`` to ``nodes`` (int64[n]), for ``rows`` of ``outer``."""
        inner = outer.take(rows)
        column = Vector(Kind.RELATIONSHIP, edges)
        allowed = np.ones(len(edges), dtype=np.bool_)
        with context.pinned():
            for condition in self.conditions:
                allowed &= true_rows(condition.vector(inner.extend({self.element: column}), context))
            if self.body is not None:
                columns = self._columns(column, nodes, gathered)
                allowed &= true_rows(self.body.vector(inner.extend(columns), context))
        return allowed

    def _columns(self, edges: Vector, nodes: Slots, gathered: Gathered | None) -> dict[str, Vector]:
        edge, node, path, weight = (*self.names, None, None)[:4]
        columns = {}
        if edge is not None:
            columns[edge] = edges
        if node is not None:
            columns[node] = Vector(Kind.NODE, nodes)
        if path is not None and gathered is not None:
            columns[path] = gathered.paths()
        if weight is not None and gathered is not None and gathered.weights is not None:
            columns[weight] = gathered.weights()
        return columns

    def kept(
        self,
        outer: Frame,
        rows: Indices,
        sources: Slots,
        found: Steps,
        backwards: bool,
        context: Context,
        gathered: Gathered | None = None,
    ) -> Steps:
        """The steps found that may be taken.

        Args:
            outer: the outer rows.
            rows: intp[n], for each step its row of ``outer``.
            sources: int64[n], for each step the node that it leaves.
            found: the steps.
            backwards: the search runs against the pattern, whose steps lead to ``sources``.
        """
        if not self or not len(found.rows):
            return found
        nodes = sources if backwards else found.nodes
        return found.filter(self.allowed(outer, rows, found.edges, nodes, context, gathered))


def true_rows(vector: Vector) -> Mask:
    """Where a vector of truth values is true (bool[n]); null is not.

    Raises:
        CypherTypeError: there is something else than truth values in it.
    """
    if vector.kind is Kind.BOOL:
        return vector.values if vector.nulls is None else vector.values & ~vector.nulls
    return np.array([is_true(value) for value in vector.tolist()], dtype=np.bool_)


def path_along(start: int, edges: Iterable[int], reader: GraphReader) -> PathRef:
    """The path from a node along edges, each of which goes on where the one before it ended."""
    nodes = [start]
    walked = []
    for edge in edges:
        first, last = reader.relationship_ends(edge)
        nodes.append(last if first == nodes[-1] else first)
        walked.append(edge)
    return PathRef(tuple(nodes), tuple(walked))
