"""Group commit: one sync makes durable every transaction that was appended before it began.

A commit waits for ``durable(position)``. At most one sync is in flight, on a thread of its own; whoever
comes meanwhile waits for the next one, together with everyone else who came (DeWitt et al.: Implementation
Techniques for Main Memory Database Systems, SIGMOD 1984). The busier the server, the more commits share one.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from lithograph.durability.wal import Wal


class GroupCommit:
    """Decides when the log is synced. For use on one event loop, but for :meth:`flush` and :meth:`close`."""

    def __init__(self, wal: Wal, every: int) -> None:
        """
        Args:
            every: 1: no commit is acknowledged before it is synced. n: only every n-th waits for a sync,
                so that a power failure may take up to n - 1 acknowledged ones.
        """
        self._wal = wal
        self._every = every
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lithograph-sync")
        self._flight: asyncio.Future[None] | None = None

    def is_due(self, position: int) -> bool:
        """Whether a commit at ``position`` has to wait for a sync."""
        return position - self._wal.synced >= self._every

    async def durable(self, position: int) -> None:
        """Return once the policy allows to acknowledge the commit at ``position``.

        A caller that is cancelled leaves the sync to the others.

        Raises:
            WritesRefusedError: the sync failed; the commit must not be acknowledged.
        """
        if not self.is_due(position) and self._wal.failure is None:
            return
        while self._wal.synced < position:
            if self._flight is None or self._flight.done():
                loop = asyncio.get_running_loop()
                self._flight = loop.run_in_executor(self._thread, self._wal.sync)
                self._flight.add_done_callback(_look_at)
            await asyncio.shield(self._flight)

    def flush(self) -> None:
        """Make durable all that was appended, on the caller's thread. Raises WritesRefusedError."""
        self._wal.sync()

    def close(self) -> None:
        """Wait for the sync in flight and let go of the thread."""
        self._thread.shutdown(wait=True)


def _look_at(flight: asyncio.Future[None]) -> None:
    """Where every waiter was cancelled, a failure is still known: the log keeps it."""
    if not flight.cancelled():
        flight.exception()
