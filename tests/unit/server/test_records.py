"""Whole columns to RECORD messages: the same bytes as value by value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.results import Node, Path, Relationship, ResultBatch
from lithograph.server.bolt.records import RecordEncoder, batch_rows
from lithograph.server.bolt.structures import packer_for
from lithograph.server.bolt.versions import Dialect
from lithograph.server.errors import UnencodableValueError
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from support.bolt_peer import chunked, replies
from support.naive_packstream import Structure, pack, unpack

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-300, 300),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(max_size=20),
    st.binary(max_size=4),
    st.builds(Date, st.integers(-10, 10)),
    st.builds(EnumValue, st.sampled_from("EF"), st.sampled_from("AB")),
)
PROPERTIES = st.dictionaries(st.sampled_from(["id", "age", "name"]), SCALARS, max_size=3)
NODES = st.builds(Node, st.integers(0, 2**40), st.lists(st.sampled_from(["A", "B"]), max_size=2), PROPERTIES)
RELATIONSHIPS = st.builds(
    Relationship,
    st.integers(0, 300),
    st.sampled_from("RS"),
    st.integers(0, 9),
    st.integers(0, 2**33),
    PROPERTIES,
)
KINDS: list[st.SearchStrategy[Any]] = [
    st.integers(-20, 130),
    st.integers(-(2**63), 2**63 - 1),
    st.text(max_size=3),
    st.floats(),
    st.booleans(),
    st.none(),
    NODES,
    RELATIONSHIPS,
    PROPERTIES,
    st.lists(st.integers(0, 5) | st.none(), max_size=4),
    st.lists(NODES, max_size=2),
    st.tuples(st.integers(), st.text(max_size=2)).map(lambda pair: (pair[0] % 2**60, pair[1])),
]
VALUES = st.one_of(SCALARS, *KINDS, st.none())


@st.composite
def batches(draw: st.DrawFn) -> ResultBatch:
    count, width = draw(st.integers(0, 12)), draw(st.integers(0, 3))
    columns = []
    for _ in range(width):
        kind = draw(st.sampled_from([*KINDS, VALUES]))
        kind = st.one_of(kind, st.none()) if draw(st.booleans()) else kind
        columns.append(draw(st.lists(kind, min_size=count, max_size=count)))
    return ResultBatch(count, columns)


@given(batches(), st.sampled_from(Dialect))
def test_records_are_what_packing_value_by_value_gives(batch: ResultBatch, dialect: Dialect) -> None:
    pack_value = packer_for(dialect).pack
    expected = [chunked(b"\xb1\x71" + pack_value(list(row))) for row in batch_rows(batch)]
    assert RecordEncoder(dialect).encode(batch) == b"".join(expected)


def encode(*values: Any, dialect: Dialect = Dialect.MODERN) -> list[Any]:
    """Each value's structure, as a client sees it in a column (repeated, so that it is packed as a column)."""
    batch = ResultBatch(len(values) * 4, [list(values) * 4])
    received = [fields[0] for _, fields in replies(RecordEncoder(dialect).encode(batch))]
    assert received == received[: len(values)] * 4
    return received[: len(values)]


def test_graph_elements_have_element_ids_from_5_0_on() -> None:
    node = Node(7, ["A", "B"], {"k": 1})
    relationship = Relationship(8, "R", 7, 9, {})
    assert encode(node, relationship) == [
        Structure(0x4E, (7, ["A", "B"], {"k": 1}, "7")),
        Structure(0x52, (8, 7, 9, "R", {}, "8", "7", "9")),
    ]
    assert encode(node, relationship, dialect=Dialect.LEGACY) == [
        Structure(0x4E, (7, ["A", "B"], {"k": 1})),
        Structure(0x52, (8, 7, 9, "R", {})),
    ]


def test_a_path_holds_each_element_once_and_numbers_them() -> None:
    """The example of the protocol notes: (42)-[1000]->(69)-[1000]->(42)<-[1001]-(1)."""
    a, b, c = Node(42, [], {}), Node(69, [], {}), Node(1, [], {})
    there = Relationship(1000, "R", 42, 69, {})
    back = Relationship(1001, "R", 1, 42, {})
    # Walked there against nothing, then the same relationship again: its start is not where the second step begins.
    (path,) = encode(Path([a, b, a, c], [there, there, back]))
    nodes, relationships, indices = path.fields
    assert [node.fields[0] for node in nodes] == [42, 69, 1]
    assert relationships == [
        Structure(0x72, (1000, "R", {}, "1000")),
        Structure(0x72, (1001, "R", {}, "1001")),
    ]
    assert indices == [1, 1, -1, 0, -2, 2]


def test_a_path_without_steps_is_one_node() -> None:
    (path,) = encode(Path([Node(3, [], {})], []), dialect=Dialect.LEGACY)
    assert path == Structure(0x50, ([Structure(0x4E, (3, [], {}))], [], []))


def test_a_loop_is_walked_forwards() -> None:
    node = Node(3, [], {})
    (path,) = encode(Path([node, node], [Relationship(5, "R", 3, 3, {})]))
    assert path.fields[2] == [1, 0]


@pytest.mark.parametrize(
    ("value", "modern", "legacy"),
    [
        (Date(-1), (0x44, -1), None),
        (Time(5, -3600), (0x54, 5, -3600), None),
        (LocalTime(7), (0x74, 7), None),
        (LocalDateTime(-1, 1), (0x64, -1, 1), None),
        (Duration(1, -2, 3, 4), (0x45, 1, -2, 3, 4), None),
        (DateTime(4500, 42, 3600), (0x49, 4500, 42, 3600), (0x46, 8100, 42, 3600)),
        (
            DateTime(4500, 42, 3600, "Europe/Berlin"),
            (0x69, 4500, 42, "Europe/Berlin"),
            (0x66, 8100, 42, "Europe/Berlin"),
        ),
        (Point(7203, 1.0, 2.0), (0x58, 7203, 1.0, 2.0), None),
        (Point(4979, 1.0, 2.0, 3.0), (0x59, 4979, 1.0, 2.0, 3.0), None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_have_their_structures(
    value: Any, modern: tuple[Any, ...], legacy: tuple[Any, ...] | None
) -> None:
    assert encode(value) == [Structure(modern[0], modern[1:])]
    assert encode(value, dialect=Dialect.PATCHED) == [Structure(modern[0], modern[1:])]
    expected = legacy or modern
    assert encode(value, dialect=Dialect.LEGACY) == [Structure(expected[0], expected[1:])]


def test_values_of_enumerations_are_maps_as_memgraph_sends_them() -> None:
    values = [EnumValue("Status", "Good"), EnumValue("a b", "ü")]
    for dialect in Dialect:
        assert encode(*values, dialect=dialect) == [
            {"__type": "mg_enum", "__value": "Status::Good"},
            {"__type": "mg_enum", "__value": "a b::ü"},
        ]


def test_long_records_are_cut_into_chunks() -> None:
    batch = ResultBatch(5, [["x" * 200_000, "y" * 65_530, "z", "x" * 1020, "x" * 1017]])
    assert [fields[0] for _, fields in replies(RecordEncoder(Dialect.MODERN).encode(batch))] == batch.columns[
        0
    ]


def test_rows_without_columns_are_empty_records() -> None:
    assert replies(RecordEncoder(Dialect.MODERN).encode(ResultBatch(9, []))) == [("RECORD", [])] * 9


def test_a_value_that_cannot_be_sent_spoils_its_batch() -> None:
    with pytest.raises(UnencodableValueError, match="64 bits"):
        RecordEncoder(Dialect.MODERN).encode(ResultBatch(5, [[1, 2, 3, 4, 2**63]]))
    with pytest.raises(UnencodableValueError, match="object"):
        RecordEncoder(Dialect.MODERN).encode(ResultBatch(5, [[object()] * 5]))


def test_the_naive_codec_agrees_with_itself() -> None:
    value = [1, -17, 1 << 40, "ä" * 300, {"k": [None, True, 1.5, b"x"]}]
    assert unpack(pack(value)) == value
