"""What durability refuses, and what the operator can do about it.

Every message of this layer names the file, the place in it, what is wrong there, and a way out; the
parts are attributes too, so that tools can show them apart. These decisions hang on the class:

* :class:`DamagedFileError`, :class:`MissingLogError`, :class:`ForeignFileError`, :class:`FileVersionError`:
  the files are not what they should be. Nothing was changed; the server must not start on them.
* :class:`DirectoryInUseError`, :class:`DirectoryNotOwnedError`: the directory is not ours to use.
* :class:`WrongKeyError`, :class:`KeyFileError`, :class:`EncryptionUnavailableError`: the files are sealed, or are
  to be, and the key or what it takes is not there. Nothing was changed.
* :class:`SnapshotInProgressError`, :class:`SnapshotRecoveryError`, :class:`BrokenDatabaseError`: a request that
  cannot be served, now or as it is.
* :class:`DiskFullError`, :class:`SnapshotFailedError`: one that somebody has to make room for, or see to the disk.
* :class:`SourceError`, :class:`PointError`, :class:`TargetNotEmptyError`: what the tools of the command line do not do.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from lithograph.durability.files import is_full
from lithograph.storage.errors import LithographError, WritesRefusedError

FULL = "the disk is full"


class DurabilityError(LithographError):
    """Anything the durability layer refuses."""


class FileError(DurabilityError):
    """Something is wrong with one file.

    Attributes:
        path: the file.
        offset: where in it, in bytes; None when the whole file is meant.
        reason: what is wrong there.
        remedy: what the operator can do.
    """

    code = "Neo.DatabaseError.General.StorageDamageDetected"

    def __init__(self, path: Path, reason: str, remedy: str, offset: int | None = None) -> None:
        place = "" if offset is None else f", at byte {offset}"
        super().__init__(f"{path}{place}: {reason} {remedy}")
        self.path = path
        self.offset = offset
        self.reason = reason
        self.remedy = remedy


class DamagedFileError(FileError):
    """Bytes of a file that was complete once are missing or changed."""


class FileVersionError(FileError):
    """The file needs a reader that this version of Lithograph does not have."""


class MissingLogError(FileError):
    """The chain of WAL files has a gap: transactions are missing."""


class ForeignFileError(FileError):
    """The file belongs to another database or to another history of this one."""


class WrongKeyError(FileError):
    """The file is sealed with a key that is not at hand.

    Attributes:
        key_id: names the key that it takes.
    """

    code = DurabilityError.code

    def __init__(self, path: Path, key_id: str, given: tuple[str, ...]) -> None:
        """
        Args:
            given: ids of the keys that are at hand.
        """
        at_hand = f"the key file has {', '.join(given)}" if given else "no key was given"
        super().__init__(
            path,
            f"It is sealed with key {key_id}, but {at_hand}.",
            "Put that key into the file that --storage-encryption-key-file names. Nothing was changed.",
        )
        self.key_id = key_id


class KeyFileError(FileError):
    """The key file cannot be used as it is."""

    code = DurabilityError.code


class EncryptionUnavailableError(DurabilityError):
    """Files are to be sealed, and the library that does it is not installed."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Encryption needs the package cryptography, which cannot be imported ({reason}). "
            "Install it with pip install 'lithograph[encryption]', or leave out --storage-encryption-key-file."
        )


class DirectoryInUseError(DurabilityError):
    """Another process, or another database in this one, holds the data directory."""

    def __init__(self, directory: Path, timeout: float, holder: str) -> None:
        super().__init__(
            f"Couldn't acquire lock on the storage directory {directory} within {timeout:g}s! "
            "Another Lithograph process is currently running with the same storage directory, "
            "please stop it first before restarting this process!"
            + (f" It is held by {holder}." if holder else "")
        )
        self.directory = directory
        self.holder = holder


class DirectoryNotOwnedError(DurabilityError):
    """The data directory belongs to another user of the system."""

    def __init__(self, directory: Path) -> None:
        super().__init__(
            f"The data directory {directory} is owned by another user than the one running Lithograph. "
            "Run the server as the owner of the directory, or change its owner."
        )
        self.directory = directory


class ArchiveError(DurabilityError):
    """A WAL file could not be handed to the archive; it stays in the data directory."""


class SnapshotInProgressError(DurabilityError):
    """A snapshot is being written already."""

    code = "Neo.TransientError.Transaction.LockAcquisitionTimeout"
    gql_status = "25N16"

    def __init__(self) -> None:
        super().__init__("Another snapshot creation is already in progress")


class SnapshotFailedError(DurabilityError):
    """A snapshot could not be written; nothing is left of it, and all else is as it was."""

    def __init__(self, folder: Path, error: OSError) -> None:
        why = FULL if is_full(error) else "the disk failed"
        super().__init__(
            f"The snapshot could not be written to {folder}: {why} ({error}). What there was of it is removed; the "
            "snapshots before it and the write-ahead log are untouched. "
            + ("Make room and try again." if is_full(error) else "See to the disk and try again.")
        )
        self.folder = folder


class DiskFullError(DurabilityError, WritesRefusedError):
    """There is no room for what has to be written. It passes by itself as soon as there is.

    Attributes:
        folder: where room is wanted.
        needed: bytes that were to be written there; None where that is not known.
    """

    def __init__(self, folder: Path, needed: int | None, error: OSError, consequence: str) -> None:
        room = "" if needed is None else f", there is no room for {needed:,} bytes"
        super().__init__(f"{FULL[0].upper()}{FULL[1:]}{room} in {folder} ({error}). {consequence}")
        self.folder = folder
        self.needed = needed


class SourceError(DurabilityError):
    """There is no data where a tool was told to read it, or it cannot be read now."""


class PointError(DurabilityError):
    """A point in time that makes no sense, or that no file reaches."""


class TargetNotEmptyError(DurabilityError):
    """There is something where a restore would write."""

    def __init__(self, directory: Path, found: Path) -> None:
        super().__init__(
            f"{directory} is not empty: there is {found}. Restore into another directory, or use --force to put "
            f"what is there aside into {directory / '.backup'}. Nothing was changed."
        )
        self.directory = directory


class SnapshotRecoveryError(DurabilityError):
    """RECOVER SNAPSHOT cannot be done; the message says why, and what has changed if anything has."""

    code = "Neo.ClientError.Statement.ExecutionFailed"
    gql_status = "50N42"


class BrokenDatabaseError(DurabilityError):
    """Recovery was refused at the start, and the server came up without the data."""

    code = "Neo.DatabaseError.General.StorageDamageDetected"

    def __init__(self) -> None:
        super().__init__(
            "Database is in the broken state because the recovery process failed. Please recover your database using "
            "the RECOVER SNAPSHOT query. If you have a backup of the whole data directory, please replace the current "
            "data directory with the backup one and restart the process."
        )


def describe_holder(pid: int, host: str, since: datetime) -> str:
    """How a message names the process that holds the directory."""
    return f"process {pid} on {host} since {since:%Y-%m-%d %H:%M:%S} UTC"
