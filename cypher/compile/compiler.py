"""From a checked expression to something that runs over frames: one method for each construct."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.compile.access import ListOf, MapOf, Projected, PropertyRead
from lithograph.cypher.compile.base import (
    Compiled,
    Folded,
    LiteralValue,
    OptionalParameterValue,
    ParameterValue,
    SubqueryCompiler,
    VariableValue,
)
from lithograph.cypher.compile.calls import Bound, Membership, OfElements, Operation
from lithograph.cypher.compile.conditional import Branch, Coalesce, Conditional
from lithograph.cypher.compile.iteration import Comprehension, Quantified
from lithograph.cypher.compile.label_tests import DynamicLabelTest, LabelTest
from lithograph.cypher.compile.operations import BINARY, UNARY
from lithograph.cypher.compile.operators import BinaryOperation, Connective, NullTest, UnaryOperation
from lithograph.cypher.compile.stepwise import Reduction, Steps, StepwiseTest
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.kernels.elements import KERNELS
from lithograph.cypher.labels import dynamic_parts, is_computed
from lithograph.cypher.scalar import arithmetic, lists, logic, strings
from lithograph.cypher.scalar.enums import enum_value
from lithograph.cypher.scalar.functions import lookup, unknown_function
from lithograph.cypher.scalar.type_test import type_test
from lithograph.cypher.transform.expressions import chain
from lithograph.cypher.walk import children
from lithograph.storage.patience import breathe
from lithograph.storage.values.properties import MINIMUM_INTEGER

_SUBQUERIES = (ast.PatternPredicate, ast.PatternComprehension, ast.SubqueryExpression, ast.PathExpression)


def compile_expression(expression: ast.Expression, subqueries: SubqueryCompiler | None = None) -> Compiled:
    """Compile ``expression``; aggregations must have been replaced by variables before.

    ``subqueries`` compiles patterns and subqueries inside it; it is not needed where there are none.

    Raises:
        UnknownFunctionError, InvalidNumberOfArgumentsError: where the analysis has not found it before.
    """
    return _Compiler(subqueries).compile(expression)


class _Compiler:
    """Holds what all parts of one expression share."""

    def __init__(self, subqueries: SubqueryCompiler | None) -> None:
        self._subqueries = subqueries

    def compile(self, expression: ast.Expression) -> Compiled:
        breathe()
        kind = type(expression)
        if kind in _SUBQUERIES:
            if self._subqueries is None:
                raise TypeError(f"{kind.__name__} needs a subquery compiler")
            return self._subqueries(expression)
        if _is_literal(expression):
            return LiteralValue(_literal_value(expression))
        compiled = _BUILDERS[kind](self, expression)
        if compiled.constant or type(compiled) is Connective or not is_constant(expression):
            return compiled
        return Folded(compiled)

    def _parameter(self, parameter: ast.Parameter) -> Compiled:
        return ParameterValue(parameter.name)

    def _optional_parameter(self, parameter: ast.OptionalParameter) -> Compiled:
        return OptionalParameterValue(parameter.name, self.compile(parameter.default))

    def _variable(self, variable: ast.Variable) -> Compiled:
        return VariableValue(variable.name)

    def _enum_value(self, written: ast.EnumValue) -> Compiled:
        names = [LiteralValue(written.enum), LiteralValue(written.value)]
        return Operation(enum_value, names, written.position, reads=True)

    def _property(self, read: ast.Property) -> Compiled:
        return PropertyRead(self.compile(read.subject), read.key, read.position)

    def _subscript(self, subscript: ast.Subscript) -> Compiled:
        operands = [self.compile(subscript.subject), self.compile(subscript.index)]
        return Operation(lists.subscript, operands, subscript.position, reads=True)

    def _slice(self, part: ast.Slice) -> Compiled:
        subject = self.compile(part.subject)
        start = self.compile(part.start) if part.start is not None else LiteralValue(0)
        operands = [subject, start]
        if part.stop is not None:
            operands.append(self.compile(part.stop))
        return Operation(lists.slice_, operands, part.position)

    def _unary(self, unary: ast.Unary) -> Compiled:
        operand = self.compile(unary.operand)
        how = UNARY[unary.operator]
        return UnaryOperation(
            operand,
            how.scalar,
            how.kernel,
            unary.position,
            predicate=how.predicate,
            may_raise=how.may_raise or operand.may_raise,
        )

    def _binary(self, binary: ast.Binary) -> Compiled:
        operator = binary.operator
        if operator == "AND" or operator == "OR":
            return self._connective(binary)
        left, right = self.compile(binary.left), self.compile(binary.right)
        if operator == "IN":
            return Membership(left, right, binary.position)
        how = BINARY[operator]
        return BinaryOperation(
            left,
            right,
            how.scalar,
            how.kernel,
            binary.position,
            predicate=how.predicate,
            may_raise=how.may_raise or left.may_raise or right.may_raise,
        )

    def _connective(self, binary: ast.Binary) -> Compiled:
        """All parts of ``a AND b AND c …`` in one, however many there are."""
        parts: list[ast.Expression] = []
        node: ast.Expression = binary
        while isinstance(node, ast.Binary) and node.operator == binary.operator:
            parts.append(node.right)
            node = node.left
        parts.append(node)
        parts.reverse()
        compiled = [self.compile(part) for part in parts]
        names = [free_variables(part) for part in parts]
        connective = Connective(binary.operator == "AND", compiled, names, binary.position)
        return Folded(connective) if all(part.constant for part in compiled) else connective

    def _is_null(self, test: ast.IsNull) -> Compiled:
        return NullTest(self.compile(test.operand), test.negated)

    def _is_typed(self, test: ast.IsTyped) -> Compiled:
        holds = type_test(test.type)
        return self._test(test.operand, holds, test.negated, test.position)

    def _is_normalized(self, test: ast.IsNormalized) -> Compiled:
        holds = partial(strings.is_normalized, form=test.form)
        return self._test(test.operand, holds, test.negated, test.position)

    def _test(
        self, expression: ast.Expression, holds: Callable[[Any], Any], negated: bool, position: ast.Position
    ) -> Compiled:
        """A predicate of one operand that raises nothing."""
        operand = self.compile(expression)
        scalar = (lambda value: logic.not_(holds(value))) if negated else holds
        return UnaryOperation(operand, scalar, None, position, predicate=True, may_raise=operand.may_raise)

    def _has_labels(self, test: ast.HasLabels) -> Compiled:
        subject = self.compile(test.subject)
        if not is_computed(test.labels):
            return LabelTest(subject, test.labels, test.position)
        names = {part: self.compile(part.expression) for part in dynamic_parts(test.labels)}
        return DynamicLabelTest(subject, test.labels, names, test.position)

    def _list(self, literal: ast.ListLiteral) -> Compiled:
        return ListOf([self.compile(item) for item in literal.items])

    def _map(self, literal: ast.MapLiteral) -> Compiled:
        return MapOf([key for key, _ in literal.entries], [self.compile(item) for _, item in literal.entries])

    def _map_projection(self, projection: ast.MapProjection) -> Compiled:
        items = [
            None if isinstance(item, ast.AllProperties) else (item[0], self.compile(item[1]))
            for item in projection.items
        ]
        return Projected(self.compile(projection.subject), items, projection.position)

    def _case(self, case: ast.Case) -> Compiled:
        names = free_variables(case)
        if case.subject is None:
            return self._conditional(case, names)
        name = f" case at {case.position.offset}"
        subject = ast.Variable(name)
        branches = tuple((case_condition(when, subject), then) for when, then in case.branches)
        simple = ast.Case(None, branches, case.default, position=case.position)
        return Bound(name, self.compile(case.subject), self._conditional(simple, names | {name}))

    def _conditional(self, case: ast.Case, names: frozenset[str]) -> Compiled:
        branches = [Branch(self.compile(when), self.compile(then)) for when, then in case.branches]
        default = LiteralValue(None) if case.default is None else self.compile(case.default)
        return Conditional(branches, default, names)

    def _call(self, call: ast.FunctionCall) -> Compiled:
        function = lookup(call.name)
        if function is None:
            error = unknown_function(call.name)
            error.position = call.position
            raise error
        function.check_arity(len(call.arguments))
        arguments = [self.compile(argument) for argument in call.arguments]
        name = call.name.casefold()
        if name == "coalesce":
            return Coalesce(arguments, free_variables(call))
        operation = Operation(
            function.call,
            arguments,
            call.position,
            reads=function.needs_reader,
            clocked=function.needs_clock,
            repeatable=function.deterministic,
            keeps=function.needs_state,
            counts=function.needs_hops,
        )
        kernel = KERNELS.get(name)
        return operation if kernel is None else OfElements(kernel, arguments[0], operation)

    def _list_comprehension(self, comprehension: ast.ListComprehension) -> Compiled:
        parts = [part for part in (comprehension.predicate, comprehension.projection) if part is not None]
        names = frozenset().union(*map(free_variables, parts)) - {comprehension.variable}
        return Comprehension(
            comprehension.variable,
            self.compile(comprehension.source),
            None if comprehension.predicate is None else self.compile(comprehension.predicate),
            None if comprehension.projection is None else self.compile(comprehension.projection),
            names,
            comprehension.position,
        )

    def _quantifier(self, quantifier: ast.Quantifier) -> Compiled:
        return Quantified(
            quantifier.kind,
            quantifier.variable,
            self.compile(quantifier.source),
            self.compile(quantifier.predicate),
            free_variables(quantifier.predicate) - {quantifier.variable},
            quantifier.position,
        )

    def _reduce(self, reduce: ast.Reduce) -> Compiled:
        names = free_variables(reduce.body)
        if reduce.predicate is not None:
            names |= free_variables(reduce.predicate)
        steps = Steps(
            reduce.accumulator,
            self.compile(reduce.initial),
            reduce.variable,
            self.compile(reduce.source),
            self.compile(reduce.body),
            names - {reduce.accumulator, reduce.variable},
            reduce.position,
        )
        return (
            Reduction(steps)
            if reduce.predicate is None
            else StepwiseTest(steps, self.compile(reduce.predicate))
        )


_BUILDERS: dict[type[ast.Expression], Callable[[_Compiler, Any], Compiled]] = {
    ast.Parameter: _Compiler._parameter,
    ast.OptionalParameter: _Compiler._optional_parameter,
    ast.Variable: _Compiler._variable,
    ast.EnumValue: _Compiler._enum_value,
    ast.Property: _Compiler._property,
    ast.Subscript: _Compiler._subscript,
    ast.Slice: _Compiler._slice,
    ast.Unary: _Compiler._unary,
    ast.Binary: _Compiler._binary,
    ast.IsNull: _Compiler._is_null,
    ast.IsTyped: _Compiler._is_typed,
    ast.IsNormalized: _Compiler._is_normalized,
    ast.HasLabels: _Compiler._has_labels,
    ast.ListLiteral: _Compiler._list,
    ast.MapLiteral: _Compiler._map,
    ast.MapProjection: _Compiler._map_projection,
    ast.Case: _Compiler._case,
    ast.FunctionCall: _Compiler._call,
    ast.ListComprehension: _Compiler._list_comprehension,
    ast.Quantifier: _Compiler._quantifier,
    ast.Reduce: _Compiler._reduce,
}


def case_condition(when: ast.Expression, subject: ast.Expression) -> ast.Expression:
    """The condition that a ``when`` of a CASE with a subject stands for."""
    match when:
        case ast.CaseTests(tests):
            return chain("OR", [case_condition(test, subject) for test in tests])
        case ast.Binary(left=ast.CaseSubject()):
            return replace(when, left=subject)
        case (
            ast.IsNull(operand=ast.CaseSubject())
            | ast.IsTyped(operand=ast.CaseSubject())
            | ast.IsNormalized(operand=ast.CaseSubject())
        ):
            return replace(when, operand=subject)
        case _:
            return ast.Binary("=", subject, when, position=when.position)


def is_constant(expression: ast.Expression) -> bool:
    """Has it one value in a whole execution? It has without variables, patterns and the likes of ``rand``."""
    return _is_fixed(expression, frozenset())


def _is_fixed(syntax: ast.Syntax, bound: frozenset[str]) -> bool:
    """The same, where the variables ``bound`` belong to constructs around ``syntax`` that are judged as a whole."""
    outside: tuple[ast.Expression, ...] = ()  # what does not see the variables that the construct binds
    inside = bound
    match syntax:
        case ast.Variable():
            return syntax.name in bound
        case ast.ListComprehension() | ast.Quantifier():
            outside, inside = (syntax.source,), bound | {syntax.variable}
        case ast.Reduce():
            outside = (syntax.initial, syntax.source)
            inside = bound | {syntax.variable, syntax.accumulator}
        case ast.FunctionCall():
            function = lookup(syntax.name)
            if function is None or not (function.deterministic or function.once_per_query):
                return False
        case ast.HasLabels() | ast.CountStar():
            return False
        case _ if isinstance(syntax, _SUBQUERIES):
            return False
    return all(
        _is_fixed(child, bound if any(child is part for part in outside) else inside)
        for child in children(syntax)
    )


def _is_literal(expression: ast.Syntax) -> bool:
    """Is it made of literals alone?"""
    match expression:
        case ast.Literal():
            return True
        case ast.Unary(operator="-", operand=ast.Literal(value=value)):
            return type(value) is float or (type(value) is int and value > MINIMUM_INTEGER)
        case ast.ListLiteral() | ast.MapLiteral():
            return all(_is_literal(child) for child in children(expression))
        case _:
            return False


def _literal_value(expression: ast.Syntax) -> Any:
    """The value of an expression made of literals alone."""
    match expression:
        case ast.Literal():
            return expression.value
        case ast.ListLiteral():
            return [_literal_value(item) for item in expression.items]
        case ast.MapLiteral():
            return {key: _literal_value(item) for key, item in expression.entries}
        case ast.Unary(operand=ast.Literal(value=value)):
            return arithmetic.negate(value)
    raise TypeError(f"{type(expression).__name__} is no literal")
