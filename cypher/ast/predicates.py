"""Tests of one value that have a syntax of their own: ``IS …`` and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lithograph.cypher.ast.base import Expression
from lithograph.cypher.ast.labels import LabelExpression
from lithograph.cypher.ast.value_types import ValueType


@dataclass(frozen=True, slots=True)
class IsNull(Expression):
    """``operand IS NULL``, or ``IS NOT NULL`` when negated."""

    operand: Expression
    negated: bool


@dataclass(frozen=True, slots=True)
class IsTyped(Expression):
    """``operand IS :: type``, or ``IS NOT ::`` when negated."""

    operand: Expression
    type: ValueType
    negated: bool


NormalForm = OneOf["NFC", "NFD", "NFKC", "NFKD"]


@dataclass(frozen=True, slots=True)
class IsNormalized(Expression):
    """``operand IS [NFC] NORMALIZED``, or ``IS NOT [NFC] NORMALIZED`` when negated."""

    operand: Expression
    form: NormalForm
    negated: bool


@dataclass(frozen=True, slots=True)
class HasLabels(Expression):
    """``subject:Label`` as a predicate; on a relationship it tests the type."""

    subject: Expression
    labels: LabelExpression
