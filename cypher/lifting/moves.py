"""Where something is in the text that was sent, when it is known where it is in the text that was planned."""

from __future__ import annotations

from bisect import bisect_right

from lithograph.cypher.ast import Position
from lithograph.cypher.lexer import line_and_column, line_starts
from lithograph.cypher.lifting.skeleton import Skeleton


class Moves:
    """Positions of ``planned`` as positions of ``sent``, which has the same skeleton."""

    __slots__ = ("_planned", "_sent")

    def __init__(self, planned: Skeleton, sent: Skeleton) -> None:
        self._planned = planned
        self._sent = sent

    def moved(self, position: Position) -> Position:
        """The same place: as far behind the literal before it, of which nothing is but its beginning pointed at."""
        ends = [end for _, end in self._planned.spans()]
        before = bisect_right(ends, position.offset) - 1
        if before < 0:
            return position
        offset = position.offset + self._sent.spans()[before][1] - ends[before]
        return line_and_column(line_starts(self._sent.text), offset)
