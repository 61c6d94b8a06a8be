"""The partitions of indexes, and property indexes over them."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from lithograph.storage.columns.chunk import Chunk, Kind, object_array
from lithograph.storage.indexes import numbers as numbers_module
from lithograph.storage.indexes.hashed import Hashed
from lithograph.storage.indexes.label import LabelIndex
from lithograph.storage.indexes.numbers import RATIO, Numbers
from lithograph.storage.indexes.property import PropertyIndex, Range
from lithograph.storage.values.temporal import Date, DateTime, LocalDateTime, LocalTime, Time

integers = st.integers(-4, 4) | st.sampled_from([2**53, 2**53 + 1, 2**53 + 3, 2**60, 2**63 - 1, -(2**63)])
floats = (
    st.sampled_from([-2.5, -0.0, 0.0, 0.5, 1.0, 3.0, 2.0**53, 2.0**53 + 4, 2.0**60, 2.0**63, -(2.0**63)])
    | st.floats()
)
texts = st.text(alphabet=st.sampled_from("ab\ue000\U0010ffff"), max_size=3)
temporal_keys: st.SearchStrategy[Any] = st.one_of(
    st.builds(Date, st.integers(-1, 1)),
    st.builds(Time, st.sampled_from([0, 3600 * 10**9]), st.sampled_from([0, 3600])),
    st.builds(LocalTime, st.integers(0, 2)),
    st.builds(LocalDateTime, st.integers(-1, 1), st.integers(0, 1)),
    st.builds(DateTime, st.integers(-1, 1), st.integers(0, 1), st.just(0), st.sampled_from([None, "UTC"])),
)
values: st.SearchStrategy[Any] = integers | floats | texts | st.booleans() | st.just([1, 2])


@pytest.fixture(autouse=True)
def few_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers_module, "RECENT", 3)


def slots_of(slots: list[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array(slots, dtype=np.int64)


def equal(left: Any, right: Any) -> bool:
    numeric = type(left) in (int, float) and type(right) in (int, float)
    return bool(left == right) and (numeric or type(left) is type(right))


# -- numbers


@given(st.lists(st.lists(st.integers(-4, 4), min_size=1, max_size=20)), st.lists(st.integers(-6, 6)))
def test_numbers_find_what_was_added_singly_and_in_batches(
    batches: list[list[int]], wanted: list[int]
) -> None:
    index, model, slot = Numbers(np.int64), defaultdict[int, list[int]](list), 0
    for batch in batches:
        slots = list(range(slot, slot + len(batch)))
        slot += len(batch)
        if len(batch) < 4:
            for key, one in zip(batch, slots, strict=True):
                index.add_one(key, one)
        else:
            index.add(np.array(batch, dtype=np.int64), slots_of(slots))
        for key, one in zip(batch, slots, strict=True):
            model[key].append(one)
    assert len(index) == slot
    assert index.distinct() >= sum(1 for slots in model.values() if slots)
    for key in wanted:
        assert sorted(index.find_one(key)) == sorted(model[key])
    rows, found = index.find(np.array(wanted, dtype=np.int64))
    assert rows.tolist() == sorted(rows.tolist())
    pairs = [(row, one) for row, key in enumerate(wanted) for one in model[key]]
    assert sorted(zip(rows.tolist(), found.tolist(), strict=True)) == sorted(pairs)
    for low in (None, -3, 0):
        for high in (None, 0, 2):
            for low_open in (False, True):
                slots_found = index.between(low, low_open, high, not low_open).tolist()
                expected = [
                    one
                    for key, slots in model.items()
                    if (low is None or key > low or (key == low and not low_open))
                    and (high is None or key < high or (key == high and low_open))
                    for one in slots
                ]
                assert sorted(slots_found) == sorted(expected)


def test_numbers_keep_few_runs_however_they_are_loaded() -> None:
    index = Numbers(np.int64)
    for batch in range(300):
        index.add(np.arange(10), np.arange(10) + 10 * batch)
        sizes = [len(keys) for keys, _ in index._runs]
        assert all(longer >= RATIO * shorter for longer, shorter in pairwise(sizes))
        assert sum(sizes) == len(index)
    assert len(index._runs) <= math.log(300, RATIO) + 1
    assert sorted(index.find_one(7)) == list(range(7, 3000, 10))


def test_looking_up_many_numbers_counts_those_that_wait() -> None:
    index = Numbers(np.float64)
    index.add_one(0.0, 1)
    index.add_one(-0.0, 2)
    rows, slots = index.find(np.array([0.0, -0.0, 7.0, math.nan] * 4))
    assert rows.tolist() == [0, 0, 1, 1, 4, 4, 5, 5, 8, 8, 9, 9, 12, 12, 13, 13]
    assert slots.tolist() == [1, 2] * 8


# -- everything else


@given(st.lists(texts), texts, texts)
def test_strings_are_found_by_value_range_and_prefix(held: list[str], low: str, high: str) -> None:
    index, ordered_early = Hashed(), len(held) % 2
    if ordered_early:
        index.starting("")
    for slot, text in enumerate(held):
        index.add_one(text, slot)
    index.add_one((1, "a"), 99)
    for text in [*held, low]:
        assert index.find_one(text) == [slot for slot, other in enumerate(held) if other == text]
    for low_open in (False, True):
        expected = {
            slot
            for slot, text in enumerate(held)
            if (text > low or (text == low and not low_open)) and (text < high or (text == high and low_open))
        }
        assert set(index.between(low, low_open, high, not low_open).tolist()) == expected
    assert set(index.between(None, False, high, True).tolist()) == {
        slot for slot, text in enumerate(held) if text < high
    }
    assert set(index.starting(low).tolist()) == {
        slot for slot, text in enumerate(held) if text.startswith(low)
    }
    assert len(index) == len(held) + 1
    assert index.distinct() == len(set(held)) + 1


@given(st.lists(temporal_keys), temporal_keys, temporal_keys)
def test_temporal_values_are_found_by_value_and_range(held: list[Any], low: Any, high: Any) -> None:
    index = PropertyIndex("L", ("k",))
    if len(held) % 2:  # an order that is there before the entries are
        index.between(Range(low=low))
    for slot, value in enumerate([*held, "2015-01-01", True, 0]):
        index.add_one([value], slot)
    for value in [*held, low]:
        assert index.find_one([value]) == [slot for slot, other in enumerate(held) if other == value]
    bounds = [Range(low, True), Range(None, False, high)]
    if type(low) is type(high):
        bounds.append(Range(low, False, high, True))
    for each in bounds:
        kind = type(each.low if each.low is not None else each.high)
        within = [slot for slot, value in enumerate(held) if type(value) is kind and inside(value, each)]
        assert sorted(index.between(each).tolist()) == within


def test_a_prefix_may_end_in_the_last_code_point() -> None:
    index = Hashed()
    for slot, text in enumerate(["a", "a\U0010ffff", "a\U0010ffffb", "b"]):
        index.add_one(text, slot)
    assert index.starting("a\U0010ffff").tolist() == [1, 2]


# -- property indexes


@given(st.lists(values, min_size=1), st.lists(values, min_size=1), st.booleans())
def test_one_lookup_finds_all_that_is_equal_and_a_batch_finds_the_same(
    held: list[Any], wanted: list[Any], in_bulk: bool
) -> None:
    index = PropertyIndex("L", ("k",))
    if in_bulk:
        kinds = {
            kind: [slot for slot, value in enumerate(held) if type(value) is kind] for kind in (int, float)
        }
        rest = [slot for slot, value in enumerate(held) if type(value) not in kinds]
        for slots in (*kinds.values(), rest):
            index.add([Chunk.of([held[slot] for slot in slots])], slots_of(slots))
    else:
        for slot, value in enumerate(held):
            index.add_one([value], slot)
    for value in wanted:
        found = index.find_one([value])
        assert {slot for slot, other in enumerate(held) if equal(other, value)} <= set(found)
        assert len(set(found)) == len(found)
    same_type = [value for value in wanted if type(value) is type(wanted[0])]
    for batch in (Chunk.of(same_type), Chunk.of([None, *same_type, None]), Chunk.of(wanted)):
        rows, slots_found = index.find([batch])
        assert rows.tolist() == sorted(rows.tolist())
        for row, value in enumerate(batch.tolist()):
            assert sorted(slots_found[rows == row].tolist()) == sorted(index.find_one([value]))


def inside(value: Any, bounds: Range) -> bool:
    low, high = bounds.low, bounds.high
    above = low is None or value > low or (value == low and not bounds.low_open)
    return bool(above and (high is None or value < high or (value == high and not bounds.high_open)))


@given(
    st.lists(values),
    st.one_of(
        [
            st.builds(Range, low, st.booleans(), high, st.booleans())
            for low, high in (
                (integers | floats, st.none()),
                (st.none(), integers | floats),
                (integers | floats, integers | floats),
            )
        ]
    ),
)
def test_a_range_finds_every_number_in_it_and_no_other(held: list[Any], bounds: Range) -> None:
    index = PropertyIndex("L", ("k",))
    for slot, value in enumerate(held):
        index.add_one([value], slot)
    expected = {s for s, value in enumerate(held) if type(value) in (int, float) and inside(value, bounds)}
    found = set(index.between(bounds).tolist())
    assert expected <= found
    assert all(type(held[slot]) in (int, float) for slot in found)


def test_integers_and_floats_are_found_by_each_other_beyond_exact_floats_too() -> None:
    index = PropertyIndex("L", ("k",))
    index.add_one([2**60], 0)
    index.add_one([2.0**60], 1)
    assert sorted(index.find_one([2**60])) == [0, 1]
    assert sorted(index.find_one([2.0**60])) == [0, 1]


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        (Range(low=2**53 + 3, low_open=True), [1]),
        (Range(high=2**53 + 1, high_open=True), [0, 2]),
        (Range(low=2.0**53, low_open=True), [1, 3]),
        (Range(low=2.0**63), []),
        (Range(high=-math.inf), []),
        (Range(low=-math.inf, high=math.inf), [0, 1, 2, 3]),
    ],
)
def test_ranges_beyond_exact_floats_lose_nothing(bounds: Range, found: list[int]) -> None:
    index = PropertyIndex("L", ("k",))
    for slot, value in enumerate([2.0**53, 2.0**53 + 4, 2**53, 2**53 + 1]):
        index.add_one([value], slot)
    assert sorted(index.between(bounds).tolist()) == found


def test_true_is_no_number() -> None:
    index = PropertyIndex("L", ("k",))
    index.add([Chunk.of([True, False])], slots_of([0, 1]))
    assert index.find_one([1]) == []
    assert index.find_one([True]) == [0]


def test_nothing_equals_null_and_nothing_compares_with_nan() -> None:
    index = PropertyIndex("L", ("k",))
    index.add([Chunk.of([None, 1, 2])], slots_of([0, 1, 2]))
    index.add([Chunk(Kind.FLOAT, np.array([math.nan, 1.5]))], slots_of([3, 4]))
    assert len(index) == 3
    assert index.find_one([None]) == []
    assert index.find_one([math.nan]) == []
    assert index.between(Range(low=math.nan)).tolist() == []
    assert index.between(Range(low=0, high=math.nan)).tolist() == []


def test_an_element_is_in_a_composite_index_when_it_has_all_values() -> None:
    index = PropertyIndex("L", ("k", "l"))
    index.add([Chunk.of([1, 1, None]), Chunk.of(["a", None, "a"])], slots_of([0, 1, 2]))
    index.add_one([1.0, "a"], 3)
    assert index.find_one([1, "a"]) == [0, 3]
    assert index.find_one([1, None]) == []
    rows, slots = index.find([Chunk.of([1, 2, 1.0]), Chunk(Kind.OBJECT, object_array(["a", "a", "a"]))])
    assert list(zip(rows.tolist(), slots.tolist(), strict=True)) == [(0, 0), (0, 3), (2, 0), (2, 3)]


@given(st.lists(st.lists(st.integers(0, 200), unique=True)))
def test_a_label_index_has_each_slot_once_in_the_order_of_coming(batches: list[list[int]]) -> None:
    index, expected = LabelIndex("L"), list[int]()
    for batch in batches:
        index.add(slots_of(batch))
        expected += [slot for slot in batch if slot not in expected]
    assert index.count == len(expected)
    assert index.slots(0, index.count).tolist() == expected
    assert index.slots(2, 5).tolist() == expected[2:5]


@given(st.lists(values), st.booleans())
def test_every_element_with_a_value_is_found_whatever_it_is(held: list[Any], at_once: bool) -> None:
    index = PropertyIndex("A", ("x",))
    if at_once and held:
        index.add([Chunk.of(held)], slots_of(list(range(len(held)))))
    else:
        for slot, value in enumerate(held):
            index.add_one([value], slot)
    expected = [slot for slot, value in enumerate(held) if value is not None]
    assert sorted(index.every().tolist()) == expected


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["a", "b", None]), st.integers(0, 1))),
    st.integers(0, 9),
)
def test_the_first_keys_of_a_composite_index_find_all_that_begin_so(
    held: list[tuple[int, str | None, int]], asked_after: int
) -> None:
    index = PropertyIndex("A", ("x", "y", "z"))
    for slot, row in enumerate(held):
        if slot == asked_after:  # from now on it is kept up to date
            index.find_one([0])
        index.add_one(list(row), slot)
    for first in range(3):
        whole = [slot for slot, row in enumerate(held) if row[0] == first and row[1] is not None]
        assert sorted(index.find_one([float(first)])) == whole
        some = [slot for slot in whole if held[slot][1] == "a"]
        assert sorted(index.find_one([first, "a"])) == some
        assert index.find_one([first, None]) == []
    rows, slots = index.find([Chunk.of([0, None, 1])])
    assert sorted(slots[rows == 2].tolist()) == sorted(index.find_one([1]))
    assert 1 not in rows.tolist()
