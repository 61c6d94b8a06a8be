"""All walks from the node of each row, level by level: what relationships and whole repetitions have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from functools import partial

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.operators.base import Names, Operator, PerFrame, repeated
from lithograph.cypher.operators.elements import node_slots
from lithograph.cypher.operators.levels import Level, disjoint, worked_off
from lithograph.cypher.plan.logical import Hop
from lithograph.cypher.vectors import Kind, Vector


class Walking(PerFrame):
    """Walks that are continued up to ``maximum`` times, and end where they have been at least ``minimum`` times.

    They use none of the relationships ``others`` that the row already has. ``groups`` are variables that become lists,
    ``keep`` the columns that go on, ``names`` those that are wanted of the walks.
    """

    def __init__(
        self,
        source: Operator,
        hop: Hop,
        bounds: tuple[int, int | None],
        others: tuple[str, ...],
        keep: Names,
        names: Names,
        groups: tuple[str, ...] = (),
    ) -> None:
        self.source = source
        self.hop = hop
        self.minimum, self.maximum = bounds
        self.others = others
        self.keep = keep
        self.names = names
        self.groups = groups

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        sources = node_slots(frame.columns[self.hop.source])
        rows = np.flatnonzero(sources >= 0)
        none = np.zeros((len(rows), 0), dtype=np.int64)
        first = Level(rows, sources[rows], none, dict.fromkeys(self.groups, none))
        following = partial(self._following, frame, context)
        yield from worked_off(first, self.maximum, following, partial(self._frames, frame), context)

    @abstractmethod
    def _following(self, frame: Frame, context: Context, level: Level) -> Iterator[Level]:
        """The walks that continue these once more, in portions."""

    @abstractmethod
    def _lists(self, level: Level) -> dict[str, Vector]:
        """The columns of the relationships, where they are wanted, and of the groups."""

    def _frames(self, frame: Frame, level: Level, times: int) -> Iterator[Frame]:
        """The rows of walks that may end here."""
        hop = self.hop
        if times < self.minimum:
            return
        if hop.into:
            level = level.filter(level.nodes == node_slots(frame.columns[hop.target])[level.rows])
        level = disjoint(level, [frame.columns[other] for other in self.others])
        lists = hop.relationship in self.names or bool(self.groups)
        for part in level.for_lists() if lists else level.portions():
            columns = repeated(frame, part.rows, self.keep)
            if hop.target in self.names:
                columns[hop.target] = Vector(Kind.NODE, part.nodes)
            yield Frame({**columns, **self._lists(part)}, len(part))
