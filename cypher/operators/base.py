"""What every operator is, and the helpers that several of them need."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.vectors import Indices, Kind, Vector

SMALLEST = 256
"""Rows of the first frame of a scan: a first result is out fast, a LIMIT stops early."""

LARGEST = 1 << 15
"""Rows of a frame at most: large enough to forget Python's overhead, small enough for the cache.

Other modules read these as ``base.LARGEST`` when they need them, never by name, so that a test may have
frames of one, two and three rows.
"""

PROBE = 32
"""Rows that are looked up in an index before it is known how many entries a row finds there."""

Names = frozenset[str]


class Operator(ABC):
    """A step of a plan; see the package for the rules."""

    @abstractmethod
    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        """The frames of one execution."""


class PerFrame(Operator):
    """A step that makes something of each frame of its input by itself, and keeps nothing from one to the next."""

    source: Operator

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for frame in self.source.run(context, argument):
            if frame.count:
                yield from self.frames(frame, context)
            else:
                yield EMPTY

    @abstractmethod
    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        """What becomes of a frame with at least one row."""


class Once(Operator):
    """The leaf of a plan: gives the argument."""

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        yield argument


def repeated(frame: Frame, rows: Indices, keep: Names) -> dict[str, Vector]:
    """The columns ``keep`` of the rows ``rows`` (intp[m]) of a frame."""
    return {name: vector.take(rows) for name, vector in frame.columns.items() if name in keep}


def drained(frames: Iterable[Frame], context: Context, into: list[Frame]) -> Iterator[Frame]:
    """Collect all rows in ``into``, breathing after every frame."""
    for frame in frames:
        if frame.count:
            into.append(frame)
            context.hold(frame.size_bytes())
        yield EMPTY


def released(frames: list[Frame], context: Context) -> None:
    """Give back what ``drained`` accounted for."""
    context.hold(-sum(frame.size_bytes() for frame in frames))


def sliced(frame: Frame) -> Iterator[Frame]:
    """A frame of any size as frames of at most ``LARGEST`` rows."""
    if frame.count <= LARGEST:
        yield frame
    else:
        for start in range(0, frame.count, LARGEST):
            yield frame.slice(start, start + LARGEST)


def row_numbers(count: int) -> Vector:
    """The column that tells which outer row an inner row belongs to (INT)."""
    return Vector(Kind.INT, np.arange(count, dtype=np.int64))
