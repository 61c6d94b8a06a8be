"""Dense numbers over streams of integers and of pairs equal those that a dictionary gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.numbering import Numbers, Pairs

LIMITS = (3, 1_000, 1 << 20, 1 << 62)


@st.composite
def streams(draw: st.DrawFn) -> list[list[int]]:
    """Arrays of values that come from narrow and from wide ranges, drawn as a whole: there are to be many."""
    seed = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    found = []
    for length in draw(st.lists(st.sampled_from((0, 1, 5, 300, 2_000)), max_size=12)):
        limit = draw(st.sampled_from(LIMITS))
        found.append(seed.integers(-limit, limit, length).tolist())
    return found


def check(values: list[object], known: dict[object, int], codes: list[int], fresh: list[int]) -> None:
    before = len(known)
    assert codes == [known.setdefault(value, len(known)) for value in values]
    new = {known[value]: row for row, value in reversed(list(enumerate(values))) if known[value] >= before}
    assert fresh == sorted(new.values())


@given(streams())
def test_values_are_numbered_in_order_of_first_appearance(stream: list[list[int]]) -> None:
    numbers = Numbers()
    known: dict[object, int] = {}
    for values in stream:
        codes, fresh = numbers.assign(np.array(values, dtype=np.int64))
        check([*values], known, codes.tolist(), fresh.tolist())
        assert numbers.count == len(known)
        assert numbers.distinct().tolist() == list(known)


@given(st.lists(st.tuples(st.integers(1, 3_000), st.integers(1, 3_000), st.integers(0, 500)), max_size=8))
def test_pairs_are_numbered_however_far_the_numbers_in_them_go(shapes: list[tuple[int, int, int]]) -> None:
    pairs = Pairs()
    known: dict[object, int] = {}
    drawn = np.random.default_rng(1)
    bound = 0
    for high, width, length in shapes:
        first, second = drawn.integers(0, high, length), drawn.integers(0, width, length)
        bound = max(bound, width)
        codes, fresh = pairs.assign(first, second, bound)
        check([*zip(first.tolist(), second.tolist(), strict=True)], known, codes.tolist(), fresh.tolist())
        assert pairs.count == len(known)
