"""CASE, simple and searched."""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher.ast.base import Expression


@dataclass(frozen=True, slots=True)
class Case(Expression):
    """``CASE [subject] WHEN … THEN … [ELSE …] END``; branches are (when, then).

    With a subject, a ``when`` is a value to compare it with, a test with ``CaseSubject`` as its operand, or
    ``CaseTests``, several of those.
    """

    subject: Expression | None
    branches: tuple[tuple[Expression, Expression], ...]
    default: Expression | None


@dataclass(frozen=True, slots=True)
class CaseSubject(Expression):
    """What is missing before the operator of ``WHEN > 5``: the subject of the CASE around it."""


@dataclass(frozen=True, slots=True)
class CaseTests(Expression):
    """``1, > 5`` between WHEN and THEN: one of them has to hold."""

    tests: tuple[Expression, ...]
