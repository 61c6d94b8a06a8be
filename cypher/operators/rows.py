"""Operators on rows that know nothing of graphs: filter, compute, unwind, bound, collect, join ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.errors import (
    CypherError,
    InvalidArgumentTypeError,
    NegativeIntegerArgumentError,
)
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.grouping import Grouper
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, Operator, PerFrame, drained, released, repeated, sliced
from lithograph.cypher.operators.guard import true_rows
from lithograph.cypher.scalar.logic import is_true
from lithograph.cypher.sorting import TopK, sort_indices
from lithograph.cypher.vectors import Indices, Vector
from lithograph.storage.values.types import type_name


class Filter(Operator):
    """The rows for which every predicate is true; each sees only what those before it let through."""

    def __init__(self, source: Operator, predicates: list[Compiled]) -> None:
        self.source = source
        self.predicates = predicates

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for frame in self.source.run(context, argument):
            for predicate in self.predicates:
                if not frame.count:
                    break
                try:
                    frame = self._true(predicate, frame, context)
                except CypherError as error:
                    predicate.place(error)
                    raise
            yield frame if frame.count else EMPTY

    @staticmethod
    def _true(predicate: Compiled, frame: Frame, context: Context) -> Frame:
        if frame.count == 1:
            return frame if is_true(predicate.one(frame, context)) else EMPTY
        return frame.filter(true_rows(predicate.vector(frame, context)))


class Extend(Operator):
    """The rows with further columns, all computed from the columns there were."""

    def __init__(self, source: Operator, items: list[tuple[str, Compiled]]) -> None:
        self.source = source
        self.items = items

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for frame in self.source.run(context, argument):
            if frame.count:
                yield frame.extend({name: item.vector(frame, context) for name, item in self.items})
            else:
                yield EMPTY


class Produce(Operator):
    """Only these columns, renamed: (name, name before)."""

    def __init__(self, source: Operator, columns: tuple[tuple[str, str], ...]) -> None:
        self.source = source
        self.columns = columns

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for frame in self.source.run(context, argument):
            if frame.count:
                columns = frame.columns
                yield Frame({name: columns[before] for name, before in self.columns}, frame.count)
            else:
                yield EMPTY


class Unwind(PerFrame):
    """A row for each item of a list; none for null, and one for a value that is no list, as in Neo4j."""

    def __init__(self, source: Operator, expression: Compiled, variable: str, keep: Names) -> None:
        self.source = source
        self.expression = expression
        self.variable = variable
        self.keep = keep

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        rows: list[int] = []
        values: list[Any] = []
        for row, items in enumerate(self.expression.vector(frame, context).tolist()):
            if items is None:
                continue
            if type(items) is not list:
                items = [items]
            if frame.count == 1 or len(items) >= base.LARGEST:
                if rows:  # the rows before come first
                    yield from self._several(frame, rows, values)
                    rows, values = [], []
                yield from self._one(frame, row, items)
                continue
            rows.extend([row] * len(items))
            values.extend(items)
            if len(values) >= base.LARGEST:
                yield from self._several(frame, rows, values)
                rows, values = [], []
        yield from self._several(frame, rows, values)

    def _one(self, frame: Frame, row: int, items: list[Any]) -> Iterator[Frame]:
        """The items of one row's list."""
        for start in range(0, len(items), base.LARGEST):
            part = items[start : start + base.LARGEST]
            yield self._frame(frame, np.full(len(part), row, dtype=np.intp), part)

    def _several(self, frame: Frame, rows: list[int], values: list[Any]) -> Iterator[Frame]:
        """The items of several rows' short lists."""
        if values:
            yield from sliced(self._frame(frame, np.array(rows, dtype=np.intp), values))
        else:
            yield EMPTY

    def _frame(self, frame: Frame, rows: Indices, values: list[Any]) -> Frame:
        columns = repeated(frame, rows, self.keep)
        columns[self.variable] = Vector.of(values)
        return Frame(columns, len(values))


class Distinct(Operator):
    """The first row of each group of rows that are alike in ``columns``."""

    def __init__(self, source: Operator, columns: tuple[str, ...]) -> None:
        self.source = source
        self.columns = columns

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        grouper = Grouper(len(self.columns))
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            before = grouper.count
            fresh = grouper.fresh([frame.columns[name] for name in self.columns], frame.count)
            context.hold((grouper.count - before) * 64 * len(self.columns))
            yield frame.take(fresh) if len(fresh) else EMPTY


class OrderBy(Operator):
    """All rows, sorted; only the best ones when a limit is known."""

    def __init__(
        self,
        source: Operator,
        keys: tuple[tuple[str, bool], ...],
        limit: Compiled | None,
        skip: Compiled | None,
    ) -> None:
        self.source = source
        self.names = [name for name, _ in keys]
        self.descending = [descending for _, descending in keys]
        self.limit = limit
        self.skip = skip

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        if self.limit is not None:
            wanted = bound(self.limit, "LIMIT", context)
            wanted += 0 if self.skip is None else bound(self.skip, "SKIP", context)
            if wanted <= base.LARGEST:
                yield from self._best(wanted, context, argument)
                return
        frames: list[Frame] = []
        yield from drained(self.source.run(context, argument), context, frames)
        if frames:
            whole = Frame.concatenate(frames)
            order = sort_indices([whole.columns[name] for name in self.names], self.descending)
            yield from sliced(whole.take(order))
            released(frames, context)

    def _best(self, wanted: int, context: Context, argument: Frame) -> Iterator[Frame]:
        best = TopK(wanted, self.descending)
        for frame in self.source.run(context, argument):
            if frame.count:
                best.add(frame, [frame.columns[name] for name in self.names])
            yield EMPTY
        yield best.finish()


def bound(expression: Compiled, clause: str, context: Context) -> int:
    """The value of SKIP or LIMIT.

    Raises:
        InvalidArgumentTypeError: it is no integer. An integral float is taken, since some clients
            send all their numbers as floats.
        NegativeIntegerArgumentError: it is negative.
    """
    value = expression.value(context)
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int:
        raise InvalidArgumentTypeError(
            f"{clause} must be an integer, but {type_name(value)} was provided.", position=expression.position
        )
    if value < 0:
        raise NegativeIntegerArgumentError(
            f"{clause} must not be negative, but {value} was provided.", position=expression.position
        )
    return value


class Skip(Operator):
    """Without the first rows."""

    def __init__(self, source: Operator, count: Compiled) -> None:
        self.source = source
        self.count = count

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        left = bound(self.count, "SKIP", context)
        for frame in self.source.run(context, argument):
            if left >= frame.count:
                left -= frame.count
                yield EMPTY
            elif left:
                yield frame.slice(left, frame.count)
                left = 0
            else:
                yield frame


class Limit(Operator):
    """Only the first rows. With ``drain`` the input begins at least, so that its effects happen."""

    def __init__(self, source: Operator, count: Compiled, drain: bool) -> None:
        self.source = source
        self.count = count
        self.drain = drain

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        left = bound(self.count, "LIMIT", context)
        if not left and not self.drain:
            return
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            if frame.count >= left:
                if left:
                    yield frame.slice(0, left)
                return
            left -= frame.count
            yield frame


class Union(Operator):
    """The rows of several plans, one after the other."""

    def __init__(self, parts: list[Operator], columns: tuple[str, ...]) -> None:
        self.parts = parts
        self.columns = columns

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for part in self.parts:
            for frame in part.run(context, argument):
                yield frame.select(self.columns) if frame.count else EMPTY


class Accumulate(Operator):
    """All rows before the first goes on."""

    def __init__(self, source: Operator) -> None:
        self.source = source

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        frames: list[Frame] = []
        yield from drained(self.source.run(context, argument), context, frames)
        released(frames, context)
        yield from frames


class EmptyResult(Operator):
    """Uses its input up and gives nothing."""

    def __init__(self, source: Operator) -> None:
        self.source = source

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for _ in self.source.run(context, argument):
            yield EMPTY
