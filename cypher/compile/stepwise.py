"""``reduce`` and ``allReduce``: step by step, the k-th items of all rows' lists at once.

Rows whose list is at its end, or whose answer is known, are left out from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.cypher import ast
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.compile.iteration import Lists, Names, booleans, lists_of
from lithograph.cypher.compile.rows import needed
from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.kernels.logic import is_false
from lithograph.cypher.scatter import merge
from lithograph.cypher.vectors import Indices, Kind, Vector


@dataclass(frozen=True, slots=True)
class Steps:
    """``accumulator = initial, variable IN source | body``; ``names`` are the outer columns that a step needs."""

    accumulator: str
    initial: Compiled
    variable: str
    source: Compiled
    body: Compiled
    names: Names
    position: ast.Position

    def lists(self, frame: Frame, context: Context) -> tuple[Lists, npt.NDArray[np.intp]]:
        """The list of each row, None for null, and how long they are (0 for null)."""
        lists = lists_of(self.source.vector(frame, context), self.position)
        return lists, np.array([0 if values is None else len(values) for values in lists], dtype=np.intp)

    def accumulate(
        self, outer: Frame, items: Vector, accumulated: Vector, context: Context
    ) -> tuple[Vector, Frame]:
        """What the step makes of what there is so far, and the frame in which its result is to be looked at."""
        inner = outer.extend({self.variable: items, self.accumulator: accumulated})
        accumulated = self.body.vector(inner, context)
        return accumulated, outer.extend({self.variable: items, self.accumulator: accumulated})


class Reduction(Compiled):
    """``reduce(…)``: what has been accumulated at the end; null of no list."""

    __slots__ = ("_steps",)

    def __init__(self, steps: Steps) -> None:
        super().__init__(True)
        self._steps = steps

    def vector(self, frame: Frame, context: Context) -> Vector:
        steps = self._steps
        lists, lengths = steps.lists(frame, context)
        initial = steps.initial.vector(frame, context)
        parts: list[tuple[Indices, Vector]] = []
        active: Indices = np.array([row for row, values in enumerate(lists) if values is not None], np.intp)
        accumulated = initial.take(active)
        outer = needed(frame, steps.names).take(active)
        fresh = context.fresh
        for step in range(int(lengths.max(initial=0))):
            more = lengths[active] > step
            if not more.all():
                done = np.flatnonzero(~more)
                parts.append((active[done], accumulated.take(done)))
                rest = np.flatnonzero(more)
                active, accumulated, outer = active[rest], accumulated.take(rest), outer.take(rest)
            accumulated, _ = steps.accumulate(
                outer, _items(lists, active.tolist(), step), accumulated, context
            )
            context.pause()
            context.fresh = fresh  # what the steps before made is gone
        parts.append((active, accumulated))
        return merge(parts, frame.count)


class StepwiseTest(Compiled):
    """``allReduce(…, predicate)``: whether it holds after every step, in three-valued logic; null of no list."""

    __slots__ = ("_predicate", "_steps")

    def __init__(self, steps: Steps, predicate: Compiled) -> None:
        super().__init__(True)
        self._steps = steps
        self._predicate = predicate

    def vector(self, frame: Frame, context: Context) -> Vector:
        steps = self._steps
        lists, lengths = steps.lists(frame, context)
        failed = np.zeros(frame.count, dtype=np.bool_)
        unknown = np.array([values is None for values in lists], dtype=np.bool_)
        active: Indices = np.arange(frame.count, dtype=np.intp)
        accumulated = steps.initial.vector(frame, context)
        outer = needed(frame, steps.names)
        fresh = context.fresh
        for step in range(int(lengths.max(initial=0))):
            rest = np.flatnonzero((lengths[active] > step) & ~failed[active])
            if len(rest) < len(active):
                active, accumulated, outer = active[rest], accumulated.take(rest), outer.take(rest)
            if not len(active):
                break
            items = _items(lists, active.tolist(), step)
            accumulated, after = steps.accumulate(outer, items, accumulated, context)
            holds = booleans(self._predicate.vector(after, context), steps.position)
            failed[active[is_false(holds)]] = True
            if holds.nulls is not None:
                unknown[active[holds.nulls]] = True
            context.pause()
            context.fresh = fresh  # what the steps before made is gone
        nulls = unknown & ~failed
        return Vector(Kind.BOOL, ~failed, nulls if nulls.any() else None)


def _items(lists: Lists, rows: Iterable[int], step: int) -> Vector:
    """The item number ``step`` of each of ``rows``, whose lists are that long."""
    items: list[Any] = []
    for row in rows:
        values = lists[row]
        assert values is not None  # only rows with a list long enough are active
        items.append(values[step])
    return Vector.of(items)
