"""File names: what is made is read back, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.durability.names import (
    Namer,
    SnapshotName,
    WalName,
    microseconds_of,
    moment_of,
    parse_snapshot,
    parse_wal,
)

CREATED = "20260821164855123456"
moments = st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1)).map(
    lambda moment: Namer().created(moment.replace(tzinfo=UTC))
)
timestamps = st.integers(0, 2**63 - 1)


@given(created=moments, timestamp=timestamps)
def test_a_snapshot_name_is_read_back(created: str, timestamp: int) -> None:
    name = SnapshotName(timestamp, created)
    assert parse_snapshot(str(name)) == name
    assert parse_wal(str(name)) is None


@given(created=moments, ends=st.tuples(timestamps, timestamps).map(sorted))
def test_a_wal_name_is_read_back(created: str, ends: list[int]) -> None:
    opened = WalName(created)
    finished = opened.finish(*ends)
    assert parse_wal(str(opened)) == opened
    assert parse_wal(str(finished)) == finished
    assert finished.finished
    assert not opened.finished
    assert parse_snapshot(str(finished)) is None


def test_names_are_those_of_the_reference() -> None:
    assert str(SnapshotName(42, CREATED)) == "20260821164855123456_timestamp_42"
    assert str(WalName(CREATED)) == "20260821164855123456_current"
    assert str(WalName(CREATED, 3, 42)) == "20260821164855123456_from_3_to_42"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20260821164855123456",
        "20260821164855123456_",
        "2026082116485512345_timestamp_1",
        "20261321164855123456_timestamp_1",
        "20260821164855123456_timestamp_",
        "20260821164855123456_timestamp_-1",
        "20260821164855123456_timestamp_1.bak",
        ".20260821164855123456_timestamp_1.partial",
        "20260821164855123456_timestamp_१",
        "20260821164855123456_current\n",
        "20260821164855123456_current~",
        "20260821164855123456_from_3",
        "20260821164855123456_from_42_to_3",
        "20260821164855123456_from_a_to_b",
        "20260899164855123456_current",
    ],
)
def test_other_names_mean_nothing(text: str) -> None:
    assert parse_snapshot(text) is None
    assert parse_wal(text) is None


def test_the_hidden_name_is_no_snapshots() -> None:
    assert parse_snapshot(SnapshotName(1, CREATED).partial) is None


def test_snapshots_sort_by_timestamp_then_by_age() -> None:
    early, late = "20260821164855123456", "20260821164855123457"
    assert sorted([SnapshotName(2, early), SnapshotName(1, late), SnapshotName(1, early)]) == [
        SnapshotName(1, early),
        SnapshotName(1, late),
        SnapshotName(2, early),
    ]


def test_created_says_when() -> None:
    assert moment_of(CREATED) == datetime(2026, 8, 21, 16, 48, 55, 123456, tzinfo=UTC)
    assert microseconds_of("19700101000001000002") == 1_000_002


def test_a_clock_that_stands_or_goes_back_gives_new_names_all_the_same() -> None:
    namer, now = Namer(newest="20260821164855123456"), datetime(2026, 1, 1, tzinfo=UTC)
    made = [namer.created(now), namer.created(now), namer.created(now - timedelta(days=1))]
    assert made == ["20260821164855123457", "20260821164855123458", "20260821164855123459"]
    assert namer.created(datetime(2027, 1, 1, tzinfo=UTC)) == "20270101000000000000"
