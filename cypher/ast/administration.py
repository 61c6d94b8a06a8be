"""Statements about the server and its data as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lithograph.cypher.ast.base import Statement

ShowSubject = OneOf[
    "INDEX INFO", "STORAGE INFO", "CONSTRAINT INFO", "CONFIG", "VERSION", "DATABASE", "DATABASES",
    "SNAPSHOTS", "NEXT SNAPSHOT", "BUILD INFO", "DATABASE SETTINGS", "FUNCTIONS", "PROCEDURES",
    "ENUMS", "TRANSACTIONS",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Show(Statement):
    """``SHOW subject``; ``SHOW INDEXES`` is ``INDEX INFO``, ``SHOW CONSTRAINTS`` ``CONSTRAINT INFO``."""

    subject: ShowSubject


TransactionStatus = OneOf["RUNNING", "COMMITTING", "ABORTING"]


@dataclass(frozen=True, slots=True)
class ShowTransactions(Statement):
    """``SHOW RUNNING, COMMITTING TRANSACTIONS``: those with one of the statuses; all are ``Show``'s."""

    statuses: tuple[TransactionStatus, ...]


@dataclass(frozen=True, slots=True)
class TerminateTransactions(Statement):
    """``TERMINATE TRANSACTIONS "id", …``."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShowSetting(Statement):
    """``SHOW DATABASE SETTING "name"``."""

    name: str


@dataclass(frozen=True, slots=True)
class SetSetting(Statement):
    """``SET DATABASE SETTING "name" TO "value"``."""

    name: str
    value: str


StorageMode = OneOf["IN_MEMORY_TRANSACTIONAL", "IN_MEMORY_ANALYTICAL", "ON_DISK_TRANSACTIONAL"]


@dataclass(frozen=True, slots=True)
class SetStorageMode(Statement):
    """``STORAGE MODE mode``."""

    mode: StorageMode


@dataclass(frozen=True, slots=True)
class CreateSnapshot(Statement):
    """``CREATE SNAPSHOT``."""


@dataclass(frozen=True, slots=True)
class RecoverSnapshot(Statement):
    """``RECOVER SNAPSHOT "path" [FORCE]``."""

    path: str
    force: bool = False


@dataclass(frozen=True, slots=True)
class DataDirectory(Statement):
    """``LOCK DATA DIRECTORY``, ``UNLOCK DATA DIRECTORY``, ``DATA DIRECTORY LOCK STATUS``."""

    action: OneOf["LOCK", "UNLOCK", "STATUS"]


@dataclass(frozen=True, slots=True)
class DumpDatabase(Statement):
    """``DUMP DATABASE``."""


@dataclass(frozen=True, slots=True)
class TransactionControl(Statement):
    """``BEGIN``, ``COMMIT``, ``ROLLBACK`` as text."""

    action: OneOf["BEGIN", "COMMIT", "ROLLBACK"]


@dataclass(frozen=True, slots=True)
class FreeMemory(Statement):
    """``FREE MEMORY``."""
