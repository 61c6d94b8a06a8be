"""Statements about the server itself: snapshots, the data directory, settings; columns and texts are Memgraph's.

What the SHOW statements answer is in ``information.py``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from lithograph.cypher import ast
from lithograph.cypher.enums import ENUM_STATEMENTS
from lithograph.cypher.errors import UnsupportedError
from lithograph.server import recover_snapshot, runtime_settings, storage_mode
from lithograph.server.allocator import give_back_memory
from lithograph.server.information import SHOWS, Show, time_text
from lithograph.server.lanes import Answer, Rows
from lithograph.server.running import ANSWERS, COLUMNS

if TYPE_CHECKING:
    from lithograph.server.database import Database

NAMES: dict[type[ast.Statement], str] = {
    ast.CreateIndex: "Index manipulation",
    ast.DropIndex: "Index manipulation",
    **dict.fromkeys(ENUM_STATEMENTS, "Creating or modifying enums"),
    ast.CreateSnapshot: "Creating snapshots",
    ast.DataDirectory: "Locking paths",
    ast.RecoverSnapshot: "Recovering snapshots",
    ast.SetStorageMode: "Modifying storage modes",
    ast.SetSetting: "Changing settings",
    ast.ShowSetting: "Reading settings",
    ast.FreeMemory: "Free memory query",
    ast.ShowTransactions: "Querying transaction status",
    ast.TerminateTransactions: "Querying transaction status",
}

_ALLOWED_WHEN_BROKEN = (
    ast.RecoverSnapshot,
    ast.SetSetting,
    ast.ShowSetting,
    ast.DataDirectory,
    ast.FreeMemory,
    ast.ShowTransactions,
    ast.TerminateTransactions,
)
_SHOWN_WHEN_BROKEN: frozenset[ast.ShowSubject] = frozenset(
    {
        "STORAGE INFO",
        "CONFIG",
        "DATABASE SETTINGS",
        "VERSION",
        "BUILD INFO",
        "DATABASE",
        "DATABASES",
        "TRANSACTIONS",
    }
)

SHOW_NAMES: dict[str, str] = {
    "VERSION": "Version information query",
    "CONFIG": "Configuration information query",
    "DATABASE SETTINGS": "Reading settings",
    "SNAPSHOTS": "Show schema info query",
    "NEXT SNAPSHOT": "Show schema info query",
    "FUNCTIONS": "Showing functions",
    "PROCEDURES": "Showing procedures",
    "TRANSACTIONS": "Querying transaction status",
}


def what_it_is(statement: ast.Statement) -> str:
    """What Memgraph calls a statement when it refuses it in an explicit transaction."""
    if isinstance(statement, ast.Show):
        return SHOW_NAMES.get(statement.subject, "Storage information query")
    return NAMES.get(type(statement), "This query")


def is_allowed_when_broken(statement: ast.Statement) -> bool:
    """Whether a statement is answered by a database that could not be recovered."""
    if isinstance(statement, ast.Show):
        return statement.subject in _SHOWN_WHEN_BROKEN
    return isinstance(statement, _ALLOWED_WHEN_BROKEN)


def is_about_transactions(statement: ast.Statement) -> bool:
    """Whether a statement shows or ends transactions; such a one takes nothing that a transaction could hold."""
    if isinstance(statement, ast.Show):
        return statement.subject == "TRANSACTIONS"
    return isinstance(statement, ast.ShowTransactions | ast.TerminateTransactions)


class Administration:
    """Answers the statements that the engine does not run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self, statement: ast.Statement, client: str = "") -> Answer:
        """The answer to a statement of ``client``, not begun yet.

        Raises:
            UnsupportedError: nobody answers it.
        """
        match statement:
            case ast.CreateSnapshot():
                return Answer(("path",), self._create_snapshot, acts=True)
            case ast.DataDirectory(action="STATUS"):
                return Answer(("STATUS", "since", "by"), self._lock_status)
            case ast.DataDirectory(action=action):
                return Answer(("STATUS",), self._data_directory(action, client), acts=True)
            case ast.SetStorageMode(mode=mode):
                return Answer((), self._storage_mode(mode), acts=True)
            case ast.RecoverSnapshot(path=path, force=force):
                return Answer((), self._recover_snapshot(path, force), acts=True)
            case ast.SetSetting(name=name, value=value):
                return Answer((), self._set_setting(name, value), acts=True)
            case ast.ShowSetting(name=name):
                return Answer(
                    ("setting_value",),
                    self._shown(lambda database: [(runtime_settings.shown(database, name),)]),
                )
            case ast.FreeMemory():
                return Answer((), self._free_memory, acts=True)
            case ast.Show(subject="TRANSACTIONS"):
                return Answer(COLUMNS, self._transactions(()))
            case ast.ShowTransactions(statuses=statuses):
                return Answer(COLUMNS, self._transactions(statuses))
            case ast.TerminateTransactions(ids=ids):
                return Answer(ANSWERS, self._terminate(ids), acts=True)
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

    def _recover_snapshot(self, path: str, force: bool) -> Callable[[], Awaitable[Rows]]:
        async def work() -> Rows:
            await recover_snapshot.recover(self._database, path, force)
            return []

        return work

    def _set_setting(self, name: str, value: str) -> Callable[[], Awaitable[Rows]]:
        async def work() -> Rows:
            await runtime_settings.change(self._database, name, value)
            return []

        return work

    def _storage_mode(self, mode: ast.StorageMode) -> Callable[[], Awaitable[Rows]]:
        async def work() -> Rows:
            await storage_mode.switch(self._database, mode)
            return []

        return work

    def _data_directory(self, action: str, client: str) -> Callable[[], Awaitable[Rows]]:
        durability = self._database.durability
        act = durability.unlock if action == "UNLOCK" else lambda: durability.lock(client or None)

        async def work() -> Rows:
            return [(await self._database.lanes.offload(act),)]

        return work

    async def _lock_status(self) -> Rows:
        """What Memgraph tells, and since when and by whom."""
        status = self._database.durability.lock_status()
        return [(status.text, None if status.since is None else time_text(status.since), status.by)]

    def _transactions(self, statuses: tuple[str, ...]) -> Callable[[], Awaitable[Rows]]:
        async def work() -> Rows:
            return self._database.running.rows([status.lower() for status in statuses])

        return work

    def _terminate(self, ids: tuple[str, ...]) -> Callable[[], Awaitable[Rows]]:
        async def work() -> Rows:
            return [*self._database.running.terminate(ids)]

        return work

    def _shown(self, rows: Show) -> Callable[[], Awaitable[Rows]]:
        database = self._database

        def shown() -> Rows:
            with database.store.latch.held(exclusive=False):
                return rows(database)

        async def work() -> Rows:
            return await database.lanes.offload(shown)

        return work
