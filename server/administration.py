"""Statements about the server itself: snapshots, the data directory, settings; columns and texts are Memgraph's.

What the SHOW statements answer is in ``information.py``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from lithograph.config.errors import SettingsError
from lithograph.cypher import ast
from lithograph.cypher.errors import UnsupportedError
from lithograph.server import storage_mode
from lithograph.server.allocator import give_back_memory
from lithograph.server.errors import SettingRefusedError
from lithograph.server.information import SHOWS, Show
from lithograph.server.lanes import Answer, Rows

if TYPE_CHECKING:
    from lithograph.server.database import Database

NAMES: dict[type[ast.Statement], str] = {
    ast.CreateIndex: "Index manipulation",
    ast.DropIndex: "Index manipulation",
    ast.CreateSnapshot: "Creating snapshots",
    ast.DataDirectory: "Locking paths",
    ast.SetStorageMode: "Modifying storage modes",
    ast.SetSetting: "Configuring settings",
    ast.ShowSetting: "Configuring settings",
    ast.FreeMemory: "Free memory query",
    ast.Profile: "Query profiling",
}

SHOW_NAMES: dict[str, str] = {
    "VERSION": "Version information query",
    "CONFIG": "Configuration information query",
    "SNAPSHOTS": "Show schema info query",
    "NEXT SNAPSHOT": "Show schema info query",
    "DATABASE SETTINGS": "Configuring settings",
}


def what_it_is(statement: ast.Statement) -> str:
    """What Memgraph calls a statement when it refuses it in an explicit transaction."""
    if isinstance(statement, ast.Show):
        return SHOW_NAMES.get(statement.subject, "Storage information query")
    return NAMES.get(type(statement), "This query")


class Administration:
    """Answers the statements that the engine does not run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self, statement: ast.Statement, client: str) -> Answer:
        """The answer to a statement, not begun yet; ``client`` says who asks.

        Raises:
            UnsupportedError: nobody answers it.
        """
        match statement:
            case ast.CreateSnapshot():
                return Answer(("path",), self._create_snapshot, acts=True)
            case ast.DataDirectory(action="STATUS"):
                return Answer(("STATUS", "since", "by"), self._lock_status)
            case ast.DataDirectory(action=action):
                return Answer(("STATUS",), self._lock(action == "LOCK", client), acts=True)
            case ast.SetSetting(name=name, value=value):
                return Answer((), self._set(name, value), acts=True)
            case ast.ShowSetting(name=name):
                return Answer(("setting_value",), self._shown(lambda database: [(_value(database, name),)]))
            case ast.SetStorageMode(mode=mode):
                return Answer((), self._storage_mode(mode), acts=True)
            case ast.FreeMemory():
                return Answer((), self._free_memory, acts=True)
            case ast.Show(subject=subject) if subject in SHOWS:
                columns, rows = SHOWS[subject]
                return Answer(columns, self._shown(rows))
        raise UnsupportedError(type(statement).__name__, position=statement.position)

    async def _create_snapshot(self) -> Rows:
        path = await self._database.create_snapshot("manual")
        return [(str(path),)]

    async def _free_memory(self) -> Rows:
        await self._database.vacuum()
        await self._database.lanes.offload(give_back_memory)
        return []

    def _storage_mode(self, mode: ast.StorageMode) -> Callable[[], Awaitable[Rows]]:
        async def work() -> Rows:
            await storage_mode.switch(self._database, mode)
            return []

        return work

    def _lock(self, on: bool, client: str) -> Callable[[], Awaitable[Rows]]:
        async def work() -> Rows:
            durability = self._database.durability
            change = (lambda: durability.lock(client)) if on else durability.unlock
            return [(await self._database.lanes.offload(change),)]

        return work

    async def _lock_status(self) -> Rows:
        """Beside Memgraph's text, since when and by whom."""
        status = self._database.durability.lock_status()
        since = None if status.since is None else status.since.isoformat(timespec="seconds")
        return [(status.text, since, status.by)]

    def _set(self, name: str, value: str) -> Callable[[], Awaitable[Rows]]:
        async def work() -> Rows:
            try:
                await self._database.change_setting(name, value)
            except SettingsError as error:
                raise SettingRefusedError(str(error)) from error
            return []

        return work

    def _shown(self, rows: Show) -> Callable[[], Awaitable[Rows]]:
        database = self._database

        def shown() -> Rows:
            with database.store.latch.held(exclusive=False):
                return rows(database)

        async def work() -> Rows:
            return await database.lanes.offload(shown)

        return work


def _value(database: Database, name: str) -> str:
    try:
        return database.live.value(name)
    except SettingsError as error:
        raise SettingRefusedError(str(error)) from error
