"""Names and label sets."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from lithograph.storage.names import ABSENT, LabelSets, Names


@given(st.lists(st.text(max_size=2)))
def test_a_name_keeps_its_number(texts: list[str]) -> None:
    names = Names()
    numbers = [names.intern(text) for text in texts]
    assert numbers == [names.intern(text) for text in texts]
    assert [names.texts[number] for number in numbers] == texts
    assert len(names) == len(set(texts))


def test_looking_up_makes_nothing_known() -> None:
    names = Names()
    assert names.find("Who") is None
    assert len(names) == 0
    assert names.intern("Who") == names.find("Who") == 0


@given(st.lists(st.frozensets(st.sampled_from("ABCD"))))
def test_equal_sets_have_one_number_and_say_who_is_in_them(sets: list[frozenset[str]]) -> None:
    label_sets = LabelSets()
    ids = [label_sets.intern(labels) for labels in sets]
    assert [frozenset(label_sets.texts(set_id)) for set_id in ids] == sets
    assert len(set(ids)) == len(set(sets))
    for label in "ABCD":
        number = label_sets.labels.find(label)
        if number is not None:
            assert label_sets.holding(number)[ids].tolist() == [label in labels for labels in sets]


def test_the_empty_set_is_number_0_and_no_element_holds_a_label() -> None:
    label_sets = LabelSets()
    assert label_sets.intern(()) == 0
    label_sets.intern(["A"])
    assert label_sets.holding(0)[np.array([0, 1, ABSENT])].tolist() == [False, True, False]


def test_a_set_made_later_is_in_the_table_too() -> None:
    label_sets = LabelSets()
    label_sets.intern(["A"])
    assert label_sets.holding(0).tolist() == [False, True, False]
    label_sets.intern(["A", "B"])
    assert label_sets.holding(0).tolist() == [False, True, True, False]


def test_labels_are_named_in_the_order_in_which_they_first_appeared() -> None:
    label_sets = LabelSets()
    label_sets.intern(["Z"])
    assert label_sets.texts(label_sets.intern(["A", "Z"])) == ("Z", "A")
