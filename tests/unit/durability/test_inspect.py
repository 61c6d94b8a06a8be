"""Files in readable form."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lithograph.durability.errors import DamagedFileError
from lithograph.durability.files import RealFiles
from lithograph.durability.inspect import SHOWN_DELTAS, Record, inspect
from lithograph.server.app import main
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.deltas import Delta, SetProperty
from support.durable_model import ROOT, Database, Settings, image
from support.files import MemoryFiles

BIG = Settings(storage_wal_file_size_kib=1000)


def shown(files: MemoryFiles, folder: str, **options: bool | int) -> list[Record]:
    (path,) = [path for path in files.contents() if path.parent == ROOT / folder]
    return list(inspect(path, files, **options))  # type: ignore[arg-type]


def test_a_wal_file_shows_its_header_its_transactions_and_its_end() -> None:
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit_many(2)
    database.durability.close()
    header, first, second, summary, end = shown(files, "wal")
    assert (header["kind"], header["after"], header["sequence"]) == ("WAL file", 0, 0)
    assert (first["record"], first["sequence"], first["timestamp"]) == ("transaction", 1, 1)
    assert first["written"].startswith("2026-11-22T10:00:")
    assert second["counts"] == {"CreateVertices": 1, "CreateEdges": 1, "SetProperty": 1}
    assert second["deltas"][1] == {
        "delta": "CreateEdges",
        "slots": [2],
        "type": "Friend",
        "sources": [1],
        "targets": [2],
    }
    assert (summary["from"], summary["to"], summary["transactions"]) == (1, 2, 2)
    assert (end["ending"], end["left"]) == ("nothing follows", 0)


def test_a_snapshot_shows_its_totals_and_shortens_what_is_long() -> None:
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit_many(7)
    database.snapshot()
    header, block, footer, _ = shown(files, "snapshots")
    assert (header["kind"], header["trigger"]) == ("snapshot", "manual")
    assert block["deltas"][2] == {
        "delta": "SetProperty",
        "table": "vertices",
        "key": "n",
        "slots": [1, 2, 3, 4, "… 7 in all"],
        "values": {"kind": "int", "values": [1, 2, 3, 4, "… 7 in all"]},
    }
    assert [footer[name] for name in ("blocks", "deltas", "vertices", "edges")] == [1, 3, 7, 7]


def test_every_record_is_json_and_short_whatever_the_values_are() -> None:
    slots = np.array([1, 2], dtype=np.int64)
    deltas: list[Delta] = [
        *image([1, 2]),
        SetProperty("vertices", "long", slots, Chunk.of(["x" * 10_000, "y"])),
        SetProperty("vertices", "odd", slots, Chunk.of([float("nan"), float("inf")])),
        SetProperty("vertices", "list", slots, Chunk.of([list(range(1000)), {"a": [1]}])),
    ]
    files = MemoryFiles()
    database = Database(files, BIG)
    assert database.durability.observer is not None
    database.durability.observer.append(1, [*deltas, *deltas[3:] * SHOWN_DELTAS])
    database.durability.close()
    records = shown(files, "wal")
    assert len(records[1]["deltas"]) == SHOWN_DELTAS
    assert sum(records[1]["counts"].values()) == 6 + 3 * SHOWN_DELTAS
    text = json.dumps(records, allow_nan=False)
    assert len(text) < 300 * SHOWN_DELTAS
    assert "10000 characters" in text


def test_a_damaged_file_is_shown_as_far_as_it_goes() -> None:
    files = MemoryFiles()
    Database(files, BIG).commit_many(2)
    (path,) = [path for path in files.contents() if path.parent == ROOT / "wal"]
    files.place(path, files.contents()[path][:-5])
    records = list(inspect(path, files))
    assert [record.get("timestamp") for record in records[1:-1]] == [1]
    assert records[-1]["ending"] == "the payload of a frame is cut off"
    files.place(path, b"x" * 600)
    with pytest.raises(DamagedFileError, match="does not begin as a WAL file"):
        list(inspect(path, files))


def test_a_limit_and_a_summary_leave_out_the_rest() -> None:
    files = MemoryFiles()
    database = Database(files, BIG)
    database.commit_many(9)
    database.durability.close()
    header, first, second, end = shown(files, "wal", limit=2)
    assert (first["timestamp"], second["timestamp"]) == (1, 2)
    assert end["ending"] == "not read further than 2 frames"
    assert end["offset"] + end["left"] == header["size"]
    _, sums, _ = shown(files, "wal", summary=True)
    assert sums["frames"] == {"transaction": 9, "summary": 1}
    assert sums["elements"] == {"CreateVertices": 9, "CreateEdges": 9, "SetProperty": 9}
    assert (sums["first"]["timestamp"], sums["last"]["timestamp"]) == (1, 9)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    database = Database(RealFiles(), Settings(data_directory=tmp_path / "data"))
    database.commit()
    database.snapshot()
    database.durability.close()
    return tmp_path / "data"


def test_the_command_prints_tables(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith(("WAL file, ", "snapshot, ")) for line in lines) == 2
    assert "  trigger       manual" in lines
    assert "              CreateEdges slots=[1] type='Friend' sources=[0] targets=[1]" in lines
    assert "              SetProperty table='vertices' key='n' slots=[1] values=int[1]" in lines
    assert "              from 1 to 1, 1 transactions" in lines
    assert "              1 blocks, 3 deltas, 1 vertices, 1 edges" in lines
    assert main(["inspect", "--summary", str(folder / "wal")]) == 0
    assert "first transaction 1, written 2026-" in capsys.readouterr().out


def test_the_command_prints_a_json_object_a_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = (folder / "wal").iterdir()
    assert main(["inspect", "--json", "--limit", "1", str(path)]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["record"] for record in records] == ["header", "transaction", "end"]
    assert records[0]["file"] == str(path)


def test_the_command_tells_by_its_status(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = (folder / "wal").iterdir()
    garbage = folder / "garbage"
    garbage.write_bytes(b"x" * 600)
    assert main(["inspect", str(path), str(garbage), str(folder / "missing")]) == 1
    captured = capsys.readouterr()
    assert "transaction" in captured.out
    assert "does not begin as a WAL file" in captured.err
    assert "missing" in captured.err
    content = bytearray(path.read_bytes())
    content[600] ^= 1
    path.write_bytes(content)
    assert main(["inspect", str(path)]) == 1
    assert "the checksum of a frame does not match" in capsys.readouterr().out
    assert main(["inspect"]) == 1
    assert main(["inspect", "--limit", "-1", str(path)]) == 1
