"""Temporal values and points: what a client sends comes back as the same value, in every dialect."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.server.bolt.packstream import read_message
from lithograph.server.bolt.structures import packer_for, readers
from lithograph.server.bolt.versions import Dialect
from lithograph.server.errors import InvalidRequestError
from lithograph.storage.errors import LithographError
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from support.naive_packstream import Structure, pack

NANOSECONDS = st.integers(0, 999_999_999)
SECONDS = st.integers(-60_000_000_000, 200_000_000_000)
OFFSETS = st.integers(-64_800, 64_800)
PARTS = st.integers(-(2**60), 2**60)
COORDINATES = st.floats(-90, 90)
VALUES = st.one_of(
    st.builds(Date, st.integers(-700_000, 2_900_000)),
    st.builds(LocalTime, st.integers(0, 86_399_999_999_999)),
    st.builds(Time, st.integers(0, 86_399_999_999_999), OFFSETS),
    st.builds(LocalDateTime, SECONDS, NANOSECONDS),
    st.builds(DateTime, SECONDS, NANOSECONDS, OFFSETS),
    st.builds(DateTime.in_zone, SECONDS, NANOSECONDS, st.sampled_from(["UTC", "Etc/GMT+5"])),
    st.builds(Duration, PARTS, PARTS, PARTS, PARTS),
    st.builds(Point, st.sampled_from([7203, 4326]), COORDINATES, COORDINATES),
    st.builds(Point, st.sampled_from([9157, 4979]), COORDINATES, COORDINATES, COORDINATES),
)


def read(packed: bytes, dialect: Dialect) -> Any:
    return read_message(b"\xb1\x10" + packed, readers(dialect), depth=10, items=1000)[1][0]


@given(VALUES, st.sampled_from(Dialect))
def test_what_is_written_is_read_as_the_same_value(value: Any, dialect: Dialect) -> None:
    assert read(packer_for(dialect).pack([value, value]), dialect) == [value, value]


@given(SECONDS, NANOSECONDS, st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu"]))
def test_named_zones_come_back_with_their_offset(seconds: int, nanoseconds: int, zone: str) -> None:
    value = DateTime.in_zone(seconds, nanoseconds, zone)
    assert read(packer_for(Dialect.MODERN).pack(value), Dialect.MODERN) == value


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2024-10-27T02:30, which happens twice: the first", (1_729_996_200, 1_729_989_000)),
        ("2024-03-31T02:30, which does not happen: 03:30", (1_711_852_200, 1_711_848_600)),
    ],
    ids=["autumn", "spring"],
)
def test_legacy_datetimes_at_the_change_of_the_clocks(local: str, utc: tuple[int, int]) -> None:
    local_seconds, utc_seconds = utc
    value = read(pack(Structure(0x66, (local_seconds, 0, "Europe/Berlin"))), Dialect.LEGACY)
    assert value.seconds == utc_seconds, local


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    "structure",
    [
        Structure(0x4E, (1, [], {}, "1")),
        Structure(0x50, ([], [], [])),
        Structure(0x56, (b"\xc8", b"\x01")),
        Structure(0x3F, ("x", 6, 0, {})),
        Structure(0x44, ("1",)),
        Structure(0x44, (True,)),
        Structure(0x44, (1, 2)),
        Structure(0x58, (7203, 1, 2)),
        Structure(0x58, (4979, 1.0, 2.0)),
        Structure(0x59, (7203, 1.0, 2.0, 3.0)),
        Structure(0x59, (1, 1.0, 2.0, 3.0)),
    ],
    ids=repr,
)
def test_unknown_and_malformed_structures_are_refused(structure: Structure, dialect: Dialect) -> None:
    with pytest.raises(InvalidRequestError):
        read(pack(structure), dialect)


@pytest.mark.parametrize(
    ("dialect", "tags"),
    [(Dialect.LEGACY, (0x49, 0x69)), (Dialect.PATCHED, (0x46, 0x66)), (Dialect.MODERN, (0x46, 0x66))],
)
def test_the_datetimes_of_the_other_dialect_are_unknown(dialect: Dialect, tags: tuple[int, int]) -> None:
    for tag, zone in zip(tags, (0, "UTC"), strict=True):
        with pytest.raises(InvalidRequestError, match="unknown"):
            read(pack(Structure(tag, (0, 0, zone))), dialect)


@pytest.mark.parametrize(
    "structure",
    [
        Structure(0x44, (2**62,)),
        Structure(0x74, (-1,)),
        Structure(0x54, (0, 2**40)),
        Structure(0x64, (0, 10**9)),
        Structure(0x49, (2**62, 0, 0)),
        Structure(0x69, (0, 0, "../../etc/passwd")),
        Structure(0x69, (0, 0, "\x00")),
        Structure(0x69, (0, 0, "x" * 5000)),
        Structure(0x45, (0, 0, 2**63 - 1, 2**62)),
        Structure(0x58, (7203, float("nan"), 0.0)),
    ],
    ids=lambda structure: repr(structure)[:40],
)
def test_values_out_of_range_are_the_clients_mistake(structure: Structure) -> None:
    with pytest.raises(LithographError) as raised:
        read(pack(structure), Dialect.MODERN)
    assert raised.value.code.startswith("Neo.ClientError.")
