"""The settings that durability reads, and what is made of them: keys, and an archive."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import structlog

from lithograph.durability.archive import Archiver, CommandArchive, FolderArchive
from lithograph.durability.datadir import DataDirectory
from lithograph.durability.errors import ArchiveError
from lithograph.durability.keys import NO_KEYS, Keys, read_key_file

_log = structlog.get_logger(__name__)


class DurabilitySettings(Protocol):
    """The settings used here; named as the flags, with underscores."""

    @property
    def data_directory(self) -> str | Path: ...
    @property
    def data_dir_lock_acquisition_timeout_sec(self) -> int: ...
    @property
    def data_recovery_on_startup(self) -> bool: ...
    @property
    def storage_wal_enabled(self) -> bool: ...
    @property
    def storage_wal_file_size_kib(self) -> int: ...
    @property
    def storage_wal_file_flush_every_n_tx(self) -> int: ...
    @property
    def storage_snapshot_retention_count(self) -> int: ...
    @property
    def storage_wal_archive_directory(self) -> str: ...
    @property
    def storage_wal_archive_command(self) -> str: ...
    @property
    def storage_allow_recovery_failure(self) -> bool: ...
    @property
    def storage_backup_dir_enabled(self) -> bool: ...
    @property
    def storage_snapshot_compression(self) -> str: ...
    @property
    def storage_encryption_key_file(self) -> str: ...


def archiver_of(directory: DataDirectory, settings: DurabilitySettings) -> Archiver | None:
    if settings.storage_wal_archive_directory:
        return Archiver(directory, FolderArchive(directory.files, _archive_folder(settings)))
    if settings.storage_wal_archive_command:
        return Archiver(directory, CommandArchive(settings.storage_wal_archive_command))
    return None


def keys_of(settings: DurabilitySettings) -> Keys:
    """The keys that the settings name. Raises KeyFileError, EncryptionUnavailableError."""
    if not settings.storage_encryption_key_file:
        return NO_KEYS
    path = Path(settings.storage_encryption_key_file).expanduser()
    keys = read_key_file(path)
    if path.resolve().is_relative_to(Path(settings.data_directory).resolve()):
        _log.warning("the key file is in the data directory: whoever copies that has the key", path=str(path))
    return keys


def _archive_folder(settings: DurabilitySettings) -> Path:
    return Path(settings.storage_wal_archive_directory).expanduser().absolute()


def check_archive(directory: DataDirectory, settings: DurabilitySettings) -> None:
    """Raises ArchiveError if the archive is a folder of the data directory: copying a file over itself keeps nothing."""
    if not settings.storage_wal_archive_directory:
        return
    folder = _archive_folder(settings)
    if folder.resolve().is_relative_to(directory.root.resolve()):
        raise ArchiveError(
            f"The archive {folder} lies in the data directory {directory.root} and would be lost with it. Choose "
            "another --storage-wal-archive-directory, best on another disk. Nothing was changed."
        )
