"""The command ``lithograph``: wires the parts together, runs them, and stops them in order."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from threading import Event
from typing import TYPE_CHECKING

import structlog

from lithograph import __version__
from lithograph.config.errors import SettingsError
from lithograph.config.logging import configure
from lithograph.config.settings import Settings
from lithograph.server.commands import register_all

if TYPE_CHECKING:
    from lithograph.server.database import Database

DESCRIPTION = f"Lithograph {__version__}: a graph database that speaks Bolt and runs openCypher."

NOT_OWNED = 12
"""Exit status when the data directory belongs to another user; 13, for a log file, is in ``config/errors.py``."""

GRACE, PATIENCE = 2.5, 3.0
"""Seconds after the signal to stop until running requests are dropped, and until threads are no longer waited for."""

SWITCH_INTERVAL = 0.0005
"""Seconds after which a worker thread gives the interpreter up for the event loop."""

SEARCHED_AFTER = (20_000, 10, 10)
"""After how many new objects Python looks for cycles among the young ones, and how many times until among older ones.

A frame of rows can be tens of thousands of nodes, lists or maps, none of which is in a cycle: with Python's own 700, looking
for some took half the time of such a query.
"""

_log = structlog.get_logger(__name__)


class StoppedError(Exception):
    """The signal to stop came before the server was ready."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The entry of the command; returns the exit status, 1 for wrong usage."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    if argv[:1] == ["serve"]:  # its flags follow other rules than argparse's: config/load.py reads them
        return serve(argv[1:])
    parser = _parser()
    try:
        parsed = parser.parse_args([] if argv == ["help"] else argv)
    except SystemExit as told:  # help or version is printed, or what is wrong
        return 1 if told.code else 0
    if parsed.command is None:
        parser.print_help()
        return 0
    run: Callable[[argparse.Namespace], int] = parsed.run
    return run(parsed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lithograph", description=DESCRIPTION)
    parser.add_argument("-V", "--version", action="version", version=f"lithograph {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    commands.add_parser(
        "serve", help="run the server (`lithograph serve --help` lists every flag)", add_help=False
    )
    register_all(commands)
    return parser


def serve(flags: Sequence[str]) -> int:
    """``lithograph serve``: run a server until it is told to stop."""
    from lithograph.config.load import command_line_help, load, suspicious_variables

    if {"-h", "--help"} & set(flags):
        sys.stdout.write(command_line_help())
        return 0
    try:
        settings = load(flags, os.environ)
        configure(settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    for warning in suspicious_variables(os.environ):
        _log.warning(warning)
    from lithograph.server.allocator import keep_freed_memory
    from lithograph.server.listener import new_event_loop

    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.set_threshold(*SEARCHED_AFTER)
    keep_freed_memory()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(_serve(settings))


async def _serve(settings: Settings) -> int:
    """The life of the server: recover, listen, wait for the signal, stop in order."""
    from lithograph.durability.errors import DirectoryNotOwnedError
    from lithograph.server.database import Database
    from lithograph.server.housekeeping import Housekeeping
    from lithograph.server.limits import MIB, Limits
    from lithograph.server.listener import BoltServer
    from lithograph.server.progress import ProgressLog
    from lithograph.storage.errors import LithographError

    stop, stopping = asyncio.Event(), Event()
    loop = asyncio.get_running_loop()

    def told_to_stop() -> None:
        stop.set()
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told_to_stop)

    said = ProgressLog("recovering")

    def progress(what: str, done: int, total: int) -> None:
        if stopping.is_set():
            raise StoppedError
        said(what, done, total)

    try:
        database = await asyncio.to_thread(Database.open, settings, progress=progress)
    except StoppedError:
        _log.info("stopped before the recovery was complete; nothing was changed")
        return 0
    except (LithographError, OSError) as error:
        _log.critical(f"cannot start: {error}")
        return NOT_OWNED if isinstance(error, DirectoryNotOwnedError) else 1
    limits = Limits(
        connections=settings.bolt_max_connections, message=settings.bolt_message_size_limit_mib * MIB
    )
    server = BoltServer(database, limits=limits)
    try:
        await server.start(settings.bolt_address, settings.bolt_port)
    except OSError as error:
        _log.critical(f"cannot listen on {settings.bolt_address}:{settings.bolt_port}: {error}")
        await _close(database)
        return 1
    _announce(settings, database, *server.address)
    async with Housekeeping(database):
        await stop.wait()
        _log.info("stopping: running queries are interrupted")
        given_up = loop.call_later(PATIENCE, database.lanes.give_up)
        await server.close(GRACE)
        given_up.cancel()
    return await _close(database)


async def _close(database: Database) -> int:
    """Close the database; returns the exit status."""
    from lithograph.storage.errors import LithographError

    try:
        await database.close()
    except (LithographError, OSError) as error:
        _log.error(f"the log could not be finished, the next start recovers as after a crash: {error}")
        return 1
    _log.info("stopped")
    if database.lanes.given_up:
        os._exit(0)  # the interpreter would wait for the thread
    return 0


def _announce(settings: Settings, database: Database, host: str, port: int) -> None:
    """Say where the server listens and what a power failure could cost."""
    counts = database.store.vertex_counts.total, database.store.edge_counts.total
    _log.info(f"Listening on {host}:{port}", version=__version__, vertices=counts[0], edges=counts[1])
    if not settings.storage_wal_enabled:
        _log.warning("the write-ahead log is off: what happens after a snapshot is lost with the process")
    elif settings.storage_wal_file_flush_every_n_tx > 1:
        at_risk = settings.storage_wal_file_flush_every_n_tx - 1
        _log.warning(f"a power failure may cost up to {at_risk} acknowledged transactions")
