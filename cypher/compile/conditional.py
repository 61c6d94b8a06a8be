"""CASE and coalesce: each part is evaluated on the rows that reach it, and on no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.compile.rows import needed
from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.kernels.logic import is_true
from lithograph.cypher.kernels.nulls import mask_of
from lithograph.cypher.scatter import merge, take_broadcast
from lithograph.cypher.vectors import Indices, Kind, Mask, Vector

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition (truth values) and the value where it holds."""

    condition: Compiled
    value: Compiled


class Conditional(Compiled):
    """``CASE WHEN … THEN … ELSE … END``; ``names`` are the columns that any part may need."""

    __slots__ = ("_branches", "_default", "_names")

    def __init__(self, branches: Sequence[Branch], default: Compiled, names: Names) -> None:
        parts = [part for branch in branches for part in (branch.condition, branch.value)]
        parts.append(default)
        super().__init__(any(part.may_raise for part in parts))
        self._branches = tuple(branches)
        self._default = default
        self._names = names

    def vector(self, frame: Frame, context: Context) -> Vector:
        rest = needed(frame, self._names)
        rows: Indices | None = None  # of ``rest`` in ``frame``; None: all
        parts: list[tuple[Indices, Vector]] = []
        for branch in self._branches:
            if rest.count == 0:
                break
            holds = _holds(branch.condition.vector(rest, context))
            hits = np.flatnonzero(holds)
            if len(hits) == 0:
                continue
            if len(hits) == rest.count:
                return _finish(branch.value.operand(rest, context), rows, rest.count, parts, frame.count)
            parts.append((_rows(rows, hits), branch.value.operand(rest.take(hits), context)))
            misses = np.flatnonzero(~holds)
            rows, rest = _rows(rows, misses), rest.take(misses)
        return _finish(self._default.operand(rest, context), rows, rest.count, parts, frame.count)


class Coalesce(Compiled):
    """``coalesce(a, b, …)``: the first value that is not null."""

    __slots__ = ("_items", "_names")

    def __init__(self, items: Sequence[Compiled], names: Names) -> None:
        super().__init__(any(item.may_raise for item in items))
        self._items = tuple(items)
        self._names = names

    def vector(self, frame: Frame, context: Context) -> Vector:
        rest = needed(frame, self._names)
        rows: Indices | None = None
        parts: list[tuple[Indices, Vector]] = []
        for item in self._items:
            values = item.operand(rest, context)
            nulls = mask_of(values)
            if nulls is None or not nulls.any():
                return _finish(values, rows, rest.count, parts, frame.count)
            values = take_broadcast(values, rest.count)
            nulls = values.null_mask()
            found = np.flatnonzero(~nulls)
            if len(found):
                parts.append((_rows(rows, found), values.take(found)))
                missing = np.flatnonzero(nulls)
                rows, rest = _rows(rows, missing), rest.take(missing)
        return merge(parts, frame.count) if parts else Vector.all_null(frame.count)


def _holds(condition: Vector) -> Mask:
    if condition.kind is Kind.BOOL:
        return is_true(condition)
    return np.array([value is True for value in condition.tolist()], dtype=np.bool_)


def _rows(rows: Indices | None, chosen: Indices) -> Indices:
    return chosen if rows is None else rows[chosen]


def _finish(
    values: Vector, rows: Indices | None, rest: int, parts: list[tuple[Indices, Vector]], count: int
) -> Vector:
    """The result, once ``values`` are those of all remaining rows."""
    if rows is None:
        return take_broadcast(values, count)
    if rest:
        parts.append((rows, values))
    return merge(parts, count)
