"""A kernel either does not apply or equals the scalar definition, in every row and to the last bit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.compile.operations import BINARY, UNARY
from lithograph.cypher.kernels import arithmetic, comparison, logic, nulls
from lithograph.cypher.kernels.membership import Members
from lithograph.cypher.scalar.lists import in_
from lithograph.cypher.vectors import Kind, Vector
from support.vectors import SCALARS, edge_floats, edge_integers, same, texts, vectors

LENGTHS = st.sampled_from((0, 1, 2, nulls.SMALL, nulls.SMALL + 1, nulls.SMALL + 5))
WITH_KERNEL = sorted(operator for operator, how in BINARY.items() if how.kernel is not None)


@st.composite
def operand_pairs(draw: st.DrawFn) -> tuple[Vector, Vector]:
    """Two vectors of one length, or one of length 1 beside a longer one."""
    length = draw(LENGTHS)
    left = draw(vectors(length))
    kinds = (left.kind,) if draw(st.booleans()) else tuple(Kind)
    right = draw(vectors(1 if length and draw(st.booleans()) else length, kinds))
    return (left, right) if draw(st.booleans()) else (right, left)


def broadcast(left: Vector, right: Vector) -> tuple[list[Any], list[Any]]:
    a, b = left.tolist(), right.tolist()
    count = len(b) if len(a) == 1 else len(a)
    return a * count if len(a) == 1 else a, b * count if len(b) == 1 else b


@pytest.mark.parametrize("operator", WITH_KERNEL)
@given(pair=operand_pairs())
def test_a_binary_kernel_equals_its_scalar(operator: str, pair: tuple[Vector, Vector]) -> None:
    how = BINARY[operator]
    assert how.kernel is not None
    result = how.kernel(*pair)
    if result is not None:
        assert same(result.tolist(), [how.scalar(a, b) for a, b in zip(*broadcast(*pair), strict=True)])


@pytest.mark.parametrize("operator", ["-", "NOT"])
@given(vector=LENGTHS.flatmap(vectors))
def test_a_unary_kernel_equals_its_scalar(operator: str, vector: Vector) -> None:
    how = UNARY[operator]
    assert how.kernel is not None
    result = how.kernel(vector)
    if result is not None:
        assert same(result.tolist(), [how.scalar(value) for value in vector.tolist()])


@given(vector=LENGTHS.flatmap(vectors), negated=st.booleans())
def test_is_null_looks_at_every_kind(vector: Vector, negated: bool) -> None:
    assert nulls.is_null(vector, negated).tolist() == [(v is None) != negated for v in vector.tolist()]


@given(
    vector=st.sampled_from((0, 1, 3, 70)).flatmap(vectors),
    members=st.one_of(
        st.lists(st.one_of(edge_integers, st.none())),
        st.lists(st.one_of(edge_integers, edge_floats, st.none())),
        st.lists(st.one_of(texts, st.none())),
        st.lists(SCALARS[Kind.OBJECT]),
    ),
)
def test_a_set_of_members_equals_in(vector: Vector, members: list[Any]) -> None:
    table = Members.of(members)
    found = None if table is None else table.contains(vector)
    if found is not None:
        assert same(found.tolist(), [in_(value, members) for value in vector.tolist()])


def applies(operator: str, left: list[Any], right: list[Any]) -> bool:
    kernel = BINARY[operator].kernel
    assert kernel is not None
    return kernel(Vector.of(left), Vector.of(right)) is not None


MANY = nulls.SMALL + 1


def test_arithmetic_applies_to_numbers_that_cannot_overflow() -> None:
    for operator in arithmetic.KERNELS:
        assert applies(operator, [3] * MANY, [2])
        assert applies(operator, [3.5] * MANY, [2] * MANY)
    assert not applies("+", [2**63 - 1] * MANY, [1])
    assert not applies("-", [-(2**63)] * MANY, [1])
    assert not applies("*", [2**32] * MANY, [2**31])
    assert not applies("/", [1] * MANY, [0])
    assert not applies("/", [-(2**63)] * MANY, [-1])


def test_comparisons_apply_to_numbers_elements_and_a_string() -> None:
    for operator in comparison.KERNELS:
        assert applies(operator, [1, None], [2])
        assert applies(operator, [1, None], [2.5, 1.0])
        assert applies(operator, [2**60, 1], [2.0])
        assert not applies(operator, [2**60, 1], [2.5])
    assert applies("=", ["a", None, 1] * MANY, ["a"])
    assert applies("<>", ["a"], ["a", None, [1]] * MANY)


def test_logic_applies_to_truth_values() -> None:
    for operator in logic.KERNELS:
        assert applies(operator, [True, None, False], [True])
        assert not applies(operator, ["a"], [True])
