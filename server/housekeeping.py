"""What a server does by the clock: vacuum, periodic snapshots in transactional mode, WAL files for the archive."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType

import structlog

from lithograph.server.database import Database
from lithograph.storage.errors import LithographError, WritesRefusedError

ATTEMPTS, PAUSE = 100, 0.01
"""How often a round of the vacuum looks for a moment without transactions, and seconds between two looks."""

_log = structlog.get_logger(__name__)


class Housekeeping:
    """The tasks, as a context: they run inside the block and are over when it has been left."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Housekeeping:
        settings = self._database.settings
        self._tasks.append(asyncio.create_task(self._vacuum(settings.storage_gc_cycle_sec)))
        self._tasks.append(asyncio.create_task(self._snapshots()))
        if settings.storage_wal_archive_timeout_sec:
            age = timedelta(seconds=settings.storage_wal_archive_timeout_sec)
            self._tasks.append(asyncio.create_task(self._finish_files(age)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _vacuum(self, cycle: int) -> None:
        while True:
            await asyncio.sleep(cycle)
            try:
                await self._vacuum_between_transactions()
            except Exception:  # noqa: BLE001  (logged; the task lives on)
                _log.exception("vacuum failed; it is tried again in the next round")

    async def _vacuum_between_transactions(self) -> None:
        """Vacuum in the first gap between transactions that turns up; on a busy server there may be none."""
        for _ in range(ATTEMPTS):
            if not self._database.vacuum_is_due or await self._database.vacuum():
                return
            await asyncio.sleep(PAUSE)

    async def _finish_files(self, age: timedelta) -> None:
        """Finish WAL files that have waited for the archive for ``age``."""
        while True:
            await asyncio.sleep(max(1.0, age.total_seconds() / 10))
            try:
                await self._database.finish_file_after(age)
            except WritesRefusedError as error:
                _log.warning("a WAL file could not be finished for the archive", error=str(error))

    async def _snapshots(self) -> None:
        while True:
            await self._next_time()
            if self._database.store.analytical or self._database.broken:
                continue
            try:
                await self._database.create_snapshot("periodic")
            except (LithographError, OSError) as error:
                _log.warning("periodic snapshot failed; it is tried again at the next time", error=str(error))
            except Exception:  # noqa: BLE001  (logged; the task lives on)
                _log.exception("periodic snapshot failed; it is tried again at the next time")

    async def _next_time(self) -> None:
        """Wait until a periodic snapshot is due; the schedule may change meanwhile."""
        database = self._database
        while True:
            database.rescheduled.clear()
            schedule, now = database.runtime.snapshot_schedule, datetime.now(UTC)
            database.next_snapshot = None if schedule is None else schedule.next_after(now)
            due = database.next_snapshot
            with suppress(TimeoutError):
                async with asyncio.timeout(None if due is None else max(0.0, (due - now).total_seconds())):
                    await database.rescheduled.wait()
                    continue
            return
