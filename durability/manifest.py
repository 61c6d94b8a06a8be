"""``.backup.json``: what a backup holds, written last, so that a directory without it is no whole backup.

The name is hidden: a server that is started on the backup does not look at it. Like every other file of ours
it is read with suspicion.

====================== ==================================================================================
key                    content
====================== ==================================================================================
``version``            1
``database``           uuid of the database
``epoch``              of its history
``timestamp``          of the last commit that a start on the backup recovers
``made``               wall clock, ISO 8601
``server``             version of Lithograph that made it
``based_on``           the earlier backup that files were taken over from, or null
``files``              a list of ``path`` (relative, with slashes), ``size`` in bytes, ``sha256`` in hexadecimal
====================== ==================================================================================
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from uuid import UUID

from lithograph.durability.errors import DamagedFileError, FileVersionError
from lithograph.durability.files import Files
from lithograph.durability.header import NEWER

NAME = ".backup.json"
VERSION = 1
MAXIMUM_SIZE = 64 << 20

_REMEDY = "Use another backup, or make one without --since."


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A file of a backup; ``path`` is relative to it, ``size`` in bytes."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds; ``timestamp`` is that of its last commit, ``made`` ISO 8601."""

    database: UUID
    epoch: int
    timestamp: int
    made: str
    server: str
    based_on: str | None
    files: tuple[BackupFile, ...]

    def pack(self) -> bytes:
        """The content of the file."""
        fields = {"version": VERSION, **asdict(self), "database": str(self.database)}
        return json.dumps(fields, indent=2, ensure_ascii=False).encode() + b"\n"


def write_manifest(files: Files, backup: Path, manifest: Manifest) -> None:
    """Write and sync it (not its folder). Raises OSError."""
    with closing(files.create(backup / NAME)) as handle:
        handle.write(manifest.pack())
        handle.sync()


def read_manifest(files: Files, backup: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises:
        DamagedFileError: there is none, or it is not what :func:`write_manifest` writes.
        FileVersionError: a later version wrote it.
        OSError: it cannot be read.
    """
    path = backup / NAME
    if not files.exists(path):
        raise DamagedFileError(
            path, "There is no such file, so this is not a backup that was finished.", _REMEDY
        )
    with closing(files.open(path)) as handle:
        data = handle.read(0, MAXIMUM_SIZE)
    try:
        fields = json.loads(data)
        if fields["version"] != VERSION:
            reason = f"It is of version {fields['version']}, this server knows {VERSION}."
            raise FileVersionError(path, reason, NEWER)
        based_on = fields["based_on"]
        return Manifest(
            UUID(fields["database"]),
            int(fields["epoch"]),
            int(fields["timestamp"]),
            str(fields["made"]),
            str(fields["server"]),
            None if based_on is None else str(based_on),
            tuple(_files(fields["files"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedFileError(path, f"It is not the manifest of a backup: {error!r}.", _REMEDY) from error


def _files(entries: Iterable[dict[str, object]]) -> Iterable[BackupFile]:
    """Raises ValueError for a path that leads out of the backup."""
    for entry in entries:
        path, size = str(entry["path"]), entry["size"]
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or type(size) is not int or size < 0:
            raise ValueError(f"the entry {path!r} makes no sense")
        yield BackupFile(path, size, str(entry["sha256"]))
