"""Statements about the server itself: snapshots, the data directory, SHOW …; columns and texts are Memgraph's."""

from __future__ import annotations

import platform
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lithograph.config.settings import Settings, describe
from lithograph.cypher import ast
from lithograph.cypher.errors import UnsupportedError
from lithograph.cypher.schema import INDEX_COLUMNS, index_rows
from lithograph.server import recover_snapshot, runtime_settings, storage_mode
from lithograph.server.allocator import give_back_memory
from lithograph.server.lanes import Answer, Rows
from lithograph.server.process import memory_now, memory_peak
from lithograph.storage.store import Store

if TYPE_CHECKING:
    from lithograph.server.database import Database

Show = Callable[["Database"], Rows]

NAMES: dict[type[ast.Statement], str] = {
    ast.CreateIndex: "Index manipulation",
    ast.DropIndex: "Index manipulation",
    ast.CreateSnapshot: "Creating snapshots",
    ast.DataDirectory: "Locking paths",
    ast.RecoverSnapshot: "Recovering snapshots",
    ast.SetStorageMode: "Modifying storage modes",
    ast.SetSetting: "Changing settings",
    ast.ShowSetting: "Reading settings",
    ast.FreeMemory: "Free memory query",
    ast.Profile: "Query profiling",
}

_ALLOWED_WHEN_BROKEN = (
    ast.RecoverSnapshot,
    ast.SetSetting,
    ast.ShowSetting,
    ast.DataDirectory,
    ast.FreeMemory,
)
_SHOWN_WHEN_BROKEN: frozenset[ast.ShowSubject] = frozenset(
    {"STORAGE INFO", "CONFIG", "DATABASE SETTINGS", "VERSION", "BUILD INFO", "DATABASE", "DATABASES"}
)

SHOW_NAMES: dict[str, str] = {
    "VERSION": "Version information query",
    "CONFIG": "Configuration information query",
    "DATABASE SETTINGS": "Reading settings",
    "SNAPSHOTS": "Show schema info query",
    "NEXT SNAPSHOT": "Show schema info query",
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
            case ast.Show(subject=subject) if subject in _SHOWS:
                columns, rows = _SHOWS[subject]
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
        return [(status.text, None if status.since is None else _time_text(status.since), status.by)]

    def _shown(self, rows: Show) -> Callable[[], Awaitable[Rows]]:
        database = self._database

        def shown() -> Rows:
            with database.store.latch.held(exclusive=False):
                return rows(database)

        async def work() -> Rows:
            return await database.lanes.offload(shown)

        return work


def _storage_info(database: Database) -> Rows:
    store: Store = database.store
    settings: Settings = database.settings
    vertices, edges = store.vertex_counts.total, store.edge_counts.total
    return [
        ("name", database.database_name),
        ("database_uuid", str(database.durability.database)),
        ("state", "HOT"),
        ("vertex_count", vertices),
        ("edge_count", edges),
        ("average_degree", 2.0 * edges / vertices if vertices else 0.0),
        ("memory_res", size_text(memory_now())),
        ("peak_memory_res", size_text(memory_peak())),
        ("unreleased_delta_objects", store.vertices.versions.count + store.edges.versions.count),
        ("data_directory", str(database.durability.directory)),
        ("disk_usage", size_text(_disk_usage(database.durability.directory))),
        ("memory_limit", size_text(settings.memory_limit << 20) if settings.memory_limit else "unlimited"),
        ("global_isolation_level", settings.isolation_level),
        ("session_isolation_level", ""),
        ("next_session_isolation_level", ""),
        ("storage_mode", storage_mode.mode_of(database)),
        ("power_failure_can_cost", _risk(database)),
        ("health", _health(database)),
        *_archive_info(database),
    ]


def _archive_info(database: Database) -> Rows:
    """How far the archive of the log is, if there is one."""
    status = database.durability.archive_status
    if status is None:
        return []
    return [
        ("wal_archived_to", status.timestamp),
        ("wal_waiting_for_archive", status.waiting),
        ("wal_archive_error", status.error or ""),
    ]


def _risk(database: Database) -> str:
    settings = database.settings
    if database.store.analytical or not settings.storage_wal_enabled:
        return "everything since the last snapshot"
    flush = settings.storage_wal_file_flush_every_n_tx
    return "none" if flush == 1 else f"up to {flush - 1} acknowledged transactions"


def _health(database: Database) -> str:
    if database.broken:
        return "broken"
    failure = database.durability.failure
    return "ready" if failure is None else f"read-only: {failure}"


def _disk_usage(directory: Path) -> int:
    size = 0
    for path in directory.rglob("*"):
        with suppress(FileNotFoundError):  # removed or renamed meanwhile
            size += path.stat().st_size if path.is_file() else 0
    return size


def _databases(database: Database) -> Rows:
    return [(database.database_name, "HOT", _health(database))]


def _snapshots(database: Database) -> Rows:
    return [
        (str(entry.path), entry.timestamp, _time_text(entry.created), size_text(entry.size))
        for entry in database.durability.snapshots()
    ]


def _next_snapshot(database: Database) -> Rows:
    schedule = database.runtime.snapshot_schedule
    if schedule is None or database.store.analytical:
        return []
    following = database.next_snapshot or schedule.next_after(datetime.now(UTC))
    return [(str(database.durability.directory / "snapshots"), _time_text(following))]


def _time_text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")


def size_text(size: int) -> str:
    """A size as Memgraph writes it: ``512B``, ``1.50MiB``."""
    if size < 1024:
        return f"{size}B"
    value = float(size)
    for unit in ("KiB", "MiB", "GiB"):
        value /= 1024
        if value < 1024:
            return f"{value:.2f}{unit}"
    return f"{value / 1024:.2f}TiB"


_SHOWS: dict[str, tuple[tuple[str, ...], Show]] = {
    "INDEX INFO": (INDEX_COLUMNS, lambda database: list(index_rows(database.store))),
    "CONSTRAINT INFO": (("constraint type", "label", "properties", "data_type"), lambda _database: []),
    "STORAGE INFO": (("storage info", "value"), _storage_info),
    "VERSION": (("version",), lambda database: [(database.version,)]),
    "BUILD INFO": (
        ("build info", "value"),
        lambda _database: [("build_type", f"Python {platform.python_version()}")],
    ),
    "CONFIG": (
        ("name", "default_value", "current_value", "description"),
        lambda database: [tuple(row) for row in describe(database.settings)],
    ),
    "DATABASE SETTINGS": (("setting_name", "setting_value"), lambda database: [*database.runtime.rows()]),
    "DATABASE": (("Name",), lambda database: [(database.database_name,)]),
    "DATABASES": (("Name", "State", "Health"), _databases),
    "SNAPSHOTS": (("path", "timestamp", "creation_time", "size"), _snapshots),
    "NEXT SNAPSHOT": (("path", "creation_time"), _next_snapshot),
}
