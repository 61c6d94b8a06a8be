"""``vector.similarity``: against the definitions, and what is no vector."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.errors import ArgumentError, InvalidArgumentValueError
from lithograph.cypher.scalar.functions import lookup

NUMBERS = st.one_of(st.integers(-1000, 1000), st.floats(-1e3, 1e3).filter(lambda x: x == 0 or abs(x) > 1e-3))
PAIRS = st.integers(1, 6).flatmap(
    lambda n: st.tuples(st.lists(NUMBERS, min_size=n, max_size=n), st.lists(NUMBERS, min_size=n, max_size=n))
)
BOTH = ["vector.similarity.cosine", "vector.similarity.euclidean"]


def call(name: str, *arguments: Any) -> Any:
    found = lookup(name)
    assert found is not None
    return found.call(*arguments)


@given(PAIRS)
def test_the_euclidean_score_falls_with_the_distance(pair: tuple[list[float], list[float]]) -> None:
    a, b = pair
    squared = sum((Fraction(x) - Fraction(y)) ** 2 for x, y in zip(a, b, strict=True))
    assert call("vector.similarity.euclidean", a, b) == pytest.approx(float(1 / (1 + squared)))


@given(PAIRS.filter(lambda pair: any(pair[0]) and any(pair[1])))
def test_the_cosine_score_is_that_of_the_angle(pair: tuple[list[float], list[float]]) -> None:
    a, b = pair
    product = sum(Fraction(x) * Fraction(y) for x, y in zip(a, b, strict=True))
    cosine = float(product) / math.hypot(*a) / math.hypot(*b)
    score = call("vector.similarity.cosine", a, b)
    assert score == pytest.approx((1 + cosine) / 2, abs=1e-12)
    assert 0 <= score <= 1
    assert call("vector.similarity.cosine", a, [2 * x for x in a]) == pytest.approx(1)


def test_great_and_small_numbers() -> None:
    assert call("vector.similarity.cosine", [1e300, 0], [1e-300, 1e-300]) == pytest.approx(
        (1 + math.sqrt(0.5)) / 2
    )
    assert call("vector.similarity.euclidean", [1e300], [-1e300]) == 0.0


@pytest.mark.parametrize("name", BOTH)
def test_null_is_not_known_to_be_like_anything(name: str) -> None:
    assert [call(name, None, [1]), call(name, [1], None), call(name, None, None)] == [None] * 3


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    ("a", "b", "error"),
    [
        ([1, 2], [1], ArgumentError),
        ([], [], ArgumentError),
        ([math.nan], [1], ArgumentError),
        ([1], [math.inf], ArgumentError),
        ([1, None], [1, 2], InvalidArgumentValueError),
        (["1"], [1], InvalidArgumentValueError),
        (1, [1], InvalidArgumentValueError),
    ],
)
def test_what_is_no_vector_is_refused_by_name(name: str, a: Any, b: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=name.replace(".", r"\.")):
        call(name, a, b)


def test_a_vector_of_zeros_has_no_direction() -> None:
    with pytest.raises(ArgumentError, match="no direction"):
        call("vector.similarity.cosine", [0, 0.0], [1, 1])
