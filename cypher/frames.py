"""Frames: a batch of rows as named vectors of equal length, what flows between operators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from lithograph.cypher.vectors import Indices, Mask, Vector


class Frame:
    """``count`` rows; ``columns`` maps a variable's name to its vector of that length.

    Names that begin with a blank are the planner's own and cannot clash with a user's.
    """

    __slots__ = ("columns", "count")

    def __init__(self, columns: dict[str, Vector], count: int) -> None:
        self.columns = columns
        self.count = count

    def __getitem__(self, name: str) -> Vector:
        return self.columns[name]

    def take(self, indices: Indices) -> Frame:
        """The rows ``indices`` (intp[m]), in that order."""
        return Frame({name: vector.take(indices) for name, vector in self.columns.items()}, len(indices))

    def filter(self, mask: Mask) -> Frame:
        """The rows where ``mask`` (bool[n]) is set; the frame itself when all are."""
        kept = int(np.count_nonzero(mask))
        if kept == self.count:
            return self
        return Frame({name: vector.filter(mask) for name, vector in self.columns.items()}, kept)

    def slice(self, start: int, stop: int) -> Frame:
        """Rows ``start`` to ``stop``, without a copy."""
        stop = min(stop, self.count)
        columns = {name: vector.slice(start, stop) for name, vector in self.columns.items()}
        return Frame(columns, max(stop - start, 0))

    def select(self, names: Iterable[str]) -> Frame:
        """Only the columns ``names``."""
        columns = self.columns
        return Frame({name: columns[name] for name in names}, self.count)

    def extend(self, columns: dict[str, Vector]) -> Frame:
        """The frame with more (or replaced) columns."""
        return Frame({**self.columns, **columns}, self.count)

    @staticmethod
    def concatenate(frames: Sequence[Frame]) -> Frame:
        """The rows of all frames (at least one), which have the same columns."""
        if len(frames) == 1:
            return frames[0]
        names = frames[0].columns
        columns = {name: Vector.concatenate([frame.columns[name] for frame in frames]) for name in names}
        return Frame(columns, sum(frame.count for frame in frames))

    def size_bytes(self) -> int:
        """A cheap estimate of the memory held."""
        return sum(vector.size_bytes() for vector in self.columns.values())


UNIT = Frame({}, 1)
"""One row without columns: where every query begins."""

EMPTY = Frame({}, 0)
"""No rows: what an operator yields to give up control without having a result yet."""
