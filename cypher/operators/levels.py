"""Walks level by level: all those of one length as arrays, and how levels follow one another in bounded memory.

A level is worked off in portions, depth first: the longest walks go first, so that what waits is bounded by the depth
times a frame. Longer walks wait in smaller portions, and all of them are accounted for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lithograph.cypher.context import Context
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.operators import base
from lithograph.cypher.vectors import Indices, Kind, Mask, Vector
from lithograph.storage.columns.chunk import Slots

SHORT = 8
"""Walks of more relationships are worked off in smaller portions: the longer, the less memory a level takes."""

LISTS = 4096
"""Rows of a frame in which walks of that length become lists, and paths, at most: these take their time."""

Walked = npt.NDArray[np.int64]


@dataclass(slots=True)
class Level:
    """Walks of one length: ``rows`` intp[n], ``nodes`` int64[n] where they end, ``edges`` int64[n, length].

    ``groups`` are lists gathered on the way, int64[n, repetitions] each, by name.
    """

    rows: Indices
    nodes: Slots
    edges: Walked
    groups: dict[str, Walked] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def filter(self, mask: Mask) -> Level:
        groups = {name: lists[mask] for name, lists in self.groups.items()}
        return Level(self.rows[mask], self.nodes[mask], self.edges[mask], groups)

    def portions(self, size: int | None = None) -> Iterator[Level]:
        """The walks, so many at a time; as ``portion`` says, if it is not said."""
        size = self.portion() if size is None else size
        for start in range(0, len(self), size):
            part = slice(start, start + size)
            groups = {name: lists[part] for name, lists in self.groups.items()}
            yield Level(self.rows[part], self.nodes[part], self.edges[part], groups)

    def portion(self) -> int:
        """How many walks of this length to work off at once."""
        length = max(SHORT, int(self.edges.shape[1]))
        return max(1, base.LARGEST * SHORT * SHORT // (length * length))

    def for_lists(self) -> Iterator[Level]:
        """The walks, no more at a time than it takes moments to make lists of."""
        return self.portions(max(1, self.portion() * LISTS // (1 << 15)))

    def held(self) -> int:
        """The memory of walks that wait, in bytes: they, and those that they continue."""
        arrays = (self.rows, self.nodes, self.edges, *self.groups.values())
        return 2 * sum(array.nbytes for array in arrays)


def worked_off(
    first: Level,
    maximum: int | None,
    following: Callable[[Level], Iterator[Level]],
    frames: Callable[[Level, int], Iterator[Frame]],
    context: Context,
) -> Iterator[Frame]:
    """The frames of walks and of all that continue them.

    Args:
        first: walks of no length.
        maximum: how many times a walk is continued at most.
        following: the walks that continue those of a level, in portions.
        frames: the rows of walks that have been continued so many times.
    """
    pending: list[tuple[Level, int, Iterator[Level]]] = [(first, 0, iter(()))]
    context.hold(first.held())
    try:
        while pending:
            level, times, rest = pending.pop()
            context.hold(-level.held())
            sibling = next(rest, None)
            if sibling is not None:
                # what has no more to give is forgotten: a chain of any length is held once
                pending.append((sibling, times, rest))
                context.hold(sibling.held())
            yield EMPTY
            yield from frames(level, times)
            if len(level) and (maximum is None or times < maximum):
                continued = following(level)
                longer = next(continued, None)
                if longer is not None:
                    pending.append((longer, times + 1, continued))
                    context.hold(longer.held())
    finally:
        context.hold(-sum(level.held() for level, _, _ in pending))


def unused(walked: Walked, rows: Indices, edges: Slots) -> Mask:
    """Which steps, ``edges`` of the walks ``rows``, use a relationship that their walk has not used yet (bool[n])."""
    length = walked.shape[1]
    if length * 16 > len(rows):  # few long walks: all positions at once
        fresh: Mask = (walked[rows] != edges[:, None]).all(axis=1)
        return fresh
    fresh = np.ones(len(rows), dtype=np.bool_)
    for position in range(length):
        fresh &= walked[rows, position] != edges
    return fresh


def disjoint(level: Level, others: list[Vector]) -> Level:
    """The walks that avoid the relationships (or lists of them) that their rows already have."""
    for other in others:
        level = level.filter(_disjoint(other, level))
    return level


def _disjoint(other: Vector, level: Level) -> Mask:
    if other.kind is Kind.RELATIONSHIP:
        avoids: Mask = (level.edges != other.values[level.rows][:, None]).all(axis=1)
        return avoids
    taken = [
        frozenset(ref.slot for ref in (refs if isinstance(refs, list) else [refs] if refs else ()))
        for refs in other.tolist()
    ]
    walks = zip(level.rows.tolist(), level.edges.tolist(), strict=True)
    return np.array([taken[row].isdisjoint(walk) for row, walk in walks], dtype=np.bool_)
