"""The retention table of the reference, section 2.5, one by one."""

from __future__ import annotations

import pytest

from lithograph.durability.names import SnapshotName, WalName
from lithograph.durability.retention import superfluous_snapshots, superfluous_wal


def created(number: int) -> str:
    return f"202608211648551{number:05}"


def snapshots(*timestamps: int) -> list[SnapshotName]:
    return [SnapshotName(timestamp, created(number)) for number, timestamp in enumerate(timestamps)]


def wal(*ranges: tuple[int, int]) -> list[WalName]:
    return [WalName(created(number), *ends) for number, ends in enumerate(ranges)]


TENS = wal((1, 10), (11, 20), (21, 30), (31, 40))


@pytest.mark.parametrize(
    ("timestamps", "count", "gone"),
    [
        ((), 3, ()),
        ((5,), 3, ()),
        ((5, 10, 15), 3, ()),
        ((5, 10, 15, 20), 3, (5,)),
        ((5, 10, 15, 20), 1, (5, 10, 15)),
        ((20, 5, 15, 10), 2, (5, 10)),
        ((5, 10), 0, (5,)),
    ],
)
def test_the_newest_snapshots_by_timestamp_stay(
    timestamps: tuple[int, ...], count: int, gone: tuple[int, ...]
) -> None:
    assert [name.timestamp for name in superfluous_snapshots(snapshots(*timestamps), count)] == list(gone)


def test_of_snapshots_of_one_timestamp_the_older_goes() -> None:
    older, newer = snapshots(7, 7)
    assert superfluous_snapshots([newer, older], 1) == [older]


@pytest.mark.parametrize(
    ("timestamps", "count", "kept_from"),
    [
        ((25,), 3, 0),  # the quota is not full: no WAL goes
        ((15, 25), 3, 0),
        ((15, 25, 35), 3, 1),  # 21… is the first after 15; the one before it stays, the one before that goes
        ((25, 35, 38), 3, 2),
        ((20, 25, 35), 3, 1),  # a file that ends with the snapshot stays as the one before
        ((5, 25, 35), 3, 0),
        ((5, 15, 25, 35), 3, 1),  # 5 is going; 15 is the oldest that stays
        ((40,), 1, 3),  # nothing after the snapshot: the last file stays
        ((99,), 1, 3),
        ((0,), 1, 0),
    ],
)
def test_the_wal_stays_that_the_oldest_retained_snapshot_needs(
    timestamps: tuple[int, ...], count: int, kept_from: int
) -> None:
    gone = superfluous_wal(TENS, snapshots(*timestamps), count)
    assert gone == TENS[:kept_from]


def test_the_open_file_is_never_deleted() -> None:
    opened = WalName(created(9))
    assert superfluous_wal([*TENS, opened], snapshots(99), 1) == TENS[:3]
    assert superfluous_wal([opened], snapshots(99), 1) == []


def test_without_snapshots_nothing_goes() -> None:
    assert superfluous_wal(TENS, [], 1) == []
