"""An open database: store, engine and durability, put together; what sessions work against.

``open`` recovers, ``close`` takes the last snapshot and finishes the log. All methods are called on the
event loop's thread; the store's latch keeps them apart from what runs in worker threads.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import structlog

from lithograph import __version__
from lithograph.config.runtime import RuntimeSettings
from lithograph.config.settings import Settings
from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import CypherError
from lithograph.durability.errors import BrokenDatabaseError
from lithograph.durability.files import Files
from lithograph.durability.manager import Durability
from lithograph.durability.recovery import Progress
from lithograph.durability.snapshotter import Trigger
from lithograph.server.access import Access
from lithograph.server.administration import Administration, is_about_transactions
from lithograph.server.backend import NOBODY, Client
from lithograph.server.client_transaction import ClientTransaction
from lithograph.server.commits import Commits, is_large
from lithograph.server.errors import CalledOffError, DatabaseNotFoundError, InvalidBookmarkError
from lithograph.server.lanes import Lanes
from lithograph.server.procedures import server_procedures
from lithograph.server.running import Running
from lithograph.storage.deltas import Delta
from lithograph.storage.errors import LithographError, WritesRefusedError
from lithograph.storage.images import Loader, image
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction
from lithograph.storage.vacuum import is_due, vacuum

ALIASES = frozenset({"", "memgraph", "neo4j", "lithograph"})
"""Names that clients use for the default database."""

_SHORT = 4096
"""Characters of a text that is parsed at most just to see what it is."""

_log = structlog.get_logger(__name__)


class Database:
    """See the module; implements ``backend.Backend``."""

    database_name = "memgraph"

    def __init__(self, settings: Settings, store: Store, durability: Durability) -> None:
        """Use :meth:`open`."""
        _connect(store, durability)
        self.runtime: RuntimeSettings = RuntimeSettings(settings)
        self.runtime.adopt(store.settings)
        self.store: Store = store
        self.durability = durability
        self.engine: Engine = Engine(store, settings.query_plan_cache_max_size)
        for each in server_procedures(self):
            self.engine.procedures.register(each)
        self.running = Running()
        """The transactions of clients."""
        self.access = Access(store, lambda: self.settings.storage_access_timeout_sec)
        self.lanes = Lanes(store.latch)
        self.commits = Commits(self.lanes, durability)
        self.administration = Administration(self)
        self.next_snapshot: datetime | None = None
        """When the next periodic snapshot is due."""
        self.rescheduled = asyncio.Event()
        """Set when periodic snapshots are to be taken at other times than before."""

    @classmethod
    def open(
        cls, settings: Settings, *, files: Files | None = None, progress: Progress | None = None
    ) -> Database:
        """Recover what the data directory holds.

        Args:
            files: the file layer; None is the real one.
            progress: hears now and then how far it is; raising from there calls it off.

        Raises:
            LithographError: the directory is in use, or holds damaged files; nothing was changed.
            OSError: it cannot be read or written.
        """
        store = Store()
        durability = Durability.open(settings, Loader(store), files=files, progress=progress)
        if durability.broken is not None:
            store = Store()  # the other one may have a part of the data
        store.analytical = settings.storage_mode == "IN_MEMORY_ANALYTICAL"
        return cls(settings, store, durability)

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.runtime.current

    def exchange(self, store: Store) -> None:
        """Serve another store from now on, which durability has switched to; by who has unique access and the latch."""
        store.latch = self.store.latch
        store.analytical = self.store.analytical
        _connect(store, self.durability)
        self.store = store
        self.engine = Engine(store, self.settings.query_plan_cache_max_size, self.engine.procedures)
        self.access.watch(store)
        self.runtime.adopt(store.settings)

    # -- what clients are told

    @property
    def agent(self) -> str:
        return self.settings.bolt_server_name_for_init

    @property
    def advertised_address(self) -> str | None:
        return self.settings.bolt_advertised_address or None

    @property
    def version(self) -> str:
        return __version__

    def check_database(self, name: str | None) -> None:
        if name is not None and name.lower() not in ALIASES:
            raise DatabaseNotFoundError(f"There is no database '{name}'; the only one is 'memgraph'.")

    @property
    def open_to_all(self) -> bool:
        return self.access.open

    async def admitted(self) -> None:
        await self.access.admitted()

    def waits_for_nobody(self, text: str) -> bool:
        """Whether it shows or ends transactions, of which those may be that others wait for."""
        if len(text) > _SHORT or not text.lstrip()[:9].upper().startswith(("SHOW", "TERMINATE")):
            return False
        try:
            return is_about_transactions(self.engine.prepare(text).statement)
        except CypherError:
            return False  # it is told when it runs

    def control(self, text: str) -> str | None:
        """``BEGIN``, ``COMMIT`` or ``ROLLBACK`` if that is the whole statement."""
        words = text[:40].strip().rstrip(";").upper().split()
        if not words or len(words) > 2 or words[0] not in ("BEGIN", "COMMIT", "ROLLBACK"):
            return None
        if len(text.strip().rstrip(";").split()) != len(words):
            return None
        return words[0] if len(words) == 1 or words[1] == "TRANSACTION" else None

    # -- transactions

    def begin(
        self,
        *,
        explicit: bool,
        read_only: bool,
        timeout: float | None,
        metadata: dict[str, Any],
        bookmarks: list[str],
        database: str | None,
        client: Client = NOBODY,
        aside: bool = False,
    ) -> ClientTransaction:
        """A transaction for ``client``; ``timeout`` in seconds, None: the server's, 0: none.

        ``aside``: it has no part in the store, which does for statements of administration alone.

        Raises:
            DatabaseNotFoundError, InvalidBookmarkError
        """
        self.check_database(database)
        for bookmark in bookmarks:
            if not (bookmark.startswith(BOOKMARK) and bookmark.removeprefix(BOOKMARK).isdecimal()):
                raise InvalidBookmarkError(f"'{bookmark[:100]}' is no bookmark of this server.")
        limit = self.settings.query_execution_timeout_sec if timeout is None else timeout
        deadline = time.monotonic() + limit if limit else None
        begun = self.store.bystander() if aside else self.store.begin()
        transaction = ClientTransaction(
            self, begun, explicit, read_only, deadline, timeout is not None, client, metadata
        )
        self.running.enter(transaction)
        return transaction

    def bookmark(self) -> str:
        """A bookmark for everything committed so far."""
        return f"{BOOKMARK}{self.store.visible}"

    @property
    def broken(self) -> bool:
        """Whether the data could not be recovered, and is not there."""
        return self.durability.broken is not None

    def check_writable(self) -> None:
        """Raises WritesRefusedError if the log takes nothing any more, BrokenDatabaseError if there is no data."""
        if self.broken:
            raise BrokenDatabaseError
        if self.durability.failure is not None:
            raise WritesRefusedError(self.durability.failure)

    def commit_now(self, transaction: Transaction) -> bool:
        """Commit if the transaction has only read; False: nothing was done."""
        if transaction.dirty:
            return False
        transaction.publish()
        return True

    async def commit(self, transaction: Transaction) -> None:
        """Commit; durable and visible when it returns. It comes to its end even if the caller is cancelled.

        Raises:
            LithographError: it cannot be committed and has been rolled back.
        """
        await self.commits.commit(transaction)

    def rollback(self, transaction: Transaction) -> None:
        """Undo a transaction and end it; one whose commit has begun is left alone.

        No step of a statement of the transaction may be running. Where the latch is held by somebody else
        the undoing is done a little later, but before any statement that writes begins.
        """
        if not transaction.open or transaction in self.commits or self.lanes.given_up:
            return
        if transaction.dirty:
            self.lanes.exclusively_soon(transaction.rollback, is_large(transaction))
        else:
            transaction.rollback()

    # -- housekeeping

    def reschedule(self) -> None:
        """The times of periodic snapshots have changed."""
        self.next_snapshot = None
        self.rescheduled.set()

    async def create_snapshot(self, trigger: Trigger) -> Path | None:
        """Write a snapshot while others go on (in analytical mode: read on); None when there was no need for one.

        Raises:
            LithographError: another one is being written, or somebody writes in analytical mode and does not end.
            OSError: it cannot be written.
        """
        if not self.store.analytical:
            await self.access.admitted()
            return await self.take_snapshot(trigger)
        async with self.access.read_only():
            return await self.take_snapshot(trigger)

    async def take_snapshot(self, trigger: Trigger) -> Path | None:
        """The same by somebody who has seen to it that nobody writes without versions."""
        transaction = self.store.begin()
        called_off = Event()
        try:
            elements = self.store.vertex_counts.total + self.store.edge_counts.total
            return await self.lanes.offload(
                lambda: self.durability.create_snapshot(
                    _until(called_off, image(transaction)), transaction.view.snapshot, elements, trigger
                ),
                called_off.set,
            )
        finally:
            transaction.rollback()

    async def finish_file_after(self, age: timedelta) -> None:
        """Finish the open WAL file if it is that old. Raises WritesRefusedError."""
        await self.lanes.exclusively(lambda: self.durability.finish_file_after(age), long=True)

    @property
    def vacuum_is_due(self) -> bool:
        """Whether there is something that nobody can see any more."""
        return is_due(self.store)

    async def vacuum(self) -> bool:
        """Remove what nobody can see any more; False while transactions run, or if there is nothing."""
        if self.store.active or not self.vacuum_is_due:
            return False
        return await self.lanes.exclusively(lambda: vacuum(self.store), long=True)

    async def close(self) -> None:
        """Take the snapshot at exit, finish the log and let the directory go; no client is left by now.

        Raises:
            WritesRefusedError, OSError: the log could not be finished; the next start reads it as after a crash.
        """
        try:
            if self.lanes.given_up:
                _log.warning("a query does not come to an end: no snapshot at exit; the log has everything")
            else:
                await self.commits.finished()
                if self.settings.storage_snapshot_on_exit and not self.broken:
                    await self.create_snapshot("exit")
        except (LithographError, OSError) as error:
            _log.error("no snapshot at exit; the log has everything", error=str(error))
        finally:
            self.lanes.close()
            self.durability.close()


def _connect(store: Store, durability: Durability) -> None:
    """Let a store that has been loaded go on where durability does."""
    store.timestamp = store.visible = max(store.timestamp, durability.recovered_timestamp)
    store.observer = durability.observer


def _until(called_off: Event, deltas: Iterator[Delta]) -> Iterator[Delta]:
    """``deltas``, ended by an error once the event is set."""
    for delta in deltas:
        if called_off.is_set():
            raise CalledOffError("The snapshot was called off.")
        yield delta


BOOKMARK = "lithograph:"
