"""Searches that begin anew for each row: what they share is how they come to a source, and to a target."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from lithograph.cypher.context import Context
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.operators.base import Operator
from lithograph.cypher.operators.elements import node_slots
from lithograph.cypher.plan.logical import Hop


class FromEachRow(Operator):
    """A search from the node of each row, to all others or to the bound one; null leads nowhere, and nowhere leads to it."""

    def __init__(self, source: Operator, hop: Hop) -> None:
        self.source = source
        self.hop = hop

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        hop = self.hop
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            sources = node_slots(frame.columns[hop.source]).tolist()
            targets = node_slots(frame.columns[hop.target]).tolist() if hop.into else [None] * frame.count
            for row, (source, target) in enumerate(zip(sources, targets, strict=True)):
                if source >= 0 and (target is None or target >= 0):
                    yield from self._search(frame.slice(row, row + 1), source, target, context)

    @abstractmethod
    def _search(self, outer: Frame, source: int, target: int | None, context: Context) -> Iterator[Frame]:
        """The rows that come of one outer row."""
