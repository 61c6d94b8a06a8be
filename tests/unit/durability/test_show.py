"""Files in readable form."""

from __future__ import annotations

from pathlib import Path

import pytest

from lithograph.durability.files import RealFiles
from lithograph.durability.show import main, show
from support.durable_model import ROOT, Database, Settings
from support.files import MemoryFiles

BIG = Settings(storage_wal_file_size_kib=1000)


def shown(files: MemoryFiles, folder: str) -> list[str]:
    (path,) = [path for path in files.contents() if path.parent == ROOT / folder]
    return list(show(path, files))


def test_a_wal_file_shows_its_header_its_transactions_and_its_end() -> None:
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit_many(2)
    database.durability.close()
    lines = shown(files, "wal")
    assert lines[0].startswith("WAL file, ")
    assert "  after         0" in lines
    assert any("transaction sequence=2 timestamp=2" in line for line in lines)
    assert "              CreateEdges slots=[2] type='Friend' sources=[1] targets=[2]" in lines
    assert "              from 1 to 2, 2 transactions" in lines
    assert lines[-1].endswith("nothing follows (0 bytes left)")


def test_a_snapshot_shows_its_totals() -> None:
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit_many(7)
    database.snapshot()
    lines = shown(files, "snapshots")
    assert "  trigger       manual" in lines
    assert (
        "              SetProperty table='vertices' key='n' slots=[1, 2, 3, 4, … 7 in all] values=int[1, 2, 3, 4, … 7 in all]"
        in lines
    )
    assert "              1 blocks, 3 deltas, 7 vertices, 7 edges" in lines


def test_a_damaged_file_is_shown_as_far_as_it_goes() -> None:
    files = MemoryFiles()
    Database(files, BIG).commit_many(2)
    (path,) = [path for path in files.contents() if path.parent == ROOT / "wal"]
    files.place(path, files.contents()[path][:-5])
    lines = list(show(path, files))
    assert any("timestamp=1" in line for line in lines)
    assert "the payload of a frame is cut off" in lines[-1]


def test_the_command_prints_and_tells_by_its_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = Database(RealFiles(), Settings(data_directory=tmp_path))
    database.commit()
    database.durability.close()
    (path,) = (tmp_path / "wal").iterdir()
    assert main([str(path)]) == 0
    assert "transaction sequence=1" in capsys.readouterr().out
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"x" * 600)
    assert main([str(path), str(garbage), str(tmp_path / "missing")]) == 1
    assert "does not begin as a WAL file" in capsys.readouterr().err
    assert main([]) == 2
