"""What the commands have in common: progress, and files and directories that appear when they are whole."""

from __future__ import annotations

import fcntl
import gzip
import os
import stat
from pathlib import Path

import pytest

from lithograph.durability.copying import CopyFailedError
from lithograph.server.commands.progress import progress
from lithograph.server.commands.whole_directory import whole_directory
from lithograph.server.commands.whole_file import whole_file


class StoppedError(Exception):
    """Something went wrong in the block."""


def test_progress_is_a_line_now_and_then_where_no_person_looks_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with progress("copying", 1000) as advance:
        advance(250)
    assert capsys.readouterr().err == "", "it was quick"
    monkeypatch.setattr("lithograph.server.commands.progress.SECONDS_BETWEEN_LINES", 0.0)
    with progress("copying", 1000) as advance:
        advance(250)
        advance(500)
    assert capsys.readouterr().err == "copying: 25 %\ncopying: 75 %\n"


def fail_while_writing(path: Path) -> None:
    with whole_file(path) as file:
        file.write(b"other")
        raise StoppedError


@pytest.mark.parametrize("name", ["x.cypherl", "x.cypherl.gz"])
def test_a_file_appears_when_it_is_whole(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text("former")
    with whole_file(path) as file:
        file.write(b"new")
        assert path.read_text() == "former"
    data = path.read_bytes()
    assert (gzip.decompress(data) if name.endswith(".gz") else data) == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(StoppedError):
        fail_while_writing(path)
    assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


def test_a_directory_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "backup"
    with whole_directory(path) as partial:
        (partial / "file").touch()
        assert not path.exists()
    assert [inner.name for inner in path.iterdir()] == ["file"]
    with pytest.raises(StoppedError), whole_directory(tmp_path / "other"):
        raise StoppedError
    assert list(tmp_path.iterdir()) == [path.parent]


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / ".backup.partial"
    (left / "wal").mkdir(parents=True)
    (left / "wal" / "file").touch()
    with whole_directory(tmp_path / "backup") as partial:
        assert list(partial.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


def test_two_processes_do_not_write_to_one_directory(tmp_path: Path) -> None:
    left = tmp_path / ".backup.partial"
    left.mkdir()
    (left / "file").touch()
    held = os.open(left, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        with (
            pytest.raises(CopyFailedError, match="Another process is writing"),
            whole_directory(tmp_path / "backup"),
        ):
            pytest.fail("it was let in")
    finally:
        os.close(held)
    assert (left / "file").exists()
