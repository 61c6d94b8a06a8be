"""Damage at every byte of a data directory: refused in words, or nothing is lost but what a crash may take.

The fixture's files are small enough to flip a bit of, and to cut, at every offset; the fast run takes every 29th.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from lithograph.durability.names import parse_wal
from lithograph.storage.errors import LithographError
from support.durable_model import ROOT, Settings
from support.durable_store import Picture, StoreDatabase
from support.files import MemoryFiles

DATA = Path(__file__).parent / "fixtures" / "v1" / "data"
LAST = 23
"""The last commit; the snapshot is of commit 13."""
MOST_MEMORY = 64 << 20


def fixture() -> MemoryFiles:
    files = MemoryFiles()
    for path in DATA.rglob("*_*"):
        if path.is_file():
            files.place(ROOT / path.relative_to(DATA), path.read_bytes())
    return files


def recovered(files: MemoryFiles) -> tuple[int, Picture]:
    """The last commit, and the content. Raises LithographError where the start is refused."""
    database = StoreDatabase(files, Settings(storage_snapshot_retention_count=1000))
    try:
        return database.store.timestamp, database.picture()
    finally:
        database.close()


@pytest.fixture(scope="module")
def states() -> dict[int, Picture]:
    """What there is to be found, by commit: the files cut behind each transaction of the open WAL file."""
    found: dict[int, Picture] = {}
    whole = fixture()
    (open_file,) = [path for path in whole.contents() if is_open(path)]
    for size in (
        *range(512, len(whole.contents()[open_file]), 40),
        len(whole.contents()[open_file]),
    ):  # no frame is shorter
        files = whole.copy()
        files.place(open_file, whole.contents()[open_file][:size])
        timestamp, picture = recovered(files)
        assert found.setdefault(timestamp, picture) == picture
    assert max(found) == LAST
    return found


def is_open(path: Path) -> bool:
    name = parse_wal(path.name)
    return name is not None and not name.finished


def damaged(stride: int) -> Iterator[tuple[str, Path, MemoryFiles]]:
    """Each file with a bit flipped, and cut, at every ``stride``-th byte."""
    whole = fixture()
    for path, content in whole.contents().items():
        for offset in range(0, len(content), stride):
            flipped = bytearray(content)
            flipped[offset] ^= 1 << offset % 8
            for what, changed in (
                (f"flip at {offset}", bytes(flipped)),
                (f"cut at {offset}", content[:offset]),
            ):
                files = whole.copy()
                files.place(path, changed)
                yield what, path, files


def check_damage(states: dict[int, Picture], stride: int) -> int:
    cases = 0
    for what, path, files in damaged(stride):
        cases += 1
        before = files.contents()
        try:
            timestamp, picture = recovered(files)
        except LithographError as refused:
            message = str(refused)
        else:
            message = ""
        if message:
            assert path.name in message, (what, path, message)
            assert files.contents() == before, (what, path, "a refusal changes nothing")
            continue
        assert states[timestamp] == picture, (what, path)
        # Of the open file a cut tail looks like a crash, and so does the last transaction, when it is changed.
        lost = is_open(path) and (what.startswith("cut") or timestamp == LAST - 1)
        assert timestamp == LAST or lost, (what, path, timestamp)
    return cases


def test_damage_is_never_taken_for_data_sampled(states: dict[int, Picture]) -> None:
    assert check_damage(states, stride=29) > 600


def test_lengths_that_are_not_true_take_no_memory() -> None:
    """Wherever a number may stand, a huge one."""
    tracemalloc.start()
    try:
        whole = fixture()
        for path, content in whole.contents().items():
            for offset in range(0, min(len(content), 1200) - 8, 20):
                files = whole.copy()
                files.place(path, content[:offset] + b"\xff" * 7 + b"\x7f" + content[offset + 8 :])
                with suppress(LithographError):
                    recovered(files)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_damage_at_any_byte_is_never_taken_for_data(
    states: dict[int, Picture], capsys: pytest.CaptureFixture[str]
) -> None:
    cases = check_damage(states, stride=1)
    with capsys.disabled():
        print(f"\n{cases} damaged data directories")
    assert cases > 10_000
