"""CASE, and the tests of its subject that leave out their left side: ``WHEN > 5``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.errors import CypherSyntaxError
from lithograph.cypher.lexer import Tokens
from lithograph.cypher.transform import expressions

_Make = Callable[[Tokens, int, list[Any]], Any]


def make_case(tokens: Tokens, at: int, children: list[Any]) -> ast.Case:
    subject, *branches, default = children
    if subject is None:
        for when, _ in branches:
            _check_condition(tokens, when)
    return ast.Case(subject, tuple(branches), default, position=tokens.at(at))


def make_case_branch(tokens: Tokens, at: int, children: list[Any]) -> tuple[Any, Any]:
    *tests, then = children
    if len(tests) == 1:
        return tests[0], then
    return ast.CaseTests(tuple(tests), position=tests[0].position), then


def _check_condition(tokens: Tokens, when: ast.Expression) -> None:
    """Refuse what only makes sense where something stands between CASE and WHEN."""
    if isinstance(when, ast.CaseTests):
        raise CypherSyntaxError(
            "A list of values after WHEN needs something to compare with: CASE x WHEN 1, 2 THEN ….",
            tokens.text,
            when.tests[1].position,
        )
    if is_test(when):
        raise CypherSyntaxError(
            "This test has no left side. Write it before WHEN: CASE x WHEN > 1 THEN ….",
            tokens.text,
            when.position,
        )


def is_test(when: ast.Expression) -> bool:
    """Whether what follows WHEN is a test without a left side, not a value."""
    match when:
        case ast.Binary(left=operand):
            return type(operand) is ast.CaseSubject
        case ast.IsNull(operand=operand) | ast.IsTyped(operand=operand) | ast.IsNormalized(operand=operand):
            return type(operand) is ast.CaseSubject
        case _:
            return False


def _of_subject(make: _Make) -> _Make:
    """As ``make``, with the subject for the first child, which is missing."""
    return lambda tokens, at, children: make(tokens, at, [ast.CaseSubject(position=tokens.at(at)), *children])


make_case_comparison = _of_subject(expressions.make_comparison)
make_case_in = _of_subject(expressions.make_is_in)
make_case_starts_with = _of_subject(expressions.make_starts_with)
make_case_ends_with = _of_subject(expressions.make_ends_with)
make_case_contains = _of_subject(expressions.make_contains)
make_case_matches = _of_subject(expressions.make_matches)
make_case_null = _of_subject(expressions.make_is_null)
make_case_not_null = _of_subject(expressions.make_is_not_null)
make_case_typed = _of_subject(expressions.make_is_typed)
make_case_not_typed = _of_subject(expressions.make_is_not_typed)
make_case_normalized = _of_subject(expressions.make_is_normalized)
make_case_not_normalized = _of_subject(expressions.make_is_not_normalized)
