"""Holds up syncs of files in memory, so that a test decides when they end."""

from __future__ import annotations

import asyncio
import threading

import pytest

from support.files import MemoryHandle


class SyncGate:
    """Holds up every sync until ``go`` is released once for it; tells when one has begun."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.count = 0
        original = MemoryHandle.sync

        def sync(handle: MemoryHandle) -> None:
            self.count += 1
            self.begun.release()
            assert self.go.acquire(timeout=30)
            original(handle)

        monkeypatch.setattr(MemoryHandle, "sync", sync)

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.acquire, timeout=30)

    def open(self) -> None:
        """Hold up none from now on."""
        self.go.release(1_000_000)
