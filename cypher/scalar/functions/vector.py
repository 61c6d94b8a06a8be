"""How alike two vectors are, given as lists of numbers: 1.0 for the same, towards 0.0 the less they are."""

from __future__ import annotations

import math
from typing import Any

from lithograph.cypher.errors import ArgumentError
from lithograph.cypher.scalar.functions import arguments, takes
from lithograph.cypher.scalar.functions.registry import function


@function("vector.similarity.cosine")
def cosine(a: takes.List, b: takes.List) -> float | None:
    """By the angle between them: 1.0 in the same direction, 0.5 at a right angle, 0.0 in the opposite one.

    Raises:
        ArgumentError: they differ in length, are empty or of no direction.
    """
    if a is None or b is None:
        return None
    name = "vector.similarity.cosine"
    first, second = _vectors(name, a, b)
    lengths = math.hypot(*first), math.hypot(*second)
    if not all(lengths) or not all(map(math.isfinite, lengths)):
        raise ArgumentError(f"{name}() expected vectors of a finite length above 0.")
    product = math.fsum((x / lengths[0]) * (y / lengths[1]) for x, y in zip(first, second, strict=True))
    return (1.0 + max(-1.0, min(1.0, product))) / 2


@function("vector.similarity.euclidean")
def euclidean(a: takes.List, b: takes.List) -> float | None:
    """By the distance d between them: 1 / (1 + d²).

    Raises:
        ArgumentError: they differ in length or are empty.
    """
    if a is None or b is None:
        return None
    distance = math.dist(*_vectors("vector.similarity.euclidean", a, b))
    return 1.0 / (1.0 + distance * distance)


def _vectors(name: str, a: Any, b: Any) -> tuple[list[float], list[float]]:
    """The two as floats.

    Raises:
        InvalidArgumentValueError: one is no list of numbers.
        ArgumentError: they differ in length, are empty, or have NaN or an infinite number in them.
    """
    first, second = (
        [float(arguments.number(name, item)) for item in arguments.sequence(name, vector)]
        for vector in (a, b)
    )
    if len(first) != len(second) or not first:
        raise ArgumentError(
            f"{name}() expected two vectors of the same dimension, got {len(first)} and {len(second)} numbers."
        )
    if not all(map(math.isfinite, (*first, *second))):
        raise ArgumentError(f"{name}() expected finite numbers.")
    return first, second
