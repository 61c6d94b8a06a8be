"""Where something is in the text that was sent, when it is known where it is in the text that was planned."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from lithograph.cypher.ast import Position
from lithograph.cypher.lexer import line_and_column, line_starts
from lithograph.cypher.lifting.skeleton import Skeleton


class Moves:
    """Positions of ``planned`` as positions of ``sent``, which has the same skeleton."""

    def __init__(self, planned: Skeleton, sent: Skeleton) -> None:
        self._planned = planned
        self._sent = sent

    @cached_property
    def _ends(self) -> tuple[list[int], list[int]]:
        """Where the literals end, in either text."""
        planned, sent = self._planned.spans(), self._sent.spans()
        return [end for _, end in planned], [end for _, end in sent]

    @cached_property
    def _lines(self) -> list[int]:
        return line_starts(self._sent.text)

    def moved(self, position: Position) -> Position:
        """The same place: as far behind the literal before it, of which nothing is but its beginning pointed at."""
        planned, sent = self._ends
        before = bisect_right(planned, position.offset) - 1
        if before < 0:
            return position
        return line_and_column(self._lines, position.offset - planned[before] + sent[before])
