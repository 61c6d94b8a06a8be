"""``allReduce``: what is accumulated over a list is tested after each step.

As ``reduce`` it goes step by step, the k-th items of all rows at once; rows that have failed are left out from then on.
"""

from __future__ import annotations

import numpy as np

from lithograph.cypher import ast
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.compile.iteration import Names, booleans, items_at, lists_of
from lithograph.cypher.compile.rows import needed
from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.kernels.logic import is_false
from lithograph.cypher.vectors import Indices, Kind, Vector


class StepwiseTest(Compiled):
    """``allReduce(accumulator = initial, variable IN source | body, predicate)``, in three-valued logic; null of no list."""

    __slots__ = (
        "_accumulator", "_body", "_initial", "_names", "_position", "_predicate", "_source", "_variable",
    )  # fmt: skip

    def __init__(
        self,
        accumulator: str,
        initial: Compiled,
        variable: str,
        source: Compiled,
        body: Compiled,
        predicate: Compiled,
        names: Names,
        position: ast.Position,
    ) -> None:
        super().__init__(True)
        self._accumulator = accumulator
        self._initial = initial
        self._variable = variable
        self._source = source
        self._body = body
        self._predicate = predicate
        self._names = names
        self._position = position

    def vector(self, frame: Frame, context: Context) -> Vector:
        lists = lists_of(self._source.vector(frame, context), self._position)
        lengths = np.array([0 if values is None else len(values) for values in lists], dtype=np.intp)
        failed = np.zeros(frame.count, dtype=np.bool_)
        unknown = np.array([values is None for values in lists], dtype=np.bool_)
        active: Indices = np.arange(frame.count, dtype=np.intp)
        accumulated = self._initial.vector(frame, context)
        outer = needed(frame, self._names)
        fresh = context.fresh
        for step in range(int(lengths.max(initial=0))):
            rest = np.flatnonzero((lengths[active] > step) & ~failed[active])
            if len(rest) < len(active):
                active, accumulated, outer = active[rest], accumulated.take(rest), outer.take(rest)
            if not len(active):
                break
            items = Vector.of(items_at(lists, active.tolist(), step))
            inner = outer.extend({self._variable: items, self._accumulator: accumulated})
            accumulated = self._body.vector(inner, context)
            tested = outer.extend({self._variable: items, self._accumulator: accumulated})
            holds = booleans(self._predicate.vector(tested, context), self._position)
            failed[active[is_false(holds)]] = True
            if holds.nulls is not None:
                unknown[active[holds.nulls]] = True
            context.pause()
            context.fresh = fresh  # what the steps before made is gone
        nulls = unknown & ~failed
        return Vector(Kind.BOOL, ~failed, nulls if nulls.any() else None)
