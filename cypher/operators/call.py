"""CALL: what a procedure gives, for every row of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any

import numpy as np

from lithograph.cypher.ast import Position
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, Operator, drained, released, repeated, sliced
from lithograph.cypher.procedures.registry import Procedure
from lithograph.cypher.vectors import Indices, Vector


class CallProcedure(Operator):
    """Every row with each row that the procedure gives for it; without any, if the procedure has no results.

    ``columns`` are (field, variable), for the fields that are needed. Where the arguments are the same for all rows one
    call does for all of them, if the procedure allows it.
    """

    def __init__(
        self,
        source: Operator,
        procedure: Procedure,
        arguments: list[Compiled],
        columns: tuple[tuple[str, str], ...],
        keep: Names,
        position: Position,
    ) -> None:
        self.source = source
        self.procedure = procedure
        self.arguments = arguments
        self.columns = columns
        self.keep = keep
        self.position = position
        constant = all(argument.constant for argument in arguments)
        self._once = constant and procedure.deterministic and not procedure.writes

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        given: list[Frame] | None = None
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
            elif self.procedure.signature.is_void:
                yield from self._effects(frame, context)
            elif not self._once:
                yield from self._row_by_row(frame, context)
            elif frame.count == 1 and given is None:
                yield from self._for_one(frame, context)
            else:
                if given is None:
                    given = []
                    yield from drained(self._for_all(frame, context), context, given)
                yield from self._with_each(frame, given)
        if given:
            released(given, context)

    def _call(self, values: Any, context: Context) -> Iterator[Frame]:
        return self.procedure.call(context, values, self.position)

    def _values(self, frame: Frame, context: Context) -> Iterator[tuple[Any, ...]]:
        """The arguments of each row."""
        if not self.arguments:
            return repeat((), frame.count)
        lists = (argument.vector(frame, context).tolist() for argument in self.arguments)
        return zip(*lists, strict=True)

    def _taken(self, frame: Frame) -> Frame:
        """The fields needed of what the procedure gives, by their variables."""
        return Frame({variable: frame.columns[field] for field, variable in self.columns}, frame.count)

    # -- ways to do it

    def _effects(self, frame: Frame, context: Context) -> Iterator[Frame]:
        for values in self._values(frame, context):
            for _ in self._call(values, context):
                yield EMPTY
        yield frame

    def _for_one(self, frame: Frame, context: Context) -> Iterator[Frame]:
        """The only row, with what comes as it comes."""
        for given in self._for_all(frame, context):
            yield from self._joined(frame, np.zeros(given.count, dtype=np.intp), given)

    def _for_all(self, frame: Frame, context: Context) -> Iterator[Frame]:
        """What one call gives, whose arguments are the same for all rows."""
        for given in self._call([argument.value(context) for argument in self.arguments], context):
            yield self._taken(given) if given.count else EMPTY

    def _with_each(self, frame: Frame, given: list[Frame]) -> Iterator[Frame]:
        """Every row with all that is given: rows in their order, so many at a time that they fill a frame."""
        if not given:
            yield EMPTY
            return
        whole = Frame.concatenate(given)
        step = max(base.LARGEST // whole.count, 1)
        for start in range(0, frame.count, step):
            number = min(step, frame.count - start)
            rows = np.repeat(np.arange(start, start + number), whole.count)
            again = np.tile(np.arange(whole.count), number)
            yield from self._joined(frame, rows, whole.take(again))

    def _row_by_row(self, frame: Frame, context: Context) -> Iterator[Frame]:
        rows: list[Indices] = []
        given: list[Frame] = []
        waiting = 0
        for row, values in enumerate(self._values(frame, context)):
            for part in self._call(values, context):
                if part.count:
                    rows.append(np.full(part.count, row, dtype=np.intp))
                    given.append(self._taken(part))
                    waiting += part.count
                if waiting >= base.LARGEST or not part.count:
                    yield EMPTY
                if waiting >= base.LARGEST:
                    yield from self._joined(frame, np.concatenate(rows), Frame.concatenate(given))
                    rows, given, waiting = [], [], 0
        if given:
            yield from self._joined(frame, np.concatenate(rows), Frame.concatenate(given))

    def _joined(self, frame: Frame, rows: Indices, given: Frame) -> Iterator[Frame]:
        """The rows ``rows`` of the frame, each beside the row given for it."""
        if not given.count:
            yield EMPTY
            return
        columns: dict[str, Vector] = repeated(frame, rows, self.keep)
        yield from sliced(Frame({**columns, **given.columns}, given.count))
