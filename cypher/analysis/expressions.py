"""Expressions: every name bound, every function known, no operand of a type that cannot be right.

``Expressions.visit`` walks an expression once and gives its type, as far as that is known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from lithograph.cypher import ast
from lithograph.cypher.analysis.functions import check_arguments, check_call, is_aggregate, result_type
from lithograph.cypher.analysis.numbers import number_called
from lithograph.cypher.analysis.scope import Scope
from lithograph.cypher.analysis.types import (
    ANY,
    BOOLEAN,
    FLOAT,
    INTEGER,
    MAP,
    NUMBERS,
    PATH,
    STRING,
    TEMPORAL_AND_SPATIAL,
    Kind,
    Type,
    common,
    element_of,
    list_of,
)
from lithograph.cypher.errors import (
    InvalidAggregationError,
    InvalidArgumentTypeError,
    NestedAggregationError,
    NonConstantExpressionError,
    StaticTypeError,
    UndefinedVariableError,
    UnexpectedConstructError,
)
from lithograph.storage.patience import breathe

if TYPE_CHECKING:
    from lithograph.cypher.analysis.queries import Queries

_PYTHON_TYPES: dict[type, Type] = {bool: BOOLEAN, int: INTEGER, float: FLOAT, str: STRING, type(None): ANY}
_LOGICAL = frozenset({"AND", "OR", "XOR"})
_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">=", "STARTS WITH", "ENDS WITH", "CONTAINS", "=~"})
_NOT_CALCULATED_WITH = frozenset(
    {Kind.BOOLEAN, Kind.STRING, Kind.LIST, Kind.MAP, Kind.NODE, Kind.RELATIONSHIP, Kind.PATH}
)
_HAS_PROPERTIES = frozenset({Kind.ANY, Kind.MAP, Kind.NODE, Kind.RELATIONSHIP}) | TEMPORAL_AND_SPATIAL


class Expressions:
    """The checks of expressions.

    Attributes:
        parameters: the names of all the parameters met so far, with the place of the first use.
        aggregated: whether an aggregation was met since this was last set to False.
        numbers: where names stand that mean a number, NaN or Infinity, since nothing is bound to them.
    """

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self.parameters: dict[str, ast.Position] = {}
        self.aggregated = False
        self.numbers: dict[ast.Position, float] = {}
        self._aggregates_allowed = False
        self._inside_aggregate = False

    # ------------------------------------------------------------ entry points

    def visit(self, expression: ast.Expression, scope: Scope) -> Type:
        """The type of an expression in a scope; anything wrong with it is raised.

        A pattern is refused: it says yes or no, so it only stands where that is asked (:meth:`predicate`, operands of
        NOT and AND, WHEN). ``exists(pattern)`` is a value like any other.
        """
        if type(expression) is ast.PatternPredicate and not expression.explicit:
            raise UnexpectedConstructError(
                "A pattern is only a predicate here; to count or collect what it matches, write "
                "COUNT { … } or [pattern | …], to know whether there is any exists(pattern).",
                position=expression.position,
            )
        return self._visit(expression, scope)

    def _visit(self, expression: ast.Expression, scope: Scope) -> Type:
        """The same, for what may be a pattern."""
        breathe()
        visit = _VISITORS.get(type(expression))
        if visit is None:
            raise TypeError(f"not an expression: {expression!r}")
        return visit(self, expression, scope)

    def visit_projected(self, expression: ast.Expression, scope: Scope) -> Type:
        """The same, where aggregations are allowed: in WITH and RETURN."""
        before, self._aggregates_allowed = self._aggregates_allowed, True
        try:
            return self.visit(expression, scope)
        finally:
            self._aggregates_allowed = before

    def predicate(self, expression: ast.Expression | None, scope: Scope) -> None:
        """Check what is to be true or false, such as the expression of a WHERE.

        Raises:
            InvalidArgumentTypeError: it can be neither.
        """
        if expression is not None:
            self._boolean(expression, scope, "A predicate")

    def _boolean(self, expression: ast.Expression, scope: Scope, what: str) -> None:
        found = self._visit(expression, scope)
        if found.kind not in (Kind.BOOLEAN, Kind.ANY):
            raise InvalidArgumentTypeError(
                f"{what} needs a boolean, not {found}.", position=expression.position
            )

    def inner(self, check: Callable[[], Type]) -> Type:
        """Run a check of something inside which no aggregation of the outside can be."""
        before, self._aggregates_allowed = self._aggregates_allowed, False
        try:
            return check()
        finally:
            self._aggregates_allowed = before

    # ------------------------------------------------------------ leaves

    def _literal(self, literal: ast.Literal, scope: Scope) -> Type:
        return _PYTHON_TYPES[type(literal.value)]

    def _parameter(self, parameter: ast.Parameter, scope: Scope) -> Type:
        self.parameters.setdefault(parameter.name, parameter.position)
        return ANY

    def _optional_parameter(self, _parameter: ast.OptionalParameter, _scope: Scope) -> Type:
        return ANY

    def _variable(self, variable: ast.Variable, scope: Scope) -> Type:
        number = number_called(variable.name)
        if number is not None and variable.name not in scope and variable.name not in scope.constants:
            self.numbers[variable.position] = number
            return FLOAT
        return scope.type_of(variable.name, variable.position)

    def _enum_value(self, _value: ast.EnumValue, _scope: Scope) -> Type:
        return ANY

    def _list(self, literal: ast.ListLiteral, scope: Scope) -> Type:
        return list_of(common([self.visit(item, scope) for item in literal.items]))

    def _map(self, literal: ast.MapLiteral, scope: Scope) -> Type:
        for _, value in literal.entries:
            self.visit(value, scope)
        return MAP

    # ------------------------------------------------------------ access

    def _property(self, access: ast.Property, scope: Scope) -> Type:
        subject = self.visit(access.subject, scope)
        if subject.kind not in _HAS_PROPERTIES:
            # The TCK calls it a TypeError, but for a path a SyntaxError.
            kind = InvalidArgumentTypeError if subject == PATH else StaticTypeError
            raise kind(f"{_capitalised(subject)} has no properties.", position=access.position)
        return ANY

    def _subscript(self, access: ast.Subscript, scope: Scope) -> Type:
        subject = self.visit(access.subject, scope)
        self.visit(access.index, scope)
        return element_of(subject) if subject.kind is Kind.LIST else ANY

    def _slice(self, access: ast.Slice, scope: Scope) -> Type:
        subject = self.visit(access.subject, scope)
        for bound in (access.start, access.stop):
            if bound is not None:
                self.visit(bound, scope)
        return subject if subject.kind is Kind.LIST else ANY

    def _has_labels(self, test: ast.HasLabels, scope: Scope) -> Type:
        subject = self.visit(test.subject, scope)
        if subject.kind not in (Kind.NODE, Kind.RELATIONSHIP, Kind.ANY):
            raise InvalidArgumentTypeError(
                f"{_capitalised(subject)} has no labels.", position=test.subject.position
            )
        self.labels(test.labels, scope)
        return BOOLEAN

    def labels(self, labels: ast.LabelExpression | None, scope: Scope) -> None:
        """Check the expressions in a label expression."""
        match labels:
            case ast.LabelAnd(parts) | ast.LabelOr(parts):
                for part in parts:
                    self.labels(part, scope)
            case ast.LabelNot(part):
                self.labels(part, scope)
            case ast.LabelDynamic(expression):
                self._label_name(self.visit(expression, scope), expression.position)

    @staticmethod
    def _label_name(found: Type, position: ast.Position) -> None:
        if found.kind not in (Kind.ANY, Kind.STRING, Kind.LIST):
            raise InvalidArgumentTypeError(
                f"A label or type must be a string or a list of strings, not {found}.", position=position
            )

    # ------------------------------------------------------------ operators

    def _unary(self, operation: ast.Unary, scope: Scope) -> Type:
        if operation.operator == "NOT":
            self._boolean(operation.operand, scope, "NOT")
            return BOOLEAN
        operand = self.visit(operation.operand, scope)
        self._calculable(operation.operator, operand, operation.operand)
        return operand if operand.kind in NUMBERS else ANY

    def _binary(self, operation: ast.Binary, scope: Scope) -> Type:
        operator = operation.operator
        if operator in _LOGICAL:
            self._boolean(operation.left, scope, operator)
            self._boolean(operation.right, scope, operator)
            return BOOLEAN
        left = self.visit(operation.left, scope)
        right = self.visit(operation.right, scope)
        if operator in _COMPARISONS:
            return BOOLEAN
        if operator == "IN":
            if right.kind not in (Kind.LIST, Kind.ANY):
                raise InvalidArgumentTypeError(
                    f"IN needs a list on its right, not {right}.", position=operation.right.position
                )
            return BOOLEAN
        if operator == "+":
            return _sum(left, right)
        if operator == "||":
            return _concatenation(operation, left, right)
        self._calculable(operator, left, operation.left)
        self._calculable(operator, right, operation.right)
        if left.kind not in NUMBERS or right.kind not in NUMBERS:
            return ANY
        return FLOAT if operator == "^" or FLOAT in (left, right) else INTEGER

    @staticmethod
    def _calculable(operator: str, operand: Type, expression: ast.Expression) -> None:
        if operand.kind in _NOT_CALCULATED_WITH:
            raise InvalidArgumentTypeError(
                f"{operator} cannot be applied to {operand}.", position=expression.position
            )

    def _is_null(self, test: ast.IsNull | ast.IsTyped | ast.IsNormalized, scope: Scope) -> Type:
        self.visit(test.operand, scope)
        return BOOLEAN

    def _case_subject(self, subject: ast.CaseSubject, scope: Scope) -> Type:
        return ANY

    def _case_tests(self, tests: ast.CaseTests, scope: Scope) -> Type:
        for test in tests.tests:
            self.visit(test, scope)
        return ANY

    def _case(self, case: ast.Case, scope: Scope) -> Type:
        test = self._visit if case.subject is None else self.visit
        if case.subject is not None:
            self.visit(case.subject, scope)
        results: list[Type] = []
        for when, then in case.branches:
            test(when, scope)
            results.append(self.visit(then, scope))
        if case.default is not None:
            results.append(self.visit(case.default, scope))
        return common(results)

    # ------------------------------------------------------------ functions

    def _function(self, call: ast.FunctionCall, scope: Scope) -> Type:
        check_call(call)
        if is_aggregate(call.name):
            return self._aggregate(call, scope)
        if call.distinct:
            raise InvalidAggregationError(
                f"DISTINCT is for aggregations, and {call.name} is none.", position=call.position
            )
        if call.name.lower() == "rand" and self._inside_aggregate:
            raise NonConstantExpressionError(
                "rand() cannot be used inside an aggregation.", position=call.position
            )
        arguments = [self.visit(argument, scope) for argument in call.arguments]
        check_arguments(call, arguments)
        return result_type(call.name, arguments)

    def _aggregate(self, call: ast.FunctionCall, scope: Scope) -> Type:
        self._enter_aggregate(call)
        try:
            arguments = [self.visit(argument, scope) for argument in call.arguments]
        finally:
            self._inside_aggregate = False
        check_arguments(call, arguments)
        return result_type(call.name, arguments)

    def _count_star(self, call: ast.CountStar, scope: Scope) -> Type:
        self._enter_aggregate(call)
        self._inside_aggregate = False
        return INTEGER

    def _enter_aggregate(self, call: ast.Expression) -> None:
        if self._inside_aggregate:
            raise NestedAggregationError(
                "Using aggregation functions inside aggregation functions is not allowed.",
                position=call.position,
            )
        if not self._aggregates_allowed:
            raise InvalidAggregationError(
                "Aggregation functions are only allowed in WITH and RETURN.", position=call.position
            )
        self.aggregated = self._inside_aggregate = True

    # ------------------------------------------------------------ iteration

    def _source(self, source: ast.Expression, scope: Scope) -> Type:
        found = self.visit(source, scope)
        if found.kind not in (Kind.LIST, Kind.ANY):
            raise InvalidArgumentTypeError(f"Expected a list, not {found}.", position=source.position)
        return element_of(found)

    def _comprehension(self, comprehension: ast.ListComprehension, scope: Scope) -> Type:
        element = self._source(comprehension.source, scope)
        inside = scope.within()
        inside.shadow(comprehension.variable, element)

        def check() -> Type:
            self.predicate(comprehension.predicate, inside)
            projection = comprehension.projection
            if projection is None:
                return list_of(element)
            try:
                return list_of(self.visit(projection, inside))
            except UndefinedVariableError as error:
                if type(projection) is ast.Variable and _ends_in_alternatives(comprehension.predicate):
                    error.summary += f" {_BAR_IN_PARENTHESES}"
                raise

        return self.inner(check)

    def _quantifier(self, quantifier: ast.Quantifier, scope: Scope) -> Type:
        inside = scope.within()
        inside.shadow(quantifier.variable, self._source(quantifier.source, scope))

        def check() -> Type:
            self.predicate(quantifier.predicate, inside)
            return BOOLEAN

        return self.inner(check)

    def _reduce(self, reduction: ast.Reduce, scope: Scope) -> Type:
        self.visit(reduction.initial, scope)
        inside = scope.within()
        inside.shadow(reduction.variable, self._source(reduction.source, scope))
        inside.shadow(reduction.accumulator, ANY)
        self.inner(lambda: self.visit(reduction.body, inside))
        if reduction.predicate is None:
            return ANY
        self.inner(lambda: self._step_predicate(reduction.predicate, inside))
        return BOOLEAN

    def _step_predicate(self, predicate: ast.Expression | None, scope: Scope) -> Type:
        self.predicate(predicate, scope)
        return BOOLEAN

    def _map_projection(self, projection: ast.MapProjection, scope: Scope) -> Type:
        subject = self.visit(projection.subject, scope)
        if subject.kind not in _HAS_PROPERTIES:
            raise InvalidArgumentTypeError(
                f"{_capitalised(subject)} has no properties to project.", position=projection.position
            )
        for item in projection.items:
            if not isinstance(item, ast.AllProperties):
                self.visit(item[1], scope)
        return MAP

    # ------------------------------------------------------------ patterns and subqueries

    def _pattern_predicate(self, predicate: ast.PatternPredicate, scope: Scope) -> Type:
        self._queries.patterns.in_expression(predicate.pattern, scope)
        return BOOLEAN

    def _pattern_comprehension(self, comprehension: ast.PatternComprehension, scope: Scope) -> Type:
        inside = scope.within()

        def check() -> Type:
            self._queries.patterns.match([comprehension.pattern], inside)
            self.predicate(comprehension.predicate, inside)
            return list_of(self.visit(comprehension.projection, inside))

        return self.inner(check)

    def _path(self, path: ast.PathExpression, scope: Scope) -> Type:
        self._queries.patterns.in_expression(path.pattern, scope)
        return PATH if path.pattern.function == "shortestPath" else list_of(PATH)

    def _subquery(self, subquery: ast.SubqueryExpression, scope: Scope) -> Type:
        before = self.aggregated, self._inside_aggregate
        self._inside_aggregate = False  # what is aggregated inside is a matter of the subquery
        try:
            return self.inner(lambda: self._queries.in_expression(subquery, scope))
        finally:
            self.aggregated, self._inside_aggregate = before


_BAR_IN_PARENTHESES = (
    "Where | is to divide labels or types and not to project, write the test in parentheses: (x:A|B)."
)


def _ends_in_alternatives(predicate: ast.Expression | None) -> bool:
    """Whether a bar behind a predicate could have been meant to go on with its labels or types."""
    while isinstance(predicate, ast.Binary):
        predicate = predicate.right
    return isinstance(predicate, ast.HasLabels | ast.IsTyped)


def _capitalised(kind: Type) -> str:
    text = str(kind)
    return text[0].upper() + text[1:]


def _concatenation(operation: ast.Binary, left: Type, right: Type) -> Type:
    for side, found in ((operation.left, left), (operation.right, right)):
        if found.kind not in (Kind.STRING, Kind.LIST, Kind.ANY):
            raise InvalidArgumentTypeError(
                f"|| needs a string or a list, not {found}.", position=side.position
            )
    if left.kind is Kind.ANY or right.kind is Kind.ANY:
        return ANY
    if left.kind is not right.kind:
        raise InvalidArgumentTypeError(
            f"|| needs two strings or two lists, not {left} and {right}.", position=operation.right.position
        )
    return left if left == right else list_of(ANY)


def _sum(left: Type, right: Type) -> Type:
    if left.kind in NUMBERS and right.kind in NUMBERS:
        return FLOAT if FLOAT in (left, right) else INTEGER
    if left == right == STRING:
        return STRING
    if Kind.LIST in (left.kind, right.kind):
        return left if left == right else list_of(ANY)
    return ANY


_Visitor: TypeAlias = Callable[[Expressions, Any, Scope], Type]

_VISITORS: dict[type, _Visitor] = {
    ast.Literal: Expressions._literal,
    ast.Parameter: Expressions._parameter,
    ast.OptionalParameter: Expressions._optional_parameter,
    ast.Variable: Expressions._variable,
    ast.EnumValue: Expressions._enum_value,
    ast.ListLiteral: Expressions._list,
    ast.MapLiteral: Expressions._map,
    ast.Property: Expressions._property,
    ast.Subscript: Expressions._subscript,
    ast.Slice: Expressions._slice,
    ast.HasLabels: Expressions._has_labels,
    ast.Unary: Expressions._unary,
    ast.Binary: Expressions._binary,
    ast.IsNull: Expressions._is_null,
    ast.IsTyped: Expressions._is_null,
    ast.IsNormalized: Expressions._is_null,
    ast.CaseSubject: Expressions._case_subject,
    ast.CaseTests: Expressions._case_tests,
    ast.Case: Expressions._case,
    ast.FunctionCall: Expressions._function,
    ast.CountStar: Expressions._count_star,
    ast.ListComprehension: Expressions._comprehension,
    ast.Quantifier: Expressions._quantifier,
    ast.Reduce: Expressions._reduce,
    ast.MapProjection: Expressions._map_projection,
    ast.PatternPredicate: Expressions._pattern_predicate,
    ast.PatternComprehension: Expressions._pattern_comprehension,
    ast.PathExpression: Expressions._path,
    ast.SubqueryExpression: Expressions._subquery,
}
