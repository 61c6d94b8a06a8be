"""Conditions on whole paths, asked of one candidate after the other while a search makes them, the shortest first."""

from __future__ import annotations

from collections.abc import Iterator

from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.operators.base import Operator, row_numbers
from lithograph.cypher.operators.unfold import Unfolded, Unfolding

MOST = 512
"""So many paths are judged together at most."""


class Judge:
    """Lets those paths pass whose rows, made by ``unfolding``, ``inner`` does; it numbers them in the column ``row``."""

    def __init__(self, inner: Operator, row: str, unfolding: Unfolding) -> None:
        self.inner = inner
        self.row = row
        self.unfolding = unfolding

    def passing(
        self, outer: Frame, source: int, found: Iterator[Unfolded | None], context: Context
    ) -> Iterator[Unfolded | None]:
        """Those of the paths found that pass, in the same order; None is a breath.

        The first may do, and it may take for ever to find another: few are judged together at first, and what is there
        at a breath.
        """
        waiting: list[Unfolded] = []
        size = 1
        for path in found:
            if path is not None:
                waiting.append(path)
            if waiting and (path is None or len(waiting) == size):
                yield from self._passed(outer, source, waiting, context)
                waiting, size = [], min(2 * size, MOST)
            if path is None:
                yield None
        if waiting:
            yield from self._passed(outer, source, waiting, context)

    def _passed(self, outer: Frame, source: int, paths: list[Unfolded], context: Context) -> list[Unfolded]:
        rows = self.unfolding.frame(outer, source, paths, context)
        passed: list[int] = []
        for found in self.inner.run(context, rows.extend({self.row: row_numbers(len(paths))})):
            context.check()
            if found.count:
                passed += found.columns[self.row].values.tolist()
        return [paths[number] for number in sorted(passed)]
