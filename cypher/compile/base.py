"""What an expression is compiled to, and the constants among them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.context import Context
from lithograph.cypher.errors import ParameterMissingError, place
from lithograph.cypher.frames import UNIT, Frame
from lithograph.cypher.vectors import Vector
from lithograph.storage.errors import LithographError


class Compiled(ABC):
    """An expression ready to run over frames. It keeps no state: one serves many executions at once.

    Attributes:
        constant: the value is the same for all rows of one execution (a :class:`Constant`).
        may_raise: evaluating it on a row that does not need it could well raise. Where it is False an
            error is still possible (a deleted node, a number where a truth value is needed), so whoever
            evaluates in advance must be ready to do it again on the rows that need it.
        position: where a whole expression begins in the text, None where nobody wrote it; for errors of those
            who use its value.
    """

    __slots__ = ("constant", "may_raise", "position")

    def __init__(self, may_raise: bool) -> None:
        self.constant = False
        self.may_raise = may_raise
        self.position: ast.Position | None = None

    def place(self, error: LithographError) -> None:
        """Say of an error that knows no place that it is this expression's."""
        place(error, self.position)

    @abstractmethod
    def vector(self, frame: Frame, context: Context) -> Vector:
        """The values for all rows of ``frame``, a vector of length ``frame.count``.

        Raises:
            CypherError: as the scalar definitions of the operations do.
            DeletedElementError: a property of an element deleted in this transaction was read.
        """

    def operand(self, frame: Frame, context: Context) -> Vector:
        """The same, or for a constant a vector of length 1, whatever ``frame.count`` (but 0)."""
        return self.vector(frame, context)

    def one(self, frame: Frame, context: Context) -> Any:
        """The value for a frame of one row: the only item of ``vector``, without arrays where that is shorter."""
        return self.vector(frame, context).tolist()[0]

    def value(self, context: Context) -> Any:
        """The value of an expression that needs no row: of a constant, or of ``rand()``."""
        return self.vector(UNIT, context).tolist()[0]

    def scalar(self, context: Context) -> Any:
        """Another name of :meth:`value`, for SKIP, LIMIT and the keys of index lookups."""
        return self.value(context)


SubqueryCompiler = Callable[[ast.Expression], Compiled]
"""Compiles the expressions that hold a pattern or a query; the planner supplies it."""


class Constant(Compiled):
    """Common to all constants: a subclass says the value, this makes vectors of it."""

    __slots__ = ()

    def __init__(self, may_raise: bool) -> None:
        super().__init__(may_raise)
        self.constant = True

    @abstractmethod
    def value(self, context: Context) -> Any: ...

    def one(self, _frame: Frame, context: Context) -> Any:
        return self.value(context)

    def vector(self, frame: Frame, context: Context) -> Vector:
        if frame.count == 0:
            return Vector.all_null(0)  # nothing needs the value, so let it raise no error
        if frame.count == 1:
            return self.operand(frame, context)
        return Vector.repeat(self.value(context), frame.count)

    def operand(self, frame: Frame, context: Context) -> Vector:
        if frame.count == 0:
            return Vector.all_null(0)
        return Vector.single(self.value(context))


class LiteralValue(Constant):
    """A literal."""

    __slots__ = ("_operand", "_value")

    def __init__(self, value: Any) -> None:
        super().__init__(False)
        self._value = value
        self._operand = Vector.single(value)

    def value(self, _context: Context) -> Any:
        return self._value

    def operand(self, _frame: Frame, _context: Context) -> Vector:
        return self._operand


class ParameterValue(Constant):
    """A parameter of the query."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        super().__init__(False)
        self._name = name

    def value(self, context: Context) -> Any:
        try:
            return context.parameters[self._name]
        except KeyError:
            raise ParameterMissingError.of([self._name], context.parameters) from None


class OptionalParameterValue(Constant):
    """A parameter of the query, or a constant where it is not given."""

    __slots__ = ("_default", "_name")

    def __init__(self, name: str, default: Compiled) -> None:
        super().__init__(default.may_raise)
        self._name = name
        self._default = default

    def value(self, context: Context) -> Any:
        if self._name in context.parameters:
            return context.parameters[self._name]
        return self._default.value(context)


class Folded(Constant):
    """A deterministic operation on constants, evaluated once in an execution and only when needed."""

    __slots__ = ("_inner",)

    def __init__(self, inner: Compiled) -> None:
        super().__init__(inner.may_raise)
        self._inner = inner

    def value(self, context: Context) -> Any:
        memo = context.memo
        if self in memo:
            return memo[self]
        value = memo[self] = self._inner.vector(UNIT, context).tolist()[0]
        return value


class VariableValue(Compiled):
    """A column of the frame."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        super().__init__(False)
        self.name = name

    def vector(self, frame: Frame, _context: Context) -> Vector:
        return frame.columns[self.name]
