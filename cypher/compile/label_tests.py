"""``subject:Label``: is this node a ``:A&!B``, this relationship of the type that an expression gives?"""

from __future__ import annotations

from typing import Any

import numpy as np

from lithograph.cypher import ast
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.compile.rows import per_row
from lithograph.cypher.context import Context
from lithograph.cypher.entities import NodeRef, RelationshipRef
from lithograph.cypher.errors import CypherTypeError
from lithograph.cypher.frames import Frame
from lithograph.cypher.labels import (
    label_names,
    node_code_table,
    node_label_mask,
    relationship_type_mask,
    with_names,
)
from lithograph.cypher.scatter import scatter
from lithograph.cypher.vectors import Kind, Vector


class LabelTest(Compiled):
    """``subject:Label``; on relationships a test of the type."""

    __slots__ = ("_labels", "_position", "_subject")

    def __init__(self, subject: Compiled, labels: ast.LabelExpression, position: ast.Position) -> None:
        super().__init__(subject.may_raise)
        self._subject = subject
        self._labels = labels
        self._position = position

    def vector(self, frame: Frame, context: Context) -> Vector:
        return _tested(self._subject.vector(frame, context), self._labels, self._position, context)

    def one(self, frame: Frame, context: Context) -> Any:
        subject = self._subject.vector(frame, context)
        if subject.kind is not Kind.NODE:
            return super().one(frame, context)
        slot = subject.values.item()
        if slot < 0:
            return None
        code = context.transaction.vertex_label_set_of(slot)
        return bool(node_code_table(self._labels, context)[code])


class DynamicLabelTest(Compiled):
    """``subject:$(expression)``: one test for all the rows for which the expressions give the same names."""

    __slots__ = ("_labels", "_names", "_position", "_subject")

    def __init__(
        self,
        subject: Compiled,
        labels: ast.LabelExpression,
        names: dict[ast.LabelDynamic, Compiled],
        position: ast.Position,
    ) -> None:
        """``names``: the names of each computed part of ``labels``."""
        super().__init__(True)
        self._subject = subject
        self._labels = labels
        self._names = names
        self._position = position

    def vector(self, frame: Frame, context: Context) -> Vector:
        subject = self._subject.vector(frame, context)
        there = np.flatnonzero(~subject.null_mask())  # of null nobody asks which labels it should have
        result: list[bool | None] = [None] * frame.count
        for names, numbers in self._alike(frame.take(there), context).items():
            labels = with_names(self._labels, dict(zip(self._names, names, strict=True)).__getitem__)
            rows = there[numbers]
            tested = _tested(subject.take(rows), labels, self._position, context)
            for row, holds in zip(rows.tolist(), tested.tolist(), strict=True):
                result[row] = holds
        return Vector.booleans(result)

    def _alike(self, frame: Frame, context: Context) -> dict[tuple[tuple[str, ...], ...], list[int]]:
        """The rows for which the expressions give the same names."""
        if not frame.count:
            return {}
        columns = [
            per_row(_names, (names.operand(frame, context),), frame.count, self._position)
            for names in self._names.values()
        ]
        found: dict[tuple[tuple[str, ...], ...], list[int]] = {}
        for row, names in enumerate(zip(*columns, strict=True)):
            found.setdefault(names, []).append(row)
        return found


def _names(value: Any) -> tuple[str, ...]:
    return tuple(label_names(value))


def _tested(subject: Vector, labels: ast.LabelExpression, position: ast.Position, context: Context) -> Vector:
    """Whether each of ``subject`` is what ``labels``, without anything computed but parameters, asks for.

    Raises:
        CypherTypeError: one is neither a node nor a relationship.
    """
    if subject.kind <= Kind.RELATIONSHIP:
        return _elements_tested(subject, labels, context)
    values = subject.tolist()
    result = [None] * len(values)
    for reference in (NodeRef, RelationshipRef):
        rows = [row for row, value in enumerate(values) if type(value) is reference]
        if rows:
            tested = _elements_tested(Vector.of([values[row] for row in rows]), labels, context)
            for row, holds in zip(rows, tested.tolist(), strict=True):
                result[row] = holds
    for value in values:
        if value is not None and type(value) is not NodeRef and type(value) is not RelationshipRef:
            raise CypherTypeError(
                "Only nodes and relationships have labels or types to test for.", position=position
            )
    return Vector.booleans(result)


def _elements_tested(subject: Vector, labels: ast.LabelExpression, context: Context) -> Vector:
    mask = node_label_mask if subject.kind is Kind.NODE else relationship_type_mask
    slots = subject.values
    present = slots >= 0
    if present.all():
        return Vector(Kind.BOOL, mask(labels, slots, context))
    there = np.flatnonzero(present)
    return scatter(Vector(Kind.BOOL, mask(labels, slots[there], context)), there, len(slots))
