"""Group commit: who waits for what."""

from __future__ import annotations

import asyncio

import pytest

from lithograph.durability.manager import Durability
from lithograph.storage.errors import WritesRefusedError
from support.durable_model import Database, Settings, transaction
from support.files import Fault, FaultKind, MemoryFiles
from support.sync_gate import SyncGate


def opened(every: int = 1) -> Durability:
    """With a log file that exists already, so that each sync is one of commits."""
    settings = Settings(storage_wal_file_size_kib=1000, storage_wal_file_flush_every_n_tx=every)
    database = Database(MemoryFiles(), settings)
    database.commit()
    return database.durability


def append(durability: Durability, number: int) -> int:
    assert durability.observer is not None
    durability.observer.append(number, transaction(number))
    return durability.position


async def test_one_sync_covers_everybody_who_came_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    durability = opened()
    gate = SyncGate(monkeypatch)
    first = asyncio.create_task(durability.durable(append(durability, 2)))
    await gate.has_begun()
    others = [asyncio.create_task(durability.durable(append(durability, number))) for number in range(3, 50)]
    await asyncio.sleep(0)
    gate.go.release()
    await first
    assert not any(task.done() for task in others), "they came after that sync had begun"
    await gate.has_begun()
    gate.go.release()
    await asyncio.gather(*others)
    assert gate.count == 2
    assert durability.unsynced == 0


async def test_a_failed_sync_acknowledges_nobody() -> None:
    files = MemoryFiles()
    database = Database(files, Settings(storage_wal_file_size_kib=1000))
    database.commit()
    positions = [append(database.durability, number) for number in range(2, 6)]
    files.fault = Fault(files.calls + 1, FaultKind.FAIL)
    results = await asyncio.gather(*map(database.durability.durable, positions), return_exceptions=True)
    assert [type(result) for result in results] == [WritesRefusedError] * 4
    with pytest.raises(WritesRefusedError):
        await database.durability.durable(positions[0])


async def test_who_is_cancelled_leaves_the_sync_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    durability = opened()
    gate = SyncGate(monkeypatch)
    position = append(durability, 2)
    cancelled = asyncio.create_task(durability.durable(position))
    await gate.has_begun()
    patient = asyncio.create_task(durability.durable(position))
    await asyncio.sleep(0)
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    gate.go.release()
    await patient
    assert gate.count == 1


async def test_with_a_larger_n_only_every_nth_waits() -> None:
    durability = opened(every=3)
    unsynced = []
    for number in range(2, 9):
        position = append(durability, number)
        waits = durability.must_wait(position)
        await durability.durable(position)
        unsynced.append((waits, durability.unsynced))
    assert unsynced == [(False, 1), (False, 2), (True, 0), (False, 1), (False, 2), (True, 0), (False, 1)]


async def test_what_is_durable_already_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    durability = opened()
    gate = SyncGate(monkeypatch)
    assert not durability.must_wait(durability.position)
    await durability.durable(durability.position)
    assert gate.count == 0


async def test_a_close_waits_for_the_sync_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    durability = opened()
    gate = SyncGate(monkeypatch)
    waiting = asyncio.create_task(durability.durable(append(durability, 2)))
    await gate.has_begun()
    gate.go.release(3)
    await asyncio.to_thread(durability.close)
    await waiting


async def test_rotation_and_syncs_of_many_commits_get_along() -> None:
    files = MemoryFiles()
    database = Database(files)

    async def client(base: int) -> None:
        for _ in range(20):
            number = database.next
            database.next += 1
            await database.durability.durable(append(database.durability, number))

    await asyncio.gather(*(client(base) for base in range(8)))
    assert database.durability.unsynced == 0
    database.durability.close()
    assert Database(files).committed == list(range(1, 161))
