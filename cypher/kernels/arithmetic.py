"""Arithmetic over INT and FLOAT arrays, where no error can be due.

Integers must not wrap around. Rather than look for wrapped results, the kernels bound the result from the
extremes of the operands, in Python's integers; where a bound exceeds 64 bits they do not apply.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.cypher.kernels import BinaryKernel, UnaryKernel
from lithograph.cypher.kernels.nulls import SMALL, either
from lithograph.cypher.vectors import Kind, Vector

_LOWEST = -(2**63)
_HIGHEST = 2**63 - 1

Array = npt.NDArray[Any]
Range = tuple[int, int]


def _arithmetic(
    compute: Callable[[Any, Any], Any], fits: Callable[[Array, Array], bool], divides: bool = False
) -> BinaryKernel:
    """A kernel of ``compute``; on two integer arrays it applies where ``fits`` says so.

    Those that divide do not apply to a float divisor of zero: its sign and the error are the scalar's.
    """

    def kernel(left: Vector, right: Vector) -> Vector | None:
        if not (_is_number(left) and _is_number(right)):
            return None
        count = len(left.values) if len(right.values) == 1 else len(right.values)
        if count <= SMALL:
            return None
        if left.kind is Kind.INT and right.kind is Kind.INT:
            if not fits(left.values, right.values):
                return None
            kind = Kind.INT
        elif divides and not right.values.all():
            return None
        else:
            kind = Kind.FLOAT
        with np.errstate(all="ignore"):
            values = compute(left.values, right.values)
        return Vector(kind, values, either(left.nulls, right.nulls, count))

    return kernel


def _is_number(vector: Vector) -> bool:
    return vector.kind is Kind.INT or vector.kind is Kind.FLOAT


def _range(values: Array) -> Range:
    if len(values) == 1:
        value = values.item(0)
        return value, value
    return int(values.min()), int(values.max())


def _sum_fits(left: Array, right: Array) -> bool:
    (a, b), (c, d) = _range(left), _range(right)
    return a + c >= _LOWEST and b + d <= _HIGHEST


def _difference_fits(left: Array, right: Array) -> bool:
    (a, b), (c, d) = _range(left), _range(right)
    return a - d >= _LOWEST and b - c <= _HIGHEST


def _product_fits(left: Array, right: Array) -> bool:
    (a, b), (c, d) = _range(left), _range(right)
    products = (a * c, a * d, b * c, b * d)
    return min(products) >= _LOWEST and max(products) <= _HIGHEST


def _divisible(left: Array, right: Array) -> bool:
    """No zero to divide by, and not the one quotient beyond 64 bits."""
    low, high = _range(right)
    if low <= 0 <= high and not right.all():
        return False
    return low > -1 or high < -1 or _range(left)[0] > _LOWEST


def _quotient(left: Array, right: Array) -> Array:
    """Integers towards zero, as openCypher has it (NumPy divides towards minus infinity)."""
    if left.dtype.kind == "f" or right.dtype.kind == "f":
        return np.true_divide(left, right)
    quotient = np.floor_divide(left, right)
    remainder = left - quotient * right
    quotient += (remainder != 0) & ((left < 0) != (right < 0))
    return quotient


def negate(vector: Vector) -> Vector | None:
    """``-x``; not where the lowest integer is among the values, which has no counterpart."""
    if len(vector) <= SMALL:
        return None
    if vector.kind is Kind.FLOAT or (vector.kind is Kind.INT and int(vector.values.min()) > _LOWEST):
        return Vector(vector.kind, -vector.values, vector.nulls)
    return None


KERNELS: dict[str, BinaryKernel] = {
    "+": _arithmetic(np.add, _sum_fits),
    "-": _arithmetic(np.subtract, _difference_fits),
    "*": _arithmetic(np.multiply, _product_fits),
    "/": _arithmetic(_quotient, _divisible, divides=True),
    "%": _arithmetic(np.fmod, _divisible, divides=True),
}

UNARY: dict[str, UnaryKernel] = {"-": negate}
