"""What SHOW answers: storage, indexes, settings, snapshots, version, functions; columns and texts are Memgraph's
(of functions and procedures Neo4j's)."""

from __future__ import annotations

import platform
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lithograph.config.settings import Settings, describe
from lithograph.cypher.procedures.functions import described_functions
from lithograph.cypher.schema import INDEX_COLUMNS, index_rows
from lithograph.server import storage_mode
from lithograph.server.lanes import Rows
from lithograph.server.process import memory_now, memory_peak
from lithograph.server.sizes import as_memgraph
from lithograph.storage.store import Store

if TYPE_CHECKING:
    from lithograph.server.database import Database

Show = Callable[["Database"], Rows]


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
        ("memory_res", as_memgraph(memory_now())),
        ("peak_memory_res", as_memgraph(memory_peak())),
        ("unreleased_delta_objects", store.vertices.versions.count + store.edges.versions.count),
        ("data_directory", str(database.durability.directory)),
        ("disk_usage", as_memgraph(_disk_usage(database.durability.directory))),
        ("memory_limit", as_memgraph(settings.memory_limit << 20) if settings.memory_limit else "unlimited"),
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
    failure, no_room = database.durability.failure, database.durability.no_room
    if failure is not None:
        return f"read-only: {failure}"
    return "ready" if no_room is None else f"writes refused: {no_room}"


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
        (str(entry.path), entry.timestamp, time_text(entry.created), as_memgraph(entry.size))
        for entry in database.durability.snapshots()
    ]


def _next_snapshot(database: Database) -> Rows:
    schedule = database.runtime.snapshot_schedule
    if schedule is None or database.store.analytical:
        return []
    following = database.next_snapshot or schedule.next_after(datetime.now(UTC))
    return [(str(database.durability.directory / "snapshots"), time_text(following))]


def time_text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")


SHOWS: dict[str, tuple[tuple[str, ...], Show]] = {
    "INDEX INFO": (INDEX_COLUMNS, lambda database: list(index_rows(database.store))),
    "ENUMS": (
        ("Enum Name", "Enum Values"),
        lambda database: [(name, list(values)) for name, values in database.store.enums.items()],
    ),
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
    "FUNCTIONS": (
        ("name", "category", "description"),
        lambda _database: [(each.name, each.category, each.description) for each in described_functions()],
    ),
    "PROCEDURES": (
        ("name", "description", "mode", "worksOnSystem"),
        lambda database: [
            (each.name, each.description, each.mode.value, False) for each in database.engine.procedures
        ],
    ),
}
