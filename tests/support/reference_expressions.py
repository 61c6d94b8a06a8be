"""The plain meaning of an expression: one row, one value, nothing but the scalar definitions.

What compiled expressions are compared with. As they do, it evaluates the right side of AND and OR, the
branches of CASE and the arguments of coalesce only when they are needed.
"""

from __future__ import annotations

from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.compile.operations import BINARY, UNARY
from lithograph.cypher.entities import GraphReader
from lithograph.cypher.errors import CypherTypeError
from lithograph.cypher.scalar import access, compare, lists, logic, strings
from lithograph.cypher.scalar.functions import entity, lookup
from lithograph.cypher.scalar.temporal.clock import Clock
from lithograph.cypher.scalar.type_test import type_test
from lithograph.cypher.transform.cases import is_test

CLOCK = Clock(0, 0)

Row = dict[str, Any]
_SUBJECT = "CASE"


class Evaluator:
    """Evaluates expressions without patterns, with ``parameters`` and a graph."""

    def __init__(self, reader: GraphReader, parameters: dict[str, Any]) -> None:
        self.reader = reader
        self.parameters = parameters

    def value(self, expression: ast.Expression, row: Row) -> Any:
        """The value in ``row``; raises what the scalar definitions raise."""
        match expression:
            case ast.Literal(value=value):
                return value
            case ast.Parameter(name=name):
                return self.parameters[name]
            case ast.Variable(name=name):
                return row[name]
            case ast.Property(subject=subject, key=key):
                return access.property_of(self.value(subject, row), key, self.reader)
            case ast.Subscript(subject=subject, index=index):
                return lists.subscript(self.value(subject, row), self.value(index, row), self.reader)
            case ast.Slice(subject=subject, start=start, stop=stop):
                values = [self.value(subject, row), 0 if start is None else self.value(start, row)]
                return lists.slice_(*values, *([] if stop is None else [self.value(stop, row)]))
            case ast.Unary(operator=operator, operand=operand):
                return UNARY[operator].scalar(self.value(operand, row))
            case ast.Binary():
                return self._binary(expression, row)
            case ast.IsNull(operand=operand, negated=negated):
                return (self.value(operand, row) is None) != negated
            case ast.IsTyped(operand=operand, type=wanted, negated=negated):
                return type_test(wanted)(self.value(operand, row)) != negated
            case ast.IsNormalized(operand=operand, form=form, negated=negated):
                normalized = strings.is_normalized(self.value(operand, row), form)
                return logic.not_(normalized) if negated else normalized
            case ast.CaseSubject():
                return row[_SUBJECT]
            case ast.ListLiteral(items=items):
                return [self.value(item, row) for item in items]
            case ast.MapLiteral(entries=entries):
                return {key: self.value(item, row) for key, item in entries}
            case ast.MapProjection():
                return self._map_projection(expression, row)
            case ast.Case():
                return self._case(expression, row)
            case ast.FunctionCall():
                return self._call(expression, row)
            case ast.ListComprehension():
                return self._comprehension(expression, row)
            case ast.Quantifier():
                return self._quantifier(expression, row)
            case ast.Reduce():
                return self._reduce(expression, row)
        raise TypeError(f"no reference for {type(expression).__name__}")

    def _binary(self, binary: ast.Binary, row: Row) -> Any:
        left = self.value(binary.left, row)
        if (binary.operator == "AND" and left is False) or (binary.operator == "OR" and left is True):
            return left
        return BINARY[binary.operator].scalar(left, self.value(binary.right, row))

    def _map_projection(self, projection: ast.MapProjection, row: Row) -> Any:
        subject = self.value(projection.subject, row)
        result: dict[str, Any] = {}
        for item in projection.items:
            if isinstance(item, ast.AllProperties):
                result.update(entity.properties(subject, self.reader) or {})
            else:
                result[item[0]] = self.value(item[1], row)
        return None if subject is None else result

    def _case(self, case: ast.Case, row: Row) -> Any:
        subject = None if case.subject is None else self.value(case.subject, row)
        for when, then in case.branches:
            tests = when.tests if isinstance(when, ast.CaseTests) else (when,)
            if any(self._holds(test, case.subject is not None, {**row, _SUBJECT: subject}) for test in tests):
                return self.value(then, row)
        return None if case.default is None else self.value(case.default, row)

    def _holds(self, when: ast.Expression, about_subject: bool, row: Row) -> bool:
        condition = self.value(when, row)
        if about_subject and not is_test(when):
            condition = compare.equals(row[_SUBJECT], condition)
        return condition is True

    def _call(self, call: ast.FunctionCall, row: Row) -> Any:
        if call.name == "coalesce":
            return next((v for a in call.arguments if (v := self.value(a, row)) is not None), None)
        function = lookup(call.name)
        assert function is not None
        arguments = [self.value(argument, row) for argument in call.arguments]
        clock = {"clock": CLOCK} if function.needs_clock else {}
        return function.call(*arguments, *([self.reader] if function.needs_reader else []), **clock)

    def _list(self, expression: ast.Expression, row: Row) -> list[Any] | None:
        values = self.value(expression, row)
        if values is not None and type(values) is not list:
            raise CypherTypeError("Expected a list.")
        return values

    def _comprehension(self, comprehension: ast.ListComprehension, row: Row) -> list[Any] | None:
        values = self._list(comprehension.source, row)
        if values is None:
            return None
        rows = [{**row, comprehension.variable: value} for value in values]
        if comprehension.predicate is not None:
            rows = [inner for inner in rows if logic.is_true(self.value(comprehension.predicate, inner))]
        projection = comprehension.projection or ast.Variable(comprehension.variable)
        return [self.value(projection, inner) for inner in rows]

    def _quantifier(self, quantifier: ast.Quantifier, row: Row) -> bool | None:
        values = self._list(quantifier.source, row)
        if values is None:
            return None
        found = [self.value(quantifier.predicate, {**row, quantifier.variable: value}) for value in values]
        for value in found:
            logic.is_true(value)
        true, unknown = found.count(True), found.count(None)
        match quantifier.kind:
            case "any":
                return True if true else None if unknown else False
            case "none":
                return False if true else None if unknown else True
            case "all":
                return False if False in found else None if unknown else True
            case "single":
                return False if true > 1 else None if unknown else true == 1

    def _reduce(self, reduce: ast.Reduce, row: Row) -> Any:
        values = self._list(reduce.source, row)
        accumulated = self.value(reduce.initial, row)
        if values is None:
            return None
        holds: bool | None = True
        for value in values:
            inner = {**row, reduce.accumulator: accumulated, reduce.variable: value}
            accumulated = self.value(reduce.body, inner)
            if reduce.predicate is not None:
                after = self.value(reduce.predicate, inner | {reduce.accumulator: accumulated})
                logic.is_true(after)
                if after is False:
                    return False
                holds = None if after is None else holds
        return accumulated if reduce.predicate is None else holds
