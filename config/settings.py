"""Every setting, once: its name, type, default, range and meaning.

``Settings`` is the one settings object of a server. Each field is a flag of the command line
(``--storage-wal-enabled``), a line of a settings file and a variable of the environment
(``LITHOGRAPH_STORAGE_WAL_ENABLED``); ``SHOW CONFIG``, ``lithograph serve --help`` and the commented
``lithograph.conf`` are made from the same table, :data:`FLAGS`. Names are Memgraph's where Memgraph has
the flag. :mod:`lithograph.config.load` reads them from their sources.

Settings are values: they do not change while the server runs, and two that are equal mean the same.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from lithograph import __version__
from lithograph.config.errors import SettingsError
from lithograph.config.flags import Flag, flag, flags_of
from lithograph.config.schedule import BadScheduleError, Periodic, Schedule, parse_schedule

StorageMode = Literal["IN_MEMORY_TRANSACTIONAL", "IN_MEMORY_ANALYTICAL"]
IsolationLevel = Literal["SNAPSHOT_ISOLATION", "READ_COMMITTED", "READ_UNCOMMITTED"]
LogLevel = Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
LogFormat = Literal["auto", "console", "json"]
Compression = Literal["none", "zstd"]

WAL_NEEDS_SNAPSHOTS = (
    "In order to use write-ahead-logging you must enable periodic snapshots by setting the snapshot "
    "interval to a value larger than 0!"
)


def _check_command(text: str) -> str | None:
    try:
        words = shlex.split(text)
    except ValueError as error:
        return f"it cannot be split into words ({error})"
    return "it has no words" if text and not words else None


def _check_home(text: str) -> str | None:
    try:
        Path(text).expanduser()
    except RuntimeError as error:  # ~somebody who does not exist
        return f"a path is expected ({error})"
    return None


def _check_schedule(text: str) -> str | None:
    try:
        if text:
            parse_schedule(text)
    except BadScheduleError as error:
        return str(error)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one server; a plain ``Settings()`` holds the defaults."""

    data_directory: Path = flag(
        Path("mg_data"),
        "Directory of everything that outlives the process: log, snapshots, the lock. Made when missing.",
        group="Storage and durability",
    )
    data_dir_lock_acquisition_timeout_sec: int = flag(
        30,
        "Seconds for which a starting server tries to get the lock of the data directory.",
        group="Storage and durability",
        minimum=0,
        maximum=86_400,
    )
    data_recovery_on_startup: bool = flag(
        True,
        "Load the newest snapshot and replay the write-ahead log at start.",
        group="Storage and durability",
    )
    storage_allow_recovery_failure: bool = flag(
        False,
        "When what the data directory holds cannot be recovered, start all the same, with an empty database in the "
        "broken state: the files are left alone, and RECOVER SNAPSHOT brings it back.",
        group="Storage and durability",
    )
    storage_backup_dir_enabled: bool = flag(
        True,
        "Keep the snapshots and the log that RECOVER SNAPSHOT replaces in snapshots/.old and wal/.old, until the "
        "next time. Otherwise they are deleted.",
        group="Storage and durability",
    )
    storage_mode: StorageMode = flag(
        "IN_MEMORY_TRANSACTIONAL",
        "Storage mode at start. IN_MEMORY_ANALYTICAL keeps no versions and writes no log: for imports, and for "
        "data that can be made again. STORAGE MODE changes it while the server runs.",
        group="Storage and durability",
    )
    storage_access_timeout_sec: int = flag(
        1,
        "Seconds to wait for transactions to end when the storage as a whole is wanted, as for STORAGE MODE, and "
        "for whoever has it so.",
        group="Storage and durability",
        minimum=1,
        maximum=1_000_000,
    )
    isolation_level: IsolationLevel = flag(
        "SNAPSHOT_ISOLATION",
        "Isolation level of transactions. READ_UNCOMMITTED is accepted and gives READ_COMMITTED, which is stricter.",
        group="Storage and durability",
    )
    storage_wal_enabled: bool = flag(
        True,
        "Write every commit to the write-ahead log. Needs periodic snapshots.",
        group="Storage and durability",
    )
    storage_wal_file_size_kib: int = flag(
        20_480,
        "KiB after which a file of the write-ahead log is closed and the next one begun.",
        group="Storage and durability",
        minimum=1,
        maximum=1_024_000,
    )
    storage_wal_file_flush_every_n_tx: int = flag(
        1,
        "Sync the write-ahead log after this many transactions. 1: what is acknowledged is on disk; a larger "
        "number may lose that many acknowledged transactions when the machine fails.",
        group="Storage and durability",
        minimum=1,
        maximum=1_000_000,
    )
    storage_wal_archive_directory: str = flag(
        "",
        "Folder to which every finished WAL file is copied before it may be removed; empty: none.",
        group="Storage and durability",
        metavar="PATH",
    )
    storage_wal_archive_command: str = flag(
        "",
        "Command that keeps a finished WAL file, instead of a folder: %p is the path of the file, %f its name, %% a "
        "percent sign. Status 0 says that it is kept; otherwise the file stays and is tried again.",
        group="Storage and durability",
        metavar="COMMAND",
        check=_check_command,
    )
    storage_wal_archive_timeout_sec: int = flag(
        0,
        "Finish a WAL file that has transactions after so many seconds, so that the archive is never further behind; "
        "0: only when it is full.",
        group="Storage and durability",
        minimum=0,
        maximum=604_800,
    )
    storage_snapshot_interval_sec: int = flag(
        300,
        "Seconds between periodic snapshots; 0 takes none.",
        group="Storage and durability",
        minimum=0,
        maximum=604_800,
    )
    storage_snapshot_interval: str = flag(
        "",
        "When to take periodic snapshots: a number of seconds, or six cron fields with the seconds first. "
        "Wins over --storage-snapshot-interval-sec unless empty.",
        group="Storage and durability",
        metavar="SECONDS|CRON",
        check=_check_schedule,
    )
    storage_snapshot_retention_count: int = flag(
        3,
        "How many of the newest snapshots are kept.",
        group="Storage and durability",
        minimum=1,
        maximum=1_000_000,
    )
    storage_snapshot_on_exit: bool = flag(
        True,
        "Take one more snapshot at a clean stop when something has changed.",
        group="Storage and durability",
    )
    storage_snapshot_compression: Compression = flag(
        "none",
        "Compression of snapshots. All that can be read are read, whatever is set here.",
        group="Storage and durability",
    )
    storage_encryption_key_file: str = flag(
        "",
        "File with the keys that log and snapshots are encrypted with, one a line: 32 bytes in base64 or hex. New "
        "files get the first; the others read older files. Empty: nothing is encrypted.",
        group="Storage and durability",
        metavar="PATH",
        check=_check_home,
    )
    storage_gc_cycle_sec: int = flag(
        30,
        "Seconds between two rounds of the vacuum that removes what no transaction can see any more.",
        group="Storage and durability",
        minimum=1,
        maximum=86_400,
    )

    bolt_address: str = flag(
        "127.0.0.1",
        "Address on which Bolt is served; 0.0.0.0 serves every IPv4 address of the machine.",
        group="Bolt",
        metavar="ADDRESS",
    )
    bolt_port: int = flag(
        7687, "Port on which Bolt is served; 0 takes any free one.", group="Bolt", minimum=0, maximum=65_535
    )
    bolt_server_name_for_init: str = flag(
        f"Neo4j/5.26.0 compatible (Lithograph {__version__})",
        "Server name that a client is told. Some drivers refuse names that do not begin with Neo4j/.",
        group="Bolt",
    )
    bolt_advertised_address: str = flag(
        "",
        "HOST:PORT that routing clients (neo4j://) are told to connect to; empty: the one they came through.",
        group="Bolt",
        metavar="HOST:PORT",
    )
    bolt_max_connections: int = flag(
        1_000, "Connections served at the same time.", group="Bolt", minimum=1, maximum=1_000_000
    )
    bolt_message_size_limit_mib: int = flag(
        64,
        "MiB that one message of a logged-in client may have.",
        group="Bolt",
        minimum=1,
        maximum=4_096,
    )

    query_execution_timeout_sec: float = flag(
        600.0,
        "Seconds after which a transaction is ended; 0 lets it run for ever.",
        group="Queries",
        minimum=0,
        maximum=31_536_000,
    )
    query_plan_cache_max_size: int = flag(
        1_000, "Number of query plans that are kept.", group="Queries", minimum=1, maximum=1_000_000
    )
    memory_limit: int = flag(
        0,
        "MiB of rows and groups that one query may hold before it is ended with an error; 0: no limit.",
        group="Queries",
        minimum=0,
        maximum=1_073_741_824,
    )

    log_level: LogLevel = flag("INFO", "The least important level that is logged.", group="Log")
    log_file: str = flag(
        "", "File to which log lines are appended; empty: stderr.", group="Log", metavar="PATH"
    )
    also_log_to_stderr: bool = flag(False, "Log to stderr even when there is a log file.", group="Log")
    log_format: LogFormat = flag(
        "auto", "Form of log lines. auto is console on a terminal and json elsewhere.", group="Log"
    )

    def __post_init__(self) -> None:
        if self.storage_wal_archive_directory and self.storage_wal_archive_command:
            raise SettingsError(
                "WAL files go to one archive only: set --storage-wal-archive-directory or --storage-wal-archive-command."
            )
        if not self.storage_wal_enabled and (
            self.storage_wal_archive_directory or self.storage_wal_archive_command
        ):
            raise SettingsError(
                "There is nothing to archive without the write-ahead log: set --storage-wal-enabled=true, or leave "
                "--storage-wal-archive-directory and --storage-wal-archive-command empty."
            )
        if self.storage_wal_enabled and self.snapshot_schedule is None:
            raise SettingsError(
                f"{WAL_NEEDS_SNAPSHOTS} (--storage-wal-enabled is true and the interval is 0: set "
                "--storage-snapshot-interval-sec, or switch the log off with --storage-wal-enabled=false.)"
            )

    @property
    def snapshot_schedule(self) -> Schedule | None:
        """When periodic snapshots are due; None when there are none."""
        if self.storage_snapshot_interval:
            return parse_schedule(self.storage_snapshot_interval)
        seconds = self.storage_snapshot_interval_sec
        return Periodic(seconds) if seconds else None


FLAGS: tuple[Flag, ...] = flags_of(Settings)
"""Every flag, in the order in which help and documentation show them."""

FLAGS_BY_NAME: dict[str, Flag] = {each.name: each for each in FLAGS}


class ConfigRow(NamedTuple):
    """One row of ``SHOW CONFIG``; the fields are its columns."""

    name: str
    default_value: str
    current_value: str
    description: str


def describe(settings: Settings) -> list[ConfigRow]:
    """What ``SHOW CONFIG`` answers: every flag by its underscored name, all values as text."""
    return [
        ConfigRow(
            flag.attribute,
            flag.show(flag.default),
            flag.show(getattr(settings, flag.attribute)),
            flag.description,
        )
        for flag in FLAGS
    ]
