"""Aggregation: grouping keys become dense numbers, and every aggregate reduces arrays by number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from lithograph.cypher import ast
from lithograph.cypher.aggregation import Aggregate as State
from lithograph.cypher.aggregation import make_aggregate
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.errors import place
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.grouping import Grouper
from lithograph.cypher.operators.base import Operator, sliced
from lithograph.storage.errors import LithographError

Call = tuple[str, ast.FunctionCall | ast.CountStar, list[Compiled]]


class Aggregate(Operator):
    """A row for each group; without keys exactly one row, also for no input.

    ``each``: the only key, when there is to be exactly one row for each row of the argument, which it numbers.
    """

    def __init__(
        self,
        source: Operator,
        keys: list[tuple[str, Compiled]],
        calls: list[Call],
        each: str | None = None,
    ) -> None:
        self.source = source
        self.keys = keys
        self.calls = calls
        self.each = each

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        states = [make_aggregate(call) for _, call, _ in self.calls]
        grouper = Grouper(len(self.keys)) if self.keys else None
        if self.each is not None and grouper is not None:
            grouper.codes([argument.columns[self.each]], argument.count)
        held = 0
        for frame in self.source.run(context, argument):
            if frame.count:
                self._update(frame, states, grouper, context)
                size = sum(state.size_bytes() for state in states)
                size += grouper.size_bytes() if grouper is not None else 0
                context.hold(size - held)
                held = size
            yield EMPTY
        yield from sliced(self._result(states, grouper))
        context.hold(-held)

    def _update(self, frame: Frame, states: list[State], grouper: Grouper | None, context: Context) -> None:
        if grouper is None:
            codes, groups = np.zeros(frame.count, dtype=np.int64), 1
        else:
            codes = grouper.codes([key.vector(frame, context) for _, key in self.keys], frame.count)
            groups = grouper.count
        for state, (_, call, arguments) in zip(states, self.calls, strict=True):
            with _placed(call):
                state.update(codes, groups, [a.vector(frame, context) for a in arguments], frame.count)

    def _result(self, states: list[State], grouper: Grouper | None) -> Frame:
        if grouper is None:
            groups, columns = 1, {}
        else:
            groups = grouper.count
            if not groups:
                return EMPTY
            columns = dict(zip((name for name, _ in self.keys), grouper.keys(), strict=True))
        for state, (name, call, _) in zip(states, self.calls, strict=True):
            with _placed(call):
                columns[name] = state.finish(groups)
        return Frame(columns, groups)


@contextmanager
def _placed(call: ast.FunctionCall | ast.CountStar) -> Iterator[None]:
    """Errors without a place get that of the call."""
    try:
        yield
    except LithographError as error:
        place(error, call.position)
        raise
