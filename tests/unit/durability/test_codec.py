"""Deltas to bytes and back."""

from __future__ import annotations

import math
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.durability.arrays import MAXIMUM_COUNT, MAXIMUM_SLOT
from lithograph.durability.codec import Encoder, decode
from lithograph.durability.values import MalformedError
from lithograph.storage.columns.chunk import Chunk, Kind
from lithograph.storage.deltas import (
    ChangeSetting,
    CreateEdges,
    CreateIndex,
    CreateVertices,
    DeleteEdges,
    DeleteVertices,
    Delta,
    DropIndex,
    SetEnum,
    SetLabels,
    SetProperty,
)
from lithograph.storage.errors import PropertyTypeError
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.properties import MAXIMUM_DEPTH
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from support.durable_model import slots

int64 = st.integers(-(2**63), 2**63 - 1)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    int64,
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.binary(max_size=20),
    st.builds(Date, st.integers(-(10**6), 10**6)),
    st.builds(LocalTime, st.integers(0, 86_400 * 10**9 - 1)),
    st.builds(Time, st.integers(0, 86_400 * 10**9 - 1), st.integers(-64_800, 64_800)),
    st.builds(LocalDateTime, st.integers(-(10**10), 10**10), st.integers(0, 999_999_999)),
    st.builds(
        DateTime, st.integers(-(10**10), 10**10), st.integers(0, 999_999_999), st.just(3600), st.none()
    ),
    st.builds(Duration, int64, int64, st.integers(-(2**60), 2**60), st.integers(0, 999_999_999)),
    st.builds(Point, st.just(7203), st.floats(-1e300, 1e300), st.floats(-1e300, 1e300)),
    st.builds(EnumValue, st.text("Eä\0", max_size=3), st.text("Vß", max_size=3)),
    st.builds(Point, st.just(4979), st.floats(-180, 180), st.floats(-90, 90), st.floats(-1e9, 1e9)),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("äb\0", max_size=3), inner, max_size=4)
    ),
    max_leaves=10,
)
slot_arrays = st.lists(st.integers(0, MAXIMUM_SLOT), max_size=40).map(
    lambda numbers: slots(*numbers)
) | st.builds(
    lambda first, count: np.arange(first, first + count, dtype=np.int64),
    st.integers(0, 10**6),
    st.integers(0, 300),
)
texts = st.text(max_size=5).filter(lambda text: text.isprintable())
labels = st.lists(texts, max_size=3).map(tuple)
tables = st.sampled_from(["vertices", "edges"])


def there_and_back(*deltas: Delta) -> list[Delta]:
    return list(decode(Encoder().encode(deltas)))


def same(left: Any, right: Any) -> bool:
    """Equality that tells 1 from 1.0 and True, 0.0 from -0.0, and takes NaN for NaN."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return (math.isnan(left) and math.isnan(right)) or (
            left == right and math.copysign(1, left) == math.copysign(1, right)
        )
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


def as_plain(delta: Delta) -> dict[str, Any]:
    plain: dict[str, Any] = {"kind": type(delta).__name__}
    for name in delta.__slots__:
        value = getattr(delta, name)
        if isinstance(value, np.ndarray):
            assert value.dtype == np.int64
            value = value.tolist()
        elif isinstance(value, Chunk):
            value = [value.kind, value.tolist()]
        plain[name] = list(value) if isinstance(value, tuple) else value
    return plain


@given(
    st.lists(
        st.one_of(
            st.builds(CreateVertices, slot_arrays, labels),
            st.builds(SetLabels, slot_arrays, labels),
            st.builds(DeleteVertices, slot_arrays),
            st.builds(DeleteEdges, slot_arrays),
            slot_arrays.map(lambda a: CreateEdges(a, "T", a[::-1].copy(), a)),
            st.builds(CreateIndex, tables, texts, labels),
            st.builds(DropIndex, tables, texts, labels),
            st.builds(ChangeSetting, texts, st.none() | texts),
            st.builds(SetEnum, texts, st.lists(texts, min_size=1, max_size=4, unique=True).map(tuple)),
        ),
        max_size=6,
    )
)
def test_every_kind_of_delta_comes_back(deltas: list[Delta]) -> None:
    assert [as_plain(delta) for delta in there_and_back(*deltas)] == [as_plain(delta) for delta in deltas]


@given(st.lists(values, max_size=30), tables)
def test_every_storable_value_comes_back(wanted: list[Any], table: Any) -> None:
    chunk = Chunk.of(wanted)
    (found,) = there_and_back(SetProperty(table, "key", np.arange(len(wanted)), chunk))
    assert isinstance(found, SetProperty)
    assert (found.table, found.key, found.values.kind) == (table, "key", chunk.kind)
    assert same(found.values.tolist(), wanted)


@given(st.lists(int64 | st.none(), min_size=1, max_size=50))
def test_integers_of_any_width_come_back_with_their_gaps(wanted: list[int | None]) -> None:
    (found,) = there_and_back(SetProperty("edges", "k", np.arange(len(wanted)), Chunk.of(wanted)))
    assert isinstance(found, SetProperty)
    assert found.values.tolist() == wanted


@given(st.lists(st.integers(-1, 9), max_size=40), st.integers(10, 60))
def test_a_dictionary_comes_back_and_a_large_one_is_cut_to_what_is_used(codes: list[int], size: int) -> None:
    strings = [f"text {number}" for number in range(size)]
    chunk = Chunk(Kind.DICTIONARY, np.array(codes, dtype=np.int32), None, strings)
    (found,) = there_and_back(SetProperty("vertices", "k", np.arange(len(codes)), chunk))
    assert isinstance(found, SetProperty)
    assert found.values.kind is Kind.DICTIONARY
    assert found.values.values.dtype == np.int32
    assert found.values.tolist() == chunk.tolist()
    assert len(found.values.dictionary) <= max(len(codes), len(set(codes)))


def test_slots_in_a_row_take_no_room() -> None:
    payload = Encoder().encode([CreateVertices(np.arange(1000, 101_000), ("User",))])
    assert len(payload) < 20


def test_ten_thousand_edges_take_eight_bytes_each() -> None:
    ends = np.arange(10_000) * 7 % 100_000
    payload = Encoder().encode([CreateEdges(np.arange(10_000), "Friend", ends, ends[::-1].copy())])
    assert len(payload) < 8 * 10_000 + 100


def test_a_delta_of_millions_is_written_in_parts() -> None:
    count = 2 * MAXIMUM_COUNT + 5
    at = np.arange(count)
    parts = there_and_back(SetProperty("vertices", "k", at, Chunk(Kind.INT, at)))
    assert len(parts) == 3
    together = np.concatenate([part.values.values for part in parts if isinstance(part, SetProperty)])
    assert np.array_equal(together, at)


def test_a_value_of_a_strange_class_is_refused_and_the_encoder_goes_on() -> None:
    encoder = Encoder()
    chunk = Chunk(Kind.OBJECT, np.array([{"a": [object()]}], dtype=object))
    with pytest.raises(PropertyTypeError, match="object"):
        encoder.encode([SetProperty("vertices", "k", slots(1), chunk)])
    assert len(list(decode(encoder.encode([DeleteEdges(slots(1))])))) == 1


@pytest.mark.parametrize("bad", [2**64, "\ud800"])
def test_what_msgpack_cannot_hold_is_refused(bad: Any) -> None:
    chunk = Chunk(Kind.OBJECT, np.array([bad, None], dtype=object))
    with pytest.raises(PropertyTypeError):
        Encoder().encode([SetProperty("vertices", "k", slots(1, 2), chunk)])


def nested(depth: int, inner: Any = 1) -> Any:
    for level in range(depth):
        inner = [inner] if level % 2 else {"k": inner}
    return inner


def test_nesting_is_written_as_deep_as_storage_allows_and_no_deeper() -> None:
    def delta(depth: int) -> Delta:
        array = np.empty(1, dtype=object)
        array[0] = nested(depth)
        return SetProperty("vertices", "k", slots(1), Chunk(Kind.OBJECT, array))

    (found,) = there_and_back(delta(MAXIMUM_DEPTH))
    assert isinstance(found, SetProperty)
    assert found.values.tolist() == [nested(MAXIMUM_DEPTH)]
    with pytest.raises(PropertyTypeError, match="deep"):
        Encoder().encode([delta(MAXIMUM_DEPTH + 1)])


def payload(*deltas: Any) -> bytes:
    packed: bytes = b"".join(msgpack.packb(part) for part in (len(deltas), *deltas))
    return packed


def ext(code: int, *parts: Any) -> msgpack.ExtType:
    return msgpack.ExtType(code, msgpack.packb(parts))


MALFORMED = {
    "nothing": b"",
    "no count": msgpack.packb("x"),
    "negative count": msgpack.packb(-1),
    "fewer deltas than promised": msgpack.packb(3),
    "bytes after the end": payload() + b"\0",
    "half a delta": payload([5, [1, 2]])[:-1],
    "not a list": payload("x"),
    "an empty delta": payload([]),
    "an unknown kind": payload([99, [1, 1]]),
    "a kind that is no number": payload(["x", [1, 1]]),
    "a kind that is a boolean": payload([True, [1, 1], []]),
    "too few elements": payload([1, [0, 1]]),
    "too many elements": payload([5, [0, 1], 1]),
    "a huge range": payload([5, [0, 2**40]]),
    "a range beyond all slots": payload([5, [2**31 - 1, 2]]),
    "a negative range": payload([5, [0, -1]]),
    "a negative slot": payload([5, msgpack.ExtType(1, b"\xff\x01")]),
    "half an integer": payload([5, msgpack.ExtType(4, b"1234567")]),
    "floats for slots": payload([5, msgpack.ExtType(5, b"12345678")]),
    "an unknown array": payload([5, msgpack.ExtType(9, b"1")]),
    "edges of different lengths": payload([2, [0, 2], "T", [0, 2], [0, 1]]),
    "a type that is no text": payload([2, [0, 1], 5, [0, 1], [0, 1]]),
    "labels that are no texts": payload([1, [0, 1], [1]]),
    "an unknown table": payload([3, 2, "k", [0, 1], [1, [1], None]]),
    "values of another number": payload([3, 0, "k", [0, 2], [1, [1], None]]),
    "an unknown chunk": payload([3, 0, "k", [0, 1], [9, [1], None]]),
    "a chunk that is none": payload([3, 0, "k", [0, 1], 7]),
    "presence of another number": payload([3, 0, "k", [0, 1], [1, [1], [True, False]]]),
    "floats among integers": payload([3, 0, "k", [0, 1], [1, [1.5], None]]),
    "integers beyond 64 bits": payload([3, 0, "k", [0, 1], [1, [2**63], None]]),
    "a code outside of its dictionary": payload([3, 0, "k", [0, 1], [4, [1], ["x"]]]),
    "bits that are not there": payload([3, 0, "k", [0, 1], [3, msgpack.ExtType(6, b"\x07"), None]]),
    "bits without a count": payload([3, 0, "k", [0, 1], [3, msgpack.ExtType(6, b""), None]]),
    "an object beyond 64 bits": payload([3, 0, "k", [0, 1], [5, [2**63], None]]),
    "an unknown type of value": payload([3, 0, "k", [0, 1], [5, [ext(99, 1)], None]]),
    "a msgpack timestamp": payload([3, 0, "k", [0, 1], [5, [msgpack.Timestamp(1)], None]]),
    "an array as a value": payload([3, 0, "k", [0, 1], [5, [[msgpack.ExtType(1, b"1")]], None]]),
    "a map with numbers as keys": b"\x01" + msgpack.packb([3, 0, "k", [0, 1], [5, [{1: 2}], None]]),
    "a map with bytes as keys": payload([3, 0, "k", [0, 1], [5, [{b"k": 2}], None]]),
    "a date out of range": payload([3, 0, "k", [0, 1], [5, [ext(16, 10**15)], None]]),
    "a date of text": payload([3, 0, "k", [0, 1], [5, [ext(16, "x")], None]]),
    "a point of one number": payload([3, 0, "k", [0, 1], [5, [ext(22, 7203)], None]]),
    "a value of no enumeration": payload([3, 0, "k", [0, 1], [5, [ext(23, "E")], None]]),
    "a value of an enumeration of numbers": payload([3, 0, "k", [0, 1], [5, [ext(23, "E", 1)], None]]),
    "an enumeration without values": payload([10, "E", []]),
    "an enumeration with a value twice": payload([10, "E", ["A", "B", "A"]]),
    "an enumeration of numbers": payload([10, "E", [1]]),
    "an enumeration without a name": payload([10, None, ["A"]]),
    "a point of rubbish": payload([3, 0, "k", [0, 1], [5, [msgpack.ExtType(22, b"\xc1")], None]]),
    "nesting without end": b"\x01" + b"\x91" * 5000 + b"\x01",
    "a text that is none": b"\x01" + msgpack.packb([9, "k"])[:-2] + b"\xa1\xff\xc0",
    "a length beyond the end": b"\x01\xdd\xff\xff\xff\xff",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_payloads_are_refused(name: str) -> None:
    with pytest.raises(MalformedError):
        list(decode(MALFORMED[name]))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        list(decode(data))
    except MalformedError:
        return


RICH = Encoder().encode(
    [
        CreateVertices(slots(1, 2, 3), ("A", "B")),
        SetProperty("vertices", "k", slots(1, 2, 9), Chunk.of([Date(1), {"x": [1.5, None, b"y"]}, "z"])),
        CreateEdges(np.arange(5, 15), "T", np.arange(10)[::-1].copy() * 300, np.arange(10)),
        SetProperty("edges", "k", np.arange(5, 15), Chunk.of([None if n % 3 else n * 7 for n in range(10)])),
    ]
)


def test_a_flipped_byte_that_no_checksum_caught_is_read_or_refused_too() -> None:
    for position in range(len(RICH)):
        for flip in (0x01, 0x10, 0x80, 0xFF):
            changed = bytearray(RICH)
            changed[position] ^= flip
            try:
                list(decode(bytes(changed)))
            except MalformedError:
                continue
