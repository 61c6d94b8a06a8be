"""Enumerations in the store: the catalog, what renaming rewrites, and values as Python objects."""

from __future__ import annotations

import copy
import gc
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.storage import enums
from lithograph.storage.check import check
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.deltas import SetEnum
from lithograph.storage.enums import replaced
from lithograph.storage.errors import ConflictError, EnumError
from lithograph.storage.images import Loader, image
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.enums import _values as enum_objects
from lithograph.storage.values.ordering import Rank, order_key
from lithograph.storage.values.types import a_type_name
from support.values import storable_values

A, B, C = (EnumValue("E", name) for name in "ABC")


def committed(store: Store, work: Callable[[Transaction], object]) -> None:
    transaction = store.begin()
    try:
        work(transaction)
        transaction.prepare()
        transaction.publish()
    finally:
        transaction.rollback()


def rename(old: str, new: str) -> Callable[[Transaction], None]:
    return lambda transaction: enums.rename_value(transaction, "E", old, new)


@pytest.fixture
def store() -> Store:
    """Six vertices in a ring, two of which have the value A, one a list with it; an index on that key."""
    store = Store()
    committed(store, lambda transaction: enums.create(transaction, "E", ("A", "B")))
    committed(store, lambda transaction: transaction.create_index("vertices", "L", ("x",)))

    def fill(transaction: Transaction) -> None:
        values = [A, B, 1, "E::A", A, [A, {"a": [A]}]]
        vertices = transaction.create_vertices(["L"], 6, {"x": Chunk.of(values), "i": Chunk.of([*range(6)])})
        transaction.create_edges("R", vertices, np.roll(vertices, -1), {"x": Chunk.of(values)})

    committed(store, fill)
    return store


def found(store: Store, value: object) -> list[int]:
    return sorted(store.vertex_indexes.by_keys["L", ("x",)].find_one([value]))


def newest(store: Store) -> list[list[Any]]:
    return [table.columns["x"].gather(np.arange(6)).tolist() for table in (store.vertices, store.edges)]


# -- the catalog


def test_values_are_added_behind_the_others_and_renamed_in_their_place(store: Store) -> None:
    committed(store, lambda transaction: enums.add_value(transaction, "E", "Z"))
    committed(store, rename("B", "C"))
    assert store.enums == {"E": ("A", "C", "Z")}


def test_an_enumeration_is_there_from_the_commit_on(store: Store) -> None:
    transaction, version = store.begin(), store.schema_version
    enums.create(transaction, "F", ("A",))
    assert "F" not in store.enums
    transaction.rollback()
    assert ("F" in store.enums, store.schema_version) == (False, version)
    committed(store, lambda transaction: enums.create(transaction, "F", ("A",)))
    assert (store.enums["F"], store.schema_version > version) == (("A",), True)


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda transaction: enums.create(transaction, "E", ("C",)), "Enum already exists."),
        (lambda transaction: enums.create(transaction, "F", ("C", "D", "C")), "Enum value has duplicate."),
        (lambda transaction: enums.create(transaction, "F:", ("C",)), "The name 'F:' holds a colon"),
        (lambda transaction: enums.create(transaction, "F", ("::",)), "The name '::' holds a colon"),
        (lambda transaction: enums.add_value(transaction, "E", "A"), "Enum value already exists."),
        (lambda transaction: enums.add_value(transaction, "F", "A"), "Invalid enum 'F': there is no enumeration F."),
        (rename("C", "D"), "Invalid enum 'E::C': E has the values A, B."),
        (rename("A", "B"), "Enum value already exists."),
        (rename("A", "A"), "Enum value already exists."),
        (rename("A", ":"), "The name ':' holds a colon"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(store: Store, work: Callable[[Transaction], None], message: str) -> None:
    with pytest.raises(EnumError) as caught:
        committed(store, work)
    assert str(caught.value).startswith(message)
    assert store.enums == {"E": ("A", "B")}


def test_messages_name_no_more_than_a_few() -> None:
    many = {f"E{number:02}": ("A",) for number in range(12)}
    with pytest.raises(EnumError, match=r"There are E00, .*, E09, …\."):
        enums.check(many, "E", "A")
    with pytest.raises(EnumError, match=r"Make it with CREATE ENUM\.$"):
        enums.check({}, "E", "A")


# -- renaming


def test_renaming_rewrites_values_wherever_they_are_and_nothing_else(store: Store) -> None:
    committed(store, rename("A", "C"))
    assert newest(store) == [[C, B, 1, "E::A", C, [C, {"a": [C]}]]] * 2
    assert found(store, C) == [0, 4]
    assert found(store, [C, {"a": [C]}]) == [5]
    assert list(check(store)) == []


def test_renaming_is_undone_with_its_transaction(store: Store) -> None:
    before, transaction = newest(store), store.begin()
    rename("A", "C")(transaction)
    assert newest(store) != before
    assert list(check(store)) == []
    transaction.rollback()
    assert newest(store) == before
    assert store.enums == {"E": ("A", "B")}
    assert list(check(store)) == []


def test_renaming_is_refused_while_others_may_store_the_old_name(store: Store) -> None:
    other = store.begin()
    with pytest.raises(ConflictError):
        committed(store, rename("A", "C"))
    other.rollback()
    committed(store, rename("A", "C"))


def test_renaming_in_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enums, "BATCH", 4)
    committed(store, rename("A", "C"))
    assert newest(store) == [[C, B, 1, "E::A", C, [C, {"a": [C]}]]] * 2


def test_renaming_without_versions(store: Store) -> None:
    store.analytical = True
    committed(store, rename("A", "C"))
    committed(store, lambda transaction: enums.create(transaction, "F", ("A",)))
    assert newest(store)[0][0] == C
    assert store.enums == {"E": ("C", "B"), "F": ("A",)}
    assert list(check(store)) == []


@given(storable_values)
def test_nothing_is_copied_where_nothing_is_replaced(value: Any) -> None:
    assert replaced(value, EnumValue("no:such", "A"), A) is value


@given(storable_values, st.booleans())
def test_replacing_there_and_back(value: Any, in_list: bool) -> None:
    held = [value, A] if in_list else {"a": value, "b": {"c": A}}
    there = replaced(held, A, EnumValue("no:such", "A"))
    assert repr(replaced(there, EnumValue("no:such", "A"), A)) == repr(held)
    assert A not in list(enums.enum_values_in(there))


# -- images


def test_an_image_begins_with_the_enumerations(store: Store) -> None:
    deltas = list(image(store.begin()))
    assert deltas[0] == SetEnum("E", ("A", "B"))
    again = Store()
    loader = Loader(again)
    for delta in [*deltas, SetEnum("E", ("A", "B", "C"))]:
        loader.apply(delta)
    loader.finish()
    assert again.enums == {"E": ("A", "B", "C")}
    assert newest(again) == newest(store)
    assert list(check(again)) == []


def test_the_check_finds_values_of_no_enumeration(store: Store) -> None:
    del store.enums["E"]
    assert set(check(store)) == {
        f"column x has the value {value}, which no enumeration has." for value in ("E::A", "E::B")
    }


# -- values as objects


def test_equal_values_are_one_object_and_nothing_else_equals_them() -> None:
    assert EnumValue("E", "A") is A
    assert A != B
    assert EnumValue("F", "A") != A
    assert A not in ("E::A", ("E", "A"))
    assert hash(A) == hash(EnumValue("E", "A"))
    assert {A: 1}[EnumValue("E", "A")] == 1


def test_threads_that_make_the_same_value_get_the_same_object() -> None:
    with ThreadPoolExecutor(4) as threads:
        for number in range(200):
            made = list(threads.map(lambda _, number=number: EnumValue("T", f"{number}"), range(4)))
            assert all(each is made[0] for each in made)


def test_a_value_that_nobody_uses_is_forgotten() -> None:
    before = len(enum_objects)
    made = [EnumValue("Forgotten", f"{number}") for number in range(10)]
    assert len(enum_objects) == before + 10
    del made
    gc.collect()
    assert len(enum_objects) <= before


def test_values_can_be_copied_and_pickled_and_not_changed() -> None:
    assert copy.copy(A) is A
    assert copy.deepcopy([A])[0] is A
    assert pickle.loads(pickle.dumps(A)) is A
    with pytest.raises(AttributeError, match="cannot be changed"):
        A.value = "B"
    with pytest.raises(AttributeError, match="cannot be changed"):
        del A.value
    with pytest.raises(TypeError, match="are strings"):
        EnumValue("E", 1)  # type: ignore[arg-type]


def test_what_values_are_called_and_where_they_stand_in_the_order() -> None:
    assert (str(A), repr(A), a_type_name(A)) == ("E::A", "EnumValue('E', 'A')", "An Enum")
    assert sorted([EnumValue("F", "A"), B, A], key=order_key) == [A, B, EnumValue("F", "A")]
    assert Rank.DURATION < Rank.ENUM < Rank.STRING
