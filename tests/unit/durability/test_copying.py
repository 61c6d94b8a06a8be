"""Copying a data directory: which files, up to where, and what is done about those that change or go away."""

from __future__ import annotations

from pathlib import Path

import pytest

from lithograph.durability.copying import Copied, CopyFailedError, SourceFile, copy_files, list_files
from lithograph.durability.datadir import DataDirectory
from lithograph.durability.files import RealFiles

SNAPSHOT = "snapshots/20260821164855123456_timestamp_42"
FINISHED = "wal/20260821164855123457_from_1_to_42"
CURRENT = "wal/20260821164855123458_current"


@pytest.fixture
def source(tmp_path: Path) -> DataDirectory:
    root = tmp_path / "data"
    for path in (
        *(
            SNAPSHOT,
            FINISHED,
            CURRENT,
            ".lock",
            "snapshots/.x.partial",
            "wal/stranger",
            "auth/users",
            "plain",
        ),
        *(".backup/1/wal/x", "auth/.hidden", "auth/deep/er"),
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(path.encode() * 100)
    return DataDirectory(root, RealFiles())


def copied(source: DataDirectory, listed: list[SourceFile], target: Path) -> Copied:
    target.mkdir()
    return copy_files(source, listed, target, None, lambda _: None)


def test_everything_that_a_recovery_needs_is_listed_snapshots_before_the_log(source: DataDirectory) -> None:
    listed = list_files(source)
    assert [file.path.as_posix() for file in listed] == [
        *(SNAPSHOT, FINISHED, CURRENT),
        *("auth/deep/er", "auth/users", "plain"),
    ]
    assert [file.final for file in listed] == [True, True, False, False, False, False]


def test_a_waiting_restore_is_refused(source: DataDirectory) -> None:
    source.restore_order.write_text("{}")
    with pytest.raises(CopyFailedError, match="is restored at the next start"):
        list_files(source)


def test_what_is_appended_after_the_list_is_not_copied(source: DataDirectory, tmp_path: Path) -> None:
    listed = list_files(source)
    before = (source.root / CURRENT).read_bytes()
    with (source.root / CURRENT).open("ab") as file:
        file.write(b"more")
    done = copied(source, listed, tmp_path / "copy")
    assert (tmp_path / "copy" / CURRENT).read_bytes() == before
    assert (tmp_path / "copy" / "auth/deep/er").read_bytes() == b"auth/deep/er" * 100
    assert done.new_bytes == sum(file.size for file in listed)
    assert done.known_bytes == 0


def test_a_file_that_went_away_is_said(source: DataDirectory, tmp_path: Path) -> None:
    listed = list_files(source)
    (source.root / FINISHED).unlink()
    with pytest.raises(CopyFailedError, match="went away while it was to be copied"):
        copied(source, listed, tmp_path / "copy")


def test_a_file_that_became_shorter_is_said(source: DataDirectory, tmp_path: Path) -> None:
    listed = list_files(source)
    (source.root / CURRENT).write_bytes(b"short")
    with pytest.raises(CopyFailedError, match="became shorter"):
        copied(source, listed, tmp_path / "copy")
