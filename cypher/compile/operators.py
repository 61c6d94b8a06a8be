"""Operators: a kernel where one applies, else the scalar definition row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lithograph.cypher.ast import Position
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.compile.rows import needed, over_texts, per_row
from lithograph.cypher.context import Context
from lithograph.cypher.errors import place
from lithograph.cypher.frames import Frame
from lithograph.cypher.kernels import BinaryKernel, UnaryKernel
from lithograph.cypher.kernels import logic as kernels
from lithograph.cypher.kernels.nulls import is_null
from lithograph.cypher.scalar import logic
from lithograph.cypher.scatter import merge
from lithograph.cypher.vectors import Kind, Mask, TextVector, Vector
from lithograph.storage.errors import LithographError


class UnaryOperation(Compiled):
    """An operator with one operand; ``predicate`` says that it yields truth values."""

    __slots__ = ("_kernel", "_operand", "_position", "_predicate", "_scalar")

    def __init__(
        self,
        operand: Compiled,
        scalar: Callable[[Any], Any],
        kernel: UnaryKernel | None,
        position: Position,
        *,
        predicate: bool,
        may_raise: bool,
    ) -> None:
        super().__init__(may_raise)
        self._operand = operand
        self._scalar = scalar
        self._kernel = kernel
        self._position = position
        self._predicate = predicate

    def vector(self, frame: Frame, context: Context) -> Vector:
        operand = self._operand.vector(frame, context)
        if self._kernel is not None:
            result = self._kernel(operand)
            if result is not None:
                return result
        values = per_row(self._scalar, (operand,), frame.count, self._position)
        return Vector.booleans(values) if self._predicate else Vector.of(values)


class BinaryOperation(Compiled):
    """An operator with two operands, both always evaluated."""

    __slots__ = ("_kernel", "_left", "_position", "_predicate", "_right", "_scalar")

    def __init__(
        self,
        left: Compiled,
        right: Compiled,
        scalar: Callable[[Any, Any], Any],
        kernel: BinaryKernel | None,
        position: Position,
        *,
        predicate: bool,
        may_raise: bool,
    ) -> None:
        super().__init__(may_raise)
        self._left = left
        self._right = right
        self._scalar = scalar
        self._kernel = kernel
        self._position = position
        self._predicate = predicate

    def vector(self, frame: Frame, context: Context) -> Vector:
        left = self._left.operand(frame, context)
        right = self._right.operand(frame, context)
        result: Vector | None = None
        if type(left) is TextVector and self._right.constant:
            result = over_texts(left, lambda texts: self._apply(texts, right, len(texts)))
        elif type(right) is TextVector and self._left.constant:
            result = over_texts(right, lambda texts: self._apply(left, texts, len(texts)))
        return self._apply(left, right, frame.count) if result is None else result

    def one(self, frame: Frame, context: Context) -> Any:
        left, right = self._left.one(frame, context), self._right.one(frame, context)
        try:
            return self._scalar(left, right)
        except LithographError as error:
            place(error, self._position)
            raise

    def _apply(self, left: Vector, right: Vector, count: int) -> Vector:
        if self._kernel is not None:
            result = self._kernel(left, right)
            if result is not None and len(result.values) == count:
                return result
        values = per_row(self._scalar, (left, right), count, self._position)
        return Vector.booleans(values) if self._predicate else Vector.of(values)


class NullTest(Compiled):
    """``IS NULL`` and ``IS NOT NULL``."""

    __slots__ = ("_negated", "_operand")

    def __init__(self, operand: Compiled, negated: bool) -> None:
        super().__init__(operand.may_raise)
        self._operand = operand
        self._negated = negated

    def vector(self, frame: Frame, context: Context) -> Vector:
        return is_null(self._operand.vector(frame, context), self._negated)


class Connective(Compiled):
    """``AND`` and ``OR`` of two or more parts: a part counts only where those before it have not decided.

    A part is evaluated for all rows where errors are unlikely; should there be one after all, it is
    evaluated again for the undecided rows alone. ``names`` are the columns that each part may need.
    """

    __slots__ = ("_decided", "_kernel", "_parts", "_position", "_scalar")

    def __init__(
        self,
        conjunction: bool,
        parts: Sequence[Compiled],
        names: Sequence[frozenset[str]],
        position: Position,
    ) -> None:
        super().__init__(any(part.may_raise for part in parts))
        self._kernel = kernels.conjunction if conjunction else kernels.disjunction
        self._decided = kernels.is_false if conjunction else kernels.is_true
        self._scalar = logic.and_ if conjunction else logic.or_
        self._parts = tuple(zip(parts, names, strict=True))
        self._position = position

    def vector(self, frame: Frame, context: Context) -> Vector:
        result: Vector | None = None
        for part, names in self._parts:
            if result is None:
                result = _truth(part.vector(frame, context))
            else:
                result = self._joined(result, part, names, frame, context)
        assert result is not None  # there are two parts at least
        return result

    def _joined(
        self, left: Vector, part: Compiled, names: frozenset[str], frame: Frame, context: Context
    ) -> Vector:
        if not part.may_raise:
            try:
                return self._combine(left, part.operand(frame, context), frame.count)
            except LithographError:
                decided = self._decided_rows(left)
                if not decided.any():
                    raise
        else:
            decided = self._decided_rows(left)
            if not decided.any():
                return self._combine(left, part.operand(frame, context), frame.count)
        rows = np.flatnonzero(~decided)
        if not len(rows):
            return left
        rest = needed(frame, names).take(rows)
        combined = self._combine(left.take(rows), part.operand(rest, context), rest.count)
        settled = np.flatnonzero(decided)
        return merge([(settled, left.take(settled)), (rows, combined)], frame.count)

    def _decided_rows(self, left: Vector) -> Mask:
        if left.kind is Kind.BOOL:
            return self._decided(left)
        return np.zeros(len(left), dtype=np.bool_)  # no truth values: the scalar will say so

    def _combine(self, left: Vector, right: Vector, count: int) -> Vector:
        result = self._kernel(left, _truth(right))
        if result is not None and len(result.values) == count:
            return result
        return Vector.booleans(per_row(self._scalar, (left, right), count, self._position))


def _truth(vector: Vector) -> Vector:
    """An OBJECT vector that holds only truth values and nulls as a BOOL vector; others as they are."""
    if vector.kind is not Kind.OBJECT:
        return vector
    values = vector.values.tolist()
    if all(value is None or value is True or value is False for value in values):
        return Vector.booleans(values)
    return vector
