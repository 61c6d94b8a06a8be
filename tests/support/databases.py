"""Whole databases in this process, over files in memory, and what a client does with them, without a wire."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lithograph.config.settings import Settings
from lithograph.server.backend import Run
from lithograph.server.client_transaction import ClientTransaction
from lithograph.server.database import Database
from lithograph.server.lanes import LanedRun
from support.durable_model import ROOT
from support.files import MemoryFiles, MemoryHandle

Rows = list[tuple[Any, ...]]


def open_database(files: MemoryFiles | None = None, **settings: Any) -> Database:
    """A database on ``files``, without a snapshot at exit unless ``settings`` ask for one."""
    chosen = {
        "data_directory": str(ROOT),
        "data_dir_lock_acquisition_timeout_sec": 0,
        "storage_snapshot_on_exit": False,
        **settings,
    }
    return Database.open(Settings(**chosen), files=files or MemoryFiles())


@asynccontextmanager
async def opened(files: MemoryFiles | None = None, **settings: Any) -> AsyncIterator[Database]:
    """``open_database``, closed at the end of the block."""
    database = open_database(files, **settings)
    try:
        yield database
    finally:
        await database.close()


def begin(database: Database, /, **options: Any) -> ClientTransaction:
    """An explicit transaction, unless ``options`` say otherwise."""
    chosen: dict[str, Any] = {
        "explicit": True,
        "read_only": False,
        "timeout": None,
        "metadata": {},
        "bookmarks": [],
        "database": None,
        **options,
    }
    return database.begin(**chosen)


async def rows_of(run: Run, n: int = -1) -> Rows:
    """The next ``n`` rows of a result (-1: all)."""
    fetched = run.fetch_now(n) or await run.fetch(n)
    return [row for batch in fetched.batches for row in zip(*batch.columns, strict=True)]


async def run_in(transaction: ClientTransaction, text: str, **parameters: Any) -> Rows:
    """A statement of a transaction, to its end. One that fails ends the transaction, as a session would."""
    try:
        return await rows_of(transaction.run(text, parameters))
    except BaseException:
        transaction.rollback()
        raise


async def commit(transaction: ClientTransaction) -> str:
    """Commit as a session does; returns the bookmark."""
    return transaction.commit_now() or await transaction.commit()


async def execute(database: Database, text: str, **parameters: Any) -> Rows:
    """An auto-commit statement."""
    transaction = begin(database, explicit=False)
    rows = await run_in(transaction, text, **parameters)
    await commit(transaction)
    return rows


async def numbers(database: Database) -> list[int]:
    """The property ``i`` of all nodes labelled ``N``, ascending: what a new reader sees."""
    return [row[0] for row in await execute(database, "MATCH (n:N) RETURN n.i ORDER BY n.i")]


class Parked:
    """Stops a run in the middle of its next step, where it holds the latch, until ``go`` is set."""

    def __init__(self, run: Run) -> None:
        assert isinstance(run, LanedRun)
        self.begun = threading.Event()
        self.go = threading.Event()
        original = run._step

        def step() -> None:
            self.begun.set()
            assert self.go.wait(30)
            original()

        run._step = step  # type: ignore[method-assign]


class HeldSnapshot:
    """Stops a snapshot at its first block until ``go`` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        original = MemoryHandle.write

        def write(handle: MemoryHandle, data: bytes) -> None:
            if "snapshots" in handle._path.parts:
                self.begun.set()
                assert self.go.wait(30)
            original(handle, data)

        monkeypatch.setattr(MemoryHandle, "write", write)

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, 30)


def open_on(directory: Path, **settings: Any) -> Database:
    """A database on a real directory, without a snapshot at exit."""
    chosen = {"data_directory": str(directory), "storage_snapshot_on_exit": False, **settings}
    return Database.open(Settings(**chosen))
