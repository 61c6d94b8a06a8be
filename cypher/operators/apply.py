"""Inner plans: run once for a batch of outer rows, which they carry along by number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.errors import CypherTypeError
from lithograph.cypher.frames import EMPTY, UNIT, Frame
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import (
    Names,
    Operator,
    PerFrame,
    drained,
    released,
    repeated,
    row_numbers,
    sliced,
)
from lithograph.cypher.operators.rows import bound
from lithograph.cypher.vectors import Indices, Kind, Vector
from lithograph.storage.values.types import type_name


class Optional(PerFrame):
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

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
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


class Columns(NamedTuple):
    """What goes into an inner plan and comes out of it; see ``logical.Apply``. ``keep``: of the outer rows, what goes on."""

    row: str
    imports: tuple[str, ...]
    introduced: tuple[str, ...]
    keep: Names

    def given(self, frame: Frame) -> Frame:
        """What the inner plan gets for these rows."""
        return frame.select(self.imports).extend({self.row: row_numbers(frame.count)})

    def joined(self, outer: Frame, inner: Frame) -> Frame:
        """What it has found, each row with the outer one it belongs to."""
        rows = inner.columns[self.row].values
        columns = repeated(outer, rows, self.keep)
        return Frame({**columns, **{name: inner.columns[name] for name in self.introduced}}, inner.count)

    def with_nulls(self, outer: Frame, rows: Indices) -> Frame:
        """The outer rows ``rows`` (intp[m]) with nulls for what was not found."""
        columns = repeated(outer, rows, self.keep)
        return Frame({**columns, **dict.fromkeys(self.introduced, Vector.all_null(len(rows)))}, len(rows))


class Apply(Operator):
    """Every row joined with what the inner plan gives for it; with ``unit``, the rows as they are.

    ``rowwise``: the inner plan gets one row at a time. ``optional``: a row for which it gives nothing goes on with nulls.
    """

    def __init__(
        self,
        source: Operator,
        inner: Operator,
        columns: Columns,
        unit: bool,
        rowwise: bool,
        optional: bool = False,
    ) -> None:
        self.source = source
        self.inner = inner
        self.columns = columns
        self.unit = unit
        self.rowwise = rowwise
        self.optional = optional and not unit

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for frame in self.source.run(context, argument):
            yield from self.rows(frame, context) if frame.count else (EMPTY,)

    def rows(self, frame: Frame, context: Context) -> Iterator[Frame]:
        """What it makes of these rows."""
        size = 1 if self.rowwise else frame.count
        for start in range(0, frame.count, size):
            outer = frame if size == frame.count else frame.slice(start, start + size)
            missing = np.ones(outer.count, dtype=np.bool_)
            for inner in self.inner.run(context, self.columns.given(outer)):
                if inner.count and not self.unit:
                    missing[inner.columns[self.columns.row].values] = False
                    yield from sliced(self.columns.joined(outer, inner))
                else:
                    yield EMPTY
            if self.optional and missing.any():
                yield self.columns.with_nulls(outer, np.flatnonzero(missing))
        if self.unit:
            yield frame

    def without(self, outer: Frame) -> Iterator[Frame]:
        """The rows as they go on where the inner plan was not run for them: with nulls."""
        for part in sliced(outer):
            yield part if self.unit else self.columns.with_nulls(part, np.arange(part.count))


class Cross(Operator):
    """Every row with every row of an inner plan that gives the same for all of them."""

    def __init__(self, source: Operator, inner: Operator, columns: Columns) -> None:
        self.source = source
        self.inner = inner
        self.columns = columns

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        found: Frame | None = None
        held: list[Frame] = []
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            if found is None:
                yield from drained(self.inner.run(context, self.columns.given(UNIT)), context, held)
                found = Frame.concatenate(held) if held else EMPTY
            yield from self._crossed(frame, found)
        released(held, context)

    def _crossed(self, outer: Frame, inner: Frame) -> Iterator[Frame]:
        if not inner.count:
            yield EMPTY
            return
        several = max(1, base.LARGEST // inner.count)
        for start in range(0, outer.count, several):
            some = outer.slice(start, start + several)
            numbers = np.repeat(np.arange(some.count, dtype=np.int64), inner.count)
            repeats = inner.take(np.tile(np.arange(inner.count, dtype=np.intp), some.count))
            matched = repeats.extend({self.columns.row: Vector(Kind.INT, numbers)})
            yield from sliced(self.columns.joined(some, matched))


class SliceEach(Operator):
    """SKIP and LIMIT for the rows of each outer row, in the order in which they come."""

    def __init__(self, source: Operator, row: str, skip: Compiled | None, limit: Compiled | None) -> None:
        self.source = source
        self.row = row
        self.skip = skip
        self.limit = limit

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        first = 0 if self.skip is None else bound(self.skip, "SKIP", context)
        behind = None if self.limit is None else first + bound(self.limit, "LIMIT", context)
        seen = np.zeros(argument.count, dtype=np.int64)
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            rows = frame.columns[self.row].values
            places = seen[rows] + ranks(rows)
            seen += np.bincount(rows, minlength=len(seen))
            wanted = places >= first
            if behind is not None:
                wanted &= places < behind
            kept = frame.filter(wanted)
            yield kept if kept.count else EMPTY


def ranks(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each of ``codes`` (int64[n]), how many equal ones are before it (int64[n])."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    lengths = np.diff(np.append(starts, len(codes)))
    found = np.empty(len(codes), dtype=np.int64)
    found[order] = np.arange(len(codes)) - np.repeat(starts, lengths)
    return found


class Recall(Operator):
    """The rows with columns of the argument's rows that they belong to."""

    def __init__(self, source: Operator, row: str, names: tuple[str, ...]) -> None:
        self.source = source
        self.row = row
        self.names = names

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for frame in self.source.run(context, argument):
            if frame.count:
                rows = frame.columns[self.row].values
                yield frame.extend({name: argument.columns[name].take(rows) for name in self.names})
            else:
                yield EMPTY


class Foreach(PerFrame):
    """Runs the inner plan with the variable bound to every item of a list, for its effects.

    ``rowwise``: item by item; else for many items at once. ``list_by_rows``: the list of a row is made when the rows before are
    done; else those of many rows at once.
    """

    def __init__(
        self,
        source: Operator,
        variable: str,
        items: Compiled,
        inner: Operator,
        rowwise: bool,
        list_by_rows: bool = False,
    ) -> None:
        self.source = source
        self.variable = variable
        self.items = items
        self.inner = inner
        self.rowwise = rowwise
        self.list_by_rows = list_by_rows

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        size = 1 if self.list_by_rows else frame.count
        for start in range(0, frame.count, size):
            for batch in self._batches(frame.slice(start, start + size), context):
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
                    f"FOREACH expression must resolve to a list, but got {type_name(items)}.",
                    position=self.items.position,
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
