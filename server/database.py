"""An open database: store, engine and durability, put together; what sessions work against.

``open`` recovers, ``close`` takes the last snapshot and finishes the log. All methods are called on the
event loop's thread; the store's latch keeps them apart from what runs in worker threads.

A commit is prepared (timestamp, log) under the latch, waits for its sync without it, and is then published.
Commits are published in the order of their timestamps, so that no snapshot sees a later one without an
earlier one.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from lithograph import __version__
from lithograph.config.settings import Settings
from lithograph.cypher.engine import Engine
from lithograph.durability.manager import Durability, Trigger
from lithograph.server.administration import Administration
from lithograph.server.client_transaction import ClientTransaction
from lithograph.server.errors import DatabaseNotFoundError, InvalidBookmarkError
from lithograph.server.lanes import Lanes
from lithograph.storage.errors import LithographError
from lithograph.storage.images import Loader, image
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction
from lithograph.storage.vacuum import is_due, vacuum

ALIASES = frozenset({"", "memgraph", "neo4j", "lithograph"})
"""Names that clients use for the default database."""

_log = structlog.get_logger(__name__)


class Database:
    """See the module; implements ``backend.Backend``."""

    database_name = "memgraph"

    def __init__(self, settings: Settings, store: Store, durability: Durability) -> None:
        """Use :meth:`open`."""
        self.settings: Settings = settings
        self.store: Store = store
        self.durability = durability
        self.engine = Engine(store, settings.query_plan_cache_max_size)
        self.lanes = Lanes(store.latch)
        self.administration = Administration(self)
        self.next_snapshot: datetime | None = None
        """When the next periodic snapshot is due."""
        self._unpublished: deque[tuple[int, Transaction]] = deque()

    @classmethod
    def open(cls, settings: Settings) -> Database:
        """Recover what the data directory holds.

        Raises:
            LithographError: the directory is in use, or holds damaged files; nothing was changed.
            OSError: it cannot be read or written.
        """
        store = Store()
        durability = Durability.open(settings, Loader(store))
        store.timestamp = store.visible = max(store.timestamp, durability.recovered_timestamp)
        store.observer = durability.observer
        return cls(settings, store, durability)

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
    ) -> ClientTransaction:
        """A transaction for a client; ``timeout`` in seconds, None: the server's, 0: none.

        Raises:
            DatabaseNotFoundError, InvalidBookmarkError
        """
        self.check_database(database)
        for bookmark in bookmarks:
            if not bookmark.startswith(BOOKMARK):
                raise InvalidBookmarkError(f"'{bookmark[:100]}' is no bookmark of this server.")
        limit = self.settings.query_execution_timeout_sec if timeout is None else timeout
        deadline = time.monotonic() + limit if limit else None
        return ClientTransaction(self, self.store.begin(), explicit, read_only, deadline, timeout is not None)

    def bookmark(self) -> str:
        """A bookmark for everything committed so far."""
        return f"{BOOKMARK}{self.store.visible}"

    def commit_now(self, transaction: Transaction) -> bool:
        """Commit if there is nothing to make durable; False: nothing was done."""
        if transaction.wrote:
            return False
        transaction.publish()
        return True

    async def commit(self, transaction: Transaction) -> None:
        """Commit; durable and visible when it returns.

        Raises:
            LithographError: it cannot be committed and has been rolled back.
        """
        try:
            position = await self.lanes.exclusively(lambda: self._prepare(transaction))
        except BaseException:
            await self.lanes.exclusively(transaction.rollback)
            raise
        if self.durability.must_wait(position):
            try:
                await asyncio.shield(self.durability.durable(position))
            except LithographError as error:
                _log.error("commit could not be made durable", error=str(error))
                self._unpublished = deque(entry for entry in self._unpublished if entry[1] is not transaction)
                await self.lanes.exclusively(transaction.rollback)
                raise
        if transaction.changes_schema:
            await self.lanes.offload_exclusively(lambda: self._publish(position))
        else:
            await self.lanes.exclusively(lambda: self._publish(position))

    def _prepare(self, transaction: Transaction) -> int:
        transaction.prepare()
        position = self.durability.position
        self._unpublished.append((position, transaction))
        return position

    def _publish(self, position: int) -> None:
        """Publish every commit up to a position of the log, oldest first."""
        while self._unpublished and self._unpublished[0][0] <= position:
            self._unpublished.popleft()[1].publish()

    def rollback(self, transaction: Transaction) -> None:
        """Undo a transaction and end it."""
        if not transaction.open:
            return
        if transaction.view.own:
            with self.store.latch.held(exclusive=True):
                transaction.rollback()
        else:
            transaction.rollback()

    # -- housekeeping

    async def create_snapshot(self, trigger: Trigger) -> Path | None:
        """Write a snapshot while others go on; None when there was no need for one.

        Raises:
            LithographError: another one is being written.
            OSError: it cannot be written.
        """
        transaction = self.store.begin()
        try:
            elements = self.store.vertex_counts.total + self.store.edge_counts.total
            return await self.lanes.offload(
                lambda: self.durability.create_snapshot(
                    image(transaction), transaction.view.snapshot, elements, trigger
                )
            )
        finally:
            transaction.rollback()

    async def vacuum(self) -> bool:
        """Remove what nobody can see any more; False while transactions run."""

        def work() -> bool:
            with self.store.latch.held(exclusive=True):
                return vacuum(self.store)

        if self.store.active or not is_due(self.store):
            return False
        return await self.lanes.offload(work)

    async def close(self) -> None:
        """Take the snapshot at exit, finish the log and let the directory go; no client is left by now."""
        try:
            if self.settings.storage_snapshot_on_exit:
                await self.create_snapshot("exit")
        except (LithographError, OSError) as error:
            _log.error("no snapshot at exit; the log has everything", error=str(error))
        finally:
            self.lanes.close()
            self.durability.close()


BOOKMARK = "lithograph:"
