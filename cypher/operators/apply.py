"""Inner plans: run once for a batch of outer rows, which they carry along by number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.errors import CypherTypeError
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, Operator, repeated, row_numbers
from lithograph.cypher.vectors import Vector
from lithograph.storage.values.types import type_name


class Optional(Operator):
    """What the inner plan finds for each row, or the row with nulls where it finds nothing.

    ``row`` is the name of the column of row numbers; ``introduced`` are the columns that become null.
    """

    def __init__(
        self, source: Operator, inner: Operator, row: str, introduced: tuple[str, ...], keep: Names
    ) -> None:
        self.source = source
        self.inner = inner
        self.row = row
        self.introduced = introduced
        self.keep = keep

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            found = np.zeros(frame.count, dtype=np.bool_)
            outer = frame.extend({self.row: row_numbers(frame.count)})
            names = (*(name for name in frame.columns if name in self.keep), *self.introduced)
            for inner in self.inner.run(context, outer):
                if not inner.count:
                    yield EMPTY
                    continue
                found[inner.columns[self.row].values] = True
                yield inner.select(name for name in names if name in inner.columns)
            missing = np.flatnonzero(~found)
            if len(missing):
                columns = repeated(frame, missing, self.keep)
                for name in self.introduced:
                    columns[name] = Vector.all_null(len(missing))
                yield Frame(columns, len(missing))


class Foreach(Operator):
    """Runs the inner plan with the variable bound to every item of a list, for its effects.

    ``rowwise``: item by item; else for many items at once.
    """

    def __init__(
        self, source: Operator, variable: str, items: Compiled, inner: Operator, rowwise: bool
    ) -> None:
        self.source = source
        self.variable = variable
        self.items = items
        self.inner = inner
        self.rowwise = rowwise

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            for batch in self._batches(frame, context):
                for _ in self.inner.run(context, batch):
                    yield EMPTY
            yield frame

    def _batches(self, frame: Frame, context: Context) -> Iterator[Frame]:
        """The rows with an item each, in the order of both; long lists are taken piece by piece."""
        size = 1 if self.rowwise else base.LARGEST
        rows: list[int] = []
        values: list[object] = []
        for row, items in enumerate(self.items.vector(frame, context).tolist()):
            if items is None:
                continue
            if type(items) is not list:
                raise CypherTypeError(
                    f"FOREACH expression must resolve to a list, but got {type_name(items)}."
                )
            for start in range(0, len(items), size):
                piece = items[start : start + size]
                if len(values) + len(piece) > size:
                    yield self._batch(frame, rows, values)
                    rows, values = [], []
                rows.extend([row] * len(piece))
                values.extend(piece)
        if values:
            yield self._batch(frame, rows, values)

    def _batch(self, frame: Frame, rows: list[int], values: list[object]) -> Frame:
        return frame.take(np.array(rows, dtype=np.intp)).extend({self.variable: Vector.of(values)})
