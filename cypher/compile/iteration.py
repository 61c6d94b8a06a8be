"""Comprehensions and quantifiers: the body runs over the items of all rows' lists together.

The lists are laid end to end and become an inner frame: the item as a column, the outer columns that the
body needs repeated along with it. Long ones are cut into slices, so that memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.cypher import ast
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.compile.rows import needed
from lithograph.cypher.context import Context
from lithograph.cypher.errors import CypherTypeError
from lithograph.cypher.frames import Frame
from lithograph.cypher.kernels.logic import is_false, is_true
from lithograph.cypher.scalar.ordering import type_name
from lithograph.cypher.vectors import Indices, Kind, Mask, Vector

SLICE = 16_384
"""Items in one inner frame."""

Names = frozenset[str]
Lists = list[list[Any] | None]


def lists_of(source: Vector, position: ast.Position) -> Lists:
    """The lists that ``source`` holds, None for null.

    Raises:
        CypherTypeError: a value is neither.
    """
    values = source.tolist()
    for value in values:
        if value is not None and type(value) is not list:
            raise CypherTypeError(f"Expected a List, not {type_name(value)}.", position=position)
    return values


class _Slice:
    """Some of the items of all lists: their rows (intp[m], not falling), and the inner frame."""

    __slots__ = ("frame", "items", "rows")

    def __init__(self, frame: Frame, items: list[Any], rows: Indices) -> None:
        self.frame = frame
        self.items = items
        self.rows = rows


def _slices(lists: Lists, variable: str, outer: Frame, context: Context) -> Iterator[_Slice]:
    """The items of ``lists`` in inner frames of at most ``SLICE`` rows, which have ``outer``'s columns."""
    items: list[Any] = []
    owners: list[int] = []
    lengths: list[int] = []
    for row, values in enumerate(lists):
        if not values:
            continue
        for start in range(0, len(values), SLICE):
            piece = values[start : start + SLICE]
            if len(items) + len(piece) > SLICE:
                yield _inner(items, owners, lengths, variable, outer)
                context.pause()
                items, owners, lengths = [], [], []
            items.extend(piece)
            owners.append(row)
            lengths.append(len(piece))
    if items:
        yield _inner(items, owners, lengths, variable, outer)


def _inner(
    items: list[Any], owners: Sequence[int], lengths: Sequence[int], variable: str, outer: Frame
) -> _Slice:
    rows: Indices = np.repeat(np.array(owners, dtype=np.intp), lengths)
    columns = outer.take(rows).columns if outer.columns else {}
    return _Slice(Frame({**columns, variable: Vector.of(items)}, len(items)), items, rows)


class Comprehension(Compiled):
    """``[variable IN source WHERE predicate | projection]``; ``names``: what the parts use, but the variable."""

    __slots__ = ("_names", "_position", "_predicate", "_projection", "_source", "_variable")

    def __init__(
        self,
        variable: str,
        source: Compiled,
        predicate: Compiled | None,
        projection: Compiled | None,
        names: Names,
        position: ast.Position,
    ) -> None:
        super().__init__(True)
        self._variable = variable
        self._source = source
        self._predicate = predicate
        self._projection = projection
        self._names = names
        self._position = position

    def vector(self, frame: Frame, context: Context) -> Vector:
        lists = lists_of(self._source.vector(frame, context), self._position)
        results: Lists = [None if values is None else [] for values in lists]
        for part in _slices(lists, self._variable, needed(frame, self._names), context):
            self._run(part, results, context)
        return Vector.objects(results)

    def _run(self, part: _Slice, results: Lists, context: Context) -> None:
        """Append what the items of ``part`` give to the lists of their rows."""
        inner, values, rows = part.frame, part.items, part.rows
        if self._predicate is not None:
            kept = np.flatnonzero(truths(self._predicate.vector(inner, context), self._position))
            if len(kept) < inner.count:
                inner, rows = inner.take(kept), rows[kept]
                values = [values[index] for index in kept.tolist()]
        if self._projection is not None:
            values = self._projection.vector(inner, context).tolist()
        starts = np.flatnonzero(np.diff(rows, prepend=-1)).tolist()
        for start, stop in pairwise([*starts, len(values)]):
            result = results[rows.item(start)]
            assert result is not None  # a null list has no items
            result.extend(values[start:stop])


class Quantified(Compiled):
    """``all``, ``any``, ``none``, ``single`` ``(variable IN source WHERE predicate)``, in three-valued logic."""

    __slots__ = ("_kind", "_names", "_position", "_predicate", "_source", "_variable")

    def __init__(
        self,
        kind: ast.QuantifierKind,
        variable: str,
        source: Compiled,
        predicate: Compiled,
        names: Names,
        position: ast.Position,
    ) -> None:
        super().__init__(True)
        self._kind = kind
        self._variable = variable
        self._source = source
        self._predicate = predicate
        self._names = names
        self._position = position

    def vector(self, frame: Frame, context: Context) -> Vector:
        lists = lists_of(self._source.vector(frame, context), self._position)
        count = frame.count
        true, false, unknown = (np.zeros(count, dtype=np.int64) for _ in range(3))
        for part in _slices(lists, self._variable, needed(frame, self._names), context):
            holds = booleans(self._predicate.vector(part.frame, context), self._position)
            true += np.bincount(part.rows[is_true(holds)], minlength=count)
            false += np.bincount(part.rows[is_false(holds)], minlength=count)
            if holds.nulls is not None:
                unknown += np.bincount(part.rows[holds.nulls], minlength=count)
        values, nulls = _verdict(self._kind, true, false, unknown)
        nulls |= np.array([values is None for values in lists], dtype=np.bool_)
        return Vector(Kind.BOOL, values, nulls if nulls.any() else None)


def _verdict(
    kind: ast.QuantifierKind,
    true: npt.NDArray[np.int64],
    false: npt.NDArray[np.int64],
    unknown: npt.NDArray[np.int64],
) -> tuple[Mask, Mask]:
    """(value, null) from how often the predicate was true, false and null."""
    match kind:
        case "all":
            return false == 0, (false == 0) & (unknown > 0)
        case "any":
            return true > 0, (true == 0) & (unknown > 0)
        case "none":
            return true == 0, (true == 0) & (unknown > 0)
        case "single":
            return true == 1, (true < 2) & (unknown > 0)


def truths(vector: Vector, position: ast.Position) -> Mask:
    """bool[n], set where a predicate holds; see :func:`booleans`."""
    return is_true(booleans(vector, position))


def booleans(vector: Vector, position: ast.Position) -> Vector:
    """The values of a predicate as a BOOL vector.

    Raises:
        CypherTypeError: a value is neither a truth value nor null.
    """
    if vector.kind is Kind.BOOL:
        return vector
    values = vector.tolist()
    for value in values:
        if value is not None and type(value) is not bool:
            raise CypherTypeError(
                f"A predicate must be a Boolean, not {type_name(value)}.", position=position
            )
    return Vector.booleans(values)
