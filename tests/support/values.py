"""Hypothesis strategies for every kind of value, and small graphs for scalar functions to ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from lithograph.cypher.entities import NodeRef, PathRef, RelationshipRef
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.gregorian import MAXIMUM_DAY, MINIMUM_DAY
from lithograph.storage.values.spatial import CARTESIAN_2D, CARTESIAN_3D, WGS84_2D, WGS84_3D, Point
from lithograph.storage.values.temporal import (
    MAXIMUM_OFFSET,
    NANOSECONDS_PER_DAY,
    Date,
    DateTime,
    Duration,
    LocalDateTime,
    LocalTime,
    Time,
)

ZONE_NAMES = ("Europe/Stockholm", "America/New_York", "Australia/Eucla", "Asia/Kathmandu", "UTC")

integers = st.integers(-(2**63), 2**63 - 1)
floats = st.floats()
strings = st.text(max_size=8)

offsets = st.integers(-MAXIMUM_OFFSET, MAXIMUM_OFFSET)
nanoseconds = st.one_of(st.just(0), st.integers(0, 999_999_999))
times_of_day = st.integers(0, NANOSECONDS_PER_DAY - 1)
moments = st.integers((MINIMUM_DAY + 2) * 86_400, (MAXIMUM_DAY - 2) * 86_400)

dates = st.builds(Date, st.integers(MINIMUM_DAY, MAXIMUM_DAY))
local_times = st.builds(LocalTime, times_of_day)
times = st.builds(Time, times_of_day, offsets)
local_datetimes = st.builds(LocalDateTime, moments, nanoseconds)
datetimes = st.one_of(
    st.builds(DateTime, moments, nanoseconds, offsets),
    st.builds(DateTime.in_zone, moments, nanoseconds, st.sampled_from(ZONE_NAMES)),
)
durations = st.builds(
    Duration,
    st.integers(-(2**40), 2**40),
    st.integers(-(2**40), 2**40),
    st.integers(-(2**40), 2**40),
    nanoseconds,
)
temporal_values = st.one_of(dates, local_times, times, local_datetimes, datetimes, durations)

coordinates = st.floats(allow_nan=False, allow_infinity=False)
longitudes, latitudes = st.floats(-180, 180), st.floats(-90, 90)
points = st.one_of(
    st.builds(Point, st.just(CARTESIAN_2D), coordinates, coordinates),
    st.builds(Point, st.just(CARTESIAN_3D), coordinates, coordinates, coordinates),
    st.builds(Point, st.just(WGS84_2D), longitudes, latitudes),
    st.builds(Point, st.just(WGS84_3D), longitudes, latitudes, coordinates),
)

enum_names = st.text(max_size=4).filter(lambda name: ":" not in name)
enum_values = st.builds(EnumValue, enum_names, enum_names)
"""Whether there is such an enumeration is the catalog's affair."""

plain_values = st.one_of(
    st.none(),
    st.booleans(),
    integers,
    floats,
    strings,
    st.binary(max_size=8),
    temporal_values,
    points,
    enum_values,
)
"""Everything storable that holds no other value."""


def _nested(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(values, max_size=4), st.dictionaries(strings, values, max_size=4))


storable_values = st.recursive(plain_values, _nested, max_leaves=8)
"""Everything that can be stored in a property."""

nodes = st.builds(NodeRef, st.integers(0, 9))
relationships = st.builds(RelationshipRef, st.integers(0, 9))
paths = st.integers(0, 3).flatmap(
    lambda length: st.builds(
        PathRef,
        st.tuples(*[st.integers(0, 9)] * (length + 1)),
        st.tuples(*[st.integers(0, 9)] * length),
    )
)

values = st.recursive(st.one_of(plain_values, nodes, relationships, paths), _nested, max_leaves=8)
"""Every value of the language."""


@dataclass
class FakeReader:
    """A GraphReader over dictionaries: nodes are slot → (labels, properties)."""

    nodes: dict[int, tuple[list[str], dict[str, Any]]] = field(default_factory=dict)
    relationships: dict[int, tuple[str, int, int, dict[str, Any]]] = field(default_factory=dict)
    """slot → (type, start, end, properties)"""

    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def node_labels(self, slot: int) -> list[str]:
        return list(self.nodes[slot][0])

    def node_properties(self, slot: int) -> dict[str, Any]:
        return dict(self.nodes[slot][1])

    def node_property(self, slot: int, key: str) -> Any:
        return self.nodes[slot][1].get(key)

    def relationship_type(self, slot: int) -> str:
        return self.relationships[slot][0]

    def relationship_properties(self, slot: int) -> dict[str, Any]:
        return dict(self.relationships[slot][3])

    def relationship_property(self, slot: int, key: str) -> Any:
        return self.relationships[slot][3].get(key)

    def relationship_ends(self, slot: int) -> tuple[int, int]:
        return self.relationships[slot][1:3]

    def degree(self, slot: int, outgoing: bool, incoming: bool) -> int:
        ends = [self.relationship_ends(r) for r in self.relationships]
        return sum((outgoing and s == slot) + (incoming and e == slot) for s, e in ends)
