"""Hypothesis strategies for vectors of every kind, and how to compare what comes out of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from lithograph.cypher.entities import NodeRef, RelationshipRef
from lithograph.cypher.vectors import DTYPES, Kind, TextVector, Vector
from lithograph.storage.values.types import type_name
from support.values import values as any_values

_LIMITS = (-(2**63), -(2**63) + 1, -(2**53) - 1, -(2**53), -1, 0, 1, 2, 3, 7, 2**31, 2**53, 2**53 + 1)
edge_integers = st.one_of(st.sampled_from((*_LIMITS, 2**62, 2**63 - 1)), st.integers(-5, 5))
edge_floats = st.one_of(
    st.sampled_from(
        (0.0, -0.0, 1.0, -1.0, 0.5, 2.0**53, -(2.0**53), 2.0**63, -(2.0**63), float("inf"), float("-inf"))
    ),
    st.just(float("nan")),
    st.floats(-5, 5),
)
texts = st.sampled_from(("", "a", "b", "ab", "1"))

SCALARS: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.NODE: st.builds(NodeRef, st.integers(0, 4)),
    Kind.RELATIONSHIP: st.builds(RelationshipRef, st.integers(0, 4)),
    Kind.INT: edge_integers,
    Kind.FLOAT: edge_floats,
    Kind.BOOL: st.booleans(),
    Kind.OBJECT: st.one_of(texts, texts, any_values, edge_integers, edge_floats),
}

_DICTIONARY = ["b", "a", "", "ab"]
_JUNK: dict[Kind, Any] = {Kind.INT: 2**63 - 1, Kind.FLOAT: float("nan"), Kind.BOOL: True}


def vector_of(kind: Kind, values: Sequence[Any]) -> Vector:
    """A vector of ``kind`` with these Python values, and junk below the null bits."""
    if kind is Kind.OBJECT:
        return Vector.objects(values)
    if kind <= Kind.RELATIONSHIP:
        return Vector(kind, np.array([-1 if v is None else v.slot for v in values], dtype=np.int64))
    nulls = np.array([value is None for value in values], dtype=np.bool_)
    filled = [_JUNK[kind] if value is None else value for value in values]
    return Vector(kind, np.array(filled, dtype=DTYPES[kind]), nulls if nulls.any() else None)


def text_vectors(length: int, nullable: bool = True) -> st.SearchStrategy[Vector]:
    """Strings as codes into a dictionary, which is shorter or longer than the vector."""
    code = st.integers(-1 if nullable else 0, len(_DICTIONARY) - 1)
    codes = st.lists(code, min_size=length, max_size=length)
    return codes.map(lambda chosen: TextVector(np.array(chosen, dtype=np.int32), _DICTIONARY))


def vectors(
    length: int, kinds: Sequence[Kind] = tuple(Kind), *, nullable: bool = True
) -> st.SearchStrategy[Vector]:
    """Vectors of ``length`` values of one of ``kinds``, nulls among them where ``nullable``."""

    def of_kind(kind: Kind) -> st.SearchStrategy[Vector]:
        value = st.one_of(SCALARS[kind], st.none()) if nullable else SCALARS[kind]
        plain = st.lists(value, min_size=length, max_size=length).map(lambda vs: vector_of(kind, vs))
        return st.one_of(plain, text_vectors(length, nullable)) if kind is Kind.OBJECT else plain

    return st.sampled_from(list(kinds)).flatmap(of_kind)


def shown(value: Any) -> str:
    """Text that is the same exactly for the same values of the same types (NaN with NaN, not 0.0 with -0.0)."""
    return f"{type_name(value)} {value!r}"


def same(left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Are the values the same, types included?"""
    return [*map(shown, left)] == [*map(shown, right)]
