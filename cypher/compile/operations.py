"""Which scalar definition and which kernel belong to each operator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lithograph.cypher.kernels import BinaryKernel, UnaryKernel
from lithograph.cypher.kernels import arithmetic as arithmetic_kernels
from lithograph.cypher.kernels import comparison as comparison_kernels
from lithograph.cypher.kernels import logic as logic_kernels
from lithograph.cypher.scalar import arithmetic, compare, lists, logic, strings


@dataclass(frozen=True, slots=True)
class Binary:
    """A binary operator; ``predicate``: it yields truth values, ``may_raise``: by itself, on some values."""

    scalar: Callable[[Any, Any], Any]
    kernel: BinaryKernel | None
    predicate: bool
    may_raise: bool


@dataclass(frozen=True, slots=True)
class Unary:
    """A unary operator, described alike."""

    scalar: Callable[[Any], Any]
    kernel: UnaryKernel | None
    predicate: bool
    may_raise: bool


def _arithmetic(operator: str, scalar: Callable[[Any, Any], Any]) -> Binary:
    return Binary(scalar, arithmetic_kernels.KERNELS.get(operator), predicate=False, may_raise=True)


def _comparison(operator: str, scalar: Callable[[Any, Any], Any]) -> Binary:
    return Binary(scalar, comparison_kernels.KERNELS[operator], predicate=True, may_raise=False)


def _connective(operator: str, scalar: Callable[[Any, Any], Any]) -> Binary:
    return Binary(scalar, logic_kernels.KERNELS[operator], predicate=True, may_raise=False)


BINARY: dict[str, Binary] = {
    "+": _arithmetic("+", arithmetic.add),
    "-": _arithmetic("-", arithmetic.subtract),
    "*": _arithmetic("*", arithmetic.multiply),
    "/": _arithmetic("/", arithmetic.divide),
    "%": _arithmetic("%", arithmetic.modulo),
    "^": _arithmetic("^", arithmetic.power),
    "||": Binary(arithmetic.concatenate, None, predicate=False, may_raise=True),
    "=": _comparison("=", compare.equals),
    "<>": _comparison("<>", compare.not_equals),
    "<": _comparison("<", compare.less_than),
    "<=": _comparison("<=", compare.less_or_equal),
    ">": _comparison(">", compare.greater_than),
    ">=": _comparison(">=", compare.greater_or_equal),
    "AND": _connective("AND", logic.and_),
    "OR": _connective("OR", logic.or_),
    "XOR": _connective("XOR", logic.xor),
    "IN": Binary(lists.in_, None, predicate=True, may_raise=True),
    "STARTS WITH": Binary(strings.starts_with, None, predicate=True, may_raise=False),
    "ENDS WITH": Binary(strings.ends_with, None, predicate=True, may_raise=False),
    "CONTAINS": Binary(strings.contains, None, predicate=True, may_raise=False),
    "=~": Binary(strings.matches, None, predicate=True, may_raise=True),
}

UNARY: dict[str, Unary] = {
    "-": Unary(arithmetic.negate, arithmetic_kernels.negate, predicate=False, may_raise=True),
    "+": Unary(arithmetic.plus, None, predicate=False, may_raise=True),
    "NOT": Unary(logic.not_, logic_kernels.negation, predicate=True, may_raise=False),
}
