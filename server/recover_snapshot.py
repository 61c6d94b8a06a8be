"""RECOVER SNAPSHOT: the content of the running database is exchanged for that of a snapshot.

The snapshot is copied and loaded, beside the graph that is there, while that goes on being served; so whatever is
wrong with it changes nothing, and for that time there is memory for both. Then transactions are waited for, and files
and store are exchanged in one go, which nobody who is cancelled can cut in two.
"""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from lithograph.durability.errors import SnapshotRecoveryError
from lithograph.server.errors import CalledOffError
from lithograph.server.progress import ProgressLog
from lithograph.storage.images import Loader
from lithograph.storage.store import Store

if TYPE_CHECKING:
    from lithograph.server.database import Database

NOT_CLEAN = "Failed to recover a snapshot. Storage is not clean. Try using FORCE."

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


async def recover(database: Database, path: str, force: bool) -> None:
    """Put the snapshot at ``path`` in the place of everything; durable when this returns.

    Args:
        path: of a file of this machine; a relative one counts from the working directory of the server.
        force: also if there is something that is lost by that.

    Raises:
        SnapshotRecoveryError: the storage is not clean, or the snapshot cannot be recovered; nothing was changed,
            unless the message says so.
        AccessTimeoutError: transactions run and run; nothing was changed.
        WritesRefusedError: an earlier attempt failed in such a way that a restart is needed.
    """
    if _URL.match(path):
        raise SnapshotRecoveryError(
            f"Failed to recover a snapshot. '{path}' is not the path of a local file: download it first, and give the "
            "path where it is on the machine of the server. Nothing was changed."
        )
    _check_clean(database, force)
    store, durability = Store(), database.durability
    called_off, said = Event(), ProgressLog("recovering a snapshot")

    def progress(what: str, done: int, total: int) -> None:
        if called_off.is_set():
            raise CalledOffError("The recovery of the snapshot was called off.")
        said(what, done, total)

    incoming = await database.lanes.offload(
        lambda: durability.bring_in(Path(path).absolute(), Loader(store), progress), called_off.set
    )

    def exchange() -> None:
        durability.switch_to(incoming)
        database.exchange(store)

    try:
        async with database.access.unique():
            _check_clean(database, force)
            await database.lanes.exclusively(exchange, long=True)
    finally:
        await database.lanes.offload(lambda: durability.discard(incoming))


def _check_clean(database: Database, force: bool) -> None:
    """Clean is a store to which nothing was ever written."""
    if not force and database.store.timestamp > 0:
        raise SnapshotRecoveryError(NOT_CLEAN)
