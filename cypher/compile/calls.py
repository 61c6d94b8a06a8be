"""Functions and other operations without a kernel of their own; IN; values bound to a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from lithograph.cypher.ast import Position
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.compile.rows import over_texts, per_row
from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.kernels.elements import Kernel
from lithograph.cypher.kernels.membership import Members
from lithograph.cypher.scalar import lists
from lithograph.cypher.vectors import Kind, TextVector, Vector


class Operation(Compiled):
    """A scalar definition applied in each row.

    Args:
        function: takes the operands' values, a GraphReader after them when ``reads``, and the present
            moment as ``clock=`` when ``clocked``.
        repeatable: of the same operands it gives the same result.
        keeps: it has something to keep for the whole query, and gets the keyword ``state`` for that.
        counts: it gets the keyword ``hops``, the relationships that the query has walked along so far.
    """

    __slots__ = (
        "_clocked",
        "_counts",
        "_function",
        "_keeps",
        "_operands",
        "_position",
        "_reads",
        "_repeatable",
    )

    def __init__(
        self,
        function: Callable[..., Any],
        operands: Sequence[Compiled],
        position: Position,
        *,
        reads: bool = False,
        clocked: bool = False,
        repeatable: bool = True,
        keeps: bool = False,
        counts: bool = False,
    ) -> None:
        super().__init__(True)
        self._function = function
        self._keeps = keeps
        self._counts = counts
        self._operands = tuple(operands)
        self._reads = reads
        self._clocked = clocked
        self._repeatable = repeatable
        self._position = position

    def vector(self, frame: Frame, context: Context) -> Vector:
        operands = [operand.operand(frame, context) for operand in self._operands]
        if len(operands) == 1 and self._repeatable and isinstance(operands[0], TextVector):
            result = over_texts(operands[0], lambda texts: self._apply([texts], len(texts), context))
            if result is not None:
                return result
        return self._apply(operands, frame.count, context)

    def _apply(self, operands: Sequence[Vector], count: int, context: Context) -> Vector:
        function = self._function
        if self._reads:
            function = _with_last(function, context.reader)
        if self._clocked:
            function = partial(function, clock=context.clock)
        if self._counts:
            function = partial(function, hops=context.walked)
        if self._keeps:
            function = partial(function, state=context.memo.setdefault(function, {}))
        if not operands:
            return Vector.of([function() for _ in range(count)])
        return Vector.of(per_row(function, operands, count, self._position))


def _with_last(function: Callable[..., Any], last: Any) -> Callable[..., Any]:
    return lambda *arguments: function(*arguments, last)


class OfElements(Compiled):
    """A function of an element that has a kernel; otherwise it is what ``general`` says."""

    __slots__ = ("_element", "_general", "_kernel")

    def __init__(self, kernel: Kernel, element: Compiled, general: Compiled) -> None:
        super().__init__(True)
        self._kernel = kernel
        self._element = element
        self._general = general

    def vector(self, frame: Frame, context: Context) -> Vector:
        elements = self._element.vector(frame, context)
        found = (
            self._kernel(elements, context)
            if elements.kind <= Kind.RELATIONSHIP and frame.count > 1
            else None
        )
        return self._general.vector(frame, context) if found is None else found


class Bound(Compiled):
    """``body`` with the values of ``expression`` as the column ``name``, so that they are computed once."""

    __slots__ = ("_body", "_expression", "_name")

    def __init__(self, name: str, expression: Compiled, body: Compiled) -> None:
        super().__init__(expression.may_raise or body.may_raise)
        self._name = name
        self._expression = expression
        self._body = body

    def vector(self, frame: Frame, context: Context) -> Vector:
        values = self._expression.vector(frame, context)
        return self._body.vector(frame.extend({self._name: values}), context)


class Membership(Compiled):
    """``element IN list``; where the list is one for all rows its members become a set."""

    __slots__ = ("_element", "_list", "_position")

    def __init__(self, element: Compiled, elements: Compiled, position: Position) -> None:
        super().__init__(True)
        self._element = element
        self._list = elements
        self._position = position

    def vector(self, frame: Frame, context: Context) -> Vector:
        element, elements = self._element.vector(frame, context), self._list.operand(frame, context)
        members = self._members(context) if self._list.constant and frame.count else None
        result: Vector | None = None
        if type(element) is TextVector and self._list.constant:
            result = over_texts(element, lambda texts: self._test(texts, elements, members))
        return self._test(element, elements, members) if result is None else result

    def _test(self, element: Vector, elements: Vector, members: Members | None) -> Vector:
        found = None if members is None else members.contains(element)
        if found is not None:
            return found
        return Vector.booleans(per_row(lists.in_, (element, elements), len(element), self._position))

    def _members(self, context: Context) -> Members | None:
        memo = context.memo
        if self not in memo:
            values = self._list.value(context)
            memo[self] = Members.of(values) if type(values) is list else None
        members: Members | None = memo[self]
        return members
