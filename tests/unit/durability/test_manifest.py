"""The manifest of a backup: what is written is read, anything else is refused with the file and a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lithograph.durability.errors import DamagedFileError, FileVersionError
from lithograph.durability.files import RealFiles
from lithograph.durability.manifest import NAME, BackupFile, Manifest, read_manifest, write_manifest

MANIFEST = Manifest(
    database=UUID(int=7),
    epoch=2,
    timestamp=42,
    made="2026-11-27T01:02:03+00:00",
    server="0.1",
    based_on="/backups/ünï",
    files=(BackupFile("snapshots/20260821164855123456_timestamp_42", 600, "ab" * 32),),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_manifest(RealFiles(), tmp_path, MANIFEST)
    assert read_manifest(RealFiles(), tmp_path) == MANIFEST


def test_a_directory_without_one_is_no_finished_backup(tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match="not a backup that was finished"):
        read_manifest(RealFiles(), tmp_path)


def test_one_of_a_later_version_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    fields = json.loads(MANIFEST.pack())
    (tmp_path / NAME).write_text(json.dumps({**fields, "version": 2}))
    with pytest.raises(FileVersionError, match="version 2"):
        read_manifest(RealFiles(), tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"database": "x"},
        {"files": None},
        {"files": [{"path": "../secret", "size": 1, "sha256": ""}]},
        {"files": [{"path": "/secret", "size": 1, "sha256": ""}]},
        {"files": [{"path": "wal/x", "size": -1, "sha256": ""}]},
        {"files": [{"path": "wal/x", "size": "1", "sha256": ""}]},
        {"files": ["wal/x"]},
        {"timestamp": []},
    ],
)
def test_nonsense_is_refused_with_the_file(change: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(json.dumps({**json.loads(MANIFEST.pack()), **change}))
    with pytest.raises(DamagedFileError, match="It is not the manifest of a backup") as caught:
        read_manifest(RealFiles(), tmp_path)
    assert caught.value.path == tmp_path / NAME


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"null", b"{}"])
def test_bytes_that_are_no_manifest_are_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(data)
    with pytest.raises(DamagedFileError):
        read_manifest(RealFiles(), tmp_path)
