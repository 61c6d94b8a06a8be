"""UNWIND of ``range(…)``: the numbers as they are needed, and never as a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lithograph.cypher.ast import Position
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.compile.rows import per_row
from lithograph.cypher.context import Context
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, Operator, PerFrame, repeated
from lithograph.cypher.scalar.functions.sequences import how_many, progression
from lithograph.cypher.vectors import Kind, Vector

Integers = npt.NDArray[np.int64]

MODERATE = 1 << 60
"""Numbers up to this can be added and subtracted without leaving 64 bits."""


class _Ranges(NamedTuple):
    """The ranges of some rows, as int64[n] each: row, first number, difference, how many numbers (up to ``MODERATE``:
    nobody will get so far)."""

    rows: Integers
    firsts: Integers
    steps: Integers
    counts: Integers


class UnwindRange(PerFrame):
    """A row for each number of a range; none where a bound is null."""

    def __init__(
        self, source: Operator, bounds: list[Compiled], variable: str, keep: Names, position: Position
    ) -> None:
        """``bounds``: the arguments of ``range``; ``position``: its place, for errors."""
        self.source = source
        self.bounds = bounds
        self.variable = variable
        self.keep = keep
        self.position = position

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        bounds = [bound.operand(frame, context) for bound in self.bounds]
        ranges = _by_arrays(bounds, frame.count)
        if ranges is None:
            ranges = _by_rows(per_row(progression, bounds, frame.count, self.position))
        for rows, values in _numbers(ranges):
            columns = repeated(frame, rows.astype(np.intp), self.keep)
            columns[self.variable] = Vector(Kind.INT, values)
            yield Frame(columns, len(values))
        if not ranges.counts.any():
            yield EMPTY


def _by_arrays(bounds: Sequence[Vector], count: int) -> _Ranges | None:
    """The ranges of all rows at once; None where it has to be done row by row, to be right or for the error."""
    if count == 1 or any(vector.kind is not Kind.INT or vector.nulls is not None for vector in bounds):
        return None
    start, stop, *step = (np.broadcast_to(vector.values, count) for vector in bounds)
    steps = step[0] if step else np.ones(count, dtype=np.int64)
    extremes = (max(int(values.max()), -int(values.min())) for values in (start, stop))
    if not steps.all() or max(extremes) > MODERATE:
        return None
    counts = np.maximum(0, (stop - start) // steps + 1)
    return _Ranges(np.arange(count, dtype=np.int64), start, steps, np.minimum(counts, MODERATE))


def _by_rows(found: Sequence[range | None]) -> _Ranges:
    """The same of Python's ranges."""
    parts = [
        (row, numbers.start, numbers.step, min(how_many(numbers), MODERATE))
        for row, numbers in enumerate(found)
        if numbers is not None
    ]
    return _Ranges(*np.array(parts, dtype=np.int64).reshape(-1, 4).T)


def _numbers(ranges: _Ranges) -> Iterator[tuple[Integers, Integers]]:
    """The row and the value of every number, at most ``LARGEST`` at once.

    Where a step is so large that a product is not of 64 bits, it wraps round, and so does the sum, back.
    """
    if ranges.counts.sum(dtype=np.float64) > 2 * MODERATE:  # too many to be numbered through
        for row in range(len(ranges.rows)):
            yield from _numbers(_Ranges(*(part[row : row + 1] for part in ranges)))
        return
    ends = ranges.counts.cumsum()
    begins = ends - ranges.counts
    total = int(ends[-1]) if len(ends) else 0
    for low in range(0, total, base.LARGEST):
        high = min(low + base.LARGEST, total)
        some = slice(np.searchsorted(ends, low, side="right"), np.searchsorted(begins, high))
        rows, firsts, steps, _ = (part[some] for part in ranges)
        lengths = np.minimum(ends[some], high) - np.maximum(begins[some], low)
        places = np.arange(low, high) - np.repeat(begins[some], lengths)
        yield np.repeat(rows, lengths), np.repeat(firsts, lengths) + places * np.repeat(steps, lengths)
