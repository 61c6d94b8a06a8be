"""How alike two vectors, lists of numbers, are: ``vector.similarity``, with Neo4j's scores from 0 to 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.cypher.errors import ArgumentError
from lithograph.cypher.scalar.functions import arguments, takes
from lithograph.cypher.scalar.functions.registry import function

Floats = npt.NDArray[np.float64]


@function("vector.similarity.cosine")
def cosine_similarity(a: takes.List, b: takes.List) -> float | None:
    """Half of 1 + the cosine of the angle between two vectors: 1 where they point the same way, 0 where opposite ways.

    Raises:
        ArgumentError: the vectors are not of one length, or one of them is empty, of zeros only, or not finite.
    """
    name = "vector.similarity.cosine"
    if a is None or b is None:
        return None
    first, second = (_scaled(name, vector) for vector in _pair(name, a, b))
    cosine = (first @ second) / np.sqrt((first @ first) * (second @ second))
    return float(np.clip((1.0 + cosine) / 2.0, 0.0, 1.0))


@function("vector.similarity.euclidean")
def euclidean_similarity(a: takes.List, b: takes.List) -> float | None:
    """1 / (1 + d²), where d is the distance of two vectors: 1 where they are equal.

    Raises:
        ArgumentError: the vectors are not of one length, or one of them is empty or not finite.
    """
    if a is None or b is None:
        return None
    first, second = _pair("vector.similarity.euclidean", a, b)
    with np.errstate(over="ignore"):  # farther apart than a number can tell: not alike at all
        difference = first - second
        return float(1.0 / (1.0 + difference @ difference))


def _pair(name: str, a: Any, b: Any) -> tuple[Floats, Floats]:
    """float64[n] twice."""
    first, second = (_vector(name, each) for each in (a, b))
    if len(first) != len(second):
        raise ArgumentError(
            f"{name}() expected vectors of the same length, got {len(first)} and {len(second)} numbers."
        )
    return first, second


def _vector(name: str, value: Any) -> Floats:
    numbers = [float(arguments.number(name, each)) for each in arguments.sequence(name, value)]
    vector = np.array(numbers, dtype=np.float64)
    if not len(vector) or not np.isfinite(vector).all():
        raise ArgumentError(f"{name}() expected Lists of one or more finite numbers.")
    return vector


def _scaled(name: str, vector: Floats) -> Floats:
    """The same direction with components up to 1, whose squares neither overflow nor all vanish."""
    largest = np.abs(vector).max()
    if largest == 0.0:
        raise ArgumentError(f"{name}() expected vectors that are not all zeros, which have no direction.")
    scaled: Floats = vector / largest
    return scaled
