"""Reading and writing PackStream: against the naive codec, and against everything else that bytes can be."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lithograph.cypher.results import ResultBatch
from lithograph.server.bolt.packing import Packer
from lithograph.server.bolt.packstream import PackStreamError, ValueLimitError, read_message
from lithograph.server.bolt.records import RecordEncoder
from lithograph.server.bolt.structures import packer_for, readers
from lithograph.server.bolt.versions import Dialect
from lithograph.server.errors import IntegerOverflowError, InvalidRequestError, UnencodableValueError
from lithograph.storage.errors import LithographError
from support.naive_packstream import Structure, pack, unpack

INTEGERS = st.one_of(
    st.integers(-200, 200), st.integers(-(2**15) - 5, 2**15 + 5), st.integers(-(2**63), 2**63 - 1)
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    INTEGERS,
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.binary(max_size=20),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=17), inner, max_size=20),
    max_leaves=30,
)
KEYS = st.lists(
    st.sampled_from(["a", "b", "id", "a name longer than fifteen bytes"]), min_size=1, unique=True
)


@st.composite
def row_lists(draw: st.DrawFn) -> list[Any]:
    """Lists of maps that mostly repeat the first one's keys, as ``UNWIND $rows`` has them."""
    keys = draw(KEYS)
    alike = st.fixed_dictionaries(dict.fromkeys(keys, VALUES))
    other = st.dictionaries(st.sampled_from(["a", "b", "id", "c"]), SCALARS, max_size=4)
    return draw(st.lists(st.one_of(alike, alike, alike, other, SCALARS), max_size=12))


def read(value_bytes: bytes) -> Any:
    """The only field of a message."""
    tag, fields = read_message(b"\xb1\x10" + value_bytes, {}, depth=200, items=1_000_000)
    assert tag == 0x10
    return fields[0]


def same(one: Any, other: Any) -> bool:
    """Equal in value and in type, all the way down (1, 1.0 and True are different)."""
    return repr(one) == repr(other)


@given(VALUES)
def test_reading_agrees_with_the_naive_reader(value: Any) -> None:
    assert same(read(pack(value)), value)


@given(row_lists())
@example([{"a": 1}, {"a": 2}, {"b": 1}, {"a": 3}])
@example([{"a": 1, "b": 2}, {"a": 1, "c": 2}, {"a": [1], "b": {}}])
def test_lists_of_rows_are_read_as_any_other_list(rows: list[Any]) -> None:
    assert same(read(pack(rows)), rows)


@given(VALUES)
def test_writing_agrees_with_the_naive_writer(value: Any) -> None:
    assert packer_for(Dialect.MODERN).pack(value) == pack(value)


@given(st.data())
def test_garbled_messages_give_an_error_of_ours_or_the_naive_readers_value(data: st.DataObject) -> None:
    good = b"\xb1\x10" + pack(data.draw(st.one_of(VALUES, row_lists())))
    position = data.draw(st.integers(0, len(good) - 1))
    bad = data.draw(
        st.sampled_from(
            [
                good[:position],
                good[:position] + data.draw(st.binary(max_size=4)) + good[position + 1 :],
                good + b"\x00",
            ]
        )
    )
    try:
        tag, fields = read_message(bad, {}, depth=200, items=1_000_000)
    except (PackStreamError, InvalidRequestError):
        return
    assert repr(Structure(tag, tuple(fields))) == repr(unpack(bad))


@given(st.binary(max_size=60))
def test_random_bytes_raise_nothing_but_our_errors(data: bytes) -> None:
    for dialect in Dialect:
        try:
            read_message(b"\xb1\x10" + data, readers(dialect), depth=200, items=1_000_000)
        except LithographError as error:
            assert error.code.startswith("Neo.ClientError.")  # noqa: PT017


@pytest.mark.parametrize(
    "packed",
    ["c900 01", "ca 00000001", "cb 0000000000000001", "c8 01"],
    ids=["int16", "int32", "int64", "int8"],
)
def test_longer_forms_of_small_numbers_are_accepted(packed: str) -> None:
    assert read(bytes.fromhex(packed)) == 1


@pytest.mark.parametrize("packed", ["d0 01 61", "d1 0001 61", "d2 00000001 61"])
def test_longer_forms_of_short_strings_and_keys_are_accepted(packed: str) -> None:
    assert read(bytes.fromhex(packed)) == "a"
    assert read(b"\xa1" + bytes.fromhex(packed) + b"\x07") == {"a": 7}
    assert read(b"\x92\xa1" + bytes.fromhex(packed) + b"\x07\xa1" + bytes.fromhex(packed) + b"\x08") == [
        {"a": 7},
        {"a": 8},
    ]


def test_the_last_of_equal_keys_wins_also_in_a_list_of_rows() -> None:
    twice = bytes.fromhex("a2 8161 01 8161 02")
    assert read(b"\x93" + 3 * twice) == [{"a": 2}] * 3
    begins_alike = bytes.fromhex("a2 8161 01 8162 02") + bytes.fromhex("a2 8161 03 8161 04")
    assert read(b"\x92" + begins_alike) == [{"a": 1, "b": 2}, {"a": 4}]


@pytest.mark.parametrize("marker", [0xC4, 0xC7, 0xCF, 0xD3, 0xD7, 0xDB, 0xDC, 0xDF, 0xE0, 0xEF])
def test_reserved_markers_are_malformed(marker: int) -> None:
    with pytest.raises(PackStreamError, match="reserved"):
        read(bytes((marker,)))


@pytest.mark.parametrize(
    "packed",
    ["d6 ffffffff", "da ffffffff 8161", "d2 ffffffff 61", "ce ffffffff 00", "d5 0003 0101", "d8 02 8161 01"],
)
def test_declared_lengths_beyond_the_message_are_malformed(packed: str) -> None:
    with pytest.raises(PackStreamError):
        read(bytes.fromhex(packed))


@pytest.mark.parametrize("packed", ["a1 01 01", "a1 c0 01", "a1 91 8161 01"])
def test_keys_that_are_no_strings_are_malformed(packed: str) -> None:
    with pytest.raises(PackStreamError, match="key"):
        read(bytes.fromhex(packed))


@pytest.mark.parametrize("data", ["82 c328", "d0 03 eda080", "a1 81ff 01", "82 c0 80"])
def test_invalid_utf8_is_the_clients_mistake_but_not_the_end(data: str) -> None:
    with pytest.raises(InvalidRequestError, match="UTF-8"):
        read(bytes.fromhex(data))


@pytest.mark.parametrize(
    ("opening", "closing", "cycles"),
    [
        (b"\x91", b"", 200),
        (b"\xa1\x81a", b"", 200),
        (b"\xd4\x01", b"", 200),
        (b"\x92\xa1\x81a", b"\x01", 100),
    ],
    ids=["lists", "maps", "wide lists", "rows"],
)
def test_nesting_is_limited(opening: bytes, closing: bytes, cycles: int) -> None:
    """A list of rows opens two levels in each cycle."""
    read(opening * cycles + b"\x01" + closing * cycles)
    with pytest.raises(ValueLimitError, match="nested"):
        read(opening * (cycles + 1) + b"\x01" + closing * (cycles + 1))
    with pytest.raises(ValueLimitError, match="nested"):
        read(opening * 50_000 + b"\x01" + closing * 50_000)


def test_the_number_of_values_is_limited() -> None:
    def read_limited(value: Any) -> Any:
        return read_message(b"\xb1\x10" + pack(value), {}, depth=200, items=100)

    read_limited([0] * 99)
    for value in ([0] * 101, [[]] * 101, [{"a": 1}] * 101, [[0] * 50, [0] * 50], [{"a": 1, "b": 2}] * 51):
        with pytest.raises(ValueLimitError, match="too many"):
            read_limited(value)


def test_integers_beyond_64_bits_and_foreign_types_cannot_be_written() -> None:
    packer = packer_for(Dialect.MODERN)
    with pytest.raises(IntegerOverflowError):
        packer.pack([2**63])
    for value in (object(), [{1, 2}], {"a": 1j}, {1: 2}, "\ud800"):
        with pytest.raises(UnencodableValueError):
            packer.pack(value)


def test_values_nested_beyond_the_interpreters_means_are_an_error() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(UnencodableValueError, match="nested"):
        Packer().pack(value)
    with pytest.raises(UnencodableValueError, match="nested"):
        RecordEncoder(Dialect.MODERN).encode(ResultBatch(5, [[value] * 5]))
    while value:
        value = value.pop()  # taken apart by hand: the interpreter frees nested lists recursively
