"""UNWIND: the order of its rows, and ranges that are never lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import ArgumentError, CypherError, InvalidArgumentValueError
from lithograph.cypher.operators import base
from lithograph.storage.store import Store
from support.engines import run

GREATEST, LEAST = 2**63 - 1, -(2**63)
NUMBERS = st.one_of(st.integers(-20, 20), st.sampled_from([GREATEST, GREATEST - 7, LEAST, LEAST + 5, 0]))
STEPS = st.one_of(st.integers(-5, 5).filter(bool), st.sampled_from([GREATEST, LEAST, 2**62, -(2**61)]))
BOUNDS = st.tuples(st.one_of(st.none(), NUMBERS), NUMBERS, STEPS).filter(
    lambda bounds: _length(*bounds) <= 60
)


def _length(start: int | None, stop: int, step: int) -> int:
    return 0 if start is None else max(0, (stop - start) // step + 1)


@pytest.fixture(params=[1, 3, base.LARGEST], autouse=True, scope="module")
def _frames_of_few_rows(request: pytest.FixtureRequest) -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(base, "LARGEST", request.param)
    yield
    patch.undo()


@given(st.lists(BOUNDS, max_size=5))
def test_the_numbers_of_ranges_are_those_of_their_lists_in_order(bounds: list[tuple[Any, int, int]]) -> None:
    engine = Engine(Store())
    text = "UNWIND $bounds AS b WITH b {} RETURN b.at, i"
    given_bounds = [{"at": at, "a": a, "z": z, "s": s} for at, (a, z, s) in enumerate(bounds)]
    found = run(engine, text.format("UNWIND range(b.a, b.z, b.s) AS i"), bounds=given_bounds)
    listed = run(
        engine, text.format("WITH b, range(b.a, b.z, b.s) AS list UNWIND list AS i"), bounds=given_bounds
    )
    assert found == listed
    expected = [
        [at, i]
        for at, (a, z, s) in enumerate(bounds)
        if a is not None
        for i in range(a, z + (1 if s > 0 else -1), s)
    ]
    assert found == expected


def test_lists_longer_than_a_frame_keep_their_place() -> None:
    lists = [[1], [2] * (base.LARGEST + 1), [], [3]] if base.LARGEST < 10 else [[1], [2], [3]]
    assert run(Engine(Store()), "UNWIND $lists AS list UNWIND list AS i RETURN i", lists=lists) == [
        [i] for items in lists for i in items
    ]


def test_a_range_is_walked_along_as_far_as_it_is_wanted() -> None:
    text = "UNWIND range(1, 1000000000000000) AS i WITH i WHERE i % 2 = 0 RETURN i LIMIT 3"
    assert run(Engine(Store()), text) == [[2], [4], [6]]
    text = "UNWIND range($first, $last) AS i RETURN i LIMIT 1"
    assert run(Engine(Store()), text, first=LEAST, last=GREATEST) == [[LEAST]]


@pytest.mark.parametrize(
    ("bounds", "error"),
    [
        ("1, 3, 0", ArgumentError),
        ("1.0, 3", CypherError),
        ("1, $bound", InvalidArgumentValueError),
        ("1, 3, true", CypherError),
    ],
)
def test_bounds_that_are_none_are_refused_as_for_the_list(bounds: str, error: type[CypherError]) -> None:
    messages = []
    for text in (f"UNWIND range({bounds}) AS i RETURN i", f"UNWIND [0] + range({bounds}) AS i RETURN i"):
        with pytest.raises(error, match="range") as caught:
            run(Engine(Store()), text, bound="3")
        messages.append(caught.value.summary)
        assert caught.value.position is not None
    assert messages[0] == messages[1]
