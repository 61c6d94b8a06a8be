"""STORAGE MODE: from transactional to analytical and back.

In analytical mode there are no versions, no undo and no log (``storage/journal.py``). What happens there is durable
only through a snapshot; so leaving the mode takes one, and when that fails the mode stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from lithograph.cypher.ast import StorageMode
from lithograph.server.errors import StorageModeError
from lithograph.storage.errors import LithographError

if TYPE_CHECKING:
    from lithograph.server.database import Database

NO_SNAPSHOT = (
    "Failed to create the snapshot required to leave IN_MEMORY_ANALYTICAL. The database is still in analytical mode "
    "and its data is unchanged; check the logs for the cause and retry."
)
NO_DISK = "ON_DISK_TRANSACTIONAL is not supported: Lithograph keeps the graph in memory, and on disk what recovery needs."

_log = structlog.get_logger(__name__)


def mode_of(database: Database) -> StorageMode:
    """The mode in force."""
    return "IN_MEMORY_ANALYTICAL" if database.store.analytical else "IN_MEMORY_TRANSACTIONAL"


async def switch(database: Database, mode: StorageMode) -> None:
    """Change the mode, once no transaction runs; to the one in force is no change.

    Raises:
        StorageModeError: there is no such mode here, or the snapshot cannot be taken.
        AccessTimeoutError: transactions run and run.
        WritesRefusedError: the log cannot be finished.
    """
    if mode == "ON_DISK_TRANSACTIONAL":
        raise StorageModeError(NO_DISK)
    async with database.access.unique():
        if mode == mode_of(database):
            return
        if mode == "IN_MEMORY_ANALYTICAL":
            await _leave_log(database)
        else:
            await _take_up_log(database)
    _log.info("storage mode changed", mode=mode)


async def _leave_log(database: Database) -> None:
    """The open WAL file is finished: nothing will follow in it."""
    store, durability = database.store, database.durability
    await database.lanes.offload(lambda: durability.skip_to(store.timestamp))
    store.analytical = True


async def _take_up_log(database: Database) -> None:
    """The log goes on behind a snapshot that has all it was not told."""
    store, durability = database.store, database.durability
    try:
        await database.take_snapshot("storage_mode_change")
        await database.lanes.offload(lambda: durability.skip_to(store.timestamp))
    except (LithographError, OSError) as error:
        _log.error("no snapshot, so the storage mode stays", error=str(error))
        raise StorageModeError(NO_SNAPSHOT) from error
    store.analytical = False
