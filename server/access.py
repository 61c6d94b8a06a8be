"""Access to the store as a whole, in Memgraph's classes: who excludes whom, beside what transactions settle.

============  ====================  =====================================================
class         excludes              who
============  ====================  =====================================================
READ, WRITE   UNIQUE                every transaction
WRITE         READ_ONLY             a statement that writes, in analytical mode
READ_ONLY     WRITE                 a snapshot in analytical mode, where there are no versions to read
UNIQUE        everybody             a change of the storage mode, the exchange of the whole graph,
                                    enumerations that are made or changed
============  ====================  =====================================================

Whoever wants access that others exclude waits for ``--storage-access-timeout-sec``; meanwhile those who come later
wait behind. In transactional mode a transaction pays one test of a flag for all this.

Everything here is for the event loop's thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from lithograph.server.errors import AccessTimeoutError
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction

_LOOK = 0.002
"""Seconds between two looks at whether the transactions waited for are over: they may end in any thread."""

_ADVICE = (
    "Try stopping other parallel queries. You can increase the timeout via SET DATABASE SETTING "
    "'storage.access_timeout_sec' TO 'value'."
)


class Access:
    """The gate of one store. ``timeout`` gives the seconds to wait, in force now."""

    def __init__(self, store: Store, timeout: Callable[[], float]) -> None:
        self._store = store
        self._timeout = timeout
        self._turn = asyncio.Lock()
        self._shared = asyncio.Event()
        self._writable = asyncio.Event()
        self._shared.set()
        self._writable.set()
        self._writers: set[Transaction] = set()
        """In analytical mode the transactions that write, or soon will."""

    def watch(self, store: Store) -> None:
        """The gate is that of another store from now on; by who has unique access."""
        self._store = store

    # -- everybody

    @property
    def open(self) -> bool:
        """Whether transactions may begin now."""
        return self._shared.is_set()

    async def admitted(self) -> None:
        """Wait until transactions may begin. Raises AccessTimeoutError."""
        await self._await(self._shared.wait(), "shared")

    def admit_writer(self, transaction: Transaction) -> bool:
        """Whether a statement of ``transaction`` may write now; it then keeps others from READ_ONLY to its end."""
        if not self._store.analytical or transaction in self._writers:
            return True
        if not self._writable.is_set():
            return False
        self._writers.add(transaction)
        return True

    async def writer_admitted(self, transaction: Transaction) -> None:
        """Wait until it may. Raises AccessTimeoutError."""
        while not self.admit_writer(transaction):
            await self._await(self._writable.wait(), "shared")

    # -- those who exclude others

    @asynccontextmanager
    async def read_only(self) -> AsyncIterator[None]:
        """While the block runs, nobody writes in analytical mode. Raises AccessTimeoutError."""
        async with self._closed(self._writable, self._writing, "read only"):
            yield

    @asynccontextmanager
    async def unique(self) -> AsyncIterator[None]:
        """While the block runs, there is no transaction. Raises AccessTimeoutError."""
        async with self._closed(self._shared, lambda: bool(self._store.active), "unique"):
            yield

    def _writing(self) -> bool:
        self._writers &= self._store.active
        return bool(self._writers)

    @asynccontextmanager
    async def _closed(
        self, gate: asyncio.Event, occupied: Callable[[], bool], kind: str
    ) -> AsyncIterator[None]:
        """Close ``gate``, wait until nobody is behind it any more, and open it in the end."""
        await self._await(self._turn.acquire(), kind)
        try:
            gate.clear()
            await self._await(_free(occupied), kind)
            yield
        finally:
            gate.set()
            self._turn.release()

    async def _await(self, something: Awaitable[object], kind: str) -> None:
        try:
            async with asyncio.timeout(self._timeout()):
                await something
        except TimeoutError as error:
            raise AccessTimeoutError(f"Cannot get {kind} access to the storage. {_ADVICE}") from error


async def _free(occupied: Callable[[], bool]) -> None:
    while occupied():
        await asyncio.sleep(_LOOK)
