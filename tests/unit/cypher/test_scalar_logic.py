"""Three-valued logic; expectations from the TCK's expressions/boolean."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from lithograph.cypher.errors import CypherTypeError
from lithograph.cypher.scalar.logic import and_, is_true, not_, or_, xor

TRUTH = (True, False, None)


def test_and_is_false_where_either_is_false_else_unknown_where_either_is() -> None:
    assert [and_(a, b) for a, b in product(TRUTH, TRUTH)] == [
        *(True, False, None),
        *(False, False, False),
        *(None, False, None),
    ]


def test_or_is_true_where_either_is_true_else_unknown_where_either_is() -> None:
    assert [or_(a, b) for a, b in product(TRUTH, TRUTH)] == [
        *(True, True, True),
        *(True, False, None),
        *(True, None, None),
    ]


def test_xor_is_unknown_where_either_is() -> None:
    assert [xor(a, b) for a, b in product(TRUTH, TRUTH)] == [
        *(False, True, None),
        *(True, False, None),
        *(None, None, None),
    ]


def test_not_keeps_the_unknown() -> None:
    assert [not_(a) for a in TRUTH] == [False, True, None]


def test_laws_hold_with_nulls() -> None:
    for a, b, c in product(TRUTH, TRUTH, TRUTH):
        assert and_(a, and_(b, c)) == and_(and_(a, b), c)
        assert or_(a, and_(b, c)) == and_(or_(a, b), or_(a, c))
        assert not_(and_(a, b)) == or_(not_(a), not_(b))


@pytest.mark.parametrize("operator", [and_, or_, xor])
@pytest.mark.parametrize("value", [123, 123.4, "foo", [], [True], {}, 0, "true"])
@pytest.mark.parametrize("other", TRUTH)
def test_what_is_no_truth_value_is_an_error(
    operator: Callable[[Any, Any], Any], value: Any, other: Any
) -> None:
    with pytest.raises(CypherTypeError, match="needs Boolean operands"):
        operator(value, other)
    with pytest.raises(CypherTypeError, match="needs Boolean operands"):
        operator(other, value)


@pytest.mark.parametrize("value", [0, 1, "", "true", [], [None], {}])
def test_not_and_where_refuse_what_is_no_truth_value(value: Any) -> None:
    with pytest.raises(CypherTypeError):
        not_(value)
    with pytest.raises(CypherTypeError):
        is_true(value)


def test_only_true_passes_where() -> None:
    assert [is_true(a) for a in TRUTH] == [True, False, False]
