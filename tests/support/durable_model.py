"""A small database over :class:`~lithograph.durability.manager.Durability`, and what it must never lose.

Transaction ``n`` creates vertex ``n`` with the property ``n`` and an edge from vertex ``n - 1``; so what a
recovery has loaded tells which transactions it found, and whether any of them is there in part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from lithograph.durability.files import Files
from lithograph.durability.manager import Durability
from lithograph.durability.snapshotter import Trigger
from lithograph.storage.columns.chunk import Chunk, Slots
from lithograph.storage.deltas import CreateEdges, CreateVertices, Delta, SetProperty
from lithograph.storage.errors import WritesRefusedError

ROOT = Path("/data")
BEGIN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class Clock:
    """A wall clock that moves a second whenever it is looked at."""

    def __init__(self, now: datetime = BEGIN) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Settings:
    """What ``Durability`` reads, with the smallest files there are."""

    data_directory: Path = ROOT
    data_dir_lock_acquisition_timeout_sec: int = 0
    data_recovery_on_startup: bool = True
    storage_wal_enabled: bool = True
    storage_wal_file_size_kib: int = 1
    storage_wal_file_flush_every_n_tx: int = 1
    storage_snapshot_retention_count: int = 3
    storage_wal_archive_directory: str = ""
    storage_wal_archive_command: str = ""
    storage_allow_recovery_failure: bool = False
    storage_backup_dir_enabled: bool = True
    storage_snapshot_compression: str = "none"
    storage_snapshot_writeback_window_mib: int = 32
    storage_encryption_key_file: str = ""


@dataclass
class Model:
    """A loader that keeps vertices, properties and edges, and complains about nonsense."""

    vertices: dict[int, tuple[str, ...]] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    edges: dict[int, tuple[int, int]] = field(default_factory=dict)
    timestamp: int = 0
    finished: bool = False

    def apply(self, delta: Delta) -> None:
        assert not self.finished
        match delta:
            case CreateVertices():
                for slot in delta.slots.tolist():
                    assert slot not in self.vertices
                    self.vertices[slot] = delta.labels
            case CreateEdges():
                ends = zip(delta.sources.tolist(), delta.targets.tolist(), strict=True)
                self.edges.update(zip(delta.slots.tolist(), ends, strict=True))
            case SetProperty():
                self.numbers.update(zip(delta.slots.tolist(), delta.values.tolist(), strict=True))
            case _:
                raise AssertionError(delta)

    def commit(self, timestamp: int) -> None:
        assert timestamp > self.timestamp or timestamp == 0
        self.timestamp = timestamp

    def finish(self) -> None:
        self.finished = True

    def transactions(self) -> list[int]:
        """Which ones are there; all of them must be whole."""
        found = sorted(self.vertices)
        assert self.numbers == {n: n for n in found}
        assert self.edges == {n: (n - 1, n) for n in found}
        assert set(self.vertices.values()) <= {("User",)}
        return found


def slots(*numbers: int) -> Slots:
    return np.array(numbers, dtype=np.int64)


def transaction(number: int) -> list[Delta]:
    """The deltas of transaction ``number``."""
    return image([number])


def image(numbers: list[int]) -> list[Delta]:
    """The deltas of a store in which these transactions happened."""
    if not numbers:
        return []
    at = slots(*numbers)
    return [
        CreateVertices(at, ("User",)),
        CreateEdges(at, "Friend", at - 1, at),
        SetProperty("vertices", "n", at, Chunk.of(numbers)),
    ]


class Database:
    """Commits, snapshots and restarts, keeping account of what was acknowledged."""

    def __init__(self, files: Files, settings: Settings | None = None, clock: Clock | None = None) -> None:
        self.files = files
        self.settings = settings or Settings()
        self.clock = clock or Clock()
        self.model = Model()
        self.durability = Durability.open(self.settings, self.model, files=files, clock=self.clock)
        self.committed = self.model.transactions()
        self.next = self.model.timestamp + 1

    def commit(self) -> int:
        """Commit the next transaction; acknowledged when this returns.

        Raises:
            WritesRefusedError: it did not happen; ``appended`` tells whether it may be found all the same.
        """
        number = self.append()
        self.durability.flush()
        self.committed.append(number)
        return number

    def append(self) -> int:
        """Hand the next transaction to the log, without making it durable. Raises WritesRefusedError: likewise."""
        number = self.next
        self.next += 1
        assert self.durability.observer is not None
        self.durability.observer.append(number, transaction(number))
        self.appended = number
        return number

    def commit_many(self, count: int) -> None:
        for _ in range(count):
            self.commit()

    def snapshot(self, trigger: Trigger = "manual") -> Path | None:
        numbers = list(self.committed)
        timestamp = numbers[-1] if numbers else 0
        return self.durability.create_snapshot(self._image(numbers), timestamp, 2 * len(numbers), trigger)

    def recover(self, source: Path) -> None:
        """RECOVER SNAPSHOT. Raises SnapshotRecoveryError, WritesRefusedError: the state is as before."""
        model = Model()
        incoming = self.durability.bring_in(source, model)
        try:
            self.durability.switch_to(incoming)
        finally:
            self.durability.discard(incoming)
        self.model = model
        self.committed = model.transactions()
        self.next = model.timestamp + 1

    def close(self) -> None:
        """An orderly stop with an exit snapshot."""
        self.snapshot("exit")
        self.durability.close()

    def _image(self, numbers: list[int]) -> Iterator[Delta]:
        yield from image(numbers)


def recovered(files: Files, settings: Settings | None = None) -> list[int]:
    """The transactions that a start on these files finds; the directory is let go again."""
    model = Model()
    durability = Durability.open(
        settings or Settings(), model, files=files, clock=Clock(BEGIN + timedelta(days=1))
    )
    durability.close()
    assert model.finished
    return model.transactions()


__all__ = [
    "BEGIN",
    "ROOT",
    "Clock",
    "Database",
    "Model",
    "Settings",
    "WritesRefusedError",
    "image",
    "recovered",
    "slots",
    "transaction",
]
