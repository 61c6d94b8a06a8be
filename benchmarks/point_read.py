"""The point read without sockets: request bytes into a conversation, response bytes out of it, in this process.

What is measured is the whole server but the event loop's reading and writing: chunks, PackStream, session, plan cache,
engine, records.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from itertools import islice
from pathlib import Path

from benchmarks import load
from benchmarks.bolt_client import HANDSHAKE, LOGIN, statement
from benchmarks.figures import Figure
from benchmarks.pokec import Pokec
from benchmarks.queries import READS
from benchmarks.workbench import BATCH, Workbench
from lithograph.config.logging import configure
from lithograph.config.settings import Settings
from lithograph.server.auth import EveryoneMayLogIn
from lithograph.server.bolt.versions import Version
from lithograph.server.conversation import Conversation
from lithograph.server.database import Database
from lithograph.server.limits import Limits
from lithograph.server.session import Session

_POINT_READ = next(query for query in READS if query.full_name == "arango.single_vertex_read")
_WARM_UP = 500
_READS = 5_000
FLOOR_MICROSECONDS = 150


class _Wire:
    """A peer that keeps what is sent to it."""

    def __init__(self) -> None:
        self.received = bytearray()

    def send(self, data: bytes) -> None:
        self.received += data

    def hold_reading(self, hold: bool) -> None:
        """There is no socket to hold."""

    def logged_in(self) -> None:
        """Nobody counts the strangers here."""

    def finish(self) -> None:
        raise AssertionError("the conversation was ended")


def point_read(bench: Workbench) -> list[Figure]:
    """The median over reads of different users, plan cached."""
    median = asyncio.run(_measure(bench.graph, bench.folder / "point"))
    floor = FLOOR_MICROSECONDS if bench.size == "medium" else None
    return [Figure("point read, bytes to bytes", bench.size, median * 1e6, "us", floor)]


async def _measure(graph: Pokec, folder: Path) -> float:
    settings = Settings(
        data_directory=folder, storage_wal_enabled=False, storage_snapshot_on_exit=False, log_level="WARNING"
    )
    configure(settings)
    database = Database.open(settings)
    wire, limits = _Wire(), Limits()

    def open_session(version: Version, manifest: bool) -> Session:
        return Session(
            database,
            EveryoneMayLogIn(),
            limits,
            version=version,
            connection_id="bolt-1",
            local_address="",
            manifest=manifest,
        )

    conversation = Conversation(wire, limits, open_session, asyncio.get_running_loop())
    try:
        for packed in (HANDSHAKE, LOGIN, statement(load.INDEX)):
            await _exchange(conversation, packed)
        for rows in graph.user_batches(BATCH):
            await _exchange(conversation, statement(load.USERS, {"rows": rows}))
        return await _read(conversation, wire, graph)
    finally:
        conversation.lost()
        await database.close()


async def _exchange(conversation: Conversation, packed: bytes) -> None:
    conversation.receive(packed)
    await conversation.ended()


async def _read(conversation: Conversation, wire: _Wire, graph: Pokec) -> float:
    """Seconds; a read that is not answered at once (its plan is not cached yet, the machine is busy) is waited for."""
    drawn = islice(_POINT_READ.parameters(graph), _WARM_UP + _READS)
    requests = [statement(_POINT_READ.text, dict(parameters)) for parameters in drawn]
    times: list[float] = []
    gc.collect()
    for request in requests:
        wire.received.clear()
        started = time.perf_counter()
        conversation.receive(request)
        if not conversation.idle:
            await conversation.ended()
        times.append(time.perf_counter() - started)
        if b"completion_percentage" not in wire.received:
            raise AssertionError("a point read was not answered")
    return statistics.median(times[_WARM_UP:])
